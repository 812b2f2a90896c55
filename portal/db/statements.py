"""Ways to put a statement that more than one feature needs."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any, TypeVar

from flask import abort
from sqlalchemy import ClauseElement, ColumnElement, String, literal_column, text
from sqlalchemy.dialects import postgresql, sqlite

from portal.db.tables import Model, db

Kept = TypeVar("Kept", bound=ClauseElement)


def one_or_404(found: Any, values: Mapping[str, Any] | None = None) -> Any:
    """The one thing that a statement and its values ask for; 404 without it."""
    row = db.session.execute(found, values).unique().scalar_one_or_none()
    return abort(404) if row is None else row


def spelled(name: StrEnum) -> ColumnElement[str]:
    """A state as part of the statement, not as a value beside it: where few rows have it, or a partial index is about it.

    SQLite chooses such an index by the value, so it would prepare the whole statement anew for every value given. PostgreSQL
    plans once for every value, and would take the few that wait for as many as any other state has.
    """
    return literal_column(f"'{name.value}'", String())


def kept(statement: Kept) -> Kept:
    """A statement that is made once and asked often, under a short name of its own among the compiled ones.

    SQLAlchemy knows a statement by all it is made of and hashes that each time it is asked, which for one of twenty arms
    takes as long as the asking. Only for statements that are not changed afterwards.
    """
    whole = statement._generate_cache_key()
    if whole is not None:
        named = whole._replace(key=(object(),))
        statement.__dict__["_generate_cache_key"] = lambda: named
    return statement


def insert_into(what: Any) -> Any:
    """An INSERT that can say what happens on a conflict: both databases can, each in its own dialect."""
    return (sqlite if db.engine.dialect.name == "sqlite" else postgresql).insert(what)


def refresh_statistics(*models: type[Model]) -> None:
    """After very many rows, inside their transaction: else PostgreSQL may plan as if the tables were still empty."""
    if db.engine.dialect.name == "postgresql":
        for model in models:
            db.session.execute(text(f"ANALYZE {model.__table__.name}"))  # type: ignore[attr-defined]  # a mapped class has one
