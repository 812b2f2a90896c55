"""From points to a grade. Pure: Decimal in, Decimal out; rounded half up to two places once, at the very end.

Points run from 0 to 120 with 100 for «as agreed». What has no data is left out of the mean and counted as missing weight,
never as 0 (product.md, «Progress and scores»; peers.md 6.5 and 6.9).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from portal.goals.scoring import JUDGED
from portal.numbers import WHOLE, half_up, missing_to_whole
from portal.words import N_

ZERO = Decimal(0)


@dataclass(frozen=True)
class Mark:
    """One thing that is judged: weight in basis points of its section, points or None, and whether a 0 caps the section."""

    weight: int
    points: Decimal | None
    veto: bool = False


@dataclass(frozen=True)
class SectionScore:
    """`points` unrounded, or None without any data; `missing` basis points of the section that have no data."""

    weight: int
    points: Decimal | None
    missing: Decimal
    capped: bool = False


@dataclass(frozen=True)
class Band:
    """等级 A grade from so many points on, up to where the better one begins."""

    grade: str
    floor: Decimal
    words: str = ""


@dataclass(frozen=True)
class Total:
    """`score` rounded; `missing` basis points of the whole; `grade` None where there is no score or too thin a basis."""

    score: Decimal | None
    missing: Decimal
    grade: str | None

    @property
    def insufficient(self) -> bool:
        """依据不足 There is a figure, but too much weight is missing to call it a grade."""
        return self.score is not None and self.grade is None


def table(scale: int, points: Sequence[str] = ()) -> Mapping[int, Decimal]:
    """{rating: points} of a scale 1..n: the scheme's own, else that of judged KPIs, else 60..100..120 in even steps."""
    own = [Decimal(text) for text in points] if len(points) == scale else list(JUDGED)
    if len(own) == scale:
        return dict(enumerate(own, 1))
    middle = Decimal(scale + 1) / 2
    return {n: _even(Decimal(n), middle) for n in range(1, scale + 1)}


def _even(n: Decimal, middle: Decimal) -> Decimal:
    if n == middle:
        return Decimal(100)
    return 100 + (n - middle) / (middle - 1) * (20 if n > middle else 40)


def judged(ratings: Iterable[tuple[int, Decimal | None]], points: Mapping[int, Decimal]) -> Decimal | None:
    """Points of (assessor's weight, rating); a rating for information has weight 0 and changes nothing."""
    given = [(weight, points[int(value)]) for weight, value in ratings if weight and value is not None]
    total = sum(weight for weight, _ in given)
    return sum((weight * value for weight, value in given), ZERO) / total if total else None


def section(weight: int, marks: Sequence[Mark], veto_cap: Decimal) -> SectionScore:
    """Σ w·s / Σ w over what has data. A vetoed mark at 0 holds its section down at `veto_cap` points."""
    whole = sum(mark.weight for mark in marks)
    known = [(mark.weight, mark.points) for mark in marks if mark.points is not None and mark.weight]
    held = sum(w for w, _ in known)
    if not held:
        return SectionScore(weight, None, Decimal(WHOLE))
    points = sum((w * p for w, p in known), ZERO) / held
    vetoed = any(mark.veto and mark.points is not None and mark.points <= 0 for mark in marks)
    capped = vetoed and points > veto_cap
    return SectionScore(weight, veto_cap if capped else points, Decimal((whole - held) * WHOLE) / whole, capped)


def total(sections: Sequence[SectionScore], bands: Sequence[Band], most_missing: int) -> Total:
    """The final score and the grade it suggests; no grade when more than `most_missing` basis points have no data."""
    counted = [part for part in sections if part.weight]
    whole = sum(part.weight for part in counted)
    known = [(part.weight, part.points) for part in counted if part.points is not None]
    held = sum(w for w, _ in known)
    if not held:
        return Total(None, Decimal(WHOLE), None)
    missing = sum((part.weight * part.missing for part in counted), ZERO) / whole
    score = half_up(sum((w * p for w, p in known), ZERO) / held)
    return Total(score, missing, band(score, bands) if missing <= most_missing else None)


def band(score: Decimal, bands: Sequence[Band]) -> str:
    """The grade of a score: bands are half open and stand best first; the last takes the rest."""
    return next((each.grade for each in bands if score >= each.floor), bands[-1].grade)


def bands(stored: Iterable[Mapping[str, str]]) -> tuple[Band, ...]:
    """The bands of a scheme's version as it keeps them."""
    return tuple(Band(each["grade"], Decimal(each["from"]), each.get("words", "")) for each in stored)


def reachable(suggested: str | None, scale: Sequence[Band]) -> tuple[str, ...]:
    """What a manager may choose: the suggested grade and one up or down; nothing without a suggestion."""
    names = [each.grade for each in scale]
    if suggested not in names:
        return ()
    n = names.index(suggested)
    return tuple(names[max(0, n - 1) : n + 2])


def weights_problem(weights: Sequence[int]) -> str | None:
    """How much is missing to 100 % or over; None when the weights are whole."""
    gap = missing_to_whole(weights)
    if not gap:
        return None
    figures = {"sum": _percent(sum(weights)), "gap": _percent(abs(gap))}
    if gap > 0:
        return N_("The weights add up to %(sum)s%%, %(gap)s%% is missing.", **figures)
    return N_("The weights add up to %(sum)s%%, %(gap)s%% too much.", **figures)


def rescaled(weights: Sequence[int]) -> list[int]:
    """Weights of a part of somebody's goals as shares of that part, 100 % together, by largest remainder.

    Goals without any weight count alike.
    """
    if not weights:
        return []
    weights = list(weights) if sum(weights) else [1] * len(weights)
    whole = sum(weights)
    shares = [w * WHOLE // whole for w in weights]
    rests = sorted(range(len(weights)), key=lambda n: (-(weights[n] * WHOLE % whole), n))
    for n in rests[: WHOLE - sum(shares)]:
        shares[n] += 1
    return shares


def _percent(points: int) -> str:
    return f"{Decimal(points) / 100:f}".rstrip("0").rstrip(".") if points % 100 else str(points // 100)
