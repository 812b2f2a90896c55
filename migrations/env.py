"""How alembic reaches our database and models."""

from typing import Any

from alembic import context

from portal.db import Exact, Model, UtcStamp, db


def spell(kind: str, column: object, auto: Any) -> str | bool:
    """Our two column types by their names."""
    if kind == "type" and isinstance(column, Exact | UtcStamp):
        name = type(column).__name__
        auto.imports.add(f"from portal.db import {name}")
        return f"{name}({column.places if isinstance(column, Exact) else ''})"
    return False


OURS_ALONE = "search_entry"
"""The index of search is made by hand, each database in its own way: nothing is to be said of its tables here."""


def counts(_object: object, name: str | None, kind: str, _found: bool, _other: object) -> bool:
    """Whether the difference between models and database speaks of it."""
    return not (kind == "table" and (name or "").startswith(OURS_ALONE))


def run() -> None:
    """All revisions in one transaction, where the database can: PostgreSQL and SQLite both can."""
    if given := context.config.attributes.get("connection"):  # in a transaction that is not ours
        context.configure(connection=given, target_metadata=Model.metadata)
        context.run_migrations()
        return
    with db.engine.connect() as connection:
        sqlite = connection.dialect.name == "sqlite"
        raw: Any = connection.connection.dbapi_connection
        if sqlite:  # a table that is rebuilt is dropped for a moment; checked again below
            raw.execute("PRAGMA foreign_keys=OFF")
        try:
            context.configure(
                connection=connection,
                target_metadata=Model.metadata,
                render_as_batch=sqlite,
                render_item=spell,
                include_object=counts,
                compare_type=True,
                transactional_ddl=True,  # alembic does not believe it of SQLite: it would commit each revision by itself
            )
            with context.begin_transaction():
                context.run_migrations()
                if sqlite and (broken := raw.execute("PRAGMA foreign_key_check").fetchall()):
                    raise RuntimeError(f"the migration broke references: {broken[:5]}")
            connection.commit()
        finally:
            if sqlite:
                connection.rollback()
                raw.execute("PRAGMA foreign_keys=ON")


run()
