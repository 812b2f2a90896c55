"""HR's counts: how much waits and is late, kept once a morning from the same lists that home and the mails show."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, delete, func, insert, select

from portal import access
from portal.access import Act, Viewer
from portal.db import UNSYNCED, db
from portal.directory.models import Person, Unit, UnitLine
from portal.notifications.models import WaitingCount
from portal.waiting.kinds import KINDS, What
from portal.waiting.queries import Item

PAGE = 50


@dataclass(frozen=True)
class Line:
    """A department, or a person in it: how much waits, how much of it is late, and since when."""

    id: int
    name: str
    people: int
    waits: int
    late: int
    oldest: date | None


def keep(low: int, high: int, waits: Mapping[int, Sequence[Item]], today: date, now: datetime) -> None:
    """The counts of everybody between two ids, in the caller's transaction."""
    w = WaitingCount
    db.session.execute(delete(w).where(w.person_id.between(low, high)), execution_options=UNSYNCED)
    rows: list[dict[str, Any]] = []
    for who, items in waits.items():
        open_ = [item for item in items if not KINDS[item.what].private]
        all_, late = Counter(i.what for i in open_), Counter(i.what for i in open_ if i.late(today))
        for what, n in all_.items():
            days = [i.due for i in open_ if i.what is what and i.due and i.due < today]
            oldest = min(days, default=None)
            rows.append({"person_id": who, "what": what.value, "waits": n, "late": late[what], "oldest": oldest, "at": now})
    if rows:
        db.session.execute(insert(w), rows)


def looks(viewer: Viewer) -> bool:
    """Whether somebody may look at counts at all: for links."""
    return access.over_units(Act.SEE_WAITING, viewer)


def kinds(viewer: Viewer) -> list[tuple[str, int, int]]:
    """(word, waiting, late) of each kind, as far as the viewer's scope reaches."""
    found = _seen(viewer, WaitingCount.what, func.sum(WaitingCount.waits), func.sum(WaitingCount.late))
    counted = {what: (waits, late) for what, waits, late in db.session.execute(found.group_by(WaitingCount.what))}
    return [(kind.word, *counted[what.value]) for what, kind in KINDS.items() if what.value in counted]


def departments(viewer: Viewer, what: What | None = None) -> list[Line]:
    """The departments in which something is late, the latest first."""
    w = WaitingCount
    figures = (func.count(w.person_id.distinct()), func.sum(w.waits), func.sum(w.late).label("late"), func.min(w.oldest))
    found = _seen(viewer, Unit.id, Unit.name, *figures).join(Unit, Unit.id == Person.unit_id)
    found = found.where(w.what == what.value) if what else found
    found = found.group_by(Unit.id, Unit.name).order_by(func.sum(w.late).desc(), func.sum(w.waits).desc(), Unit.id)
    return [Line(*row) for row in db.session.execute(found.limit(PAGE))]


def people(viewer: Viewer, unit_id: int, what: What | None = None) -> list[Line]:
    """The people of a department and below for whom something waits, the latest first."""
    w = WaitingCount
    inside = select(UnitLine.lower_id).where(UnitLine.upper_id == unit_id)
    figures = (func.count(), func.sum(w.waits), func.sum(w.late), func.min(w.oldest))
    found = _seen(viewer, Person.id, Person.name, *figures).where(Person.unit_id.in_(inside))
    found = found.where(w.what == what.value) if what else found
    found = found.group_by(Person.id, Person.name).order_by(func.sum(w.late).desc(), func.sum(w.waits).desc(), Person.id)
    return [Line(*row) for row in db.session.execute(found.limit(PAGE))]


def counted_at() -> datetime | None:
    """When the counts were made."""
    return db.session.scalar(select(WaitingCount.at).limit(1))


def _seen(viewer: Viewer, *columns: Any) -> Select[Any]:
    found: Select[Any] = select(*columns).select_from(WaitingCount).join(Person, Person.id == WaitingCount.person_id)
    return found.where(access.about(Act.SEE_WAITING, viewer, Person.id))
