"""The table of the index: one row for everything that can be found, its words as terms.

On SQLite it is an FTS5 table, on PostgreSQL an ordinary one whose terms are an array with a GIN index. Either way a row that
is taken out takes its words with it.
"""

from enum import Enum
from typing import Any

from sqlalchemy import Dialect, Index, Text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.schema import CreateTable
from sqlalchemy.types import TypeDecorator, TypeEngine

from portal.db import Model
from portal.search.grams import BREAK, unspaced

KINDS = 16
"""Room for so many kinds in an entry's id."""
LONGEST = 20
"""Letters of a beginning that PostgreSQL's index knows."""


class Kind(Enum):
    """What can be found: the number stands in the ids of its entries, the letter before each of its terms.

    So a word of goals is looked up among goals alone, however often it stands in check-ins.
    """

    PERSON = (0, "p")
    GOAL = (1, "g")
    LESSON = (2, "l")
    CHECK_IN = (3, "c")
    FEEDBACK = (4, "f")

    @property
    def number(self) -> int:
        return self.value[0]

    @property
    def letter(self) -> str:
        return self.value[1]

    def id_of(self, object_id: int) -> int:
        """The entry of an object."""
        return object_id * KINDS + self.number


class Terms(TypeDecorator[str]):
    """Terms with spaces between: a text on SQLite, an array on PostgreSQL, where beginnings of words follow after a ''."""

    impl = Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return dialect.type_descriptor(ARRAY(Text) if dialect.name == "postgresql" else Text())

    def process_bind_param(self, value: str | None, dialect: Dialect) -> Any:
        if value is None or dialect.name != "postgresql":
            return value
        found = value.split(" ")
        return [*found, "", *sorted({begins for term in set(found) for begins in beginnings(term)})]

    def process_result_value(self, value: Any, dialect: Dialect) -> str | None:
        if value is None or dialect.name != "postgresql":
            return value  # type: ignore[no-any-return]
        return " ".join(value[: value.index("")])


def beginning(term: str) -> str:
    """How the array of PostgreSQL marks a beginning."""
    return f"~{term[: LONGEST + 1]}"


def beginnings(term: str) -> set[str]:
    """Every beginning by which a term (with its kind's letter) is found."""
    word = term[1:]
    if word.startswith(BREAK) or not word:
        return set()
    if unspaced(word):
        return {beginning(term[:2])}
    return {beginning(term[: n + 1]) for n in range(2, min(len(word), LONGEST) + 1)}


class Indexed(Model):
    """One thing that can be found; the id tells which (`Kind.id_of`)."""

    __tablename__ = "search_entry"
    __table_args__ = (Index("ix_search_entry_terms", "terms", postgresql_using="gin").ddl_if(dialect="postgresql"),)

    # FTS5 knows its rows by no other name.
    id: Mapped[int] = mapped_column("rowid", primary_key=True, autoincrement=False)
    terms: Mapped[str] = mapped_column(Terms())


FTS5 = "CREATE VIRTUAL TABLE search_entry USING fts5(terms, tokenize=\"ascii tokenchars '@'\", prefix='2')"
"""No other character than a space parts the terms, for they were made in Python; `prefix`: a kind and one character of Han."""


@compiles(CreateTable, "sqlite")
def _create(made: Any, compiler: Any, **how: Any) -> str:
    return FTS5 if made.element.name == Indexed.__tablename__ else str(compiler.visit_create_table(made, **how))
