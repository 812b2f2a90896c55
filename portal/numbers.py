"""Decimal arithmetic of the whole portal: rounding half up, and shares that add up exactly."""

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import overload

WHOLE = 10_000  # basis points


def half_up(value: Decimal, places: int = 2) -> Decimal:
    """Rounded half up: only where a figure is shown or is final."""
    return value.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)


def split_evenly(parts: int, whole: int = WHOLE) -> list[int]:
    """`whole` in equal integer shares by largest remainder: the first ones carry the rest. [] for no parts."""
    if parts < 1:
        return []
    each, rest = divmod(whole, parts)
    return [each + (i < rest) for i in range(parts)]


@overload
def plain(value: Decimal) -> Decimal: ...
@overload
def plain(value: None) -> None: ...
def plain(value: Decimal | None) -> Decimal | None:
    """Without the zeros a column keeps: 33.300000 is 33.3, and 1E+2 is 100."""
    return None if value is None else Decimal(f"{value.normalize():f}")


def per_cent(points: int) -> Decimal:
    """Basis points as per cent with every digit they have: 3334 is 33.34, 4000 is 40."""
    return plain(Decimal(points) / 100)


def percent(value: Decimal | None) -> int | None:
    """A share 0..1 as whole percent."""
    return None if value is None else int(half_up(value * 100, 0))


def missing_to_whole(weights: Sequence[int]) -> int:
    """Basis points that are missing to 100 % (negative: too many)."""
    return WHOLE - sum(weights)
