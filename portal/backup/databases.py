"""One database into a file and back: SQLite by its own backup, PostgreSQL by pg_dump and pg_restore."""

import os
import re
import shutil
import sqlite3
import subprocess
from collections.abc import Mapping, Sequence
from contextlib import closing
from pathlib import Path

from sqlalchemy import URL, inspect, text

from portal.db import Model, db
from portal.jobs import carrier

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
            # In one step: between two, a save would make it begin anew, and on a busy portal it would never end.
            source.backup(copy)
            return look_into(copy)
    with db.engine.connect().execution_options(isolation_level="REPEATABLE READ") as connection:
        snapshot = connection.scalar(text("SELECT pg_export_snapshot()"))
        there = set(inspect(connection).get_table_names())  # an older version of the tables is saved too, before an upgrade
        counted = {name: connection.scalar(text(f'SELECT count(*) FROM "{name}"')) for name in TABLES if name in there}  # noqa: S608  # nosec
        _run(url, "pg_dump", "--format=custom", "--no-owner", f"--snapshot={snapshot}", f"--file={target}")
    return {name: _count(n) for name, n in counted.items()}


def size(url: URL) -> int:
    """Bytes that a copy may need."""
    if url.get_backend_name() == "sqlite":
        files = [Path(f"{url.database}{rest}") for rest in ("", "-wal")]
        return sum(file.stat().st_size for file in files if file.exists())
    with db.engine.connect() as connection:
        return _count(connection.scalar(text("SELECT pg_database_size(current_database())")))


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


def alone(raw: sqlite3.Connection) -> None:
    """Keep an SQLite database to this connection until it is closed. Raises Failed while any other program has it open."""
    try:
        raw.execute("PRAGMA locking_mode=EXCLUSIVE")
        raw.execute("BEGIN EXCLUSIVE")
        raw.execute("COMMIT")
    except sqlite3.OperationalError:
        raise Failed("The portal is running on this database: stop its servers and workers first.") from None


def check_dump(url: URL, file: Path) -> None:
    """Whether pg_restore can read all of it. Raises Failed."""
    _run(url, "pg_restore", "--file=/dev/null", str(file), connects=False)


def load(url: URL, file: Path) -> None:
    """Put a dump of PostgreSQL in place of what is there: all of it or nothing. Raises Failed while others are connected."""
    db.session.remove()
    db.engine.dispose()
    mine = "datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
    with db.engine.connect() as connection:
        others = connection.scalar(text(f"SELECT count(*) FROM pg_stat_activity WHERE {mine}"))  # noqa: S608  # nosec
    db.engine.dispose()
    if others:
        raise Failed(f"{others} others are connected to this database: stop the portal's servers and workers first.")
    with db.engine.begin() as connection:
        carrier.drop(connection)  # the dump's may be of another version; `flask upgrade` looks which
    db.engine.dispose()
    _run(url, "pg_restore", "--clean", "--if-exists", "--no-owner", "--single-transaction", "--exit-on-error", str(file))


def _count(n: object) -> int:
    return int(str(n))


def major(program: str) -> int:
    """Of which PostgreSQL a program is. Raises Failed where it is missing."""
    said = subprocess.run([_whole(program), "--version"], capture_output=True, text=True, check=False).stdout  # noqa: S603 - ours
    found = re.search(r"\) (\d+)", said)
    if not found:
        raise Failed(f"{program} does not say its version.")
    return int(found[1])


def _whole(program: str) -> str:
    installed = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{program}"), key=lambda path: path.parts[-3].zfill(3))
    whole = shutil.which(program) or next(map(str, reversed(installed)), None)
    if whole is None:
        raise Failed(f"{program} is missing: install the Debian package postgresql-client.")
    return whole


def _run(url: URL, program: str, *words: str, connects: bool = True) -> None:
    whole = _whole(program)
    # The password goes by the environment: arguments can be seen by everybody on the machine.
    said = url.query.get("password")  # libpq takes it there as well
    secret = url.password or (said if isinstance(said, str) else None)
    # `set` leaves alone what is None.
    plain = url.set(drivername="postgresql").difference_update_query(["password"])._replace(password=None)
    env = {**os.environ, **({"PGPASSWORD": secret} if secret else {})}
    where: Sequence[str] = (f"--dbname={plain.render_as_string(hide_password=False)}",) if connects else ()
    done = subprocess.run([whole, *where, *words], env=env, capture_output=True, text=True, check=False)  # noqa: S603 - our own words
    if done.returncode:
        raise Failed(f"{program} failed: {(done.stderr.strip().splitlines() or ['without a word'])[-1]}")
