"""What robots are given: once a work day, after the digest, how many check-ins are due. Written down before and after."""

from collections.abc import Sequence
from typing import Any

from flask import current_app
from flask_babel import force_locale
from sqlalchemy import func, select, update

from portal import clock
from portal.db import UNSYNCED, db, insert_into
from portal.directory.models import Person, Unit, UnitLine
from portal.i18n import company_language, ngettext
from portal.jobs import Context
from portal.notifications import outside, robots, sealing, workdays
from portal.notifications.models import Post, Robot, State, WaitingCount
from portal.settings import value
from portal.waiting.kinds import What
from portal.words import N_

ATTEMPTS = 3
LOST = N_("The address cannot be read any more: the key is another one. Enter it again.")


class NotAll(Exception):
    """Some robot was not reached: the job tries again."""


def make(context: Context) -> None:
    """The job behind the digest. A robot that was told today, or may have been, is not told again."""
    today = clock.today()
    if not value("mail_open") or not workdays.is_worked(today):
        return
    missed = False
    for one in [robot.id for robot in every()]:
        robot = db.session.get_one(Robot, one)
        if due(robot.unit_id) and _claimed(one):
            context.step(context.done + 1)
            why = tell(robot)
            _mark(one, why)
            context.step(context.done + 1)
            missed = missed or bool(why)
    if missed:
        raise NotAll


def every() -> Sequence[Robot]:
    """All that are switched on."""
    return db.session.scalars(select(Robot).where(Robot.told).order_by(Robot.id)).all()


def due(unit_id: int | None) -> int:
    """How many check-ins wait in a department and below, or in the company."""
    w = WaitingCount
    found = select(func.coalesce(func.sum(w.waits), 0)).where(w.what == What.TALK.value)
    if unit_id:
        inside = select(UnitLine.lower_id).where(UnitLine.upper_id == unit_id)
        found = found.join(Person, Person.id == w.person_id).where(Person.unit_id.in_(inside))
    return int(db.session.scalar(found) or 0)


def tell(robot: Robot) -> str:
    """Post it; why it was not taken, empty if it was."""
    try:
        address = sealing.unseal(robot.address)
        secret = sealing.unseal(robot.secret) if robot.secret else ""
        text = words(robot)
        kind = robot.kind
        db.session.rollback()  # nobody waits for us meanwhile
        robots.send(kind, address, secret, text, clock.now())
    except sealing.Lost:
        return LOST
    except outside.NotReached as problem:
        return problem.why
    return ""


def words(robot: Robot) -> str:
    """A number and where to look, in the company's language."""
    name = db.session.scalar(select(Unit.name).where(Unit.id == robot.unit_id)) or str(value("company_name"))
    url = current_app.config["PUBLIC_URL"]
    with force_locale(company_language()):
        n = due(robot.unit_id)
        told = ngettext("%(name)s: %(num)d check-in is due.", "%(name)s: %(num)d check-ins are due.", n, name=name)
    return f"{told} {url}/".strip()


def _claimed(robot_id: int) -> bool:
    """Ours, and nobody else's: new today, or not taken so far."""
    now, today = clock.now(), clock.today()
    fresh = {"robot_id": robot_id, "day": today, "state": State.SENDING, "attempts": 1, "why": "", "at": now}
    if db.session.scalar(insert_into(Post).values(fresh).on_conflict_do_nothing().returning(Post.id)):
        return True
    mine = (Post.robot_id == robot_id, Post.day == today, Post.state == State.FAILED, Post.attempts < ATTEMPTS)
    again: Any = update(Post).where(*mine).values(state=State.SENDING, attempts=Post.attempts + 1, at=now)
    return db.session.scalar(again.returning(Post.id), execution_options=UNSYNCED) is not None


def attempt(context: Context) -> None:
    """The job that tries one, because somebody asked."""
    robot = db.session.get(Robot, context.args["robot"])
    if robot is not None:
        one = robot.id
        _note(one, tell(robot))


def _note(robot_id: int, why: str) -> None:
    noted = update(Robot).where(Robot.id == robot_id).values(told_at=clock.now(), told_why=why)
    db.session.execute(noted, execution_options=UNSYNCED)


def _mark(robot_id: int, why: str) -> None:
    _note(robot_id, why)
    ours = update(Post).where(Post.robot_id == robot_id, Post.day == clock.today(), Post.state == State.SENDING)
    state = State.FAILED if why else State.SENT
    db.session.execute(ours.values(state=state, why=why, at=clock.now()), execution_options=UNSYNCED)
