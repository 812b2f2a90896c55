"""Reads for home and for a person's page."""

from collections import Counter, defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from flask import abort
from markupsafe import Markup
from sqlalchemy import Date, Integer, Select, and_, bindparam, or_, select
from sqlalchemy.orm import aliased

from portal import access, charts, formats
from portal.access import Act, Subject, Viewer
from portal.checkins.models import CheckIn
from portal.checkins.queries import HELD
from portal.db import db, kept
from portal.directory.lines import on
from portal.directory.models import Assignment, Person, Post, Unit
from portal.goals import progress
from portal.goals import queries as goals
from portal.goals.boards import ORDER
from portal.goals.cards import patience
from portal.goals.models import Objective
from portal.goals.states import State
from portal.i18n import gettext as _
from portal.periods.models import Kind, Period
from portal.workflow import NotHeld

MOST = 8
"""Goals that are listed beside something else."""


@dataclass(frozen=True)
class Profile:
    """A person's head facts of today."""

    id: int
    name: str
    post: str
    level: str
    unit: str
    manager: str
    recordable: bool  # whether the viewer records the talks with them


def profile_or_refuse(viewer: Viewer, person_id: int, day: date) -> Profile:
    """Whose time line it is. 404 for nobody, 403 for a colleague whose year is not open to the viewer."""
    found = db.session.execute(_PROFILE, {"person": person_id, "day": day}).first()
    if found is None:
        abort(404)
    held = access.acts_on(viewer, Subject(person_id=person_id))
    if Act.SEE_TIME_LINE not in held:
        raise NotHeld(Act.SEE_TIME_LINE)
    post, level, unit, manager = (str(value or "") for value in found[2:])
    return Profile(found[0], found[1], post, level, unit, manager, Act.RECORD_CHECK_IN in held)


def _profile() -> Select[Any]:
    boss, main = aliased(Person), and_(Assignment.primary, on(bindparam("day", type_=Date), Assignment))
    columns: tuple[Any, ...] = (Person.id, Person.name, Post.name, Assignment.level, Unit.name, boss.name)
    found: Select[Any] = select(*columns).outerjoin(Assignment, and_(Assignment.person_id == Person.id, main))
    found = found.outerjoin(Post, Post.id == Assignment.post_id).outerjoin(Unit, Unit.id == Assignment.unit_id)
    return found.outerjoin(boss, boss.id == Assignment.manager_id).where(Person.id == bindparam("person", type_=Integer))


_PROFILE = kept(_profile())  # made once: making it costs more than asking it


def quarter(day: date) -> Period | None:
    """The quarter under way."""
    where = (Period.kind == Kind.QUARTER, Period.begins <= day, Period.ends > day)
    return db.session.scalar(select(Period).where(*where).limit(1))


@dataclass(frozen=True)
class Weeks:
    """The quarter under way by its weeks: which one is now (from 0), and in which the viewer held or had a talk."""

    period: Period
    now: int
    talked: tuple[bool, ...]

    @property
    def drawn(self) -> Markup:
        """The ribbon: past, now, ahead, a dot under each week with a talk."""
        figures = {"all": len(self.talked), "now": self.now + 1, "n": sum(self.talked)}
        title = _("%(all)s weeks, now the one numbered %(now)s; check-ins in %(n)s of them", **figures)
        return charts.weeks(self.talked, self.now, title, "weeks")


def weeks(viewer: Viewer, day: date, *, talks: bool = True) -> Weeks | None:
    """The quarter and the days of its talks, in one statement."""
    rows = db.session.execute(_WEEKS, {"me": viewer.id if talks else None, "day": day}).all()
    if not rows:
        return None
    period = rows[0].Period
    last = round((period.ends - period.begins).days / 7) - 1
    held = {min((row.held_on - period.begins).days // 7, last) for row in rows if row.held_on and row.Period is period}
    now = min((day - period.begins).days // 7, last)
    return Weeks(period, now, tuple(n in held for n in range(last + 1)))


def _quarter_with_talks() -> Select[Period, date]:
    me, day = bindparam("me", type_=Integer), bindparam("day", type_=Date)
    mine = or_(CheckIn.person_id == me, CheckIn.manager_id == me)
    inside = and_(CheckIn.held_on >= Period.begins, CheckIn.held_on < Period.ends)
    found = select(Period, CheckIn.held_on).outerjoin(CheckIn, and_(mine, inside, CheckIn.state.in_(HELD)))
    found = found.where(Period.kind == Kind.QUARTER, Period.begins <= day, Period.ends > day)
    return found.order_by(Period.id).distinct()


_WEEKS = kept(_quarter_with_talks())  # made once: home asks it each time


@dataclass(frozen=True)
class Goal:
    """A goal as home shows it; `pace` is the elapsed share of its period."""

    id: int
    title: str
    kind: str
    weight: int
    progress: Decimal | None
    confidence: int | None
    reported_at: datetime | None
    health: str
    pace: Decimal
    aligned: bool  # whether it supports something above


def goals_of(viewer: Viewer, person_id: int, day: date) -> list[Goal]:
    """Somebody's goals of the periods under way that the viewer may see, the shortest period and the heaviest goal first."""
    return [_goal(row, day) for row in db.session.execute(*_of_one(viewer, person=person_id, day=day))]


def goals_by_person(viewer: Viewer, people: Collection[int], day: date) -> dict[int, Counter[str]]:
    """Of each of these people: how many goals of the periods under way stand how, the worst first. One statement."""
    sums: dict[int, Counter[str]] = defaultdict(Counter)
    if people:
        for row in db.session.execute(*_of_several(viewer, people=list(people), day=day)):
            sums[row.person_id][_goal(row, day).health] += 1
    return {person: Counter({health: counts[health] for health in ORDER if counts[health]}) for person, counts in sums.items()}


@access.prepared
def _of_one(viewer: Viewer) -> Select[Any]:
    found = _running(viewer).where(Objective.person_id == bindparam("person"))
    return found.order_by(Period.begins.desc(), Objective.weight.desc(), Objective.id).limit(MOST)


@access.prepared
def _of_several(viewer: Viewer) -> Select[Any]:
    return _running(viewer).where(Objective.person_id.in_(bindparam("people", expanding=True)))


def _running(viewer: Viewer) -> Select[Any]:
    o, day = Objective, bindparam("day", type_=Date)
    facts: tuple[Any, ...] = (
        o.id,
        o.person_id,
        o.title,
        o.kind,
        o.weight,
        o.state,
        o.confidence,
        o.reported_at,
        o.rolled_progress,
        o.agreed_at,
    )
    found: Select[Any] = goals.visible(viewer).with_only_columns(*facts, o.level, o.theme_id, Period.begins, Period.ends)
    found = found.join(Period, Period.id == o.period_id)
    return found.where(o.state != State.WITHDRAWN, Period.begins <= day, Period.ends > day)


def _goal(row: Any, day: date) -> Goal:
    elapsed = Decimal((day - row.begins).days + 1) / (row.ends - row.begins).days
    health = progress.health(
        closed=row.state is State.CLOSED,
        agreed=formats.local(row.agreed_at) if row.agreed_at else None,
        begins=row.begins,
        reported=formats.local(row.reported_at) if row.reported_at else None,
        confidence=row.confidence,
        today=day,
        patience=patience(),
    )
    return Goal(
        id=row.id,
        title=row.title,
        kind=row.kind,
        weight=row.weight,
        progress=row.rolled_progress,
        confidence=row.confidence,
        reported_at=row.reported_at,
        health=health,
        pace=elapsed,
        aligned=row.level > 0 or row.theme_id is not None,
    )
