"""How dates, periods, figures and deadlines are written: 今天 · 3 天前 · 11 月 9 日, today · 3 days ago · 9 Nov.

Every function takes None and answers "no data yet": missing is never zero. Moments are shown in the company's time zone.
"""

import re
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache

from babel.dates import format_date
from flask import Flask

from portal import clock
from portal.i18n import gettext as _
from portal.i18n import language, ngettext

NEAR = 7  # days that are counted rather than dated
SOON = 14  # days before a deadline from which on what is left is said
PATTERNS = {
    "zh": {"day": "M 月 d 日", "year": "y 年 M 月 d 日", "week": "M 月 d 日 EEE", "month": "y 年 M 月"},
    "en": {"day": "d MMM", "year": "d MMM y", "week": "EEEE d MMM", "month": "MMMM y"},
}

PERIOD = re.compile(r"(\d{4}) ?年(?: ?(?:(?:([一二三四])|第 ?([1-4]) ?)季度|([上下])半年|(\d{1,2}) ?月))?")
"""A period's usual Chinese name: 2026 年, 2026 年四季度, 2026 年第 4 季度, 2026 年上半年, 2026 年 11 月."""

Figure = Decimal | int | float
KEPT = 4000
"""Figures and days that a process keeps as they were written: the same come again with every look at a page."""


def init_app(app: Flask) -> None:
    """Every format here is a filter."""
    days = (ago, clock_time, day, day_heading, due, full_day, left, moment, month, period_name, span, weekday)
    figures = (called, decimal, figure, file_size, grade, percent, score, short_name)
    app.jinja_env.filters.update({each.__name__: each for each in (*days, *figures)})


def local(at: date | datetime) -> date:
    """The company's calendar day of a date or a moment."""
    return at.astimezone(clock.zone()).date() if isinstance(at, datetime) else at


def day(at: date | datetime | None) -> str:
    """11 月 9 日, 9 Nov; with the year only when it is another one."""
    if at is None:
        return _("No data yet")
    on = local(at)
    return _dated(on, "day" if on.year == clock.today().year else "year")


def full_day(at: date | datetime | None) -> str:
    """2026 年 11 月 9 日, 9 Nov 2026: for records that are read years later."""
    return _("No data yet") if at is None else _dated(local(at), "year")


def last_day(until: date) -> date:
    """The last day that counts of a row that ends on `until`."""
    return until - timedelta(days=1)


class Dated:
    """A row as a list shows it that counts from `since` on, up to the day before `until` (None: until it is ended)."""

    since: date
    until: date | None

    @property
    def last(self) -> date | None:
        """The last day on which it counts."""
        return last_day(self.until) if self.until else None

    @property
    def coming(self) -> bool:
        """It does not count yet."""
        return self.since > clock.today()


def span(first: date, last: date) -> str:
    """2026 年 1 月 1 日至 12 月 31 日, 1 Jan to 31 Dec 2026: both days belong to it, one year is said once."""
    short = first.year == last.year
    begins = _dated(first, "day" if short and language() == "en" else "year")
    ends = _dated(last, "day" if short and language() == "zh" else "year")
    return _("%(begins)s to %(ends)s", begins=begins, ends=ends)


def weekday(at: date | datetime) -> str:
    """11 月 23 日 周一, Monday 23 Nov."""
    return _dated(local(at), "week")


def period_name(name: str, *, short: bool = False) -> str:
    """A period's name as HR wrote it; one of the usual Chinese names is read in English as 2026, Q4 2026, H1 2026.

    `short` leaves out the year of a part of this year: 四季度, Q4.
    """
    usual = PERIOD.fullmatch(name.strip())
    if not usual:
        return name
    year, written, quarter, half, of_year = usual.groups()
    this = short and int(year) == clock.today().year
    if language() == "zh":
        return name.partition("年")[2].strip() or name if this else name
    if of_year:
        return month(date(int(year), int(of_year), 1)) if 1 <= int(of_year) <= 12 else name
    quarter = quarter or (written and str("一二三四".index(written) + 1))
    part = f"Q{quarter}" if quarter else f"H{'上下'.index(half) + 1}" if half else ""
    return part if this and part else f"{part} {year}".strip()


def month(at: date | datetime) -> str:
    """2026 年 11 月, November 2026."""
    return _dated(local(at), "month")


def day_heading(at: date | datetime) -> str:
    """Over the entries of one day: 今天, 昨天, 11 月 22 日 周日."""
    on = local(at)
    gone = (clock.today() - on).days
    if gone in (0, 1):
        return _("Today") if gone == 0 else _("Yesterday")
    if on.year != clock.today().year:
        return _dated(on, "year")
    return _dated(on, "week")


def ago(at: date | datetime | None) -> str:
    """今天, 昨天, 3 天前, then the day."""
    if at is None:
        return _("No data yet")
    gone = (clock.today() - local(at)).days
    if gone in (-1, 0, 1):
        return {-1: _("tomorrow"), 0: _("today"), 1: _("yesterday")}[gone]
    return ngettext("%(num)d day ago", "%(num)d days ago", gone) if 1 < gone < NEAR else day(at)


def clock_time(at: datetime) -> str:
    """14:32."""
    return at.astimezone(clock.zone()).strftime("%H:%M")


def moment(at: datetime | None) -> str:
    """今天 14:32, 11 月 20 日 09:05."""
    return _("No data yet") if at is None else f"{ago(at)} {clock_time(at)}"


def due(on: date | datetime | None) -> str:
    """A deadline: 逾期 3 天, 今天, or the day; what is left is said apart (`left`)."""
    if on is None:
        return ""
    late = (clock.today() - local(on)).days
    if late > 0:
        return ngettext("%(num)d day late", "%(num)d days late", late)
    return ago(on)


def left(on: date | datetime | None) -> str:
    """还有 10 天, while a deadline is near; else nothing."""
    rest = (local(on) - clock.today()).days if on else -1
    return ngettext("%(num)d day left", "%(num)d days left", rest) if 0 < rest <= SOON else ""


def decimal(value: Figure | None, places: int | None = None) -> str:
    """1,110 or 98.5: as exact as it is, or rounded half up to `places`; minus is a minus."""
    return _("No data yet") if value is None else _decimal(value, places)


@lru_cache(maxsize=KEPT)
def _decimal(value: Figure, places: int | None) -> str:
    exact = _exact(value) or Decimal(0)  # zero has no sign
    if places is not None:
        exact = exact.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
    text = f"{exact:,f}"
    if places is None and "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text == "-0" else text.replace("-", "−")


def _exact(value: Figure) -> Decimal:
    return value if isinstance(value, Decimal) else Decimal(str(value))


def percent(share: Figure | None, places: int = 0) -> str:
    """A share of one as 46%."""
    return _("No data yet") if share is None else _percent(share, places)


@lru_cache(maxsize=KEPT)
def _percent(share: Figure, places: int) -> str:
    return f"{decimal(_exact(share) * 100, places)}%"


def figure(value: Figure | None, unit: str = "", places: int | None = None) -> str:
    """98.5%, 40 万元: a figure with its unit."""
    if value is None:
        return _("No data yet")
    gap = " " if unit and unit[0].isalpha() else ""
    return f"{decimal(value, places)}{gap}{unit}"


def file_size(size: int) -> str:
    """820 kB, 1.4 MB, 3.2 GB: never less than it is."""
    if size < 1_000_000:
        return figure(-(-size // 1_000), "kB")
    unit, each = ("MB", 10**6) if size < 10**9 else ("GB", 10**9)
    return figure(Decimal(-(-size * 10 // each)) / 10, unit)


def score(value: Figure | None) -> str:
    """4.25: two decimals."""
    return decimal(value, 2)


def grade(value: Figure | None) -> str:
    """0.7: an OKR's grade, one decimal."""
    return decimal(value, 1)


def short_name(name: str) -> str:
    """What stands in a disc: the last two characters of a Chinese name, the initials of any other."""
    name = name.strip()
    if any("\u4e00" <= letter <= "\u9fff" for letter in name):
        return name[-2:]
    words = name.split()
    return "".join(word[0] for word in (words[:1] + words[-1:] if len(words) > 1 else words)).upper()


def called(name: str) -> str:
    """What somebody is called in a sentence: the last two characters of a Chinese name, any other as it is."""
    return short_name(name) if any("\u4e00" <= letter <= "\u9fff" for letter in name) else name


def listed(names: Iterable[str]) -> str:
    """何一鸣、何秀芬; He Yiming, He Xiufen."""
    return ("、" if language() == "zh" else ", ").join(names)


def _dated(on: date, pattern: str) -> str:
    return _written(on, pattern, language())


@lru_cache(maxsize=KEPT)
def _written(on: date, pattern: str, tongue: str) -> str:
    return str(format_date(on, PATTERNS[tongue][pattern], locale=tongue))
