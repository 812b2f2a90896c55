"""Ways to put a statement that more than one feature needs."""

from collections.abc import Mapping
from typing import Any, TypeVar

from flask import abort
from sqlalchemy import ClauseElement, text
from sqlalchemy.dialects import postgresql, sqlite

from portal.db.sessions import plain
from portal.db.tables import Model, db

UNSYNCED = {"synchronize_session": False}
"""Execution options of a statement that changes rows: no object of the session is looked through for it."""
Kept = TypeVar("Kept", bound=ClauseElement)


def one_or_404(found: Any, values: Mapping[str, Any] | None = None) -> Any:
    """The one thing that a statement and its values ask for; 404 without it."""
    row = db.session.execute(found, values).unique().scalar_one_or_none()
    return abort(404) if row is None else row


def kept(statement: Kept) -> Kept:
    """A statement that is made once and asked often, under a short name of its own among the compiled ones.

    SQLAlchemy knows a statement by all it is made of and hashes that each time it is asked, which for one of twenty arms
    takes as long as the asking. Only for statements that are not changed afterwards.
    """
    plain(statement)
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
