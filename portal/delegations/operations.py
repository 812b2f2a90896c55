"""Handing acts on and taking them back. Each is in the journal with both names."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import select

from portal import access, clock, journal
from portal.access import Act, Viewer
from portal.access.models import Delegation
from portal.access.words import HANDED_ON
from portal.db import db
from portal.delegations.queries import Given, overlapping
from portal.directory.models import Person
from portal.words import N_
from portal.workflow import Refused


def give(taker_id: int, acts: Sequence[Act], by: Viewer, *, since: date, until: date, why: str) -> list[Given]:
    """Hand acts on until the day before `until`; what others hold of them on these days, to be told.

    Raises Refused for oneself, for an act that is not theirs to give, and where this colleague has it already.
    """
    if taker_id == by.id:
        raise Refused(N_("Nobody acts for themselves: choose a colleague."))
    if not all(act in HANDED_ON and access.may_hold(act, by) for act in acts):
        raise Refused(N_("Only what is yours by your own place in the company can be handed on."))
    # Locked, so that the same form sent from two devices does not give it twice.
    db.session.execute(select(Person.id).where(Person.id == by.id).with_for_update())
    others = overlapping(by.id, acts, since, until)
    if any(one.taker_id == taker_id for one in others):
        raise Refused(
            N_("This colleague does this for you already on some of these days. End that first, or choose other days.")
        )
    for act in acts:
        made = Delegation(giver_id=by.id, taker_id=taker_id, act=act, since=since, until=until, reason=why)
        db.session.add(made)
        db.session.flush()
        words = {"act": act.value, "since": since.isoformat(), "until": until.isoformat(), "why": why}
        journal.write("delegation.given", made, by, now=act.value, words=words)
    return others


def end(row: Delegation, by: Viewer) -> None:
    """From today on it does not count any more; one that was to come never begins."""
    before, row.until = row.until, max(clock.today(), row.since)
    words = {"giver": row.giver_id, "before": before and before.isoformat(), "after": row.until.isoformat()}
    journal.write("delegation.ended", row, by, was=row.act.value, words=words)
