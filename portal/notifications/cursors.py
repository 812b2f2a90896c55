"""How far the journal was read, by name. Its numbers have no gaps and grow in the order of commits: none is missed."""

from sqlalchemy import select

from portal.db import db, insert_into
from portal.journal.models import Tip
from portal.notifications.models import Reader


def tip() -> int:
    """The number of the newest entry."""
    return db.session.scalar(select(Tip.n)) or 0


def position(name: str) -> int:
    """Up to where it was read; whoever begins begins at the end."""
    n = db.session.scalar(select(Reader.n).where(Reader.name == name))
    return tip() if n is None else n


def move(name: str, n: int) -> None:
    """Up to here it is read, in the caller's transaction."""
    said = insert_into(Reader).values(name=name, n=n)
    db.session.execute(said.on_conflict_do_update(index_elements=["name"], set_={"n": n}))
