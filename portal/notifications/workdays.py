"""Which days are worked: what HR wrote down, else the public calendar of holidays and make-up days, else weekdays."""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta

import chinese_calendar
from sqlalchemy import select

from portal import clock
from portal.db import db
from portal.notifications.models import WorkDay
from portal.settings.queries import number

WEEKEND = 5
FURTHEST = 31
"""Days within which there is a work day, or the next morning has to do."""


def by_the_calendar(day: date) -> bool:
    """As the State Council announced it; a year that is not announced yet has weekdays and weekends."""
    try:
        return bool(chinese_calendar.is_workday(day))
    except NotImplementedError:
        return day.weekday() < WEEKEND


def known(day: date) -> bool:
    """Whether the public calendar knows the holidays of that year."""
    try:
        chinese_calendar.is_workday(day)
    except NotImplementedError:
        return False
    return True


def named(day: date) -> str:
    """What the public calendar calls a holiday, in Chinese; empty for none."""
    try:
        _, name = chinese_calendar.get_holiday_detail(day)
    except NotImplementedError:
        return ""
    return str(chinese_calendar.Holiday(name).chinese) if name else ""


def chosen(since: date, until: date) -> Mapping[date, bool]:
    """What HR wrote down of these days."""
    found = select(WorkDay.day, WorkDay.works).where(WorkDay.day.between(since, until))
    return {row.day: row.works for row in db.session.execute(found)}


def is_worked(day: date) -> bool:
    """Whether the company works that day."""
    return chosen(day, day).get(day, by_the_calendar(day))


def next_hour(now: datetime) -> datetime:
    """The next moment at which somebody may be written to: now, unless it is a quiet hour or no work day."""
    local = now.astimezone(clock.zone())
    begins, ends = number("quiet_until"), number("quiet_from")
    hr = chosen(local.date(), local.date() + timedelta(days=FURTHEST))

    def worked(day: date) -> bool:
        return hr.get(day, by_the_calendar(day))

    if worked(local.date()) and begins <= local.hour < ends:
        return now
    first = local.date() if local.hour < begins else local.date() + timedelta(days=1)
    days = (first + timedelta(days=n) for n in range(FURTHEST))
    day = next((day for day in days if worked(day)), first)
    return datetime.combine(day, time(begins), clock.zone()).astimezone(now.tzinfo)
