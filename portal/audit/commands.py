"""`flask journal-check`: whether the journal is what was written, said in words."""

import click
from flask.cli import with_appcontext
from sqlalchemy import func, select

from portal import journal
from portal.db import db, reading
from portal.journal.models import Entry


@click.command("journal-check")
@with_appcontext
def journal_check() -> None:
    """Follow the chain of the journal from its first entry; fails where an entry or its words are not what was written."""
    token = reading.set(True)  # a long look must not keep everybody else from writing
    try:
        broken = journal.check()
        count, last = db.session.execute(select(func.count(), func.max(Entry.at)).select_from(Entry)).one()
    finally:
        db.session.rollback()
        reading.reset(token)
    if broken:
        click.echo("The journal is NOT what was written:")
        for sentence in broken:
            click.echo(f"  {sentence}")
        click.echo("Keep this database and its backups as they are, and compare them from the entry named first.")
        raise SystemExit(1)
    if not count:
        click.echo("The journal is whole: it has no entry yet.")
        return
    click.echo(
        f"The journal is whole: {count} entries, the last of {last:%Y-%m-%d %H:%M:%S} UTC. None was changed or taken away."
    )
