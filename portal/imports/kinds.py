"""What can be imported: kinds, their sheets, and what a check says of each row. Pure."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from portal.access import Act
from portal.words import Sentence

Cells = Mapping[str, Any]
"""A row's values by the key of its column: text, number, day, or None for an empty cell."""


@dataclass(frozen=True)
class Row:
    """One row of a sheet: its number there (the head is 1) and its cells."""

    n: int
    cells: Cells


@dataclass(frozen=True)
class SheetDef:
    """A sheet: its key, its name, and its columns (key, name). A name is taken in every language the portal speaks."""

    key: str
    name: str
    columns: tuple[tuple[str, str], ...]
    needed: tuple[str, ...] = ()  # columns without which the sheet is not this one


@dataclass(frozen=True)
class Remark:
    """What is said of one row: a problem stops everything, a change is what would be written. `words` is a sentence."""

    sheet: str
    row: int
    words: Sentence | str
    problem: bool = False
    column: str = ""


@dataclass
class Outcome:
    """What a check found; `plan` is what `write` needs, `same` counts rows that change nothing."""

    remarks: list[Remark] = field(default_factory=list)
    same: int = 0
    plan: Any = None

    @property
    def problems(self) -> int:
        """How many rows stop it."""
        return sum(remark.problem for remark in self.remarks)


Sheets = Mapping[str, Sequence[Row]]
Step = Callable[[int, int], None]
"""Tells how far it is: done, of how many."""
TOLD = 500
"""After so many rows a writing tells it."""


@dataclass(frozen=True)
class Kind:
    """Something that can be imported. `check` reads and changes nothing; `write` takes its plan, in one transaction."""

    name: str
    word: str
    back: str  # the endpoint of the page it belongs to
    sheets: tuple[SheetDef, ...]
    act: Act  # what one must hold
    check: Callable[[Sheets, Step], Outcome]
    filled: Callable[[], Mapping[str, Sequence[Sequence[Any]]]]  # what stands there now: {sheet: rows}
    write: Callable[[Outcome, Any, Step], None]  # the outcome, the viewer who confirmed it, and how to tell how far it is
    alone: Callable[[], None] = lambda: None  # before the last check: nobody else writes the same facts until it is written


_kinds: dict[str, Kind] = {}


def register(kind: Kind) -> None:
    """Called once by create_app, for each feature."""
    _kinds[kind.name] = kind


def known(name: str) -> Kind | None:
    """A kind by its name."""
    return _kinds.get(name)
