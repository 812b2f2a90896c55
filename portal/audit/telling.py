"""An entry in the reader's language: what was done, about whom, what changed, and where it can be looked at."""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from functools import lru_cache, partial
from typing import Any, NamedTuple

from flask import url_for

from portal import here
from portal.access import Act
from portal.access.models import Role
from portal.access.words import ROLES, word_of
from portal.admin.words import STATES
from portal.audit.queries import UNITS, Line
from portal.audit.words import DONE, KEPT, THINGS, is_change, lines, plain
from portal.audit.words import Line as Raw
from portal.formats import listed, percent
from portal.goals.names import FIELDS
from portal.goals.speaking import spoken
from portal.i18n import gettext as _
from portal.settings import NAMES

PAGES = {"objective": ("goals.show", "objective_id"), "check_in": ("checkins.show", "check_in_id")}
PAGES |= {"review": ("reviews.show", "review_id"), "cycle": ("reviews.cycle", "cycle_id"), "sync_run": ("sync.run", "run_id")}
PAGES |= {"unit": ("organisation.unit", "unit_id"), "person": ("organisation.person", "person_id")}

INSIDE = {"objective": {"shape"}, "role_grant": {"unit"}, "delegation": {"act", "giver"}, "audit": {"ticket"}}
"""What is kept for the portal itself, or is told in other words already."""

PEOPLE = {"actor", "behalf", "head", "manager_id", "owner", "person"}
"""Names under which an entry keeps the number of a person."""


SHARES = {"share", "weight", "stated"}
"""Names under which an entry keeps hundredths of a per cent."""

KNOWN: Mapping[str, Mapping[str, str]] = {"kind": DONE, "thing": THINGS, "state": STATES}
"""Names under which an entry keeps one of the portal's own words."""

Names = Mapping[int, str]
"""The names of departments by their numbers."""


class Kept(NamedTuple):
    """One line of what an entry keeps; `before` None: no change, a value."""

    name: str
    before: str | None
    after: str


def told(line: Line) -> str:
    """What was done, in words; of an entry that is not open only that something was."""
    if not line.open:
        return _("did something that is not open to you")
    return _(DONE.get(line.kind, line.kind))


def about(line: Line) -> str:
    """Whom or what it is about: the person or department, and the role, the act or the setting it names."""
    found = [line.subject] if line.subject else []
    value = line.now or line.was
    if line.object_type == "role_grant" and value in set(Role):
        found.append(_(ROLES[Role(value)]))
    if line.object_type == "delegation" and value in set(Act):
        found.append(_(word_of(Act(value))))
    if line.kind == "setting.changed" and (named := NAMES.get(str(line.words.get("name")))):
        found.append(_(named.meaning).rstrip(".。"))
    return " · ".join(found)


def thing_of(line: Line) -> str:
    """The kind of object."""
    return _(THINGS.get(line.object_type, line.object_type)) if line.object_type else ""


def kept(line: Line) -> Sequence[Kept]:
    """What was kept of it, each with its name."""
    words = {name: value for name, value in line.words.items() if name not in INSIDE.get(line.object_type, ())}
    if line.object_type == "objective":
        changes = map(_of_goal, lines({"changes": words.pop("changes", None)}))
        return [*_told(_reported(words), line.units), *changes]
    return list(_told(words, line.units))


def _told(words: Mapping[str, Any], units: Names) -> Iterator[Kept]:
    """Line by line. Of several facts that were kept together, those that changed, each with both sides."""
    for name, before, after in lines(words):
        parts = _differing(before, after) if isinstance(before, dict) and isinstance(after, dict) else []
        for part in parts:
            yield Kept(_named(part), _spoken(part, before.get(part), units), _spoken(part, after.get(part), units))
        if not parts:
            yield _kept((name, before, after), words, units)


def _reported(words: dict[str, Any]) -> dict[str, Any]:
    """What is kept of a goal: its unit is no department, and a confidence that was told before is one side of a change."""
    if "confidence_before" in words:
        words["confidence"] = {"before": words.pop("confidence_before"), "after": words.get("confidence")}
    return {"measured_in" if name == "unit" else name: value for name, value in words.items()}


def _differing(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    return [part for part in {**before, **after} if part != "id" and before.get(part) != after.get(part)]


def _of_goal(one: Raw) -> Kept:
    """A fact that was changed on a goal, as the goal's own page says it."""
    name, before, after = one
    field, dot, of = name.partition(" · ")
    say = _share if field == "weight" else partial(spoken, field)
    label = _(FIELDS[field]) if field in FIELDS else _named(field)
    return Kept(label + dot + of, None if before is None else say(before), say(after))


def _share(value: Any) -> str:
    """Hundredths of a per cent, all of them: what differs must look different here."""
    if value in (None, ""):
        return plain(None)
    return percent(Decimal(value) / 10_000, 2 if int(value) % 100 else 0)


def _kept(one: Raw, words: Mapping[str, Any], units: Names) -> Kept:
    name, before, after = one
    if not is_change(one, words):
        return Kept(_named(name), None, _spoken(name, after, units))
    if before == after:
        return Kept(_named(name) or _("unchanged"), None, _spoken(name, after, units))
    return Kept(_named(name), _spoken(name, before, units), _spoken(name, after, units))


def _spoken(name: str, value: Any, units: Names) -> str:
    """A kept value in words; a person by the number that the filter of this log takes."""
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if name in PEOPLE and isinstance(value, int):
        return f"#{value}"
    if name in UNITS and isinstance(value, int):
        return units.get(value, f"#{value}")
    if name in UNITS and isinstance(value, list):
        return listed(_spoken(name, one, units) for one in value) or plain(None)
    if name in SHARES and isinstance(value, int):
        return _share(value)
    if isinstance(value, dict):
        is_ = _(": ")
        return _(", ").join([_named(part) + is_ + _spoken(part, one, units) for part, one in value.items() if part != "id"])
    if isinstance(value, list) and value:
        return _("; ").join(_spoken(name, one, units) for one in value)
    known = KNOWN[name].get(str(value)) if name in KNOWN else None
    return _(known) if known else plain(value)


def kept_text(line: Line) -> str:
    """The same in one cell."""
    return _("; ").join(_in_one(one) for one in kept(line))


def _in_one(one: Kept) -> str:
    value = one.after if one.before is None else f"{one.before} → {one.after}"
    return one.name + _(": ") + value if one.name else value


def _named(name: str) -> str:
    first, dot, of = name.partition(" · ")
    return _(KEPT.get(first, first)) + dot + of if first else ""


def address(line: Line) -> str:
    """Where the object can be looked at; empty where it has no page."""
    if line.object_type not in PAGES or line.object_id is None:
        return ""
    return f"{_begins(here.root(), *PAGES[line.object_type])}{line.object_id}"


@lru_cache(maxsize=100)
def _begins(_root: str, endpoint: str, name: str) -> str:
    """The address of such a page but for the number at its end: built once, not for each entry."""
    arguments: dict[str, Any] = {name: 0}
    return url_for(endpoint, **arguments)[:-1]
