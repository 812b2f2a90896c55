"""Figures that are not added up: shares in per cent, ratios, and what should fall. They stand beside each other.

What can be said of them for certain follows from the weakest and the best: the whole lies between the two.
"""

from decimal import Decimal
from enum import StrEnum, auto

from portal.goals.kinds import Direction


class Reach(StrEnum):
    """What the figures of departments say about that of the company."""

    ALL = auto()  # even the weakest is as good
    SOME = auto()  # the weakest is not, the best is
    NONE = auto()  # not even the best is


def as_good(figure: Decimal, target: Decimal, direction: Direction) -> bool:
    """Whether a target asks for at least as much as another."""
    return figure <= target if direction is Direction.DOWN else figure >= target


def reach(weakest: Decimal, best: Decimal, target: Decimal, direction: Direction) -> Reach:
    """Of a rate `ALL` means that the whole reaches it whatever each department's size, `NONE` that it cannot.

    What should fall and is counted (complaints, costs) is beyond the target with `NONE` too; `ALL` does not tell of a count.
    """
    if as_good(weakest, target, direction):
        return Reach.ALL
    return Reach.SOME if as_good(best, target, direction) else Reach.NONE
