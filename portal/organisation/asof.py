"""Who stands above whom on a day: chains over the dated rows, for any day, not over today's closures."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from sqlalchemy import literal, or_, select
from sqlalchemy.orm import InstrumentedAttribute, aliased

from portal.db import db
from portal.directory.lines import DEEPEST, on
from portal.directory.models import Assignment, UnitTerm

Column = InstrumentedAttribute[Any]


def managers_above(person_id: int, day: date) -> list[int]:
    """The manager of that day, the manager's manager, and so on."""
    return _above(Assignment.person_id, Assignment.manager_id, person_id, day, Assignment.primary)


def units_above(unit_id: int, day: date) -> list[int]:
    """The unit this one hangs below on that day, and so on up to the top."""
    return _above(UnitTerm.unit_id, UnitTerm.parent_id, unit_id, day)


def days_to_check(table: type[Assignment] | type[UnitTerm], since: date) -> list[date]:
    """A change from `since` on has to be sound on that day, and on each later day on which something else begins."""
    later = select(table.since).where(table.since > since).distinct().order_by(table.since)
    return [since, *db.session.scalars(later)]


def _above(child: Column, parent: Column, start: int, day: date, *where: Any) -> list[int]:
    row = aliased(child.class_)
    first = select(parent.label("upper"), literal(1).label("depth")).where(child == start, on(day, child.class_), *where)
    line = first.cte(recursive=True)
    more = [row.primary] if child.class_ is Assignment else []
    # Not a join: for one with conditions SQLite builds a filter over the whole table each time.
    upper = select(getattr(row, parent.key)).where(getattr(row, child.key) == line.c.upper, on(day, row), *more).limit(1)
    step = select(upper.correlate(line).scalar_subquery(), line.c.depth + 1)
    line = line.union_all(step.where(line.c.upper.is_not(None), line.c.depth < DEEPEST))
    found = select(line.c.upper).where(line.c.upper.is_not(None)).order_by(line.c.depth)
    return list(_once(db.session.scalars(found)))


def _once(ids: Iterable[int]) -> Iterable[int]:
    return dict.fromkeys(ids)


def overlapping(row: Any, since: date, until: date | None) -> Any:
    """SQL condition: a dated row shares at least a day with [since, until)."""
    ends = or_(row.until.is_(None), row.until > since)
    return ends if until is None else ends & (row.since < until)
