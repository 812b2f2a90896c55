"""When the next talk is due. Pure: dates in, dates out (S9)."""

from dataclasses import dataclass
from datetime import date, timedelta

FRIDAY = 4


@dataclass(frozen=True)
class Standing:
    """Where one pair stands: the last talk, the next one's day, and whether the rhythm pauses (leave)."""

    last: date | None
    due: date
    paused: bool = False

    def late(self, today: date) -> int:
        """Days beyond the due day; 0 while it is not late or while it pauses."""
        return 0 if self.paused else max(0, (today - self.due).days)

    def is_due(self, today: date) -> bool:
        """Due today or late."""
        return not self.paused and self.due <= today


A_DAY = 2
"""First talks that one manager is asked to hold on a day."""


def standing(last: date | None, every: int, since: date, paused: bool = False, place: int = 0) -> Standing:
    """`every` days after the last talk, or after `since` (the later of joining and the period's begin) when there is none.

    `place` counts the manager's other reports from 0: first talks are spread, two on a working day, so that nobody who
    takes over a team of thirty owes thirty talks on one day (peers.md 6.6). Later ones keep the distance by themselves.
    """
    if last is not None:
        return Standing(last, last + timedelta(days=every), paused)
    return Standing(None, weekdays_on(since + timedelta(days=every), place // A_DAY), paused)


def weekdays_on(day: date, n: int) -> date:
    """`n` weekdays after a day; that day itself for 0."""
    if n == 0:
        return day
    start = day - timedelta(days=max(0, day.weekday() - FRIDAY))  # from a weekend on one counts as from its Friday
    weeks, rest = divmod(n, 5)
    over = 2 if start.weekday() + rest > FRIDAY else 0
    return start + timedelta(weeks=weeks, days=rest + over)


def view_is_open(held_on: date, today: date, days: int) -> bool:
    """Whether the employee can still add their own view: until `days` days after the talk."""
    return today <= held_on + timedelta(days=days)
