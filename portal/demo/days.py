"""Days relative to today: the demo's year moves with the calendar."""

import calendar
from dataclasses import dataclass
from datetime import date, timedelta


def back(today: date, years: int = 0, months: int = 0, days: int = 0) -> date:
    """So long before `today`; a day that the month lacks becomes its last one."""
    month = today.year * 12 + today.month - 1 - years * 12 - months
    year, month = divmod(month, 12)
    month += 1
    return date(year, month, min(today.day, calendar.monthrange(year, month)[1])) - timedelta(days=days)


def workday(day: date) -> date:
    """The day itself, or the Friday before a weekend."""
    return day - timedelta(days=max(0, day.weekday() - 4))


def set_up(today: date) -> date:
    """The day the company set the portal up: a work day shortly before the first year that is in it."""
    return workday(date(today.year - 2, 12, 18))


@dataclass(frozen=True)
class Span:
    """A period: its Chinese name, first day, and the day after its last."""

    key: str
    name: str
    begins: date
    ends: date

    def share(self, today: date) -> float:
        """How much of it has passed, 0 to 1."""
        return max(0.0, min(1.0, (today - self.begins).days / (self.ends - self.begins).days))


NUMERALS = "一二三四"


def year(n: int, key: str) -> Span:
    """A calendar year."""
    return Span(key, f"{n} 年", date(n, 1, 1), date(n + 1, 1, 1))


def quarter(day: date, key: str) -> Span:
    """The quarter a day lies in."""
    q = (day.month - 1) // 3
    begins = date(day.year, q * 3 + 1, 1)
    ends = date(day.year + (q == 3), (q * 3 + 3) % 12 + 1, 1)
    return Span(key, f"{day.year} 年{NUMERALS[q]}季度", begins, ends)


def periods(today: date) -> dict[str, Span]:
    """The periods the demo company lives in: last year, this year, and each of their quarters.

    Keys: `last_year`, `year`, `quarter` (the current one), `last_quarter`, and `q:YYYY-n` for the others.
    """
    found = {"last_year": year(today.year - 1, "last_year"), "year": year(today.year, "year")}
    now = quarter(today, "quarter")
    before = quarter(now.begins - timedelta(days=1), "last_quarter")
    found |= {"quarter": now, "last_quarter": before}
    for y in (today.year - 1, today.year):
        for q in range(4):
            one = quarter(date(y, q * 3 + 1, 1), f"q:{y}-{q + 1}")
            if one.begins not in (now.begins, before.begins):
                found[one.key] = one
    return found
