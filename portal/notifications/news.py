"""At once: what somebody has just asked of another, read from the journal, as far as it still waits.

Only what is asked of one person by another is worth a mail by itself: to agree, to answer, to correct, to acknowledge. A
few minutes are waited, so that five proposals are one mail; the hours of rest are kept.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from portal import clock
from portal.db import db
from portal.directory.models import Person
from portal.jobs import Context
from portal.journal.models import Entry
from portal.notifications import cursors, digest, steps, workdays
from portal.notifications.digest import Row
from portal.notifications.models import Kind, Message, State
from portal.notifications.people import readers
from portal.waiting import queries
from portal.waiting.kinds import What

MOST = 500
"""Entries of one step of the job."""
COALESCE = timedelta(minutes=3)
AT_ONCE: Mapping[str, What] = {
    "objective.propose": What.PROPOSED,
    "objective.propose_change": What.CHANGED,
    "objective.return_change": What.RETURNED,
    "objective.asked": What.SHARED,
    "goal_dialogue.propose": What.ANSWER,
    "goal_dialogue.return": What.DRAFT,
    "claim.asked": What.CLAIMED,
    "claim.again": What.CLAIMED,
    "claim.return": What.SENT_BACK,
    "check_in.shared": What.RECORD,
    "feedback_ask.asked": What.ASKED,
    "review.return": What.ASSESS,
    "review.release": What.ACKNOWLEDGE,
}
"""What happened, and what waits for somebody by it."""


def wanted() -> bool:
    """Whether something happened since the last look."""
    return digest.is_on() and cursors.tip() > cursors.position("news")


def make(context: Context) -> None:
    """The job of every few minutes."""
    at, tip = cursors.position("news"), cursors.tip()
    if not digest.is_on():
        at = tip
    while at < tip:
        found = select(Entry.n, Entry.kind, Entry.object_id, Entry.actor_id, Entry.behalf_id)
        found = found.where(Entry.n > at, Entry.n <= at + MOST)
        tell(db.session.execute(found.where(Entry.kind.in_(AT_ONCE)).order_by(Entry.n)).all(), clock.now())
        at = min(at + MOST, tip)
        cursors.move("news", at)
        context.step(context.done + 1)
    cursors.move("news", at)


def tell(happened: Sequence[Any], now: datetime) -> None:
    """Claim the news of these entries and put them into mails, in the caller's transaction."""
    newest: dict[tuple[str, int], Any] = {(AT_ONCE[one.kind].value, one.object_id): one for one in happened}
    asked: dict[int, list[tuple[queries.Item, Any]]] = defaultdict(list)
    for who, items in queries.about(newest, clock.today()).items():
        for item in items:
            entry = newest[item.key]
            if who not in (entry.actor_id, entry.behalf_id):
                asked[who].append((item, entry))
    people = readers(Person.id.in_(list(asked)), clock.today())
    at_once = sorted(who for who, one in people.items() if one.at_once)
    rows = [Row(who, *item.key, f"n{entry.n}", steps.AT_ONCE) for who in at_once for item, entry in asked[who]]
    if not rows:
        return
    digest.write(at_once, Kind.NEWS, now, max(now + COALESCE, workdays.next_hour(now + COALESCE)), {})
    open_ = select(Message.person_id, Message.id).where(
        Message.person_id.in_(at_once), Message.kind == Kind.NEWS, Message.state == State.WAITING
    )
    message = {row.person_id: row.id for row in db.session.execute(open_)}
    digest.claim(rows, now, message)
    # The digest does not call it new once more.
    digest.claim([Row.of(who, item, steps.NEW) for who in at_once for item, _ in asked[who]], now)
