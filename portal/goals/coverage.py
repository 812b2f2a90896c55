"""Counting how the goals of each department stand (S5): kept for every unit and period, summed up where it is shown.

A page adds up a few thousand kept rows instead of looking at two hundred thousand goals. What changes a goal asks for its
unit to be counted again (`wanted`); the night counts everything.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Integer, Select, and_, bindparam, case, delete, func, insert, or_, select
from sqlalchemy.orm import aliased

from portal import clock, jobs
from portal.db import db, kept
from portal.directory.lines import on
from portal.directory.models import Person, ReportingLine, Unit, UnitLine, UnitTerm
from portal.goals.alignment import SKIPPED, Counts
from portal.goals.models import AlignmentCount, Contribution, Measure, Objective, ObjectiveParent
from portal.goals.states import State

JOB = "goals.count"
NAMES = tuple(field.name for field in fields(Counts))


def wanted(objective: Objective) -> None:
    """Count the unit of a goal again soon; asked for once, however often it changes meanwhile."""
    unit = objective.unit_id
    if objective.person_id is not None:
        unit = db.session.scalar(select(Person.unit_id).where(Person.id == objective.person_id))
    if unit is not None:
        args = {"unit_id": unit, "period_id": objective.period_id}
        jobs.ask(JOB, args, key=f"{JOB}:{unit}:{objective.period_id}")


def count_unit(unit_id: int, period_id: int) -> None:
    """One unit anew."""
    _keep(period_id, _counted(period_id, unit_id), AlignmentCount.unit_id == unit_id)


def count_period(period_id: int) -> None:
    """Every unit of a period anew."""
    _keep(period_id, _counted(period_id))


def _keep(period_id: int, found: Mapping[int, Counts], *which: ColumnElement[bool]) -> None:
    db.session.execute(delete(AlignmentCount).where(AlignmentCount.period_id == period_id, *which))
    now = clock.now()
    told = [{"unit_id": unit, "period_id": period_id, "at": now, **vars(counts)} for unit, counts in found.items()]
    if told:
        db.session.execute(insert(AlignmentCount), told)


def _counted(period_id: int, unit_id: int | None = None) -> dict[int, Counts]:
    sums: dict[int, dict[str, int]] = defaultdict(lambda: dict.fromkeys(NAMES, 0))
    for of_people in (False, True):
        for row in db.session.execute(_told(period_id, unit_id, of_people=of_people)):
            for name in NAMES:
                sums[row.unit][name] += int(getattr(row, name) or 0)
    return {unit: Counts(**each) for unit, each in sums.items()}


def _told(period_id: int, unit_id: int | None, *, of_people: bool) -> Select[Any]:
    """The figures of each unit from its own goals, or from those of the people in it."""
    o = Objective
    unit: Any = Person.unit_id if of_people else o.unit_id
    flags = {name: func.sum(case((flag, 1), else_=0)).label(name) for name, flag in _flags(unit, of_people=of_people).items()}
    found: Select[Any] = select(unit.label("unit"), func.count().label("goals"), *flags.values()).select_from(o)
    if of_people:
        found = found.join(Person, Person.id == o.person_id)
    found = found.where(o.period_id == period_id, o.state != State.WITHDRAWN, unit.is_not(None))
    if unit_id is not None:
        found = found.where(unit == unit_id)
    return found.group_by(unit)


def _flags(unit: Any, *, of_people: bool) -> Mapping[str, ColumnElement[bool]]:
    """What is counted of each goal."""
    return {
        "traced": traced(),
        "duties": and_(Objective.duty, ~traced()),
        "orphans": and_(orphaned(), ~Objective.duty),
        "bare": bare(),
        "skips": skipping(unit, clock.today(), of_people=of_people),
        "outward": _outward(unit),
    }


def traced() -> ColumnElement[bool]:
    """Goals that lead up to the company's, or to a theme."""
    top = aliased(Objective)
    company = and_(top.person_id.is_(None), top.unit_id.is_(None))
    up = select(top.id).where(top.id == Objective.root_id, or_(company, top.theme_id.is_not(None)))
    return or_(Objective.theme_id.is_not(None), up.correlate(Objective).exists())


def orphaned() -> ColumnElement[bool]:
    """Goals of a person or a department that support nothing."""
    o = Objective
    return and_(o.root_id.is_(None), o.theme_id.is_(None), or_(o.person_id.is_not(None), o.unit_id.is_not(None)))


def bare() -> ColumnElement[bool]:
    """Goals that nothing measures."""
    return ~select(Measure.id).where(Measure.objective_id == Objective.id).correlate(Objective).exists()


def skipping(unit: Any, day: Any, *, of_people: bool) -> ColumnElement[bool]:
    """Goals whose largest parent stands two levels or more above them; never where it is the direct manager's.

    Levels: the company and the top units 0, a unit as deep as it hangs, somebody one below their unit, a head with it.
    """
    tie, above, owner = ObjectiveParent, aliased(Objective), aliased(Person)
    head = _heading(Objective.person_id, day) if of_people else None
    mine = _depth(unit) + (case((head, 0), else_=1) if head is not None else 0)
    theirs = case(
        (above.unit_id.is_not(None), _depth(above.unit_id)),
        (above.person_id.is_not(None), _depth(owner.unit_id) + case((_heading(above.person_id, day), 0), else_=1)),
        else_=0,
    )
    line = select(ReportingLine.depth).where(ReportingLine.manager_id == above.person_id)
    direct = line.where(ReportingLine.report_id == Objective.person_id, ReportingLine.depth <= 1)
    main = select(tie.share).where(tie.child_id == Objective.id).correlate(Objective)
    main = main.order_by(tie.share.desc(), tie.parent_id).limit(1)
    found = select(above.id).join(tie, tie.parent_id == above.id).outerjoin(owner, owner.id == above.person_id)
    found = found.where(tie.child_id == Objective.id, tie.share == main.scalar_subquery(), mine - theirs >= SKIPPED)
    return found.where(~direct.correlate(above, Objective).exists()).correlate(Objective, Person).exists()


def _depth(unit: Any) -> Any:
    deepest = select(func.max(UnitLine.depth)).where(UnitLine.lower_id == unit)
    return func.coalesce(deepest.correlate_except(UnitLine).scalar_subquery(), 0)


def _heading(person: Any, day: Any) -> ColumnElement[bool]:
    term = aliased(UnitTerm)
    return select(term.id).where(term.head_id == person, on(day, term)).correlate_except(term).exists()


def _outward(unit: Any) -> ColumnElement[bool]:
    """Goals tied to something of another unit or of the company, or carried together with another department."""
    tie, other, owner = ObjectiveParent, aliased(Objective), aliased(Person)
    place = func.coalesce(other.unit_id, owner.unit_id, 0)
    up = select(other.id).join(tie, tie.parent_id == other.id).outerjoin(owner, owner.id == other.person_id)
    up = up.where(tie.child_id == Objective.id, place != unit).correlate(Objective, Person)
    shared = select(Contribution.unit_id).where(Contribution.objective_id == Objective.id).correlate(Objective)
    return or_(Objective.theme_id.is_not(None), up.exists(), shared.exists())


@dataclass(frozen=True)
class Line:
    """A department: what is counted directly in it, and with everything below."""

    id: int
    name: str
    own: Counts
    whole: Counts
    at: datetime | None  # the oldest of the counts in it
    below: int  # units directly below it


def of_units(units: Iterable[int], period_id: int) -> list[Line]:
    """Departments with their sums, in their order. One statement, whatever hangs below."""
    return [_line(row) for row in db.session.execute(_summed(), {"units": list(units), "period": period_id})]


@cache  # made once: making it costs more than asking it
def _summed() -> Select[Any]:
    c, line = AlignmentCount, UnitLine
    sums = [func.coalesce(func.sum(getattr(c, name)), 0).label(name) for name in NAMES]
    own = [func.coalesce(func.sum(case((line.depth == 0, getattr(c, name)))), 0).label(f"own_{name}") for name in NAMES]
    many = func.count(case((line.depth == 1, 1))).label("below")
    columns: list[Any] = [Unit.id, Unit.name, func.min(c.at).label("at"), many, *sums, *own]
    found: Select[Any] = select(*columns).join(line, line.upper_id == Unit.id)
    found = found.outerjoin(c, and_(c.unit_id == line.lower_id, c.period_id == bindparam("period", type_=Integer)))
    found = found.where(Unit.id.in_(bindparam("units", expanding=True)))
    return kept(found.group_by(Unit.id, Unit.name, Unit.position).order_by(Unit.position, Unit.id))


def _line(row: Any) -> Line:
    whole = Counts(**{name: getattr(row, name) for name in NAMES})
    own = Counts(**{name: getattr(row, f"own_{name}") for name in NAMES})
    return Line(row.id, row.name, own, whole, row.at, row.below)


def below(unit_id: int) -> Iterator[int]:
    """The units directly below one."""
    yield from db.session.scalars(_BELOW, {"unit": unit_id})


_BELOW = kept(select(UnitLine.lower_id).where(UnitLine.upper_id == bindparam("unit", type_=Integer), UnitLine.depth == 1))


def named_below(unit_id: int) -> Iterator[tuple[int, str]]:
    """The units directly below one, by name."""
    found = select(Unit.id, Unit.name).join(UnitLine, UnitLine.lower_id == Unit.id)
    found = found.where(UnitLine.upper_id == unit_id, UnitLine.depth == 1).order_by(Unit.position, Unit.id).limit(200)
    yield from ((row.id, row.name) for row in db.session.execute(found))


def tops() -> Iterator[int]:
    """The units nothing hangs above."""
    yield from db.session.scalars(_TOPS)


def _tops() -> Select[int]:
    above = select(UnitLine.upper_id).where(UnitLine.lower_id == Unit.id, UnitLine.depth > 0)
    there = select(UnitLine.upper_id).where(UnitLine.lower_id == Unit.id)
    return select(Unit.id).where(there.exists(), ~above.exists()).order_by(Unit.position, Unit.id).limit(200)


_TOPS = kept(_tops())  # made once: making it costs more than asking it
