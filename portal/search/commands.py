"""`flask search-rebuild`: everything that can be found, read again and compared with the index."""

import click
from flask.cli import with_appcontext
from sqlalchemy import exists, select, text

from portal.db import db
from portal.search import index
from portal.search.models import Indexed, Kind

SHOWN = 5
"""Numbers of a difference that are said one by one."""


@click.command("search-rebuild")
@with_appcontext
def search_rebuild() -> None:
    """Compare the index of search with what it is made from, correct it, and say what differed. People may work meanwhile."""
    for kind in Kind:
        wrong: list[int] = []
        for part in index.compared(kind):
            wrong += part
            db.session.commit()
        click.echo(f"{kind.name.lower()}: {told(wrong)}")
    index.tidy()
    db.session.commit()


def told(wrong: list[int]) -> str:
    """A difference as a sentence."""
    if not wrong:
        return "as it should be"
    shown = ", ".join(map(str, wrong[:SHOWN])) + ", …" * (len(wrong) > SHOWN)
    return f"{len(wrong)} corrected ({shown})"


def fill() -> None:
    """After an upgrade: the index of a portal that had none. Of several machines one fills it, the others wait."""
    if db.engine.dialect.name == "postgresql":
        db.session.execute(text("SELECT pg_advisory_xact_lock(7014)"))  # as `flask upgrade` takes it
    if not db.session.scalar(select(exists(select(Indexed.id)))):
        index.rebuild()
    db.session.commit()
