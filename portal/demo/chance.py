"""Chance that repeats: the same day and seed give the same company."""

from datetime import UTC, date, datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Asia/Shanghai")


def dice(*about: object) -> Random:
    """A source of its own for whatever it is about, so that one more person changes nobody else."""
    return Random("|".join(map(str, about)))  # noqa: S311  # nosec - nothing secret is drawn


def moment(day: date, luck: Random, begins: int = 8, ends: int = 18) -> datetime:
    """Some minute of the local working day, in UTC."""
    minutes = luck.randrange(begins * 60 + 5, ends * 60)
    return datetime.combine(day, time(minutes // 60, minutes % 60, luck.randrange(60)), ZONE).astimezone(UTC)


def midnight(day: date) -> datetime:
    """The first moment of a local day, in UTC."""
    return datetime.combine(day, time(), ZONE).astimezone(UTC)


def before_today(today: date, days: int) -> date:
    """So many days before yesterday, never today: what is loaded in the morning must lie behind us."""
    return today - timedelta(days=days + 1)
