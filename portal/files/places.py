"""Beside what a file can stand: each package tells it once of its own objects, with the policy that guards them."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import abort
from sqlalchemy import ColumnElement

from portal.access import Viewer


@dataclass(frozen=True)
class Beside:
    """An object as somebody meets it who may see it: what they may do with its files now.

    `about` is what the journal's entry is about; it knows its person. `owns` tells of a file, by who put it there, whether
    it is theirs to take away.
    """

    kind: str
    object_id: int
    about: Any
    title: str
    url: str
    adds: bool  # whether they are one of those who put files here
    closed: str = ""  # why nothing can be added or removed any more
    behalf: int | None = None
    owns: Callable[[int], bool] = lambda _by: True

    @property
    def is_open(self) -> bool:
        """Whether this viewer can add a file now."""
        return self.adds and not self.closed

    def may_remove(self, by_id: int) -> bool:
        """Whether this viewer can take away a file that `by_id` put here."""
        return self.is_open and self.owns(by_id)


@dataclass(frozen=True)
class Place:
    """One kind of object. `seen` is the object's own policy in SQL, for the column that holds its id; `find` is 404 for
    whom may not see it, and locks the object where one writes.
    """

    kind: str
    capability: str
    seen: Callable[[Viewer, Any], ColumnElement[bool]]
    find: Callable[[Viewer, int], Beside]


Hold = Callable[[str, int], str]
_places: dict[str, Place] = {}
_holds: dict[str, Hold] = {}


def stand_beside(place: Place) -> None:
    """Register a kind of object."""
    _places[place.kind] = place


def hold(name: str, hold: Hold) -> None:
    """Register who may hold the files of others' objects fast: a sentence that says why, or nothing."""
    _holds[name] = hold


def places() -> list[Place]:
    """All of them."""
    return list(_places.values())


def place_or_404(kind: str) -> Place:
    """One kind of object, by its name in an address."""
    return _places.get(kind) or abort(404)


def held(kind: str, object_id: int) -> str:
    """Why another package holds the files of this object fast; empty when nobody does."""
    return next((why for hold in _holds.values() if (why := hold(kind, object_id))), "")
