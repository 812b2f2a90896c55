"""Lists as people type them into one field, one line each: points of a curve, the scale of a judged measure. Pure."""

from collections.abc import Iterable, Sequence
from decimal import Decimal, InvalidOperation

from portal.numbers import plain
from portal.words import N_

Pair = tuple[Decimal, Decimal]
Rating = tuple[Decimal, str]
MOST_POINTS = Decimal(200)
FEW, MANY = 2, 10
CURVE_LIKE = N_("Write value | points, one a line, such as: 98.5 | 100")
SCALE_LIKE = N_("Write points | what it looks like, one rating a line, the lowest first, such as: 60 | with help")


def read_curve(text: str) -> tuple[Pair, ...]:
    """The knots of a curve. Raises ValueError with a sentence for the field."""
    return tuple(_knot(line) for line in text.splitlines() if line.strip())


def write_curve(knots: Iterable[Sequence[str]]) -> str:
    """The text of stored knots."""
    return "\n".join(f"{value} | {points}" for value, points in knots)


def read_scale(text: str) -> tuple[Rating, ...]:
    """The ratings 1..n with their points and the behaviour they stand for. Raises ValueError with a sentence."""
    found = tuple(_rating(line) for line in text.splitlines() if line.strip())
    if found and not FEW <= len(found) <= MANY:
        raise ValueError(N_("A scale has two to ten ratings."))
    return found


def write_scale(table: Sequence[str], words: Sequence[str]) -> str:
    """The text of a stored scale."""
    told = [*words, *[""] * len(table)]
    return "\n".join(f"{points} | {word}" if word else f"{points}" for points, word in zip(table, told, strict=False))


def _knot(line: str) -> Pair:
    value, bar, points = line.partition("|")
    if not bar:
        raise ValueError(CURVE_LIKE)
    return _number(value, CURVE_LIKE, Decimal(10**11)), _number(points, CURVE_LIKE, MOST_POINTS)


def _rating(line: str) -> Rating:
    points, _bar, word = line.partition("|")
    return _number(points, SCALE_LIKE, MOST_POINTS), word.strip()[:200]


def _number(text: str, otherwise: str, most: Decimal) -> Decimal:
    try:
        number = Decimal(text.strip())
        fits = number.is_finite() and abs(number) <= most and number == round(number, 6)
    except InvalidOperation:
        fits = False
    if not fits:
        raise ValueError(otherwise)
    return plain(number)
