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


def run() -> None:
    """All revisions in one transaction, where the database can: PostgreSQL and SQLite both can."""
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
                compare_type=True,
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
