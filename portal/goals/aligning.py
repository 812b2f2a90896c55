"""Reads before a goal is put under others: what each of these is, and why it cannot be supported."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, false, func, literal, or_, select, true
from sqlalchemy.orm import aliased

from portal import clock
from portal.db import db
from portal.directory.lines import on
from portal.directory.models import ReportingLine, UnitLine, UnitTerm
from portal.goals.alignment import COMPANY, PERSON, UNIT, Facts, Lower, misfit
from portal.goals.models import Objective, ObjectiveParent
from portal.goals.states import State
from portal.periods.models import Period

_TERM = aliased(UnitTerm)


def misfits(child: Objective, parents: Collection[int]) -> dict[int, str]:
    """The reason for each of these goals that this one cannot support. Two statements."""
    if not parents:
        return {}
    begins, ends, depth = db.session.execute(_lower(child)).one()
    lower = Lower(_place(child.person_id, child.unit_id), begins, ends, depth or 0)
    found = {}
    for row in db.session.execute(_facts(child, parents)):
        place = _place(row.person_id, row.unit_id)
        upper = Facts(row.id, row.title, place, row.begins, row.ends, row.state is State.WITHDRAWN, bool(row.itself))
        upper = Facts(**{**vars(upper), "depth": row.depth or 0, "under_me": bool(row.under), "heads_mine": bool(row.heads)})
        if reason := misfit(lower, upper):
            found[row.id] = reason
    return found


def _place(person_id: int | None, unit_id: int | None) -> str:
    return PERSON if person_id else UNIT if unit_id else COMPANY


def _lower(child: Objective) -> Select[Any]:
    """When it runs, and how deep the unit it belongs to hangs."""
    return select(Period.begins, Period.ends, _depth(literal(child.unit_id))).where(Period.id == child.period_id)


def _depth(unit: Any) -> Any:
    above = select(func.count()).where(UnitLine.lower_id == unit, UnitLine.depth > 0)
    return above.scalar_subquery().label("depth")


def _facts(child: Objective, parents: Collection[int]) -> Select[Any]:
    o = Objective
    itself = literal(False) if child.id is None else o.id.in_(_at_or_below(child.id, parents))
    columns: list[Any] = [o.id, o.title, o.person_id, o.unit_id, o.state, Period.begins, Period.ends]
    told = (_depth(o.unit_id), _led(child).label("under"), _heads(child).label("heads"), itself.label("itself"))
    found: Select[Any] = select(*columns, *told)
    return found.join(Period, Period.id == o.period_id).where(o.id.in_(parents))


def _at_or_below(child_id: int, parents: Collection[int]) -> Select[Any]:
    """Those of the parents from which a way up leads to the child: walked from each, no longer than the tree is deep."""
    tie = ObjectiveParent
    way = (
        select(Objective.id.label("began"), Objective.id.label("at"))
        .where(Objective.id.in_(parents))
        .cte("way", recursive=True)
    )
    way = way.union(select(way.c.began, tie.parent_id).where(tie.child_id == way.c.at))
    return select(way.c.began).where(way.c.at == child_id)


def _led(child: Objective) -> ColumnElement[bool]:
    """Whether the upper goal is about somebody below the child's person, or a unit below one that this person heads."""
    if child.person_id is None:
        return false()
    o, unit = Objective, _TERM
    below = select(ReportingLine.report_id).where(ReportingLine.manager_id == child.person_id, ReportingLine.depth > 0)
    headed = select(UnitLine.lower_id).join(unit, unit.unit_id == UnitLine.upper_id)
    headed = headed.where(unit.head_id == child.person_id, on(clock.today(), unit), UnitLine.depth > 0)
    return func.coalesce(or_(o.person_id.in_(below), o.unit_id.in_(headed)), false())


def _heads(child: Objective) -> ColumnElement[bool]:
    """Whether the upper goal is about somebody who heads a unit above the child's."""
    if child.unit_id is None:
        return true()
    term = _TERM
    above = select(UnitLine.upper_id).where(UnitLine.lower_id == child.unit_id, UnitLine.depth > 0)
    heads = select(term.id).where(term.head_id == Objective.person_id, on(clock.today(), term), term.unit_id.in_(above))
    return and_(Objective.person_id.is_not(None), heads.correlate(Objective).exists())
