"""Reads for home and for a person's page."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from flask import abort
from sqlalchemy import select
from sqlalchemy.orm import aliased

from portal import access, formats
from portal.access import Act, Subject, Viewer
from portal.db import db
from portal.directory.lines import on
from portal.directory.models import Assignment, Person, Post, Unit
from portal.goals import progress
from portal.goals import queries as goals
from portal.goals.models import Objective
from portal.goals.states import State
from portal.periods.models import Kind, Period
from portal.settings.queries import number
from portal.workflow import NotHeld


@dataclass(frozen=True)
class Profile:
    """A person's head facts of today."""

    id: int
    name: str
    post: str
    level: str
    unit: str
    manager: str


def profile_or_refuse(viewer: Viewer, person_id: int, day: date) -> Profile:
    """Whose time line it is. 404 for nobody, 403 for a colleague whose year is not open to the viewer."""
    boss = aliased(Person)
    found = db.session.execute(
        select(Person.id, Person.name, Post.name, Assignment.level, Unit.name, boss.name)
        .outerjoin(Assignment, (Assignment.person_id == Person.id) & Assignment.primary & on(day, Assignment))
        .outerjoin(Post, Post.id == Assignment.post_id)
        .outerjoin(Unit, Unit.id == Assignment.unit_id)
        .outerjoin(boss, boss.id == Assignment.manager_id)
        .where(Person.id == person_id)
    ).first()
    if found is None:
        abort(404)
    if Act.SEE_TIME_LINE not in access.acts_on(viewer, Subject(person_id=person_id)):
        raise NotHeld(Act.SEE_TIME_LINE)
    return Profile(found[0], *(str(value or "") for value in found[1:]))


def quarter(day: date) -> Period | None:
    """The quarter under way."""
    where = (Period.kind == Kind.QUARTER, Period.begins <= day, Period.ends > day)
    return db.session.scalar(select(Period).where(*where).limit(1))


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


def my_goals(viewer: Viewer, day: date) -> list[Goal]:
    """The viewer's goals of the periods under way, the shortest period and the heaviest goal first."""
    found = (
        goals.visible(viewer)
        .with_only_columns(
            Objective.id,
            Objective.title,
            Objective.kind,
            Objective.weight,
            Objective.state,
            Objective.confidence,
            Objective.reported_at,
            Objective.rolled_progress,
            Objective.agreed_at,
            Period.begins,
            Period.ends,
        )
        .join(Period, Period.id == Objective.period_id)
        .where(Objective.person_id == viewer.id, Objective.state != State.WITHDRAWN, Period.begins <= day, Period.ends > day)
        .order_by(Period.begins.desc(), Objective.weight.desc(), Objective.id)
        .limit(8)
    )
    patience = number("rhythm_days") + number("stale_grace_days")
    return [_goal(row, day, patience) for row in db.session.execute(found)]


def _goal(row: Any, day: date, patience: int) -> Goal:
    elapsed = Decimal((day - row.begins).days + 1) / (row.ends - row.begins).days
    health = progress.health(
        closed=row.state is State.CLOSED,
        agreed=formats.local(row.agreed_at) if row.agreed_at else None,
        begins=row.begins,
        reported=formats.local(row.reported_at) if row.reported_at else None,
        confidence=row.confidence,
        today=day,
        patience=patience,
    )
    return Goal(row.id, row.title, row.kind, row.weight, row.rolled_progress, row.confidence, row.reported_at, health, elapsed)
