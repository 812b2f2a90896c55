"""Progress 进度, roll-up, health 健康 and pace. Pure: Decimal in, Decimal out; rounding only where a figure is stored or shown.

Progress is computed, confidence 信心 is the owner's view ahead, a score 评分 is given at close: three numbers, never mixed.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum, auto
from typing import NamedTuple

from portal.goals.kinds import Direction, Health, Shape

ZERO, ONE = Decimal(0), Decimal(1)
STORED = Decimal("0.000001")
SURE, DOUBTFUL = 7, 4
"""Confidence from which on a goal is on track, and at risk; below it is off track."""
LATE, BEHIND = Decimal("0.7"), Decimal("0.9")
"""Pace below which a goal is far behind the calendar, and behind."""

Part = tuple[int, Decimal | None]
"""Weight in basis points (or any whole number), and a figure or None for no data."""


def of_way(baseline: Decimal, target: Decimal, current: Decimal) -> Decimal:
    """Raw share of the way from baseline to target, below 0 and above 1 as it comes.

    Lower-is-better needs no case of its own: its baseline lies above its target. Raises ZeroDivisionError where both
    are equal, which forms and the database refuse.
    """
    if target == baseline:
        raise ZeroDivisionError("target = baseline: there is no way to go")
    return (current - baseline) / (target - baseline)


def in_band(low: Decimal, high: Decimal, current: Decimal) -> Decimal:
    """1 inside the band, falling linearly to 0 at one band-width outside; raw, so below 0 further out."""
    outside = max(low - current, current - high, ZERO)
    return ONE - outside / (high - low)


def of_milestones(steps: Iterable[tuple[int, bool]]) -> Decimal | None:
    """The done part of all (weight, done); None without milestones."""
    known = list(steps)
    total = sum(weight for weight, _ in known)
    return Decimal(sum(weight for weight, done in known if done)) / total if total else None


class Course(NamedTuple):
    """Where a measure starts, where it shall arrive, how it counts. A tuple, as `KeyResult` is: each of them has one."""

    shape: Shape = Shape.NUMBER
    direction: Direction = Direction.UP
    baseline: Decimal = ZERO
    target: Decimal = ONE
    low: Decimal | None = None
    high: Decimal | None = None


def raw(course: Course, current: Decimal | None, steps: Iterable[tuple[int, bool]] = ()) -> Decimal | None:
    """The unclamped progress of a measure, a share of one; None while nothing was reported: no data is never 0."""
    if current is None:
        return None
    if course.shape is Shape.MILESTONES:
        return of_milestones(steps)
    if course.shape is Shape.YES_NO:
        return ONE if current > ZERO else ZERO
    if course.direction is Direction.BAND and course.low is not None and course.high is not None:
        return in_band(course.low, course.high, current)
    return of_way(course.baseline, course.target, current)


def clamped(share: Decimal | None) -> Decimal | None:
    """For display and for roll-up: within 0 and 1."""
    return None if share is None else min(max(share, ZERO), ONE)


def weighted_mean(parts: Iterable[Part]) -> Decimal | None:
    """Σ w·v / Σ w of the parts with a value; equal weights where none is given at all; None when nothing is left.

    Whether weights are given is asked of all parts, not of those with data, so a part does not change the others' sense.
    """
    every = list(parts)
    given = any(weight for weight, _ in every)
    known = [(weight if given else 1, value) for weight, value in every if value is not None]
    total = sum(weight for weight, _ in known)
    return sum((weight * value for weight, value in known), ZERO) / total if total else None


def stored(value: Decimal | None) -> Decimal | None:
    """Half up to the six places the column keeps."""
    return None if value is None else value.quantize(STORED, ROUND_HALF_UP)


class Way(StrEnum):
    """Which of the two ways a figure was rolled up."""

    MEASURES = auto()
    CHILDREN = auto()
    NOTHING = auto()  # neither measures nor children


@dataclass(frozen=True)
class Rolled:
    """A rolled-up figure: the share, the way it came, and how many of its parts had data."""

    share: Decimal | None
    way: Way
    known: int
    parts: int

    @property
    def left_out(self) -> int:
        """Parts without data: not in the mean, and the page says so."""
        return self.parts - self.known


def rolled(measures: Iterable[Part], children: Iterable[tuple[int, int, Decimal | None]] = ()) -> Rolled:
    """An objective's figure: from its own measures if it has any, else from its children (weight, share, figure).

    Own measures without a value yet are *no data*; the children do not step in for them. A child counts by
    weight x share; where no child has a weight, by its share alone.
    """
    own = list(measures)
    if own:
        return Rolled(weighted_mean(own), Way.MEASURES, _known(own), len(own))
    below = list(children)
    weighed = any(weight for weight, _, _ in below)
    parts = [((weight if weighed else 1) * share, value) for weight, share, value in below]
    return Rolled(weighted_mean(parts), Way.CHILDREN if parts else Way.NOTHING, _known(parts), len(parts))


def _known(parts: list[Part]) -> int:
    return sum(value is not None for _, value in parts)


def health(
    *,
    closed: bool,
    agreed: date | None,
    begins: date,
    reported: date | None,
    confidence: int | None,
    today: date,
    patience: int,
) -> Health:
    """Closed > outdated > last reported > pending: stale overrides green.

    `patience` is the rhythm plus the days of grace. What was never reported counts as outdated once `patience` days have
    gone since it was agreed (or since its period began, if that was later); until then, and while a draft, it is pending.
    """
    if closed:
        return Health.CLOSED
    since = reported or (max(agreed, begins) if agreed else None)
    if since and today - since > timedelta(days=patience):
        return Health.STALE
    return Health.NEW if reported is None else of_confidence(confidence)


def of_confidence(confidence: int | None) -> Health:
    """The owner's last word: from 7 on track, from 4 at risk, below off track; never given is pending."""
    if confidence is None:
        return Health.NEW
    if confidence >= SURE:
        return Health.GOOD
    return Health.WARN if confidence >= DOUBTFUL else Health.BAD


@dataclass(frozen=True)
class Pace:
    """Progress against the elapsed share of the period: stands beside the health, never instead of it."""

    expected: Decimal
    index: Decimal
    state: Health


def pace(share: Decimal | None, elapsed: Decimal) -> Pace | None:
    """Index = progress / expected; below 0.7 far behind, below 0.9 behind. None without data or before the start."""
    if share is None or elapsed <= ZERO:
        return None
    expected = min(elapsed, ONE)
    index = share / expected
    return Pace(expected, index, Health.BAD if index < LATE else Health.WARN if index < BEHIND else Health.GOOD)
