"""When something that waits is told: as new, three days before its day, on it, and 3, 7 and 14 days after. Pure."""

from datetime import date
from typing import Any

STEPS = (-3, 0, 3, 7, 14)
"""Days from the due day on."""
NEW, AT_ONCE = "new", "at once"


def step(due: date | None, today: date) -> str:
    """The step a thing has come to. Steps that passed while nothing was sent are not made up for."""
    if due is None:
        return NEW
    reached = [days for days in STEPS if (today - due).days >= days]
    return str(reached[-1]) if reached else NEW


def round_of(item: Any) -> str:
    """What tells this time from the next one of the same thing."""
    return item.due.isoformat() if item.due else str(item.n)
