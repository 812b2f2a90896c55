"""Who may stand above whom in the tree, and how well a department is aligned. Pure: facts in, sentences and figures out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from portal.numbers import split_evenly
from portal.words import N_

COMPANY, UNIT, PERSON = "company", "unit", "person"
SKIPPED = 2
"""Levels between a goal and what it supports, from which on one was left out."""


@dataclass(frozen=True)
class Facts:
    """What is known of a goal that shall stand above another one, as seen from the one below."""

    id: int
    title: str
    place: str
    begins: date
    ends: date
    withdrawn: bool = False
    itself: bool = False  # it is, or stands below, the goal that shall support it
    depth: int = 0  # of its unit: 0 at the top
    under_me: bool = False  # about somebody, or a unit, led by whose the lower goal is
    heads_mine: bool = False  # about somebody who heads a unit above the lower goal's unit


@dataclass(frozen=True)
class Lower:
    """What is known of the goal that shall support it."""

    place: str
    begins: date
    ends: date
    depth: int = 0


def misfit(lower: Lower, upper: Facts) -> str | None:
    """Why one cannot support the other: None when it can.

    Above stands what is at the same or a higher level: the company's goals, then those of units, the upper ones first, then
    those of people. A person's goal stands above a unit's only where that person heads a unit above it.
    """
    if upper.withdrawn:
        return N_("“%(title)s” was withdrawn.", title=upper.title)
    if upper.itself:
        return N_("“%(title)s” stands below this goal already: a circle would close.", title=upper.title)
    if lower.begins >= upper.ends or upper.begins >= lower.ends:
        return N_("“%(title)s” is of a period that shares no day with this one.", title=upper.title)
    return _level(lower, upper)


def _level(lower: Lower, upper: Facts) -> str | None:
    if upper.place == COMPANY:
        return None
    if lower.place == COMPANY:
        return N_("“%(title)s” is a goal of a department or a person: the company's stand above it.", title=upper.title)
    if upper.under_me:
        return N_("“%(title)s” belongs to a lower level: it is led from here.", title=upper.title)
    if lower.place == UNIT and upper.place == UNIT and upper.depth > lower.depth:
        return N_("“%(title)s” is of a department further down. A goal supports its own level or one above.", title=upper.title)
    if lower.place == UNIT and upper.place == PERSON and not upper.heads_mine:
        return N_(
            "“%(title)s” is somebody's own: a department's goal supports it only if they head a department above.",
            title=upper.title,
        )
    return None


@dataclass(frozen=True)
class Counts:
    """How the goals of a department, and of those who work directly in it, stand in one period."""

    goals: int = 0
    traced: int = 0  # lead up to the company's goals or to a theme
    duties: int = 0  # support nothing on purpose
    orphans: int = 0  # support nothing, and nobody said that it is meant so
    bare: int = 0  # nothing measures them
    skips: int = 0  # leave out a level
    outward: int = 0  # support, or carry, something of another department or of the company

    def __add__(self, other: "Counts") -> "Counts":
        mine, theirs = vars(self), vars(other)
        return Counts(**{name: mine[name] + theirs[name] for name in mine})

    @property
    def coverage(self) -> Decimal | None:
        """The share that leads up to strategy, of what should: everyday duties are left out."""
        due = self.goals - self.duties
        return Decimal(self.traced) / due if due > 0 else None

    @property
    def cut(self) -> int:
        """Support something that leads up to nothing."""
        return max(self.goals - self.traced - self.duties - self.orphans, 0)


@dataclass(frozen=True)
class Deduction:
    """One line of the arithmetic: so many, times so much."""

    word: str
    times: int
    each: int

    @property
    def points(self) -> int:
        """What it takes off."""
        return self.times * self.each


WHOLE, FLOOR, HEALTHY = 100, 5, 75
RULES: Sequence[tuple[str, int]] = (
    (N_("no goal leads up to the company's"), 10),
    (N_("goals that support nothing"), 12),
    (N_("goals nothing measures"), 4),
    (N_("goals that leave out a level"), 3),
    (N_("the department works by itself"), 8),
)


def deductions(counts: Counts) -> list[Deduction]:
    """What is taken off 100, line by line, also what takes off nothing."""
    alone = int(bool(counts.goals) and not counts.outward)
    times = (int(bool(counts.goals) and not counts.traced), counts.orphans, counts.bare, counts.skips, alone)
    return [Deduction(word, n, each) for (word, each), n in zip(RULES, times, strict=True)]


def health(counts: Counts) -> int | None:
    """100 less the deductions, at least 5; None where there is no goal to judge."""
    if not counts.goals:
        return None
    return max(WHOLE - sum(each.points for each in deductions(counts)), FLOOR)


def even(ids: Sequence[int]) -> Mapping[int, int]:
    """The same share for each, in basis points that add up: what is left over goes to the first."""
    return dict(zip(ids, split_evenly(len(ids)), strict=True))
