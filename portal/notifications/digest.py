"""The digest of a work day: who gets one, by what step of what; the mails themselves leave by `mailing`.

A batch of people is one transaction: the steps are claimed and the mails that tell them are made, or neither. So after a
crash the job goes on behind the last batch, and what one worker has claimed another one does not tell again.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import uuid4

from flask import current_app
from sqlalchemy import ColumnElement, and_, delete, func, select, update

from portal import clock
from portal.db import UNSYNCED, db, insert_into
from portal.directory.models import Person
from portal.jobs import Context
from portal.journal.models import Entry
from portal.notifications import above, counting, cursors, steps, workdays
from portal.notifications.models import Kind, Message, Notice, State
from portal.notifications.people import Reader as Recipient
from portal.notifications.people import readers
from portal.settings import Setting
from portal.settings.queries import number, value
from portal.waiting import queries
from portal.waiting.queries import Item
from portal.words import N_

BATCH = 500
CHUNK = 1_000
"""Rows of one INSERT: SQLite takes so many values and not very many more."""
MERGED = N_("It came with the digest of the morning.")
INFORMS = (
    "objective.agree",
    "objective.return",
    "objective.revised",
    "objective.return_change",
    "objective.assigned",
    "goal_dialogue.agree",
    "goal_dialogue.cancel",
    "check_in.shared",
    "check_in.edited",
    "feedback.given",
    "feedback.praised",
    "review.opened",
    "review.release",
    "review.archive",
)
"""What others did that stands on one's time line, open to oneself: the digest tells how many, never what."""


class Overtaken(Exception):
    """Another worker made the digest of this batch in the same moment: nothing was claimed, it is looked at anew."""


@dataclass(frozen=True)
class Row:
    """A step of a thing for somebody."""

    person_id: int
    what: str
    object_id: int
    round: str
    step: str

    @classmethod
    def of(cls, person_id: int, item: Item, step: str) -> "Row":
        return cls(person_id, item.what.value, item.id, steps.round_of(item), step)


def is_on() -> bool:
    """Whether mail is sent at all: a server is known, and nobody has paused it (as a restored backup does)."""
    return bool(current_app.config["MAIL_HOST"]) and bool(value("mail_open"))


def make(context: Context) -> None:
    """The job of every morning: count what waits for everybody, and on a work day write to whom something is told."""
    now, today = clock.now(), clock.today()
    hour = now.astimezone(clock.zone()).hour
    writes = is_on() and workdays.is_worked(today) and hour < number("quiet_from")
    since, tip = cursors.position("digest"), cursors.tip()
    total = db.session.scalar(select(func.max(Person.id)))
    if writes and above.wanted():
        _claim_above(context, today, now)
    for low, high in queries.batches(BATCH, context.done):
        waits = queries.between(low, high, today)
        counting.keep(low, high, waits, today, now)
        if writes:
            batch(waits, readers(_fresh(low, high, today), today), _told(low, high, since), now)
        context.step(high, total)
    if writes:
        cursors.move("digest", tip)


def _claim_above(context: Context, today: date, now: datetime) -> None:
    """First of all, what is to be told of somebody else: the readers may stand in a batch before. Asked again it claims
    nothing."""
    for low, high in queries.batches(BATCH):
        who = readers(Person.id.between(low, high), today)
        claim([Row(*one) for one in above.rows(queries.between(low, high, today), who, today)], now)
        context.step(context.done)


def _fresh(low: int, high: int, today: date) -> ColumnElement[bool]:
    """SQL condition: people between two ids without a digest of today."""
    m = Message
    had = select(m.person_id).where(m.person_id.between(low, high), m.kind == Kind.DIGEST, m.day == today)
    return and_(Person.id.between(low, high), Person.id.not_in(had))


def batch(waits: Mapping[int, Sequence[Item]], people: Mapping[int, Recipient], told: Mapping[int, int], now: datetime) -> None:
    """Claim the steps of these people and write the mails that tell them, in the caller's transaction."""
    today = clock.today()
    rows = [Row.of(who, item, steps.step(item.due, today)) for who, items in waits.items() if who in people for item in items]
    asked = set(claim(rows, now))
    informed = {who for who, one in people.items() if one.informs and told.get(who)}
    if people and above.wanted():
        asked |= above.told(today, Notice.person_id.between(min(people), max(people))).keys() & people.keys()
    write(sorted(asked | informed), Kind.DIGEST, now, now, {who: told[who] for who in informed})


def claim(rows: Sequence[Row], now: datetime, message: Mapping[int, int] | None = None) -> list[int]:
    """Note these steps as told; the people of those that were not before."""
    fresh: list[int] = []
    for n in range(0, len(rows), CHUNK):
        values = [
            {**vars(row), "at": now, "message_id": message[row.person_id] if message else None} for row in rows[n : n + CHUNK]
        ]
        made = insert_into(Notice).values(values).on_conflict_do_nothing().returning(Notice.person_id)
        fresh += db.session.scalars(made)
    return fresh


def write(who: Sequence[int], kind: Kind, now: datetime, at: datetime, news: Mapping[int, int]) -> None:
    """A mail to each. What of the same waits to be told at once comes with the digest."""
    day = clock.today()
    if kind is Kind.DIGEST and who:
        open_ = update(Message).where(Message.person_id.in_(who), Message.kind == Kind.NEWS, Message.state == State.WAITING)
        merged = open_.values(state=State.DROPPED, why=MERGED)
        db.session.execute(merged, execution_options=UNSYNCED)
    made = 0
    for n in range(0, len(who), CHUNK):
        rows = [
            {
                "person_id": one,
                "kind": kind,
                "day": day,
                "state": State.WAITING,
                "run_at": at,
                "until": _last_moment(kind, day, at),
                "attempts": 0,
                "key": uuid4().hex,
                "news": news.get(one, 0),
                "why": "",
                "made_at": now,
            }
            for one in who[n : n + CHUNK]
        ]
        inserted = insert_into(Message).values(rows).on_conflict_do_nothing().returning(Message.id)
        made += len(db.session.scalars(inserted).all())
    if kind is Kind.DIGEST and made != len(who):
        raise Overtaken


def _last_moment(kind: Kind, day: date, at: datetime) -> datetime:
    """A digest is of its day, until people have their rest; news is worth a second day."""
    if kind is Kind.NEWS:
        return at + timedelta(days=2)
    evening = clock.midnight(day) + timedelta(hours=number("quiet_from"))
    return evening.astimezone(at.tzinfo)


def _told(low: int, high: int, since: int) -> dict[int, int]:
    """How much others did about each of these since the last digest."""
    e = Entry
    where = (e.subject_kind == "person", e.subject_id.between(low, high), e.n > since, e.kind.in_(INFORMS))
    by_others = e.actor_id.is_distinct_from(e.subject_id)
    found = select(e.subject_id, func.count()).where(*where, by_others).group_by(e.subject_id)
    return {who: n for who, n in db.session.execute(found) if who is not None}


def catch_up(context: Context) -> None:
    """After a restored backup: whatever waits counts as told, so that nothing is told twice; then mail is open again."""
    now, today = clock.now(), clock.today()
    before = clock.midnight(today) - timedelta(seconds=1)  # what is claimed on the day of a mail, it tells
    for low, high in queries.batches(BATCH, context.done):
        waits = queries.between(low, high, today)
        claim([Row.of(who, item, steps.step(item.due, today)) for who, items in waits.items() for item in items], now)
        if above.wanted():
            claim([Row(*one) for one in above.rows(waits, waits, today)], before)
        context.step(high)
    for name in ("news", "digest"):
        cursors.move(name, cursors.tip())
    db.session.execute(delete(Setting).where(Setting.name == "mail_open"))
