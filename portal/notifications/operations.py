"""What people do here: choose what comes by mail, send a mail again, open mail after a restore, keep the work days."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import delete, select, update

from portal import clock, journal
from portal.access import Viewer
from portal.db import UNSYNCED, db
from portal.directory.models import Unit
from portal.jobs import engine
from portal.notifications import queries, sealing
from portal.notifications.models import Kind, Message, Post, Preference, Robot, RobotKind, State, WorkDay
from portal.settings.queries import value
from portal.words import N_
from portal.workflow import Refused

SEALED = "•••"
"""Stands in the journal for what nobody may read."""
REOPEN, TRY = "reopen_mail", "try_robot"
OPENS = N_("Mail opens as soon as a worker has looked at what waits.")
RESTORED = N_("A backup was restored: it may have been sent before.")


def choose(found: Preference, *, at_once: bool, informs: bool) -> None:
    """What comes by mail. The digest of what waits comes in any case."""
    found.at_once, found.informs = at_once, informs
    if not found.version:
        found.version = 1
        db.session.add(found)


def again(message: Message, by: Viewer) -> None:
    """Send what failed or is in doubt once more, under the same Message-ID. Raises Refused for any other."""
    if message.state not in queries.AGAIN:
        raise Refused(N_("Only a mail that was not sent, or is in doubt, can be sent again."))
    m, was = Message, message.state
    waits = select(m.id).where(m.person_id == message.person_id, m.kind == Kind.NEWS, m.state == State.WAITING)
    if message.kind is Kind.NEWS and db.session.scalar(waits.limit(1)):
        raise Refused(N_("Another mail to the same person waits already and tells the same."))
    now = clock.now()
    message.state, message.run_at, message.until = State.WAITING, now, now + timedelta(days=1)
    message.attempts, message.why = 0, ""
    journal.write_about("message.resent", "message", by, words={"name": str(message.id), "before": was.value})


def reopen(by: Viewer, why: str = "") -> str:
    """Mail after a restored backup: what lay there is not sent, what waits counts as told. Raises Refused while it is open."""
    if value("mail_open"):
        raise Refused(N_("Mail is open already."))
    lay = update(Message).where(Message.state.in_((State.WAITING, State.SENDING)))
    gone = lay.values(state=State.DROPPED, why=RESTORED, sending_at=None)
    db.session.execute(gone, execution_options=UNSYNCED)
    engine.ask(REOPEN, key=REOPEN, by=by.id)
    words = {"name": "mail_open", "before": False, "after": True, "why": why}
    journal.write_about("setting.changed", "setting", by, words=words)
    return OPENS


def keep_day(day: date, *, works: bool, name: str, by: Viewer) -> None:
    """Say of a day whether it is worked."""
    row = db.session.get(WorkDay, day, with_for_update=True)
    before = row.works if row else None
    if row is None:
        db.session.add(WorkDay(day=day, works=works, name=name))
    else:
        row.works, row.name = works, name
    words = {"name": day.isoformat(), "before": before, "after": works, "why": name}
    journal.write_about("work_day.changed", "work_day", by, words=words)


def forget_day(day: date, by: Viewer) -> None:
    """Leave a day to the calendar again."""
    db.session.execute(delete(WorkDay).where(WorkDay.day == day))
    words = {"name": day.isoformat(), "before": True, "after": None, "why": ""}
    journal.write_about("work_day.changed", "work_day", by, words=words)


def add_robot(kind: RobotKind, name: str, unit_id: int | None, by: Viewer, *, address: str, secret: str = "") -> Robot:
    """Another group that is told. What opens it is sealed, and in no journal."""
    sealed = sealing.seal(secret) if secret else None
    made = Robot(kind=kind, name=name, unit_id=unit_id, address=sealing.seal(address), secret=sealed)
    made.made_by_id, made.made_at = by.id, clock.now()
    db.session.add(made)
    words = {"name": name, "before": None, "after": kind.value, "why": ""}
    journal.write_about("robot.changed", "robot", by, words=words)
    return made


@dataclass(frozen=True)
class Wanted:
    """How a robot shall be: an `address` or `secret` only where it was entered anew, `signs` False to go on without one."""

    name: str
    unit_id: int | None
    told: bool
    address: str = ""
    secret: str = ""
    signs: bool = True


def change_robot(robot: Robot, wanted: Wanted, by: Viewer) -> None:
    """Another name, department or address, switched off or on. Of what opens it the journal says that it is another one."""
    changed: dict[str, Any] = {}
    unit = db.session.get(Unit, wanted.unit_id) if wanted.unit_id else None
    if robot.unit_id != wanted.unit_id:
        changed["department"] = {"before": robot.unit and robot.unit.name, "after": unit and unit.name}
        robot.unit = unit
    for what, now in (("name", wanted.name), ("told", wanted.told)):
        if (before := getattr(robot, what)) != now:
            changed[what] = {"before": before, "after": now}
            setattr(robot, what, now)
    if wanted.address:
        robot.address, changed["new_address"] = sealing.seal(wanted.address), SEALED
    if wanted.secret:
        robot.secret, changed["new_secret"] = sealing.seal(wanted.secret), SEALED
    elif robot.secret and not wanted.signs:
        robot.secret, changed["secret"] = None, {"before": SEALED, "after": None}
    if changed:
        journal.write_about("robot.changed", "robot", by, words={"name": robot.name, **changed})


def remove_robot(robot: Robot, by: Viewer) -> None:
    """The group is told nothing any more."""
    words = {"name": robot.name, "before": robot.kind.value, "after": None, "why": ""}
    journal.write_about("robot.changed", "robot", by, words=words)
    db.session.execute(delete(Post).where(Post.robot_id == robot.id))
    db.session.delete(robot)


def try_robot(robot: Robot, by: Viewer) -> None:
    """Let the worker post to it now."""
    engine.ask(TRY, {"robot": robot.id}, key=f"{TRY}:{robot.id}", by=by.id)
