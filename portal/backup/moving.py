"""Moving a portal from SQLite to PostgreSQL: every table in one transaction, counted and compared, or nothing at all.

The source is held alone and only read. The files beside it stay where they are: both databases know them by name.
"""

import hashlib
import json
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import psycopg
from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from sqlalchemy import JSON, URL, Connection, LargeBinary, Row, Select, Table, Text, cast, create_engine, func, select, text
from sqlalchemy.exc import DBAPIError

from portal.backup.databases import Failed, alone
from portal.backup.versions import MIGRATIONS, head
from portal.db import Model

BATCH, LARGE = 1_000, 10
"""Rows that are in memory at once; fewer where a row can hold a whole file."""
LOCK = 7014
"""The lock of `flask upgrade`: nobody migrates the target meanwhile."""
Tell = Callable[[str, int], None]


@dataclass(frozen=True)
class Told:
    """What a table holds: the rows, and the sum of their digests, so that no order matters."""

    rows: int
    digest: int


def move(source: Path, target: URL, tell: Tell) -> int:
    """Copy everything of the SQLite file into the PostgreSQL database; how many rows. Raises Failed, then the target is as
    it was. `tell` hears of each table that has rows."""
    engine = create_engine(target, hide_parameters=True, connect_args={"connect_timeout": 5})
    try:
        with reading_alone(source) as here, engine.connect() as there:
            try:
                with there.begin():
                    rows = _moved(here, there, tell)
                there.execution_options(isolation_level="AUTOCOMMIT").execute(text("ANALYZE"))
            except DBAPIError as problem:
                raise Failed(f"PostgreSQL did not take it, nothing was moved: {_line(problem.orig)}.") from None
            return rows
    except DBAPIError as problem:
        raise Failed(f"The new database cannot be used: {_line(problem.orig)}.") from None
    finally:
        engine.dispose()


@contextmanager
def reading_alone(file: Path) -> Iterator[Connection]:
    """The SQLite file to ourselves, and only to read. Raises Failed while anybody else has it open."""
    engine = create_engine("sqlite://", creator=lambda: sqlite3.connect(file, timeout=1, isolation_level=None))
    try:
        with engine.connect() as connection:
            raw: Any = connection.connection.dbapi_connection
            alone(raw)
            raw.execute("BEGIN EXCLUSIVE")
            raw.execute("PRAGMA query_only=1")
            if (found := MigrationContext.configure(connection).get_current_revision()) != head():
                raise Failed(f"The SQLite database is at version {found}, this portal at {head()}: run `flask upgrade` first.")
            yield connection
            raw.execute("ROLLBACK")
    finally:
        engine.dispose()


def _moved(here: Connection, there: Connection, tell: Tell) -> int:
    there.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
    _make_empty(there)
    total = 0
    with _without_references(there):
        for table in Model.metadata.sorted_tables:
            sent = _send(here, there, table)
            if _told(there, table) != sent:
                raise Failed(f"What arrived in {table.name} is not what was sent: nothing was moved.")
            _count_on(there, table)
            total += sent.rows
            if sent.rows:
                tell(table.name, sent.rows)
    return total


def _make_empty(there: Connection) -> None:
    """Its tables, if it has none; refused where anybody is in it, or where it is of another version."""
    found = MigrationContext.configure(there).get_current_revision()
    mine = "SELECT count(*) FROM pg_tables WHERE schemaname = current_schema()"
    if found is None and there.scalar(text(mine)):
        raise Failed("The new database holds tables that are not the portal's: give it one of its own.")
    if found is None:
        config = Config()
        config.set_main_option("script_location", str(MIGRATIONS))
        config.attributes["connection"] = there
        command.upgrade(config, "head")
    elif found != head():
        raise Failed(f"The new database is at version {found}, this portal at {head()}: give an empty one.")
    tables = Model.metadata.tables
    if any(there.scalar(select(func.count()).select_from(tables[name])) for name in ("person", "entry", "objective")):
        raise Failed("The new database is not empty: somebody works in it already. Nothing was changed.")


@contextmanager
def _without_references(there: Connection) -> Iterator[None]:
    """References are taken off, and put on again when all rows are there: then PostgreSQL checks every one of them."""
    found = "SELECT conrelid::regclass, quote_ident(conname), pg_get_constraintdef(oid) FROM pg_constraint "
    rows = there.execute(text(f"{found} WHERE contype = 'f' AND connamespace = current_schema()::regnamespace")).all()  # nosec
    for table, name, _ in rows:
        there.execute(text(f"ALTER TABLE {table} DROP CONSTRAINT {name}"))
    for table in Model.metadata.sorted_tables:  # what the migrations wrote; nobody's entry is among it
        if table.name not in ("entry", "payload"):
            there.execute(table.delete())
    yield
    for table, name, definition in rows:
        there.execute(text(f"ALTER TABLE {table} ADD CONSTRAINT {name} {definition}"))


def _send(here: Connection, there: Connection, table: Table) -> Told:
    """The rows of a table into the same one there, by COPY."""
    kinds = [_text_of(column) if isinstance(column.type, JSON) else column for column in table.columns]
    writers = [kind.type.dialect_impl(there.dialect).bind_processor(there.dialect) for kind in kinds]
    quote = there.dialect.identifier_preparer.quote
    names = ", ".join(quote(column.name) for column in table.columns)
    cursor: Any = there.connection.cursor()
    rows, digests = 0, 0
    try:
        with closing(cursor), cursor.copy(f"COPY {quote(table.name)} ({names}) FROM STDIN") as out:
            for row in _rows(here, table):
                pairs = zip(writers, row, strict=True)
                out.write_row([write(value) if write and value is not None else value for write, value in pairs])
                rows, digests = rows + 1, digests + _digest(row, table)
    except (psycopg.Error, LookupError, TypeError, ValueError) as problem:  # what SQLite lets stand in any column
        raise Failed(f"A row of {table.name} does not fit into PostgreSQL, nothing was moved: {_line(problem)}.") from None
    return Told(rows, digests)


def _rows(connection: Connection, table: Table) -> Iterator[Row[Any]]:
    """Every row as our types understand it, a few at a time; JSON as it is written."""
    columns = [_text_of(column) if isinstance(column.type, JSON) else column for column in table.columns]
    size = LARGE if any(isinstance(column.type, LargeBinary) for column in table.columns) else BATCH
    every: Select[Any] = select(*columns)
    with connection.execute(every.execution_options(yield_per=size)) as found:
        yield from found


def _text_of(column: Any) -> Any:
    return cast(column, Text).label(column.name)


def _told(connection: Connection, table: Table) -> Told:
    rows, digests = 0, 0
    for row in _rows(connection, table):
        rows, digests = rows + 1, digests + _digest(row, table)
    return Told(rows, digests)


def _digest(row: Sequence[Any], table: Table) -> int:
    """The same for the same row on both databases: SHA-256 of its values in one spelling."""
    values = [
        json.loads(value) if isinstance(column.type, JSON) and value is not None else value
        for column, value in zip(table.columns, row, strict=True)
    ]
    spelt = json.dumps(values, default=_spelt, sort_keys=True, ensure_ascii=False)
    return int.from_bytes(hashlib.sha256(spelt.encode()).digest())


def _spelt(value: Any) -> str:
    if isinstance(value, Decimal):
        return f"{value:f}"
    return hashlib.sha256(value).hexdigest() if isinstance(value, bytes) else str(value)


def _count_on(there: Connection, table: Table) -> None:
    """The next number of a table is above every number that came."""
    column = table.autoincrement_column
    if column is None:
        return
    most = f'SELECT max("{column.name}") FROM "{table.name}"'  # noqa: S608  # nosec - our own names
    sequence = "pg_get_serial_sequence(:table, :column)"
    counted = f"SELECT setval({sequence}, coalesce(({most}), 0) + 1, false) WHERE {sequence} IS NOT NULL"  # nosec
    there.execute(text(counted), {"table": f'"{table.name}"', "column": column.name})


def _line(problem: BaseException | None) -> str:
    return str(problem).strip().splitlines()[0].rstrip(".")
