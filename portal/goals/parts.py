"""A measure in parts of its period: months or quarters with targets and results of their own, and how they make one figure.

Pure. No data is never 0: a part without a result counts nowhere, and without any result there is no figure at all.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from portal.goals.kinds import Aggregation, Shape, Split
from portal.goals.progress import ZERO


@dataclass(frozen=True)
class Reported:
    """What one part came to; of a ratio with what it is divided by."""

    begins: date
    value: Decimal
    base: Decimal | None = None


def in_parts(way: Aggregation, split: Split) -> bool:
    """Whether it is reported in parts at all: a ratio is, for its two figures, even when the part is the whole period."""
    return split is not Split.WHOLE or way is Aggregation.RATIO


MONTHS = {Split.MONTH: 1, Split.QUARTER: 3}


@dataclass(frozen=True)
class Part:
    """One month or quarter; the table's rows have the same names.

    Of a ratio `value` is what stands above the line and `base` what stands below it.
    """

    begins: date
    target: Decimal | None = None
    value: Decimal | None = None
    base: Decimal | None = None


def spans(begins: date, ends: date, split: Split) -> tuple[tuple[date, date], ...]:
    """The parts of a period as [begins, ends): calendar months, or three of them, counted from its first; else all of it."""
    months = MONTHS.get(split)
    if months is None:
        return ((begins, ends),)
    cuts = [begins]
    while (following := _later(cuts[0], months * len(cuts))) < ends:
        cuts.append(following)
    return tuple(zip(cuts, [*cuts[1:], ends], strict=True))


def _later(first: date, months: int) -> date:
    count = first.year * 12 + first.month - 1 + months
    return date(count // 12, count % 12 + 1, 1)


def factor(shape: Shape) -> Decimal:
    """What a ratio is multiplied by: per cent are hundredths."""
    return Decimal(100) if shape is Shape.PERCENT else Decimal(1)


def figure(way: Aggregation, part: Any, times: Decimal = Decimal(1)) -> Decimal | None:
    """What one part came to; None without a result."""
    if part.value is None:
        return None
    value: Decimal = part.value
    if way is not Aggregation.RATIO:
        return value
    return times * value / part.base if part.base else None


def aggregate(way: Aggregation, parts: Iterable[Any], times: Decimal = Decimal(1)) -> Decimal | None:
    """One figure of all that was reported.

    A ratio is the sum of what stands above the line by the sum of what stands below it, never the mean of ratios.
    """
    known = [part for part in sorted(parts, key=lambda part: part.begins) if figure(way, part, times) is not None]
    if not known:
        return None
    values = [part.value or ZERO for part in known]
    match way:
        case Aggregation.SUM:
            return sum(values, ZERO)
        case Aggregation.AVERAGE:
            return sum(values, ZERO) / len(values)
        case Aggregation.RATIO:
            return times * sum(values, ZERO) / sum((part.base or ZERO for part in known), ZERO)
        case Aggregation.LAST:
            return values[-1]


def of_targets(way: Aggregation, parts: Sequence[Any]) -> Decimal | None:
    """What the targets of all parts come to, where every part has one and they can be put together: not for a ratio."""
    if way is Aggregation.RATIO or not parts or any(part.target is None for part in parts):
        return None
    return aggregate(way, [Part(part.begins, value=part.target) for part in parts])


def due(parts: Sequence[Any], today: date) -> date | None:
    """Which part is to be reported: the first that is over without a result, else the one that runs, else the last."""
    begun = [part for part in sorted(parts, key=lambda part: part.begins) if part.begins <= today]
    open_ones = [part for part in begun if part.value is None]
    chosen = open_ones[0] if open_ones else begun[-1] if begun else min(parts, key=lambda part: part.begins, default=None)
    return chosen.begins if chosen else None
