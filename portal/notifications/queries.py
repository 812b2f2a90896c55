"""Reads of the log of mails. Never what a mail told: how many things, to whom, and what became of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from flask import abort
from sqlalchemy import Select, func, select
from sqlalchemy.orm import joinedload

from portal.access import Viewer
from portal.db import db, reading
from portal.directory.models import Person, Unit
from portal.notifications.models import Kind, Message, Preference, Robot, State, WorkDay
from portal.words import N_

PAGE = 50
MINE = 20
MANY = 1_000
KINDS = {Kind.DIGEST: N_("Digest of the day"), Kind.NEWS: N_("Asked of somebody at once")}
STATES = {
    State.WAITING: N_("waits"),
    State.SENDING: N_("is being sent"),
    State.SENT: N_("sent"),
    State.FAILED: N_("not sent"),
    State.UNKNOWN: N_("in doubt"),
    State.DROPPED: N_("not needed"),
}
AGAIN = (State.FAILED, State.UNKNOWN)


@dataclass(frozen=True)
class Row:
    """One mail of the log."""

    id: int
    kind: Kind
    state: State
    name: str
    made_at: datetime
    sent_at: datetime | None
    run_at: datetime
    things: int | None
    why: str


@dataclass(frozen=True)
class Page:
    """A page of the log, and the id before which it goes on."""

    rows: Sequence[Row]
    more: int | None


def of(viewer: Viewer) -> list[Row]:
    """The viewer's own mails, the newest first."""
    found = _rows().where(Message.person_id == viewer.id)
    return [Row(*row) for row in db.session.execute(found.order_by(Message.id.desc()).limit(MINE))]


def log(state: State | None, before: int | None) -> Page:
    """Everybody's, the newest first."""
    found = _rows().order_by(Message.id.desc()).limit(PAGE + 1)
    found = found.where(Message.state == state) if state else found
    rows = db.session.execute(found.where(Message.id < before) if before else found).all()
    return Page([Row(*row) for row in rows[:PAGE]], rows[PAGE - 1].id if len(rows) > PAGE else None)


def counts() -> dict[State, int]:
    """How many wait, failed or are in doubt, up to `MANY`. One statement."""
    asked = (State.WAITING, *AGAIN)
    few = [select(Message.id).where(Message.state == state).limit(MANY).subquery() for state in asked]
    row = db.session.execute(select(*(select(func.count()).select_from(one).scalar_subquery() for one in few))).one()
    return dict(zip(asked, row, strict=True))


def to_send_again(message_id: int) -> Message:
    """One that did not arrive, locked."""
    found: Message | None = db.session.get(Message, message_id, with_for_update=True, populate_existing=True)
    return found or abort(404)


def preference(viewer: Viewer, *, lock: bool = False) -> Preference:
    """What the viewer chose; what everybody begins with, if nothing."""
    found = db.session.get(Preference, viewer.id, with_for_update=lock or None)
    return found or Preference(person_id=viewer.id, at_once=True, informs=True, version=0)


def work_days(since: date) -> Sequence[WorkDay]:
    """What HR wrote down from a day on."""
    return db.session.scalars(select(WorkDay).where(WorkDay.day >= since).order_by(WorkDay.day).limit(PAGE * 4)).all()


def robots() -> Sequence[Robot]:
    """All of them, with their departments; never what opens them."""
    return db.session.scalars(select(Robot).options(joinedload(Robot.unit)).order_by(Robot.id)).all()


def units() -> list[tuple[int, str]]:
    """Every department that has people, for a choice."""
    found = select(Unit.id, Unit.name).where(Unit.people > 0).order_by(Unit.position, Unit.id).limit(500)
    return [(row.id, row.name) for row in db.session.execute(found)]


def robot_or_404(robot_id: int) -> Robot:
    """One, locked where one writes."""
    found: Robot | None = db.session.get(Robot, robot_id, with_for_update=not reading.get() or None)
    return found or abort(404)


def _rows() -> Select[Any]:
    m = Message
    columns: tuple[Any, ...] = (m.id, m.kind, m.state, Person.name, m.made_at, m.sent_at, m.run_at, m.things, m.why)
    return select(*columns).join(Person, Person.id == m.person_id)
