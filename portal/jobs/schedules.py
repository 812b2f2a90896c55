"""What the clock does by itself. The last time is in the database: of several workers one asks, a restart asks nothing."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from flask import current_app
from sqlalchemy import select, update

from portal import clock, settings
from portal.db import db, insert_into, reading
from portal.jobs import engine
from portal.jobs.models import Scheduled
from portal.settings.queries import number

KEY = "schedule:{}"
"""Under which a schedule's job is wanted: while one is open there is no second."""
LOOK, LOOKED = "look", timedelta(minutes=1)
"""A row like that of a schedule: when a worker last looked at them, kept once a minute."""


def _always() -> bool:
    return True


@dataclass(frozen=True)
class Schedule:
    """`after` tells the next time after a moment, None = not by itself now; `setting` is the number people can change.
    When its time has come it is asked for as soon as there is something to do (`wanted`).
    """

    kind: str
    after: Callable[[datetime], datetime | None]
    setting: str = ""
    daily: bool = False
    wanted: Callable[[], bool] = _always

    def next(self, last: datetime | None, now: datetime) -> datetime | None:
        """When it asks next; at once, if it never did."""
        # min: an hour that a clock ran ahead is not waited for
        return self.after(min(last, now)) if last else (now if self.after(now) else None)


_schedules: dict[str, Schedule] = {}


def every(kind: str, interval: Callable[[], timedelta], setting: str = "", *, wanted: Callable[[], bool] = _always) -> None:
    """Run a kind again and again; `interval` is asked anew each time, so a change counts at once; none = not now.

    `wanted` is asked every few seconds once its time has come: it must cost next to nothing.
    """

    def after(moment: datetime) -> datetime | None:
        wait = interval()
        return moment + wait if wait > timedelta(0) else None

    _schedules[kind] = Schedule(kind, after, setting, wanted=wanted)


def daily(kind: str, setting: str) -> None:
    """Run a kind once a day, at the hour of the company's day that a setting names."""
    _schedules[kind] = Schedule(kind, lambda moment: _at_hour(moment, number(setting)), setting, daily=True)


def schedules() -> Mapping[str, Schedule]:
    """Every schedule, by the kind of its job."""
    return _schedules


def asked() -> Mapping[str, datetime]:
    """When each asked the last time."""
    return {row.kind: row.asked_at for row in db.session.execute(select(Scheduled.kind, Scheduled.asked_at))}


def seen() -> datetime | None:
    """When any worker last looked, to the minute; None = none ever did."""
    return asked().get(LOOK)


def ask_due() -> None:
    """Ask for whatever is due, and commit. Looks as a reader first: this happens every few seconds."""
    token = reading.set(True)
    try:
        settings.refresh()
        last, now = asked(), clock.now()
        come = [each for each in _schedules.values() if (at := each.next(last.get(each.kind), now)) and at <= now]
        due = [each.kind for each in come if each.wanted()]
    finally:
        db.session.rollback()
        reading.reset(token)
    for kind in due:
        if _first(kind, last.get(kind)):
            engine.ask(kind, key=KEY.format(kind))
            current_app.logger.info("job %s asked for by its schedule", kind)
        db.session.commit()
    if abs(now - last.get(LOOK, now + 2 * LOOKED)) > LOOKED:  # abs: the clock may have been set back
        _looked(now)


def _looked(now: datetime) -> None:
    said = insert_into(Scheduled).values(kind=LOOK, asked_at=now)
    db.session.execute(said.on_conflict_do_update(index_elements=["kind"], set_={"asked_at": now}))
    engine.heed_clock(now)
    db.session.commit()


def _first(kind: str, last: datetime | None) -> bool:
    """Whether this worker is the one that asks, as all of them saw the same last time."""
    now = clock.now()
    if last is not None:
        mine = update(Scheduled).where(Scheduled.kind == kind, Scheduled.asked_at == last).values(asked_at=now)
        return db.session.scalar(mine.returning(Scheduled.kind)) is not None
    made = insert_into(Scheduled).values(kind=kind, asked_at=now).on_conflict_do_nothing(index_elements=["kind"])
    return db.session.scalar(made.returning(Scheduled.kind)) is not None


def _at_hour(moment: datetime, hour: int) -> datetime:
    """The next time that it is this hour in the company."""
    local = moment.astimezone(clock.zone())
    today = datetime.combine(local.date(), time(hour), clock.zone())
    at = today if today > local else datetime.combine(local.date() + timedelta(days=1), time(hour), clock.zone())
    return at.astimezone(moment.tzinfo)
