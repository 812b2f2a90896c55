"""The demo company, made once a day and state of the sources and copied for whoever needs a portal full of life.

For SQLite that is a file; for PostgreSQL, of which each test process has one, the rows in a file.
"""

import fcntl
import pickle
from collections.abc import Callable
from pathlib import Path

import psycopg
from psycopg import sql
from sqlalchemy import Table

from portal import clock
from portal.application import create_app
from portal.db import Model, db
from portal.demo.load import load
from tests.tables import bring_tables, sources

PROJECT = Path(__file__).parent.parent
CACHE = PROJECT / ".cache" / "demo"


def template() -> Path:
    """A loaded file that nobody writes to; several processes may ask at once."""
    CACHE.mkdir(parents=True, exist_ok=True)
    whole = CACHE / f"{clock.today()}-{sources()}.db"
    with (CACHE / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not whole.exists():
            for old in CACHE.glob("*.db*"):
                old.unlink()
            _make(whole.with_suffix(".new"))
            whole.with_suffix(".new").rename(whole)
    return whole


def _make(file: Path) -> None:
    app = create_app({"SECRET_KEY": "for a template", "SQLALCHEMY_DATABASE_URI": f"sqlite:///{file}"})
    with app.app_context():
        bring_tables()
        load()
        db.session.remove()
        db.engine.dispose()
    # The last connection to close has written the log back into the file.
    assert not Path(f"{file}-wal").exists()
    Path(f"{file}.lock").unlink(missing_ok=True)  # where the tables had to be made


def into_postgresql(make: Callable[[], None]) -> None:
    """Leave what `make` would leave in the portal's tables of the app at hand: the first process makes it, the others copy."""
    CACHE.mkdir(parents=True, exist_ok=True)
    whole = CACHE / f"{clock.today()}-{sources()}.rows"
    with (CACHE / "lock.rows").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        made = not whole.exists()
        if made:
            for old in CACHE.glob("*.rows*"):
                if old.name != "lock.rows":
                    old.unlink()
            make()
        db.session.remove()
        with psycopg.connect(db.engine.url.set(drivername="postgresql").render_as_string()) as connection:
            if not made:
                _give(connection, pickle.loads(whole.read_bytes()))  # noqa: S301 - written below
                return
            whole.with_suffix(".rows-new").write_bytes(pickle.dumps(_take(connection)))
            whole.with_suffix(".rows-new").rename(whole)


def _copied(table: Table) -> sql.Composed:
    columns = sql.SQL(", ").join(sql.Identifier(column.name) for column in table.columns if column.computed is None)
    return sql.SQL("COPY {} ({})").format(sql.Identifier(table.name), columns)


def _take(connection: psycopg.Connection) -> tuple[dict[str, bytes], list[tuple[str, int]]]:
    """Rows by table, and how far each sequence has come."""
    rows = {}
    for table in Model.metadata.sorted_tables:
        with connection.cursor().copy(_copied(table) + sql.SQL(" TO STDOUT (FORMAT binary)")) as copy:
            rows[table.name] = b"".join(map(bytes, copy))
    begun = "SELECT sequencename, last_value FROM pg_sequences WHERE schemaname = 'public' AND last_value IS NOT NULL"
    return rows, connection.execute(begun).fetchall()


def _give(connection: psycopg.Connection, kept: tuple[dict[str, bytes], list[tuple[str, int]]]) -> None:
    connection.execute("SET session_replication_role = replica")  # a replica asks no trigger and no foreign key
    names = sql.SQL(", ").join(map(sql.Identifier, Model.metadata.tables))
    connection.execute(sql.SQL("TRUNCATE {} RESTART IDENTITY").format(names))
    rows, sequences = kept
    for table in Model.metadata.sorted_tables:
        with connection.cursor().copy(_copied(table) + sql.SQL(" FROM STDIN (FORMAT binary)")) as copy:
            copy.write(rows[table.name])
    for name, last in sequences:
        connection.execute("SELECT setval(%s, %s)", [name, last])
