"""Who works at 衡屿精密制造有限公司, since when, where and for whom: pure data, relative to a day.

Named accounts that documentation and checks rely on are in `NAMED`; everybody's password is `PASSWORD`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta

from portal.demo.days import back
from portal.demo.roster import ABSENT, LEFT, MOVES, NEW_MANAGER, PROMOTED, ROSTER, SECOND_POSTS, UNITS, Facts

COMPANY = "衡屿精密制造有限公司"
PASSWORD = "portal-demo"  # noqa: S105  # nosec - the demo's password is printed on the screen
NAMED = {
    "xu.mingchuan": "许明川",
    "qin.lang": "秦朗",
    "lin.zhiyuan": "林知远",
    "zhou.xiaolan": "周晓岚",
    "he.yiming": "何一鸣",
    "wen.shuyun": "温书韵",
    "shen.jiahe": "沈嘉禾",
    "fang.yu": "方屿",
    "wu.tao": "吴涛",
    "sun.hao": "孙浩",
}
GROUPS = {"hr-admins": ("shen.jiahe",), "system-admins": ("sun.hao",)}
# Roles no directory group gives: (login, role, unit key or None).
ROLES = (
    ("xu.mingchuan", "executive", None),
    ("fang.yu", "hrbp", "assembly"),
    ("fang.yu", "hrbp", "quality"),
    ("wu.tao", "auditor", None),
)
# What is in other hands these days: (giver, taker, act, begun so many days ago, ends in so many, why).
STAND_INS = (("gu.qinghe", "tao.yimo", "record_check_in", 3, 11, "出差参加新机床验收，期间由陶以默代为谈话并记录。"),)


@dataclass(frozen=True)
class Unit:
    """组织单元 A unit, where it hangs and who heads it."""

    key: str
    name: str
    parent: str | None
    head: str
    since: date


@dataclass(frozen=True)
class Person:
    """人员 Somebody of the company. `key` is the login, or the number of somebody without an account."""

    key: str
    login: str | None
    name: str
    number: str
    title: str
    unit: str
    manager: str | None
    level: str
    family: str
    kind: str
    hired: date
    left: date | None = None
    absent: tuple[str, date, date] | None = None

    @property
    def short(self) -> str:
        """What colleagues call somebody: the given name, or the whole name of two characters."""
        return self.name[1:] if len(self.name) > 2 else self.name

    @property
    def mail(self) -> str | None:
        return f"{self.login}@hengyu.example" if self.login else None


@dataclass(frozen=True)
class Stint:
    """任职 A post from `since` until the day before `until`; `share` in basis points."""

    person: str
    unit: str
    manager: str | None
    title: str
    level: str
    family: str
    share: int
    primary: bool
    since: date
    until: date | None
    why: str


@dataclass(frozen=True)
class Company:
    """The whole company as of a day."""

    today: date
    units: tuple[Unit, ...]
    people: dict[str, Person]
    stints: tuple[Stint, ...]

    def reports(self, key: str) -> list[Person]:
        """Who works directly for somebody today."""
        return [p for p in self.people.values() if p.manager == key and p.left is None]

    def stint(self, key: str, day: date) -> Stint | None:
        """Somebody's main post on a day."""
        mine = (s for s in self.stints if s.person == key and s.primary)
        return next((s for s in mine if s.since <= day and (s.until is None or day < s.until)), None)

    def unit_names(self) -> dict[str, str]:
        return {unit.key: unit.name for unit in self.units}


def company(today: date) -> Company:
    """The demo company as it stands on a day, with its history."""
    people = {key: _person(today, key, facts) for key, facts in ROSTER.items()}
    founded = back(today, years=14)
    units = tuple(Unit(key, name, parent, head, founded) for key, name, parent, head in UNITS)
    stints = [known for p in people.values() for stint in _history(today, p) for known in _present(stint, people)]
    return Company(today, units, people, tuple(stints))


def _person(today: date, key: str, facts: Facts) -> Person:
    name, number, title, unit, manager, level, family, (years, months), kind = facts
    left = back(today, days=LEFT[key]) if key in LEFT else None
    absent = None
    if key in ABSENT:
        why, since, until = ABSENT[key]
        absent = (why, today - timedelta(days=since), today + timedelta(days=until))
    login, hired = None if key.isdigit() else key, back(today, years, months)
    return Person(key, login, name, number, title, unit, manager, level, family, kind, hired, left, absent)


def _history(today: date, person: Person) -> list[Stint]:
    """A person's posts, oldest first: hired, promoted, moved, another manager, second posts, left."""
    now = Stint(
        person.key,
        person.unit,
        person.manager,
        person.title,
        person.level,
        person.family,
        10_000,
        True,
        person.hired,
        person.left,
        "joined",
    )
    cuts: list[tuple[date, str, dict[str, str]]] = []
    for months, title, level in PROMOTED.get(person.key, ()):
        cuts.append((back(today, months=months), "promoted", {"title": title, "level": level}))
    if person.key in MOVES:
        months, unit, manager, title, family = MOVES[person.key]
        before = {"unit": unit, "manager": manager, "title": title, "family": family}
        cuts.append((back(today, months=months), "moved", before))
    if person.key in NEW_MANAGER:
        months, manager = NEW_MANAGER[person.key]
        cuts.append((back(today, months=months), "another manager", {"manager": manager}))
    found = [now]
    for day, why, before in sorted(cuts, key=lambda cut: cut[0], reverse=True):
        later = replace(found[0], since=day, why=why)
        found[0:1] = [replace(found[0], until=day, **before), later]  # type: ignore[arg-type]
    return found + _second_posts(today, person, found)


def _present(stint: Stint, people: Mapping[str, Person]) -> list[Stint]:
    """Nobody reports to somebody who had not joined yet: until then the manager's manager stands in."""
    boss = people[stint.manager] if stint.manager else None
    if boss is None or boss.hired <= stint.since:
        return [stint]
    before = replace(stint, manager=boss.manager, until=boss.hired)
    return [*_present(before, people), replace(stint, since=boss.hired, why="another manager")]


def _second_posts(today: date, person: Person, main: list[Stint]) -> list[Stint]:
    if person.key not in SECOND_POSTS:
        return []
    months, unit, manager, title, share = SECOND_POSTS[person.key]
    since, last = back(today, months=months), main[-1]
    main[-1:] = [replace(last, until=since), replace(last, since=since, share=10_000 - share, why="second post")]
    return [replace(last, unit=unit, manager=manager, title=title, share=share, primary=False, since=since, why="second post")]
