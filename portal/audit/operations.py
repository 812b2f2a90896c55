"""Looking at the journal is itself in the journal: a look beside the request that reads, an export before its file."""

import secrets
from datetime import timedelta

from sqlalchemy.orm import Session

from portal import clock, journal
from portal.access import Viewer
from portal.audit.queries import EXPORTED, VIEWED, Wish, looks
from portal.db import Own, own_transaction

SAME = timedelta(minutes=10)
THING = "audit"


def looked(wish: Wish, by: Viewer) -> None:
    """Note a look and what was asked for, in a transaction of its own: a GET cannot write otherwise.

    The same question of the same person within ten minutes is the same look.
    """
    if wish.told in looks(by, clock.now() - SAME):
        return
    with own_transaction(Own.VIEW_LOGGED) as connection, Session(connection) as beside:
        journal.write_about(VIEWED, THING, by, words=wish.told, into=beside)
        beside.commit()


def export(wish: Wish, by: Viewer) -> str:
    """Note an export; the ticket under which its file can be fetched for a short while."""
    ticket = secrets.token_urlsafe(16)
    journal.write_about(EXPORTED, THING, by, words={**wish.told, "ticket": ticket})
    return ticket
