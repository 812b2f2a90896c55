"""A goal once more in another period: its structure and its plan, never what was reported, scored or learned."""

from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import or_, select

from portal import access
from portal.access import Act, Subject, Viewer
from portal.db import db
from portal.goals import operations
from portal.goals import parts as partly
from portal.goals.models import Measure, Objective
from portal.goals.narrowing import meeting
from portal.goals.states import State
from portal.goals.wording import Wording, row_of
from portal.periods.models import Period

ONWARD = 6
"""Later periods that are offered."""


def again(source: Objective, period_id: int, by: Viewer, behalf: int | None = None) -> Objective:
    """A draft in another period for the same owner, under the same goals above as far as they reach into it.

    Raises Refused when the period is closed.
    """
    facts = {name: getattr(source, name) for name in ("title", "why", "kind", "weight", "audience", "perspective")}
    facts |= {"period_id": period_id}
    target = db.session.get_one(Period, period_id)
    rows = tuple(plan_of(measure, source.period, target) for measure in source.measures)
    whose = Subject(person_id=source.person_id, unit_id=source.unit_id)
    return operations.create(whose, Wording(facts, rows, above(source.id, period_id)), by, behalf)


def onward(objective: Objective, by: Viewer) -> list[Period]:
    """The open periods after its own into which this viewer could carry it, the nearest first; none without the right."""
    whose = Subject(person_id=objective.person_id, unit_id=objective.unit_id)
    if Act.CREATE_OBJECTIVE not in access.acts_on(by, whose):
        return []
    later = select(Period).where(Period.begins >= objective.period.ends, Period.closed.is_(False))
    return list(db.session.scalars(later.order_by(Period.begins, Period.ends, Period.id).limit(ONWARD)))


def carry(objective: Objective, period_id: int, by: Viewer) -> Objective:
    """What goes on as a draft of a later period, which knows where it came from."""
    whose = Subject(person_id=objective.person_id, unit_id=objective.unit_id)
    made = again(objective, period_id, by, access.acts_on(by, whose).get(Act.CREATE_OBJECTIVE))
    made.carried_from_id = objective.id
    return made


def went_on(viewer: Viewer, objective: Objective) -> tuple[Any, Any]:
    """Where a goal came from and as what it went on, as far as both may be seen: rows of id, title and period, or None."""
    o = Objective
    found = select(o.id, o.title, Period.name.label("period")).join(Period, Period.id == o.period_id)
    found = found.where(access.rows(Act.SEE_OBJECTIVE, viewer, o), o.state != State.WITHDRAWN)
    near = found.where(or_(o.id == (objective.carried_from_id or 0), o.carried_from_id == objective.id)).order_by(o.id)
    rows = db.session.execute(near).all()
    before = next((row for row in rows if row.id == objective.carried_from_id), None)
    return before, next((row for row in rows if row is not before), None)


def plan_of(measure: Measure, source: Period, target: Period) -> dict[str, Any]:
    """A measure as the form of a new one would say it: structure and plan alone; days move along with the period."""
    row = row_of(measure)
    steps = tuple((name, weight, shifted(due, source, target)) for name, weight, due in row["milestones"])
    planned = {name: value for name, value in row.items() if name != "id"}
    return planned | {
        "rule_values": dict(row["rule_values"] or {}),
        "milestones": steps,
        "targets": _targets(measure, source, target),
    }


def shifted(day: date | None, source: Period, target: Period) -> date | None:
    """A day of one period at the same place in another."""
    return day and day + (target.begins - source.begins)


def _targets(measure: Measure, source: Period, target: Period) -> dict[date, Decimal | None]:
    """The parts of the new period with the old ones' targets, one by one; none of them where it is divided otherwise."""
    if not measure.in_parts:
        return {}
    old, new = (partly.spans(one.begins, one.ends, measure.split) for one in (source, target))
    planned = {part.begins: part.target for part in measure.parts}
    said = [planned.get(begins) for begins, _ends in old] if len(old) == len(new) else [None] * len(new)
    return {begins: figure for (begins, _ends), figure in zip(new, said, strict=True)}


def above(objective_id: int, period_id: int) -> dict[int, int]:
    """The shares of a goal's parents, if every one of them is still there in the other period; else it begins unaligned."""
    o = Objective
    shares = operations.shares_of(objective_id)
    there = select(o.id).where(o.id.in_(shares), o.state.not_in((State.WITHDRAWN, State.CLOSED)), meeting(period_id))
    return shares if shares and set(db.session.scalars(there)) == set(shares) else {}
