"""What changed between two drafts of a set. Pure: a draft is a list of {id, title, says}, `says` a goal's flat document."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from portal.goals import revising
from portal.goals.revising import Difference
from portal.goals.wording import wording_of

Snapshot = Mapping[str, Any]
NOTHING = Difference({}, {})


@dataclass(frozen=True)
class Called:
    """A measure of either draft, and its name: a difference has only what differs."""

    id: str
    name: str


@dataclass(frozen=True)
class Changed:
    """One goal in two drafts: new, gone, or what of it differs."""

    objective_id: int
    title: str
    new: bool = False
    gone: bool = False
    difference: Difference = NOTHING
    measures: tuple[Called, ...] = ()


def snapshot(goal: Any, weight: int) -> dict[str, Any]:
    """A goal as a draft keeps it, with its weight in the set; what it supports may be hidden from a reader and is left out."""
    says = revising.flat(wording_of(goal, {})) | {"weight": weight}
    return {"id": goal.id, "title": goal.title, "says": {key: value for key, value in says.items() if key != "parents"}}


def between(before: Sequence[Snapshot], after: Sequence[Snapshot]) -> list[Changed]:
    """Every goal that differs, in the order of the later draft; what was taken out last."""
    known = {goal["id"]: goal for goal in before}
    found = [_changed(known.get(goal["id"]), goal) for goal in after]
    kept = {goal["id"] for goal in after}
    gone = [Changed(goal["id"], goal["title"], gone=True) for goal in before if goal["id"] not in kept]
    return [one for one in found if one.new or one.difference] + gone


def parts_of(goal: Snapshot) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """A goal of a draft to be read: its own facts, and those of each of its measures."""
    own: dict[str, Any] = {}
    parts: dict[str, dict[str, Any]] = {}
    for key, value in goal["says"].items():
        name, mark, which = key.partition(revising.MARK)
        (parts.setdefault(which, {}) if mark else own)[name] = revising.said(name, value)
    return own, list(parts.values())


def _changed(before: Snapshot | None, after: Snapshot) -> Changed:
    if before is None:
        return Changed(after["id"], after["title"], new=True)
    names = revising.names_of([before["says"], after["says"]])
    called = tuple(Called(which, name) for which, name in names.items())
    return Changed(after["id"], after["title"], False, False, revising.difference(before["says"], after["says"]), called)
