"""States of a test database that are made once in a process and brought back before a test: empty, and the small company.

Writing the company through the models would take longer than most tests: it is copied instead, as the database copies.
"""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, text

from portal.db import Model, db


class States:
    """The states of one database."""

    def __init__(self) -> None:
        self.made: dict[str, Any] = {}
        """What `make` returned, by state."""
        self._files: dict[str, sqlite3.Connection] = {}

    def bring_back(self, name: str, make: Callable[[], object]) -> None:
        """Make the database be as `make` left it, committed."""
        sqlite = db.engine.dialect.name == "sqlite"
        if name in self.made:
            (self._back_sqlite if sqlite else self._back_postgresql)(name)
        else:
            made = make()
            db.session.remove()
            self.made[name] = made
            (self._keep_sqlite if sqlite else self._keep_postgresql)(name)

    def take(self, file: Path) -> None:
        """Make the database be what lies in a file of SQLite that nobody writes to."""
        with closing(sqlite3.connect(f"file:{file}?immutable=1", uri=True)) as kept, db.engine.connect() as connection:
            kept.backup(_driver(connection))

    def _keep_sqlite(self, name: str) -> None:
        self._files[name] = sqlite3.connect(":memory:", check_same_thread=False)
        with db.engine.connect() as connection:
            _driver(connection).backup(self._files[name])

    def _back_sqlite(self, name: str) -> None:
        with db.engine.connect() as connection:
            self._files[name].backup(_driver(connection))

    def _keep_postgresql(self, name: str) -> None:
        """Copies of the tables that have rows, and a function that puts them back: its plans are made once a connection."""
        back = []
        with db.engine.begin() as connection:
            connection.exec_driver_sql(f"CREATE SCHEMA kept_{name}")
            for table in Model.metadata.sorted_tables:
                mine, columns = f'"{table.name}"', ", ".join(f'"{column.name}"' for column in table.columns if column.computed is None)
                back.append(f"IF EXISTS (SELECT 1 FROM {mine}) THEN DELETE FROM {mine}; END IF;")  # noqa: S608 - our own table names
                if connection.exec_driver_sql(f"SELECT 1 FROM {mine} LIMIT 1").first():  # noqa: S608
                    connection.exec_driver_sql(f"CREATE UNLOGGED TABLE kept_{name}.{mine} AS SELECT {columns} FROM {mine}")  # noqa: S608
                    back.append(f"INSERT INTO {mine} ({columns}) SELECT {columns} FROM kept_{name}.{mine};")  # noqa: S608
            counted = "SELECT sequencename, coalesce(last_value, 1), last_value IS NOT NULL FROM pg_sequences WHERE schemaname = 'public'"
            for sequence, last, begun in connection.exec_driver_sql(counted).all():
                back.append(f"PERFORM setval('{sequence}', {last}, {begun});")
            head = f"CREATE FUNCTION kept_{name}.bring_back() RETURNS void LANGUAGE plpgsql SET session_replication_role = replica"
            # A replica asks no trigger and no foreign key.
            connection.execute(text(f"{head} AS $$ BEGIN {' '.join(back)} END $$"))

    def _back_postgresql(self, name: str) -> None:
        with db.engine.begin() as connection:
            connection.exec_driver_sql(f"SELECT kept_{name}.bring_back()")


def _driver(connection: Connection) -> sqlite3.Connection:
    found = connection.connection.driver_connection
    assert isinstance(found, sqlite3.Connection)
    return found
