"""Millions of rows: the driver's own executemany on SQLite, COPY on PostgreSQL, in the caller's transaction.

Values are given ready for the database: `Shape` turns decimals, moments, days and truth into what the columns keep.
"""

import json
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, text

SCALE = 1_000_000
Row = Sequence[Any]


class Shape:
    """How this database wants its values."""

    def __init__(self, dialect: str) -> None:
        self.is_sqlite = dialect == "sqlite"
        self.yes: Any = 1 if self.is_sqlite else "t"
        self.no: Any = 0 if self.is_sqlite else "f"

    def number(self, value: Decimal | None) -> Any:
        """As `db.Exact` keeps it: scaled on SQLite."""
        if value is None:
            return None
        return int(value * SCALE) if self.is_sqlite else str(value)

    def moment(self, at: datetime | None) -> str | None:
        """As `db.UtcStamp` keeps it."""
        if at is None:
            return None
        return at.strftime("%Y-%m-%d %H:%M:%S.%f") + ("" if self.is_sqlite else "+00")

    def day(self, day: date | None) -> str | None:
        return None if day is None else day.isoformat()

    def json(self, value: Any) -> str:
        return json.dumps(value, ensure_ascii=not self.is_sqlite)


class Fast:
    """Writes whole tables."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.shape = Shape(connection.dialect.name)
        self.raw: Any = connection.connection.driver_connection
        self.write: Callable[[str, Sequence[str], Iterable[Row]], None] = self._many if self.shape.is_sqlite else self._copy
        self.touched: set[str] = set()

    def rows(self, table: str, columns: Sequence[str], rows: Iterable[Row]) -> None:
        """All rows of a table; its names are ours, never anybody's input."""
        self.touched.add(table)
        self.write(table, columns, rows)

    def finish(self, *without_sequence: str) -> None:
        """Tell PostgreSQL where its sequences stand, and both databases what the tables hold."""
        for table in sorted(self.touched - set(without_sequence)):
            if not self.shape.is_sqlite:
                last = f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), max(id)) FROM \"{table}\""  # noqa: S608  # nosec
                self.connection.execute(text(last))
        self.analyse()

    def analyse(self) -> None:
        """Tell the database what the tables hold so far: else it plans as if they were empty."""
        self.connection.execute(text("ANALYZE"))

    def _many(self, table: str, columns: Sequence[str], rows: Iterable[Row]) -> None:
        names, marks = ", ".join(f'"{name}"' for name in columns), ", ".join("?" * len(columns))
        statement = f'INSERT INTO "{table}" ({names}) VALUES ({marks})'  # noqa: S608  # nosec - our own names
        self.raw.executemany(statement, rows)

    def _copy(self, table: str, columns: Sequence[str], rows: Iterable[Row]) -> None:
        names = ", ".join(f'"{name}"' for name in columns)
        with self.raw.cursor() as cursor, cursor.copy(f'COPY "{table}" ({names}) FROM STDIN') as copy:
            for row in rows:
                copy.write_row(row)
