"""What the clock does by itself. The last time is in the database: of several workers one asks, a restart asks nothing."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from flask import current_app
from sqlalchemy import select, update
from sqlalchemy.dialects import postgresql, sqlite

from portal import clock, settings
from portal.db import db, reading
from portal.jobs import engine
from portal.jobs.models import Scheduled
from portal.settings.queries import number

KEY = "schedule:{}"
"""Under which a schedule's job is wanted: while one is open there is no second."""


@dataclass(frozen=True)
class Schedule:
    """`after` tells the next time after a moment, None = not by itself now; `setting` is the number people can change."""

    kind: str
    after: Callable[[datetime], datetime | None]
    setting: str = ""
    daily: bool = False

    def next(self, last: datetime | None, now: datetime) -> datetime | None:
        """When it asks next; at once, if it never did."""
        return self.after(last) if last else (now if self.after(now) else None)


_schedules: dict[str, Schedule] = {}


def every(kind: str, interval: Callable[[], timedelta], setting: str = "") -> None:
    """Run a kind again and again; `interval` is asked anew each time, so a change counts at once; none = not now."""

    def after(moment: datetime) -> datetime | None:
        wait = interval()
        return moment + wait if wait > timedelta(0) else None

    _schedules[kind] = Schedule(kind, after, setting)


def daily(kind: str, setting: str) -> None:
    """Run a kind once a day, at the hour of the company's day that a setting names."""
    _schedules[kind] = Schedule(kind, lambda moment: _at_hour(moment, number(setting)), setting, daily=True)


def schedules() -> Mapping[str, Schedule]:
    """Every schedule, by the kind of its job."""
    return _schedules


def asked() -> Mapping[str, datetime]:
    """When each asked the last time."""
    return {row.kind: row.asked_at for row in db.session.execute(select(Scheduled.kind, Scheduled.asked_at))}


def ask_due() -> None:
    """Ask for whatever is due, and commit. Looks as a reader first: this happens every few seconds."""
    token = reading.set(True)
    try:
        settings.refresh()
        last, now = asked(), clock.now()
        due = [each.kind for each in _schedules.values() if (at := each.next(last.get(each.kind), now)) and at <= now]
    finally:
        db.session.rollback()
        reading.reset(token)
    for kind in due:
        if _first(kind, last.get(kind)):
            engine.ask(kind, key=KEY.format(kind))
            current_app.logger.info("job %s asked for by its schedule", kind)
        db.session.commit()


def _first(kind: str, last: datetime | None) -> bool:
    """Whether this worker is the one that asks, as all of them saw the same last time."""
    now = clock.now()
    if last is not None:
        mine = update(Scheduled).where(Scheduled.kind == kind, Scheduled.asked_at == last).values(asked_at=now)
        return db.session.scalar(mine.returning(Scheduled.kind)) is not None
    insert = sqlite.insert if db.engine.dialect.name == "sqlite" else postgresql.insert
    made = insert(Scheduled).values(kind=kind, asked_at=now).on_conflict_do_nothing(index_elements=["kind"])
    return db.session.scalar(made.returning(Scheduled.kind)) is not None


def _at_hour(moment: datetime, hour: int) -> datetime:
    """The next time that it is this hour in the company."""
    local = moment.astimezone(clock.zone())
    today = datetime.combine(local.date(), time(hour), clock.zone())
    at = today if today > local else datetime.combine(local.date() + timedelta(days=1), time(hour), clock.zone())
    return at.astimezone(moment.tzinfo)
