"""The portal's tables in an empty database: migrated once, then copied for tests of anything but migrations."""

import fcntl
import hashlib
import shutil
from functools import cache
from pathlib import Path

import psycopg
from psycopg import sql
from sqlalchemy import URL

from portal import clock
from portal.cli import bring_up_to_date
from portal.db import db

PROJECT = Path(__file__).parent.parent
CACHE = PROJECT / ".cache" / "tables"
TEMPLATE = "portal_tables"


def bring_tables() -> None:
    """What `bring_up_to_date` would leave in the new and empty database of the app at hand."""
    url = db.engine.url
    db.engine.dispose()  # a PostgreSQL that somebody is connected to is no template
    (_on_sqlite if url.get_backend_name() == "sqlite" else _on_postgresql)(url)


def _on_sqlite(url: URL) -> None:
    """One file for the processes of all runs, made once a day and state of the sources."""
    whole, mine = _file(), Path(str(url.database))
    with (CACHE / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not whole.exists():
            for old in CACHE.glob("*.db*"):
                old.unlink()
            bring_up_to_date()
            db.engine.dispose()
            assert not Path(f"{mine}-wal").exists(), "all of it lies in the file"
            shutil.copyfile(mine, whole.with_suffix(".new"))
            whole.with_suffix(".new").rename(whole)
            return
    assert not mine.exists()
    mine.touch(mode=0o600)
    shutil.copyfile(whole, mine)


def sources() -> str:
    """Changes with the migrations, the models and what else of the portal a made database depends on."""
    digest = hashlib.sha256()
    for file in sorted([*PROJECT.glob("portal/**/*.py"), *PROJECT.glob("migrations/**/*.py")]):
        digest.update(file.read_bytes())
    return digest.hexdigest()[:16]


@cache
def _file() -> Path:
    CACHE.mkdir(parents=True, exist_ok=True)
    return CACHE / f"{clock.today()}-{sources()}.db"


def _on_postgresql(url: URL) -> None:
    """One template for each server: it lives as long as a test process."""
    mine, template = sql.Identifier(str(url.database)), sql.Identifier(TEMPLATE)
    with psycopg.connect(url.set(drivername="postgresql", database="template1").render_as_string(), autocommit=True) as connection:
        if connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [TEMPLATE]).fetchone():
            connection.execute(sql.SQL("DROP DATABASE {}").format(mine))
            connection.execute(sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(mine, template))
            return
        bring_up_to_date()
        db.engine.dispose()
        connection.execute(sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(template, mine))
