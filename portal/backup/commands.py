"""`flask backup` and `flask restore`."""

from pathlib import Path

import click
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import current_app
from flask.cli import with_appcontext

from portal.backup import making, restoring
from portal.backup.databases import Failed
from portal.db import db

MIGRATIONS = Path(__file__).parents[2] / "migrations"


def folder() -> Path:
    """Where backups lie when nobody says otherwise."""
    return Path(current_app.config["DATA_DIR"]) / "backups"


def version() -> str | None:
    """The version of the tables; None for an empty database."""
    with db.engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def versions() -> list[str]:
    """Every version of the tables that this program knows."""
    return [script.revision for script in ScriptDirectory(str(MIGRATIONS)).walk_revisions()]


def back_up(target: Path) -> Path:
    """Make one now. Raises click.ClickException with a sentence."""
    head = version()
    if head is None:
        raise click.ClickException("There is nothing to back up yet: `flask upgrade` has not run.")
    try:
        return making.make(Path(current_app.config["DATA_DIR"]), target, head)
    except Failed as why:
        raise click.ClickException(str(why)) from None


@click.command()
@click.option("--to", "target", type=click.Path(file_okay=False, path_type=Path), help="Another folder than DATA_DIR/backups.")
@click.option("--keep-all", is_flag=True, help="Drop no old ones; else the newest of 7 days, 4 weeks and 12 months stay.")
@with_appcontext
def backup(target: Path | None, keep_all: bool) -> None:
    """Save the database, the archive and the files into one checked file, while people work."""
    place = target or folder()
    made = back_up(place)
    click.echo(f"{made} ({made.stat().st_size // 1_000} kB), opened and checked.")
    click.echo("The secret key is not in it: keep secret.key apart, in another safe place.")
    for old in [] if keep_all else making.forget(place):
        click.echo(f"dropped {old.name}")


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--check", is_flag=True, help="Only look whether it is whole: unpack, compare, open, count.")
@with_appcontext
def restore(file: Path, check: bool) -> None:
    """Put a backup in place of what is there. Stop the portal first; what was there is kept beside it."""
    data = Path(current_app.config["DATA_DIR"])
    try:
        with restoring.unpacked(file, data) as found:
            rows, tables = sum(found.manifest.counts.values()), len(found.manifest.counts)
            files = len(found.manifest.files) - 1
            click.echo(f"Made {found.manifest.made}: {rows} rows in {tables} tables, {files} files. It is whole.")
            if check:
                return
            for kept in restoring.put_back(found, data, versions()):
                click.echo(f"what was there lies in {kept}")
    except Failed as why:
        raise click.ClickException(str(why)) from None
    click.echo("Restored. Everybody has to sign in again. Now run `flask upgrade`, then start the portal.")
