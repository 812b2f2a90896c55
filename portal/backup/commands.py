"""`flask backup` and `flask restore`."""

from pathlib import Path

import click
from flask import current_app
from flask.cli import with_appcontext
from sqlalchemy import URL, make_url

from portal import config
from portal.backup import making, moving, restoring
from portal.backup.databases import Failed
from portal.backup.making import folder
from portal.backup.sealing import SEALED
from portal.backup.versions import version, versions
from portal.db import db

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


def back_up(target: Path, mark: str = "") -> Path:
    """Make one now, with `mark` in its name. Raises click.ClickException with a sentence."""
    head = version()
    if head is None:
        raise click.ClickException("There is nothing to back up yet: `flask upgrade` has not run.")
    try:
        return making.make(Path(current_app.config["DATA_DIR"]), target, head, mark)
    except Failed as why:
        raise click.ClickException(str(why)) from None


def _postgresql(_context: click.Context, _parameter: click.Parameter, text: str) -> URL:
    try:
        url = make_url(config.SETTINGS["DATABASE_URL"].parse(text))
    except ValueError as why:
        raise click.BadParameter(str(why)) from None
    if url.get_backend_name() != "postgresql":
        raise click.BadParameter("it must look like postgresql://user@host/portal")
    return url


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
    try:
        making.bring_away(made)
    except Failed as why:
        raise click.ClickException(str(why)) from None


@click.command("move-database")
@click.argument("url", envvar="MOVE_TO", callback=_postgresql)
@with_appcontext
def move_database(url: URL) -> None:
    """Move everything from SQLite into the empty PostgreSQL database at URL, in one transaction; stop the portal first.

    The SQLite file is only read, uploaded files and the archive stay where they are. A password in URL is safer in the
    environment: MOVE_TO=postgresql://…
    """
    source = db.engine.url.database
    if db.engine.dialect.name != "sqlite" or not source or not Path(source).exists():
        raise click.ClickException(
            "This portal does not run on SQLite: `flask backup` and `restore` move a PostgreSQL database."
        )
    db.session.remove()
    db.engine.dispose()
    try:
        rows = moving.move(Path(source), url, lambda table, n: click.echo(f"{n:>12,} {table}"))
    except Failed as why:
        raise click.ClickException(str(why)) from None
    click.echo(f"{rows:>12,} rows moved, each compared. Now set DATABASE_URL to the new database, then run `flask check`.")
    click.echo(f"Nothing was changed in {source}: keep it until the first backup of the new database.")


@click.command()
@click.argument("file", type=FILE)
@click.option("--check", is_flag=True, help="Only look whether it is whole: unpack, compare, open, count.")
@click.option("--identity", type=FILE, help="The file of the private key that opens an encrypted one.")
@with_appcontext
def restore(file: Path, check: bool, identity: Path | None) -> None:
    """Put a backup in place of what is there. Stop the portal first; what was there is kept beside it."""
    data = Path(current_app.config["DATA_DIR"])
    try:
        if restoring.same_file(file) and check and identity is None and file.suffix == SEALED:
            click.echo("It is the file that was written. Whether it opens, only its key tells: --identity FILE.")
            return
        with restoring.unpacked(file, data, identity) as found:
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
