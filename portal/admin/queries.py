"""What the administration pages show."""

import unicodedata
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache, lru_cache
from itertools import groupby
from typing import Any

from sqlalchemy import Date, Select, bindparam, or_, select

from portal import clock, journal
from portal.access.models import Pilot, Switch
from portal.access.switches import CAPABILITIES
from portal.admin.operations import as_seen
from portal.admin.words import CAPABILITY, title, told_then
from portal.db import db
from portal.directory import finding
from portal.directory.lines import on
from portal.directory.models import Person, Unit, UnitTerm
from portal.i18n import everywhere
from portal.settings import NAMES, Named, Setting
from portal.settings.names import Value
from portal.words import N_

PAGE = 50
LATEST = 200
"""So many changes are read to tell on the page of settings who changed what last; the page of changes has all of them."""
AT_A_GLANCE = 40
"""Departments offered for a pilot without naming one."""
LONGEST_ID = 10
SHOWN = 5
"""Changes under one setting."""


@dataclass(frozen=True)
class Change:
    """Who changed what and why, both values in words."""

    n: int
    at: datetime
    name: str
    title: str
    actor: str
    before: str
    after: str
    why: str


@dataclass(frozen=True)
class Changes:
    """One page of changes, newest first, and where it goes on."""

    changes: Sequence[Change]
    more: int | None


@dataclass(frozen=True)
class Shown:
    """One setting as the page shows it: who chose the value, if it is not the default."""

    named: Named
    value: Value
    by: str | None
    at: datetime | None

    @property
    def differs(self) -> bool:
        """Whether somebody chose another value than the default."""
        return self.at is not None


@dataclass(frozen=True)
class Found:
    """Settings that fit what was looked for, by their group; how many there are, and how many were changed."""

    groups: list[tuple[str, list[Shown]]]
    total: int
    changed: int

    @property
    def count(self) -> int:
        """How many fit."""
        return sum(len(ones) for _group, ones in self.groups)


@dataclass(frozen=True)
class Capability:
    """One switch: on, off, or pilot with its units."""

    name: str
    state: str
    units: tuple[int, ...]

    @property
    def seen(self) -> str:
        """What its form remembers."""
        return as_seen(self.state, self.units)


def settings(wish: str = "", only_changed: bool = False) -> Found:
    """Every setting by its group, those alone whose words hold everything that was asked for. One statement."""
    chosen = {row.name: row for row in db.session.execute(_CHOSEN)}
    shown = [_shown(named, chosen.get(named.name)) for named in NAMES.values()]
    wanted = [one for one in shown if (one.differs or not only_changed) and fits(wish, one.named.name)]
    groups = [(group, list(ones)) for group, ones in groupby(wanted, key=lambda one: one.named.group)]
    return Found(groups, len(shown), sum(one.differs for one in shown))


def capabilities(wish: str = "", only_changed: bool = False) -> list[Capability]:
    """Every switch, or those that fit. One statement."""
    rows = db.session.execute(_SWITCHED)
    units: dict[str, set[int]] = {}
    for name, unit in rows:
        units.setdefault(name, set()).update({unit} - {None})
    every = (_capability(name, units.get(name)) for name in CAPABILITIES if fits(wish, name))
    return [one for one in every if one.state != "on" or not only_changed]


def fits(wish: str, name: str) -> bool:
    """Whether each word of the wish stands in a setting's name, meaning or group, in whatever language of ours."""
    return all(word in _heard(name) for word in _plain(wish).split())


def changes(of: str | None = None, before: int | None = None, *, limit: int = PAGE) -> Changes:
    """Changes of settings and switches, newest first; `of` one alone. One statement, and one for the pilots' names."""
    found = journal.about_portal(("setting", "switch"), of, before, limit + 1)
    stood = [one.words.get(when) for one in found for when in ("before", "after")]
    units = finding.department_names(unit for state in stood if isinstance(state, dict) for unit in state.get("units", ()))
    told = [_change(happening, units) for happening in found[:limit]]
    return Changes(told, told[-1].n if len(found) > limit else None)


def by_name(latest: Changes) -> Mapping[str, Sequence[Change]]:
    """The latest changes of each setting."""
    found: dict[str, list[Change]] = defaultdict(list)
    for change in latest.changes:
        found[change.name].append(change)
    return found


def pilots(chosen: Collection[int]) -> Sequence[tuple[int, str]]:
    """(id, name) of what a pilot is chosen from at a glance: what is chosen, the top and what hangs right below it."""
    rows = db.session.execute(_pilots(), {"day": clock.today(), "chosen": sorted(set(chosen))})
    return [(row.id, row.name) for row in rows]


def chosen_units(ids: Iterable[str], name: str) -> set[int]:
    """Units that were ticked, and one that was named. Raises ValueError with a sentence where there is none of that name."""
    wanted = {int(one) for one in ids if one.isdecimal() and len(one) < LONGEST_ID}
    found = set(db.session.scalars(select(Unit.id).where(Unit.id.in_(wanted)))) if wanted else set()
    if name.strip():
        named = finding.department(name, clock.today())
        if named is None:
            raise ValueError(N_("There is no department of this name."))
        found.add(named)
    return found


@cache
def _pilots() -> Select[int, str]:
    day: Any = bindparam("day", type_=Date)
    terms = select(UnitTerm.unit_id).where(on(day, UnitTerm))
    top = terms.where(UnitTerm.parent_id.is_(None))
    near = or_(UnitTerm.parent_id.is_(None), UnitTerm.parent_id.in_(top))
    shown = or_(Unit.id.in_(terms.where(near).limit(AT_A_GLANCE)), Unit.id.in_(bindparam("chosen", expanding=True)))
    return select(Unit.id, Unit.name).where(shown).order_by(Unit.position, Unit.id)


def _change(happening: journal.Happening, units: Mapping[int, str]) -> Change:
    words = happening.words
    name = str(words["name"])
    before, after = (told_then(name, words.get(when), units) for when in ("before", "after"))
    return Change(happening.n, happening.at, name, title(name), happening.actor, before, after, str(words.get("why", "")))


@lru_cache(maxsize=1_000)
def _heard(name: str) -> str:
    """Every word by which somebody may look for it."""
    if name in CAPABILITY:
        said: tuple[str, ...] = CAPABILITY[name]
    else:
        said = (NAMES[name].meaning, NAMES[name].group, *NAMES[name].words)
    return _plain(" ".join([name, name.replace("_", " "), *(words for one in said for words in everywhere(one))]))


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold()


def _capability(name: str, units: set[int] | None) -> Capability:
    return Capability(name, "on" if units is None else "pilot" if units else "off", tuple(sorted(units or ())))


def _shown(named: Named, row: object) -> Shown:
    if row is None:
        return Shown(named, named.default, None, None)
    return Shown(named, row.value, row.by, row.at)  # type: ignore[attr-defined]  # a row of the statement above


# Made once: making a statement costs more than asking it.
_CHOSEN = select(Setting.name, Setting.value, Setting.at, Person.name.label("by")).outerjoin(Person, Person.id == Setting.by_id)
_SWITCHED = select(Switch.capability, Pilot.unit_id).outerjoin(Pilot, Pilot.capability == Switch.capability)
