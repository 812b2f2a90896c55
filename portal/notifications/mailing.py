"""Handing the mails over: one by one, each marked before and after, so that a crash leaves at most one in doubt.

A mail that may have been taken is never sent again by itself: a step is told at most once. Whoever reads the log sees it
and can send it again, under the same Message-ID, by which a receiver knows it for the same.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import bindparam, select, update

from portal import clock
from portal.db import UNSYNCED, db, kept
from portal.directory.models import Person
from portal.jobs import Context, engine
from portal.notifications import above, digest, letters, post, workdays
from portal.notifications.above import Late
from portal.notifications.models import Kind, Message, Notice, State
from portal.notifications.people import Reader, readers
from portal.waiting import queries, telling
from portal.waiting.queries import Item
from portal.words import N_

JOB = "mail"
MESSAGE: Any = Message.__table__
"""Written twice for each mail: the plain table costs half of the mapped class."""
BATCH, STEP = 200, 25
MANY = 2_000
"""So many that a second worker, if one is free, takes every other batch of them."""
NEAR = 500
"""People whose ids lie so close are asked about together."""
DOUBT = timedelta(minutes=10)
"""Longer than a server may take: whoever is still at it is dead."""
FIRST, LONGEST = timedelta(minutes=1), timedelta(hours=1)
ATTEMPTS = 12

NOBODY = N_("The person has left, is away, or has no address.")
NOTHING = N_("Nothing of it waits any more.")
TOO_LATE = N_("It could not be sent in time.")
NO_ADDRESS = N_("The address in the directory is no e-mail address.")
IN_DOUBT = N_("The connection or the worker broke while it was handed over: whether it arrived is not known.")


def wanted() -> bool:
    """Whether a mail is due."""
    return digest.is_on() and db.session.scalar(_due(1)) is not None


def send(context: Context) -> None:
    """The job: everything that is due. Ends when the server takes nothing: what waits is tried again later, and later still."""
    _settle_the_dead()
    if not digest.is_on() or db.session.scalar(_due(1)) is None:
        return
    done, half = context.done, context.args.get("half")
    try:
        with post.connected() as server:
            while due := _batch(half):
                half = _shared() if half is None else half
                for message, reader, items, others in _contents(due):
                    done += _hand_over(server, message, reader, items, others)
                    if done % STEP == 0:
                        context.step(done)
                context.step(done)
    except post.Down as problem:
        db.session.rollback()
        _later(problem.why)
    db.session.commit()


def _shared() -> int | None:
    """Of many the other half becomes a job of its own, for whoever is free; ours is 1. None while they are not many."""
    if db.session.scalar(_due(1).offset(MANY - 1)) is None:
        return None
    engine.ask(JOB, {"half": 0}, key=f"{JOB}:half")
    db.session.commit()
    return 1


def _due(most: int, half: int | None = None) -> Any:
    """The ids of what is due; of every other batch of them with a `half`, 0 or 1."""
    due = select(Message.id).where(Message.state == State.WAITING, Message.run_at <= clock.now())
    if half is not None:
        due = due.where(Message.id // BATCH % 2 == half)
    return due.order_by(Message.run_at, Message.id).limit(most)


def _batch(half: int | None) -> Sequence[Message]:
    """The next ones, by person: whoever is close by is asked about together."""
    found = select(Message).where(Message.id.in_(_due(BATCH, half))).order_by(Message.person_id, Message.id)
    messages = db.session.scalars(found.execution_options(populate_existing=True)).all()
    for one in messages:
        db.session.expunge(one)
    db.session.commit()
    return messages


def _contents(due: Sequence[Message]) -> Iterator[tuple[Message, Reader | None, list[Item], list[Late]]]:
    """Each with its reader and what it tells, of themselves and of others."""
    today = clock.today()
    for group in _neighbours(due):
        low, high = group[0].person_id, group[-1].person_id
        people = readers(Person.id.between(low, high), today)
        waits = queries.between(low, high, today)
        asked: dict[int, set[tuple[str, int]]] = {}
        news = [one.id for one in group if one.kind is Kind.NEWS]
        for message_id, what, object_id in db.session.execute(
            select(Notice.message_id, Notice.what, Notice.object_id).where(Notice.message_id.in_(news))
        ):
            asked.setdefault(message_id or 0, set()).add((what, object_id))
        others = _others(group)
        db.session.commit()
        for one in group:
            items = waits.get(one.person_id, [])
            if one.kind is Kind.NEWS:
                items = [item for item in items if item.key in asked.get(one.id, ())]
            yield one, people.get(one.person_id), items, others.get(one.id, [])


def _others(group: Sequence[Message]) -> dict[int, list[Late]]:
    """Who else is late, for the digests in which that is told, by message."""
    found: dict[int, list[Late]] = {}
    digests = [one for one in group if one.kind is Kind.DIGEST]
    for day in {one.day for one in digests} if above.wanted() else ():
        of_day = {one.person_id: one.id for one in digests if one.day == day}
        late = above.still(above.told(day, Notice.person_id.in_(of_day)), clock.today())
        found |= {of_day[reader]: people for reader, people in late.items()}
    return found


def _neighbours(due: Sequence[Message]) -> Iterator[list[Message]]:
    group: list[Message] = []
    for one in due:
        if group and one.person_id - group[0].person_id > NEAR:
            yield group
            group = []
        group.append(one)
    if group:
        yield group


def _hand_over(server: post.Post, message: Message, reader: Reader | None, items: list[Item], others: list[Late]) -> bool:
    """One mail; whether it was taken. That it was is committed together with the word that the next one is at hand."""
    now = clock.now()
    if (
        reader is None
        or message.until <= now
        or not (items or others or (message.kind is Kind.DIGEST and message.news and reader.informs))
    ):
        why = NOBODY if reader is None else TOO_LATE if message.until <= now else NOTHING
        _mark(message.id, State.WAITING, state=State.FAILED if why is TOO_LATE else State.DROPPED, why=why)
        return False
    try:
        letter = letters.letter(message, reader, items, others)
    except letters.NoAddress:
        _mark(message.id, State.WAITING, state=State.FAILED, why=NO_ADDRESS)
        return False
    if not _mark(message.id, State.WAITING, state=State.SENDING, sending_at=now, attempts=message.attempts + 1):
        return False  # somebody else has it
    db.session.commit()
    try:
        server.hand_over(letter, reader.mail.strip())
    except post.Uncertain:
        _mark(message.id, State.SENDING, state=State.UNKNOWN, why=IN_DOUBT, sending_at=None)
        db.session.commit()
        raise post.Down(IN_DOUBT) from None
    except post.Down as problem:
        _again(message, problem.why)
        db.session.commit()
        raise
    except post.NotTaken as problem:
        if problem.final:
            _mark(message.id, State.SENDING, state=State.FAILED, why=problem.why, sending_at=None)
        else:
            _again(message, problem.why)
        return False
    _mark(
        message.id, State.SENDING, state=State.SENT, sent_at=clock.now(), sending_at=None, things=telling.count(items), why=""
    )
    return True


def _mark(message_id: int, was: State, **values: Any) -> bool:
    """Only from the state we know it in: of two workers one marks it."""
    told = {f"to_{name}": value for name, value in values.items()}
    marked = _marking(tuple(values))
    return db.session.connection().execute(marked, {"one": message_id, "was": was, **told}).scalar() is not None


@cache
def _marking(names: tuple[str, ...]) -> Any:
    """Made once for what is written together: each of many thousand mails is marked twice."""
    mine = update(MESSAGE).where(MESSAGE.c.id == bindparam("one"), MESSAGE.c.state == bindparam("was"))
    return kept(mine.values({name: bindparam(f"to_{name}") for name in names}).returning(MESSAGE.c.id))


def _again(message: Message, why: str) -> None:
    """Later, and each time later still."""
    attempts = message.attempts + 1
    if attempts >= ATTEMPTS:
        _mark(message.id, State.SENDING, state=State.FAILED, why=why, sending_at=None)
    else:
        at = workdays.next_hour(clock.now() + wait(attempts))
        _mark(message.id, State.SENDING, state=State.WAITING, run_at=at, why=why, sending_at=None)


def wait(attempts: int) -> timedelta:
    """1, 2, 4, 8 … minutes, an hour at most."""
    return min(FIRST * int(2 ** min(attempts - 1, 10)), LONGEST)


def _later(why: str) -> None:
    """The server takes nothing: whatever is due waits, in one statement, and what waited too long is given up."""
    now = clock.now()
    due = (Message.state == State.WAITING, Message.run_at <= now)
    tried = db.session.scalar(select(Message.attempts).where(*due).order_by(Message.run_at, Message.id).limit(1)) or 0
    gone = update(Message).where(*due, Message.until <= now).values(state=State.FAILED, why=why)
    db.session.execute(gone, execution_options=UNSYNCED)
    later = (
        update(Message)
        .where(*due)
        .values(run_at=workdays.next_hour(now + wait(tried + 1)), attempts=Message.attempts + 1, why=why)
    )
    db.session.execute(later, execution_options=UNSYNCED)


def _settle_the_dead() -> None:
    """What a dead worker was handing over is in doubt."""
    old: datetime = clock.now() - DOUBT
    left = update(Message).where(Message.state == State.SENDING, Message.sending_at < old)
    db.session.execute(left.values(state=State.UNKNOWN, why=IN_DOUBT, sending_at=None), execution_options=UNSYNCED)
    db.session.commit()
