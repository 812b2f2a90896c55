"""When the next talk is due. Pure: dates in, dates out (S9)."""

from dataclasses import dataclass
from datetime import date, timedelta


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


def standing(last: date | None, every: int, since: date, paused: bool = False) -> Standing:
    """`every` days after the last talk, or after `since` (the later of joining and the period's begin) when there is none."""
    return Standing(last, (last or since) + timedelta(days=every), paused)


def view_is_open(held_on: date, today: date, days: int) -> bool:
    """Whether the employee can still add their own view: until `days` days after the talk."""
    return today <= held_on + timedelta(days=days)
