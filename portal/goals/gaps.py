"""The goals behind a department's figures: one list for each thing that takes points off. Each starts at what one may see."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum, auto
from typing import Any

from sqlalchemy import ColumnElement, Date, Integer, Select, and_, bindparam, func, or_, select, union
from sqlalchemy.orm import aliased

from portal import access, clock
from portal.access import Act, Viewer
from portal.db import db
from portal.directory.models import Person
from portal.goals import coverage
from portal.goals.cards import PAGE, Card, cards, rows
from portal.goals.models import Measure, Objective
from portal.goals.states import State
from portal.words import N_


class Gap(StrEnum):
    """What is wrong with the goals of a list."""

    ORPHANS = auto()
    CUT = auto()
    SKIPS = auto()
    BARE = auto()
    DOUBLE = auto()
    DUTIES = auto()


WORDS = {
    Gap.ORPHANS: N_("Unaligned"),
    Gap.CUT: N_("Lead up to nothing"),
    Gap.SKIPS: N_("Leave out a level"),
    Gap.BARE: N_("Without a measure"),
    Gap.DOUBLE: N_("Measured twice"),
    Gap.DUTIES: N_("Everyday duties"),
}


@dataclass(frozen=True)
class Twice:
    """A measure that stands at several goals of a department, and these."""

    name: str
    goals: tuple[tuple[int, str, str], ...]  # id, title, whose


def directly_in(unit_id: Any) -> ColumnElement[bool]:
    """Goals of a unit and of those who work directly in it: what its own figures are counted from."""
    own, person = aliased(Objective), aliased(Person)
    theirs = select(own.id).join(person, person.id == own.person_id).where(person.unit_id == unit_id)
    return Objective.id.in_(union(select(own.id).where(own.unit_id == unit_id), theirs))  # not an OR: each by its index


def of(viewer: Viewer, unit_id: int, period_id: int, gap: Gap, after: int = 0) -> list[Card]:
    """The goals of one list, by keyset: one more than a page holds."""
    return cards(*_of(viewer, gap, unit=unit_id, period=period_id, after=after, day=clock.today()))


@access.prepared
def _of(viewer: Viewer, gap: Gap) -> Select[Any]:
    o = Objective
    here = directly_in(bindparam("unit", type_=Integer)), o.period_id == bindparam("period")
    found = rows(viewer).where(*here, o.id > bindparam("after"), _flag(gap))
    return found.order_by(o.id + 0).limit(PAGE + 1)  # not by its index, which would lead through the whole company


def _flag(gap: Gap) -> ColumnElement[bool]:
    o, day = Objective, bindparam("day", type_=Date)
    match gap:
        case Gap.ORPHANS:
            return and_(coverage.orphaned(), ~o.duty)
        case Gap.CUT:
            return and_(o.root_id.is_not(None), ~coverage.traced(), ~o.duty)
        case Gap.SKIPS:
            own = and_(o.unit_id.is_not(None), coverage.skipping(o.unit_id, day, of_people=False))
            unit = select(Person.unit_id).where(Person.id == o.person_id).correlate(o).scalar_subquery()
            return or_(own, and_(o.person_id.is_not(None), coverage.skipping(unit, day, of_people=True)))
        case Gap.BARE:
            return coverage.bare()
        case Gap.DUTIES:
            return and_(o.duty, ~coverage.traced())
        case Gap.DOUBLE:
            raise LookupError(gap)  # a list of measures: see `twice`


def twice(viewer: Viewer, unit_id: int, period_id: int) -> Sequence[Twice]:
    """Measures of one name at several goals of a department: its result would count more than once. Two statements."""
    o, m, name = Objective, Measure, func.lower(func.trim(Measure.name))
    mine = (
        directly_in(unit_id),
        o.period_id == period_id,
        o.state != State.WITHDRAWN,
        access.rows(Act.SEE_OBJECTIVE, viewer, o),
    )
    found = select(name).join(o, o.id == m.objective_id).where(*mine).group_by(name).having(func.count(o.id.distinct()) > 1)
    names = db.session.scalars(found.order_by(name).limit(PAGE)).all()
    if not names:
        return ()
    told: dict[str, tuple[str, dict[int, tuple[int, str, str]]]] = {}
    each: Any = select(name.label("key"), m.name, o.id, o.title, Person.name.label("owner")).join(o, o.id == m.objective_id)
    each = each.outerjoin(Person, Person.id == func.coalesce(o.person_id, o.accountable_id))
    for row in db.session.execute(each.where(*mine, name.in_(names)).order_by(name, o.id)):
        told.setdefault(row.key, (row.name, {}))[1][row.id] = (row.id, row.title, row.owner or "")
    return [Twice(spelt, tuple(goals.values())) for spelt, goals in told.values()]


def figures(counts: Any) -> Mapping[Gap, int]:
    """How many stand in each list, as they were counted."""
    return {
        Gap.ORPHANS: counts.orphans,
        Gap.CUT: counts.cut,
        Gap.SKIPS: counts.skips,
        Gap.BARE: counts.bare,
        Gap.DUTIES: counts.duties,
    }
