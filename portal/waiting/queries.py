"""Asking the sources: for one viewer in one statement, or for everybody in batches."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import Any

from sqlalchemy import CompoundSelect, and_, select, union_all
from sqlalchemy.orm import aliased

from portal.access import Act, Viewer
from portal.access.models import Pilot, Switch
from portal.access.switches import CAPABILITIES, enabled
from portal.checkins import queries as checkins
from portal.db import db, kept
from portal.directory.models import Person, ReportingLine, UnitLine
from portal.settings.queries import number
from portal.waiting.kinds import KINDS, SOON, What
from portal.waiting.sources import SOURCES
from portal.waiting.whom import Between, One, Whom, asked

HIGHEST = 2**31 - 1


@dataclass(frozen=True)
class Item:
    """One thing that waits for somebody: what, which one, by when; and what a line tells of it."""

    what: What
    id: int
    due: date | None = None
    title: str = ""
    name: str = ""
    day: date | None = None
    n: int = 0
    prepared: bool = False

    @property
    def key(self) -> tuple[str, int]:
        """What it is, whoever it waits for."""
        return self.what.value, self.id

    def late(self, today: date) -> bool:
        """Whether its day is over."""
        return self.due is not None and self.due < today


def of(viewer: Viewer, today: date, people: Iterable[checkins.Pair]) -> list[Item]:
    """Everything that waits for a viewer, whose people's check-ins are known already. One statement."""
    on = frozenset(name for name in CAPABILITIES if enabled(name))
    rows = db.session.execute(_statement(One.of(viewer), on), {**asked(viewer, today), **_days(today)})
    found = {(item := _item(row)).key: item for row in rows}
    talks = [_talk(pair) for pair in people if _is_near(pair, today)] if "checkins" in on else []
    return in_order([*talks, *found.values()])


def between(low: int, high: int, today: date) -> dict[int, list[Item]]:
    """Everything that waits for everybody whose id lies between two numbers, {person: items}. Three statements.

    Nobody is asked whether they can sign in, or are away: whoever sends or counts decides that.
    """
    found: dict[int, dict[tuple[str, int], Item]] = defaultdict(dict)
    values = {"low": low, "high": high, "day": today}
    for row in db.session.execute(_statement(Between(), frozenset(CAPABILITIES)), {**values, **_days(today)}):
        item = _item(row)
        found[row.who][item.key] = item
    _add_talks(found, _TALKS, values, today)
    return _in_use(found, low, high)


def about(keys: Collection[tuple[str, int]], today: date) -> dict[int, list[Item]]:
    """For whom these things wait, {person: items}. Two statements, and one more where check-ins to hold are among them."""
    every: Any = _statement(Between(), frozenset(CAPABILITIES)).subquery()
    what, ids = sorted({what for what, _ in keys}), sorted({one for _, one in keys})
    found: dict[int, dict[tuple[str, int], Item]] = defaultdict(dict)
    values = {"low": 0, "high": HIGHEST, "day": today, **_days(today)}
    for row in db.session.execute(select(every).where(every.c.what.in_(what), every.c.id.in_(ids)), values) if keys else ():
        item = _item(row)
        if item.key in keys:
            found[row.who][item.key] = item
    if people := [one for what, one in keys if what == What.TALK.value]:
        _add_talks(found, _talks().where(Person.id.in_(people)), values, today)
    return _in_use(found, 0, HIGHEST)


def _add_talks(found: dict[int, dict[tuple[str, int], Item]], talks: Any, values: Mapping[str, Any], today: date) -> None:
    """Check-ins to hold, for whoever records them."""
    for row in db.session.execute(talks, {**values, "today": today}):
        pair = checkins.pair(row[:-1], today)
        if _is_near(pair, today):
            item = _talk(pair)
            found[row.who][item.key] = item


def _in_use(found: Mapping[int, Mapping[tuple[str, int], Item]], low: int, high: int) -> dict[int, list[Item]]:
    """What of it belongs to a capability that is on for whom it waits, in order."""
    off = _off(low, high, found)
    kept = {who: [one for one in items.values() if KINDS[one.what].capability not in off[who]] for who, items in found.items()}
    return {who: in_order(items) for who, items in sorted(kept.items()) if items}


def in_order(items: Iterable[Item]) -> list[Item]:
    """The most urgent first; what has no day comes last."""
    places = {what: n for n, what in enumerate(What)}
    return sorted(items, key=lambda one: (one.due is None, one.due or date.max, places[one.what], one.id))


def _days(today: date) -> dict[str, date]:
    return {"until": today + timedelta(days=SOON), "since": today - timedelta(days=number("view_days"))}


@lru_cache(maxsize=200)  # one for each shape of a viewer
def _statement(whom: Whom, on: Collection[str]) -> CompoundSelect[Any]:
    return kept(union_all(*(found for part, source in SOURCES if not part or part in on for found in source(whom))))


def _item(row: Any) -> Item:
    what = What(row.what)
    due = row.day + timedelta(days=number("view_days")) if what is What.RECORD else row.due
    return Item(what, row.id, due, row.title or "", row.name or "", row.day, row.n or 0)


def _is_near(pair: checkins.Pair, today: date) -> bool:
    return not pair.standing.paused and (pair.standing.due - today).days <= SOON


def _talk(pair: checkins.Pair) -> Item:
    return Item(What.TALK, pair.id, pair.standing.due, name=pair.name, n=pair.promises, prepared=pair.prepared)


def _talks() -> Any:
    """Whoever records the check-ins with somebody, and how these stand."""
    whom, line = Between(), aliased(ReportingLine)
    led = select(line.report_id.label("person")).where(line.depth == 1)
    arms = union_all(*whom.held(led, line.manager_id, Act.RECORD_CHECK_IN, line.report_id)).subquery()
    return checkins.PAIRS.add_columns(arms.c.who).join(arms, arms.c.person == Person.id)


_TALKS = kept(_talks())  # made once: making it costs more than asking it


def _off(low: int, high: int, people: Collection[int]) -> Mapping[int, frozenset[str]]:
    """The capabilities that are switched off for each of these, but for pilot departments (S31)."""
    switched = frozenset(db.session.scalars(select(Switch.capability)))
    off: dict[int, frozenset[str]] = dict.fromkeys(people, switched)
    if switched:
        kept = select(Person.id, Pilot.capability).join(UnitLine, UnitLine.lower_id == Person.unit_id)
        kept = kept.join(Pilot, and_(Pilot.unit_id == UnitLine.upper_id)).where(Person.id.between(low, high)).distinct()
        for who, capability in db.session.execute(kept):
            off[who] = off.get(who, switched) - {capability}
    return off


def batches(size: int, after: int = 0) -> Iterable[tuple[int, int]]:
    """Ranges of ids with so many people each, from the first one after `after` on."""
    while True:
        ids: Sequence[int] = db.session.scalars(
            select(Person.id).where(Person.id > after).order_by(Person.id).limit(size)
        ).all()
        if not ids:
            return
        yield after + 1, ids[-1]
        after = ids[-1]
