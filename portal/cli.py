"""The commands of `flask --app commands`: to begin, to run, to look after; `flask --app commands --help` lists them."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask, current_app
from flask_migrate import Migrate, revision
from flask_migrate import upgrade as alembic_upgrade
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError

from portal import checks
from portal.accounts.commands import break_glass, first_run, sign_out
from portal.audit.commands import journal_check
from portal.backup.commands import back_up, backup, folder, restore, version, versions
from portal.db import db
from portal.demo.command import command as demo
from portal.jobs import worker
from portal.printing import pdf

migrate = Migrate(db=db, directory=str(Path(__file__).parent.parent / "migrations"))
HEAD = Path(migrate.directory) / ".current-head"


def register(app: Flask) -> None:
    """Add the commands to an application."""
    migrate.init_app(app)
    ours = (upgrade, work, migration, demo, backup, restore, checks.command)
    for command in (*ours, break_glass, sign_out, first_run, journal_check):
        app.cli.add_command(command)


@click.command()
@click.option("--no-backup", is_flag=True, help="Do not save first what would be changed.")
def upgrade(no_backup: bool) -> None:
    """Bring the database to this version's tables. Run before the servers start; one at a time."""
    try:
        db.engine.connect().close()
    except DatabaseError as problem:
        raise click.ClickException(f"The database cannot be used: {str(problem.orig).splitlines()[0]}") from None
    if not no_backup and version() in {*versions()} - {HEAD.read_text().strip()}:
        click.echo(f"Saved first: {back_up(folder())}")
    bring_up_to_date()
    click.echo("The database is up to date.")


@click.command()
@click.option("--once", is_flag=True, help="Stop when nothing is due.")
def work(once: bool) -> None:
    """Work the background jobs."""
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


def bring_up_to_date() -> None:
    """`flask upgrade` for callers. Raises click.ClickException when the database is newer than this program."""
    migrate.init_app(current_app)
    with _alone():
        _refuse_newer()
        alembic_upgrade()


def _refuse_newer() -> None:
    with db.engine.connect() as connection:
        found = MigrationContext.configure(connection).get_current_revision()
    known = {script.revision for script in ScriptDirectory(migrate.directory).walk_revisions()}
    if found and found not in known:
        raise click.ClickException(f"The database is at {found}, which this version does not know: install the newer portal.")


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
