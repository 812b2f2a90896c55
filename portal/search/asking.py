"""Asking the index: the entries of one kind that hold every phrase. Who may see them is asked of the objects, after."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    ColumnElement,
    FromClause,
    Integer,
    Select,
    String,
    Text,
    bindparam,
    column,
    func,
    literal,
    select,
    table,
    type_coerce,
)
from sqlalchemy.dialects.postgresql import ARRAY

from portal.db import db
from portal.search.grams import BREAK, Asked
from portal.search.models import KINDS, LONGEST, Indexed, Kind, beginning

FTS = table("search_entry", column("rowid", Integer), column("search_entry", String))


@dataclass(frozen=True)
class Hits:
    """The entries that were found: some of the objects somebody asks for, or by themselves from the newest on."""

    entries: FromClause
    where: tuple[ColumnElement[bool], ...] = ()  # of FTS5 alone: PostgreSQL's are a table by themselves

    @property
    def object_id(self) -> ColumnElement[int]:
        return self.entries.c.rowid // KINDS

    def of(self, found: Select[Any], model: type[Any]) -> Select[Any]:
        """A query of objects, for the hits alone."""
        return found.where(model.id.in_(self.ids()))

    def ids(self) -> Select[int]:
        """The objects' ids by themselves."""
        return select(self.object_id).where(*self.where)

    def newest(self, model: type[Any], seen: ColumnElement[bool], *columns: ColumnElement[Any]) -> Select[Any]:
        """Their objects' ids after these columns, the newest first, as far as they may be seen.

        Each is looked at by its id, from the newest on, until enough were seen. The offset keeps PostgreSQL to it: it takes a
        rare word for a frequent one, and would read the table of objects instead.
        """
        visible = select(literal(1)).where(model.id == self.object_id, seen).correlate(self.entries)
        if not self.where:
            visible = visible.offset(0)
        found = select(*columns, self.object_id.label("id")).where(*self.where, visible.exists())
        return found.order_by(self.entries.c.rowid.desc())


def hits(kind: Kind, wanted: Asked, among: int | None = None) -> Hits:
    """Of one kind; `among` takes only what this person takes part in."""
    values = sought(kind, wanted, among)
    return _by_fts(kind, values) if db.engine.dialect.name == "sqlite" else _by_array(kind, values)


def sought(kind: Kind, wanted: Asked, among: int | None = None) -> dict[str, Any]:
    """The words as the parameters of `hits`: a statement that was kept is asked with other words, where as many are named."""
    return _of_fts(kind, wanted, among) if db.engine.dialect.name == "sqlite" else _of_array(kind, wanted, among)


def _of_fts(kind: Kind, wanted: Asked, among: int | None) -> dict[str, Any]:
    parts = [f'"{kind.letter}{BREAK}{among}"'] if among is not None else []
    for phrase in wanted.phrases:
        words = " ".join(kind.letter + term for term in phrase.terms)
        parts.append(f'"{words}"{" *" if phrase.begins else ""}')
    return {f"words_{kind.letter}": " AND ".join(parts)}


def _by_fts(kind: Kind, values: dict[str, Any]) -> Hits:
    entries = FTS.alias(f"hit_{kind.letter}")
    fits = [entries.c.search_entry.op("MATCH")(bindparam(name, value, String)) for name, value in values.items()]
    return Hits(entries, tuple(fits))


def _of_array(kind: Kind, wanted: Asked, among: int | None) -> dict[str, Any]:
    keys = {f"{kind.letter}{BREAK}{among}"} if among is not None else set()
    lines = []
    for phrase in wanted.phrases:
        words = [kind.letter + term for term in phrase.terms]
        keys |= {*words[:-1], beginning(words[-1]) if phrase.begins else words[-1]}
        if len(words) > 1 or len(words[-1]) > LONGEST:  # the index knows that they are there, not in which order
            lines.append(" " + " ".join(words) + ("" if phrase.begins else " "))
    return {f"keys_{kind.letter}": sorted(keys), **{f"line_{kind.letter}{n}": line for n, line in enumerate(lines)}}


def _by_array(kind: Kind, values: dict[str, Any]) -> Hits:
    array = type_coerce(Indexed.terms, ARRAY(Text))
    whole = literal(" ").concat(func.array_to_string(array, " ", type_=Text))
    (named, keys), *lines = values.items()
    exact = [func.strpos(whole, bindparam(name, line, Text)) > 0 for name, line in lines]
    found = select(Indexed.id.label("rowid")).where(array.contains(bindparam(named, keys, ARRAY(Text))), *exact)
    # By itself, or the planner walks the index from its newest entry on and compares each.
    every = found.cte(f"found_{kind.letter}").prefix_with("MATERIALIZED")
    return Hits(select(every.c.rowid).order_by(every.c.rowid.desc()).offset(0).subquery(f"hit_{kind.letter}"))
