"""The filters of the tree as an address says them: what they ask for, what stands in the fields, what is wrong with them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, TypeVar

from flask import request

from portal import clock, search
from portal.directory import finding
from portal.goals import names, narrowing
from portal.goals.kinds import Health, Kind, Perspective
from portal.goals.models import Theme
from portal.goals.narrowing import Owner, Wish
from portal.goals.states import State
from portal.i18n import gettext as _

NAMES = ("find", "department", "unit", "owner", "person", "theme", "perspective", "kind", "health", "state", "loose")
BEHIND = frozenset({"owner", "theme", "perspective", "health", "loose"})
"""The fields that stand behind "More filters" where there is room for the others."""
Word = TypeVar("Word", bound=StrEnum)


@dataclass(frozen=True)
class Given:
    """A filter in use, as it is read out, and the query without it."""

    name: str
    label: str
    value: str
    rest: Mapping[str, Any]


@dataclass
class Filters:
    """`query` is what links carry on; `problems` stand beside their fields, and nothing fits while there is one."""

    wish: Wish
    query: Mapping[str, str]
    department: str = ""
    owner: str = ""
    people: Sequence[Owner] = ()
    problems: dict[str, str] = field(default_factory=dict)

    @property
    def find(self) -> str:
        """What is looked for."""
        return self.query.get("find", "")

    def given(self, themes: Iterable[Theme] = ()) -> list[Given]:
        """The filters in use but for the words, which stand in a field of their own."""
        wish, theme = self.wish, {each.id: each.name for each in themes}
        said = [
            ("department", _("Department"), self.department),
            ("owner", _("Owner"), self.owner),
            ("theme", _("Theme"), theme.get(wish.theme, "–") if wish.theme is not None else ""),
            ("perspective", _("Perspective"), wish.perspective and _(names.PERSPECTIVE[wish.perspective])),
            ("kind", _("Kind"), wish.kind and _(names.KIND[wish.kind])),
            ("health", _("Health"), wish.health and _(names.HEALTH[wish.health])),
            ("state", _("State"), wish.state and _(names.STATE[wish.state])),
            ("loose", _("Alignment"), wish.loose and _("Unaligned only")),
        ]
        return [Given(name, label, value, self._without(name)) for name, label, value in said if value]

    def _without(self, name: str) -> dict[str, Any]:
        """The query without a filter, however an address may say it."""
        by_id = {"department": "unit", "owner": "person"}.get(name)
        return {key: text for key, text in self.query.items() if key not in (name, by_id)}


def filters() -> Filters:
    """What this request asks for; a department and an owner are looked up, each in one statement."""
    query = {name: text for name in NAMES if (text := request.args.get(name, "").strip()[: search.LONGEST])}
    found = Filters(Wish(), query)
    asked: dict[str, Any] = {"unit": _department(found), "owners": _owners(found), "words": _words(found)}
    asked |= {"kind": word(Kind, "kind"), "health": word(Health, "health"), "state": word(State, "state")}
    asked |= {"perspective": word(Perspective, "perspective"), "theme": number("theme"), "loose": query.get("loose") == "1"}
    found.wish = Wish(**asked)
    return found


def _department(found: Filters) -> int | None:
    typed, unit = found.query.get("department", ""), number("unit")
    if typed:
        found.department = typed
        unit = finding.department(typed, clock.today())
        if unit is None:
            found.problems["department"] = _("No department is called that today. Take one of those offered while you type.")
        return unit or 0
    if unit is not None:
        found.department = finding.department_names([unit]).get(unit, "")
    return unit


def _owners(found: Filters) -> tuple[int, ...] | None:
    person, typed = number("person"), found.query.get("owner", "")
    chosen = narrowing.person_named(person) if person else None
    if chosen and typed in ("", chosen.name):
        found.owner, found.people = chosen.name, (chosen,)
        return (chosen.id,)
    if not typed:
        return None
    found.owner, found.people = typed, narrowing.owners(typed)
    if not found.people:
        found.problems["owner"] = _("Nobody here has this name, account or employee number.")
    return tuple(each.id for each in found.people[: narrowing.PEOPLE])


def _words(found: Filters) -> search.Asked | None:
    if not found.find:
        return None
    wanted = search.asked(found.find)
    if wanted.looks:
        return wanted
    found.problems["find"] = _("Type at least two letters or one Chinese character.")
    return None


def number(name: str) -> int | None:
    """A number of the address, if it is one that an id can be."""
    text = request.args.get(name, "")
    return int(text) if text.isdecimal() and text.isascii() and len(text) < 10 else None


def word(kind: type[Word], name: str) -> Word | None:
    """One of the words an enumeration knows."""
    text = request.args.get(name, "")
    return kind(text) if text in list(kind) else None
