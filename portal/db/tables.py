"""What every table is made of: the base of the models, an exact decimal, a moment; and the session they are kept by."""

from datetime import UTC, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import (
    BigInteger,
    ClauseElement,
    ColumnElement,
    DateTime,
    Dialect,
    Enum,
    MetaData,
    Numeric,
    String,
    literal_column,
)
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.sql import operators
from sqlalchemy.types import TypeDecorator, TypeEngine

from portal.db.sessions import Reader


class Exact(TypeDecorator[Decimal]):
    """A decimal that comes back as it went in: NUMERIC on PostgreSQL, a scaled integer on SQLite.

    Compare, sort and sum it in SQL; multiply and divide in Python, where both databases agree.
    """

    impl = Numeric
    cache_ok = True

    def __init__(self, places: int = 6) -> None:
        super().__init__()
        self.places = places

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return dialect.type_descriptor(BigInteger() if dialect.name == "sqlite" else Numeric(18, self.places))

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> int | Decimal | None:
        if value is None:
            return None
        exact = round(value, self.places)
        if exact != value or abs(exact) >= Decimal(10) ** (18 - self.places):
            raise ValueError(f"{value} does not fit {18 - self.places} digits and {self.places} places: round it first")
        return int(exact.scaleb(self.places)) if dialect.name == "sqlite" else exact

    def process_result_value(self, value: Any, dialect: Dialect) -> Decimal | None:
        if value is None:
            return None
        return Decimal(value).scaleb(-self.places) if dialect.name == "sqlite" else Decimal(value)


class UtcStamp(TypeDecorator[datetime]):
    """A moment: aware on the way in, aware UTC on the way out, on both databases."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a naive datetime is no moment")
        moment = value.astimezone(UTC)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Named(Enum):
    """One of few names. What a column is not stands in the statement, not as a value beside it: PostgreSQL plans once for
    every value (ADR 023), and where all rows have one name it would expect that none has another than any given one.
    """

    class Comparator(Enum.Comparator):
        """Spells the names of `!=` and `NOT IN`."""

        def operate(self, op: Any, *other: Any, **more: Any) -> ColumnElement[Any]:
            if op is operators.ne:
                other = tuple(map(_spelled, other))
            elif op is operators.not_in_op and not isinstance(other[0], ClauseElement):
                other = tuple([_spelled(each) for each in names] for names in other)
            return super().operate(op, *other, **more)

    comparator_factory = Comparator

    def _resolve_for_python_type(self, python_type: Any, *_matched: Any) -> "Named":
        """A column's own type is made here, of the names in its annotation; SQLAlchemy's own would be a plain Enum."""
        return Named(python_type, native_enum=False, create_constraint=True, values_callable=_values)


def spelled(name: StrEnum) -> ColumnElement[str]:
    """A state as part of the statement, not as a value beside it: where few rows have it, or a partial index is about it.

    SQLite chooses such an index by the value, so it would prepare the whole statement anew for every value given. PostgreSQL
    plans once for every value, and would take the few that wait for as many as any other state has.
    """
    return literal_column(f"'{name.value}'", String())


def _values(names: type[StrEnum]) -> list[str]:
    return [name.value for name in names]


def _spelled(name: Any) -> Any:
    return spelled(name) if isinstance(name, StrEnum) else name


def growing(kind: type[StrEnum]) -> Enum:
    """A column of names that grow with the portal (acts): text without a check, so no migration for each new name."""
    return Named(kind, native_enum=False, length=40, values_callable=_values)


class Model(DeclarativeBase):
    """Base of every table. It forces no id type and no `created_at`: 360 answers have neither sequence nor stamp."""

    metadata = MetaData(
        naming_convention={
            "pk": "pk_%(table_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
        }
    )
    type_annotation_map = {
        Decimal: Exact(),
        datetime: UtcStamp(),
        StrEnum: Named(StrEnum, native_enum=False),
    }


db = SQLAlchemy(metadata=Model.metadata, disable_autonaming=True, session_options={"class_": Reader})
