"""The commands of `flask --app commands`: to begin, to run, to look after; `flask --app commands --help` lists them."""

import fcntl
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from flask import Flask, current_app
from flask_migrate import Migrate, revision
from flask_migrate import upgrade as alembic_upgrade
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError, DBAPIError

from portal import checks
from portal.accounts.commands import break_glass, first_run, sign_out
from portal.audit.commands import journal_check
from portal.backup import databases
from portal.backup.commands import back_up, backup, move_database, restore
from portal.backup.making import UPGRADE, folder
from portal.backup.versions import HEAD, MIGRATIONS, head, version, versions
from portal.db import db
from portal.demo.command import command as demo
from portal.health import NEEDED
from portal.jobs import carrier, worker
from portal.printing import pdf
from portal.search.commands import fill, search_rebuild

migrate = Migrate(db=db, directory=str(MIGRATIONS))


def register(app: Flask) -> None:
    """Add the commands to an application."""
    migrate.init_app(app)
    ours = (upgrade, work, migration, demo, backup, restore, move_database, checks.command)
    for command in (*ours, break_glass, sign_out, first_run, journal_check, search_rebuild):
        app.cli.add_command(command)


@click.command()
@click.option("--no-backup", is_flag=True, help="Do not save first what would be changed.")
@click.option("--wait", type=click.IntRange(0, 3_600), default=0, help="Seconds that the database may take until it answers.")
def upgrade(no_backup: bool, wait: int) -> None:
    """Bring the database to this version's tables. Run before the servers start; one at a time."""
    _answering(time.monotonic() + wait)
    bring_up_to_date(_see_room if no_backup else _save_first)
    if sentence := carrier.problem():  # people are served all the same
        click.echo(sentence, err=True)
    fill()
    click.echo("The database is up to date.")


@click.command()
@click.option("--once", is_flag=True, help="Stop when nothing is due.")
def work(once: bool) -> None:
    """Work the background jobs."""
    if wrong := carrier.problem():
        raise click.ClickException(wrong)
    if sentence := pdf.problem():
        click.echo(sentence, err=True)
    pdf.press.close()  # started again by the first form; until then its memory is free
    worker.run(once=once)


@click.command()
@click.argument("name")
def migration(name: str) -> None:
    """Write the next numbered migration from the difference between models and database."""
    number = f"{int(HEAD.read_text().split()[0]) + 1:03}" if HEAD.exists() else "001"
    revision(message=name, autogenerate=True, rev_id=number)
    HEAD.write_text(f"{number}\n")


def bring_up_to_date(first: Callable[[], None] = lambda: None) -> None:
    """`flask upgrade` for callers; `first` is done under the same lock, when there is something to change.

    Raises click.ClickException when the database is newer than this program, or when a migration does not come to its end:
    both databases make tables inside a transaction, so nothing was changed then.
    """
    migrate.init_app(current_app)
    with _alone():
        _refuse_newer()
        if version() in {*versions()} - {head()}:
            first()
        try:
            alembic_upgrade()
        except DBAPIError as problem:
            raise click.ClickException(f"The upgrade stopped, nothing was changed: {_line(problem)}.") from None
        try:
            carrier.bring()
        except DBAPIError as problem:
            told = "The tables are up to date, but what carries jobs could not be made anew"
            raise click.ClickException(f"{told}: {_line(problem)}.") from None


def _line(problem: DBAPIError) -> str:
    return str(problem.orig).strip().splitlines()[0]


def _see_room() -> None:
    """A table that is changed is written anew, so for a while there are two of it."""
    data = Path(current_app.config["DATA_DIR"])
    needed = 2 * databases.size(db.engine.url) + NEEDED if db.engine.dialect.name == "sqlite" else NEEDED
    if (free := shutil.disk_usage(data).free) < needed:
        told = f"Only {free // 1_000_000} MB are free in {data}; the upgrade may need {needed // 1_000_000} MB."
        raise click.ClickException(f"{told} Nothing was changed.")


def _save_first() -> None:
    _see_room()
    click.echo(f"Saved first: {back_up(folder(), UPGRADE)}")


def _refuse_newer() -> None:
    found = version()
    if found and found not in versions():
        raise click.ClickException(f"The database is at {found}, which this version does not know: install the newer portal.")


def _answering(until: float) -> None:
    """Come back when the database answers: machines that boot together are not ready together."""
    while True:
        try:
            return db.engine.connect().close()
        except DatabaseError as problem:
            if time.monotonic() >= until:
                raise click.ClickException(f"The database cannot be used: {str(problem.orig).splitlines()[0]}") from None
            time.sleep(1)


@contextmanager
def _alone() -> Iterator[None]:
    """Six of eight servers crashed when all of them migrated at once: one lock for everybody (engineering.md)."""
    if db.engine.dialect.name == "postgresql":
        with db.engine.connect() as connection:
            connection.execute(text("SELECT pg_advisory_lock(7014)"))
            try:
                yield
            finally:
                connection.execute(text("SELECT pg_advisory_unlock(7014)"))
        return
    file = Path(f"{db.engine.url.database or current_app.instance_path}.lock")
    with file.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        _keep_private(db.engine.url.database)
        yield


def _keep_private(database: str | None) -> None:
    """Every grade and every talk lies in this file: it is its owner's alone, and what SQLite lays beside it follows it."""
    if database and database != ":memory:":
        Path(database).touch(mode=0o600)
        for name in (database, f"{database}-wal", f"{database}-shm"):
            if Path(name).exists():
                Path(name).chmod(0o600)
