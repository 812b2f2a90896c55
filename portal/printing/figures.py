"""Figures as they stand on paper: whole dates, and a dash where the screen would explain."""

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from typing import Any

from portal import clock, formats

NOTHING = "—"


def score(value: Decimal | None) -> str:
    """Two decimals."""
    return NOTHING if value is None else formats.score(value)


def grade(value: Decimal | None) -> str:
    """An OKR's grade: one decimal."""
    return NOTHING if value is None else formats.grade(value)


def percent(points: int | None) -> str:
    """Basis points as a percentage, with no more digits than it has."""
    return NOTHING if points is None else f"{formats.decimal(Decimal(points).scaleb(-2))}%"


def total(items: Iterable[Any]) -> str:
    """The weights of these items together."""
    return percent(sum(item.weight or 0 for item in items))


def moment(at: datetime | None) -> str:
    """2027-01-12 09:26: day and time in the company's zone."""
    return f"{at.astimezone(clock.zone()):%Y-%m-%d %H:%M}" if at else ""


def paragraphs(text: str) -> list[str]:
    """The lines somebody wrote, without the empty ones."""
    return [line.strip() for line in text.splitlines() if line.strip()]
