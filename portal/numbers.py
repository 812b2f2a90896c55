"""Decimal arithmetic of the whole portal: rounding half up, and shares that add up exactly."""

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal

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


def percent(value: Decimal | None) -> int | None:
    """A share 0..1 as whole percent."""
    return None if value is None else int(half_up(value * 100, 0))


def missing_to_whole(weights: Sequence[int]) -> int:
    """Basis points that are missing to 100 % (negative: too many)."""
    return WHOLE - sum(weights)
