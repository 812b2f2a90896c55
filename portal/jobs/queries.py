"""What the page of jobs shows. Never what a job was given: its arguments may name people."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import cache
from typing import Any

from flask import abort
from sqlalchemy import Integer, bindparam, func, or_, select, tuple_

from portal import clock
from portal.db import db
from portal.directory.models import Person
from portal.jobs.models import Job, State
from portal.jobs.registry import word
from portal.jobs.schedules import Schedule, asked, schedules
from portal.settings import NAMES, Named
from portal.settings.names import Value
from portal.settings.queries import value

PAGE = 50
FEW = 5
"""Jobs of a list while all lists stand on one page."""
MANY = 1_000
"""Beyond that nobody counts."""
LATE = timedelta(minutes=2)
BEGIN = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Row:
    """One job as the page shows it."""

    id: int
    kind: str
    state: State
    run_at: datetime
    began_at: datetime | None
    ended_at: datetime | None
    taken_by: str | None
    done: int
    total: int | None
    cancel: bool
    attempts: int
    why: str
    key: str | None
    by: str | None

    @property
    def name(self) -> str:
        """What it is called, in the catalogue's words."""
        return word(self.kind)

    @property
    def share(self) -> Decimal | None:
        """How much of it is done, if that can be said."""
        return Decimal(self.done) / self.total if self.total else None

    @property
    def waits(self) -> bool:
        """Whether it is not due yet."""
        return self.run_at > clock.now()

    @property
    def by_clock(self) -> bool:
        """Whether nobody asked for it but its schedule."""
        return self.by is None and (self.key or "").startswith("schedule:")


@dataclass(frozen=True)
class Rows:
    """A list of jobs, and the cursor of its next page (empty at the end)."""

    rows: Sequence[Row]
    more: str = ""


@dataclass(frozen=True)
class Counts:
    """How many wait and how many have failed, up to `MANY`; since when the longest due one waits."""

    waiting: int
    failed: int
    due_since: datetime | None

    @property
    def nobody_works(self) -> bool:
        """Jobs are due and nobody takes them: no worker runs, or all are at something long."""
        return self.due_since is not None and self.due_since < clock.now() - LATE


@dataclass(frozen=True)
class Line:
    """One schedule: its job's last run, and the next one (None = not by itself)."""

    schedule: Schedule
    named: Named | None
    value: Value
    last: Row | None
    next: datetime | None

    @property
    def name(self) -> str:
        """What its job is called."""
        return word(self.schedule.kind)


def running() -> Rows:
    """Whatever is being worked, the longest first."""
    return _rows(State.RUNNING, "", MANY)


def waiting(cursor: str = "", limit: int = PAGE) -> Rows:
    """What comes next first."""
    return _rows(State.WAITING, cursor, limit)


def failed(cursor: str = "", limit: int = PAGE) -> Rows:
    """What a person has to decide about."""
    return _rows(State.FAILED, cursor, limit, newest=True)


def ended(cursor: str = "", limit: int = PAGE) -> Rows:
    """What was done or cancelled lately."""
    at = _place(cursor)
    rows = [Row(*row) for row in db.session.execute(_ended(bool(at)), {"n": limit + 1, **_after(at)})]
    return Rows(rows[:limit], _cursor(rows[limit - 1].ended_at, rows[limit - 1].id) if len(rows) > limit else "")


def counts() -> Counts:
    """One statement."""
    row: Any = db.session.execute(_counts(), {"now": clock.now()}).one()
    return Counts(*row)


def lines() -> list[Line]:
    """Every schedule, with its last run and its next. Two statements."""
    last, every, now = asked(), schedules(), clock.now()
    ran = {row.kind: Row(*row) for row in db.session.execute(_newest(tuple(every)))}
    return [
        Line(
            one,
            NAMES.get(one.setting),
            value(one.setting) if one.setting else 0,
            ran.get(kind),
            _next(one, last.get(kind), now),
        )
        for kind, one in every.items()
    ]


def _next(schedule: Schedule, last: datetime | None, now: datetime) -> datetime | None:
    """Never in the past: what has nothing to do yet comes as soon as it has."""
    at = schedule.next(last, now)
    return max(at, now) if at else None


def job_to_change(job_id: int) -> Job:
    """One job, locked: its worker waits with its next word until we have decided."""
    found: Job | None = db.session.get(Job, job_id, with_for_update=True, populate_existing=True)
    return found or abort(404)


def schedule_or_404(kind: str) -> Schedule:
    return schedules().get(kind) or abort(404)


def _rows(state: State, cursor: str, limit: int, *, newest: bool = False) -> Rows:
    at = _place(cursor)
    asked = {"state": state, "n": limit + 1, **_after(at)}
    rows = [Row(*row) for row in db.session.execute(_of_state(newest, bool(at)), asked)]
    return Rows(rows[:limit], _cursor(rows[limit - 1].run_at, rows[limit - 1].id) if len(rows) > limit else "")


def _after(place: tuple[datetime, int] | None) -> dict[str, Any]:
    return {"at": place[0], "id": place[1]} if place else {}


# Each statement is made once: making it costs more than asking it, and the page of jobs asks for many.

_N = bindparam("n", type_=Integer)
_AT = tuple_(bindparam("at", type_=Job.run_at.type), bindparam("id", type_=Integer))


@cache
def _of_state(newest: bool, further: bool) -> Any:
    place = tuple_(Job.run_at, Job.id)
    order = (Job.run_at.desc(), Job.id.desc()) if newest else (Job.run_at, Job.id)
    found = _columns().where(Job.state == bindparam("state")).order_by(*order).limit(_N)
    return found.where(place < _AT if newest else place > _AT) if further else found


@cache
def _ended(further: bool) -> Any:
    found = _columns().where(Job.state.in_((State.DONE, State.CANCELLED)), Job.ended_at.is_not(None))
    found = found.order_by(Job.ended_at.desc(), Job.id.desc()).limit(_N)
    return found.where(tuple_(Job.ended_at, Job.id) < _AT) if further else found


@cache
def _counts() -> Any:
    many = [
        select(func.count()).select_from(select(Job.id).where(Job.state == state).limit(MANY).subquery()).scalar_subquery()
        for state in (State.WAITING, State.FAILED)
    ]
    due = select(Job.run_at).where(Job.state == State.WAITING, Job.run_at <= bindparam("now")).order_by(Job.run_at).limit(1)
    return select(*many, due.scalar_subquery())


@cache
def _newest(kinds: tuple[str, ...]) -> Any:
    """The latest run of each kind, by one look at the index for each."""
    ran = select(Job.id).where(Job.began_at.is_not(None)).order_by(Job.id.desc()).limit(1)
    return _columns().where(or_(*(Job.id == ran.where(Job.kind == kind).scalar_subquery() for kind in kinds)))


def _columns() -> Any:
    when = (Job.run_at, Job.began_at, Job.ended_at)
    how = (Job.done, Job.total, Job.cancel, Job.attempts, Job.why, Job.key)
    return select(Job.id, Job.kind, Job.state, *when, Job.taken_by, *how, Person.name).outerjoin(
        Person, Person.id == Job.asked_by_id
    )


def _cursor(at: datetime | None, job_id: int) -> str:
    return f"{((at or BEGIN) - BEGIN) // timedelta(microseconds=1)}-{job_id}"


def _place(cursor: str) -> tuple[datetime, int] | None:
    """The place a cursor names; None for whatever is no cursor of ours."""
    if not re.fullmatch(r"[0-9]{1,17}-[0-9]{1,9}", cursor):
        return None
    at, job_id = cursor.split("-")
    return BEGIN + timedelta(microseconds=int(at)), int(job_id)
