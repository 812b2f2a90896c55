"""One database into a file and back: SQLite by its own backup, PostgreSQL by pg_dump and pg_restore."""

import os
import shutil
import sqlite3
import subprocess
from collections.abc import Mapping, Sequence
from contextlib import closing
from pathlib import Path

from sqlalchemy import URL, inspect, text

from portal.db import Model, db

TABLES = sorted(table.name for table in Model.metadata.sorted_tables)


class Failed(Exception):
    """It did not work; the text is a sentence for the administrator."""


def name_of(url: URL) -> str:
    """What the database is called inside a backup."""
    return "portal.db" if url.get_backend_name() == "sqlite" else "portal.dump"


def dump(url: URL, target: Path) -> Mapping[str, int]:
    """A copy as of one moment, while people work; the rows of each table in it."""
    if url.get_backend_name() == "sqlite":
        with closing(sqlite3.connect(url.database or "")) as source, closing(sqlite3.connect(target)) as copy:
            source.backup(copy, pages=2_000)
            return look_into(copy)
    with db.engine.connect().execution_options(isolation_level="REPEATABLE READ") as connection:
        snapshot = connection.scalar(text("SELECT pg_export_snapshot()"))
        there = set(inspect(connection).get_table_names())  # an older version of the tables is saved too, before an upgrade
        counted = {name: connection.scalar(text(f'SELECT count(*) FROM "{name}"')) for name in TABLES if name in there}  # noqa: S608  # nosec
        _run(url, "pg_dump", "--format=custom", "--no-owner", f"--snapshot={snapshot}", f"--file={target}")
    return {name: _count(n) for name, n in counted.items()}


def look_into(copy: sqlite3.Connection) -> Mapping[str, int]:
    """Open a copy of SQLite and believe nothing: whole, every reference leads somewhere, rows counted. Raises Failed."""
    try:
        (said,) = copy.execute("PRAGMA integrity_check").fetchone()
        lost = copy.execute("PRAGMA foreign_key_check").fetchone()
    except sqlite3.DatabaseError as problem:
        raise Failed(f"The copy of the database cannot be read: {problem}.") from None
    if said != "ok" or lost:
        raise Failed(f"The copy of the database is not whole: {said if said != 'ok' else f'a reference in {lost[0]}'}.")
    there = {name for (name,) in copy.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")}
    counted = {table: copy.execute(f'SELECT count(*) FROM "{table}"').fetchone()[0] for table in TABLES if table in there}  # noqa: S608  # nosec
    return {table: _count(n) for table, n in counted.items()}


def check_dump(url: URL, file: Path) -> None:
    """Whether pg_restore can read it. Raises Failed."""
    _run(url, "pg_restore", "--list", str(file), connects=False)


def load(url: URL, file: Path) -> None:
    """Put a dump of PostgreSQL in place of what is there: all of it or nothing."""
    _run(url, "pg_restore", "--clean", "--if-exists", "--no-owner", "--single-transaction", "--exit-on-error", str(file))


def _count(n: object) -> int:
    return int(str(n))


def _run(url: URL, program: str, *words: str, connects: bool = True) -> None:
    whole = shutil.which(program) or next(
        map(str, sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{program}"), reverse=True)), None
    )
    if whole is None:
        raise Failed(f"{program} is missing: install the Debian package postgresql-client.")
    # The password goes by the environment: arguments can be seen by everybody on the machine.
    plain = url.set(drivername="postgresql", password=None).render_as_string(hide_password=False)
    env = {**os.environ, **({"PGPASSWORD": url.password} if url.password else {})}
    where: Sequence[str] = (f"--dbname={plain}",) if connects else ()
    done = subprocess.run([whole, *where, *words], env=env, capture_output=True, text=True, check=False)  # noqa: S603 - our own words
    if done.returncode:
        raise Failed(f"{program} failed: {(done.stderr.strip().splitlines() or ['without a word'])[-1]}")
