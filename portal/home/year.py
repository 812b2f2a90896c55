"""The year on paper 年度时间轴: what happened to somebody in a year, month by month, as its reader sees it on screen."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby

from flask import abort
from sqlalchemy import Date, Select, and_, bindparam, func, or_, select

from portal import access, clock, formats
from portal.access import Act, Subject, Viewer
from portal.access.switches import enabled
from portal.db import db, kept
from portal.home import looking, queries
from portal.home.models import YearSheet
from portal.home.stories import STORIES, shown
from portal.home.timeline import Line
from portal.i18n import gettext as _
from portal.journal.models import Entry
from portal.periods.models import Kind as Lasting
from portal.periods.models import Period
from portal.printing import Kind, Paper, document
from portal.printing.queries import newest_by_object

KIND = "year_sheet"
MOST = 600
"""Lines on one paper: of a year with more the newest, and it says so."""
OFFERED = 3
"""Years that can be printed from the page."""


@dataclass(frozen=True)
class Event:
    """One line: when, what, and the words that were said with it."""

    at: datetime
    sentence: str
    said: str


@dataclass(frozen=True)
class Month:
    """The events of one month, the oldest first."""

    name: str
    events: tuple[Event, ...]


@dataclass(frozen=True)
class Sheet:
    """The whole year, the oldest month first; `more` when the beginning is left out."""

    subject: str
    facts: tuple[tuple[str, str], ...]
    count: int
    months: tuple[Month, ...]
    more: bool


def register() -> None:
    """Called once by create_app."""
    document(Kind(KIND, "TL", load, fingerprint, Act.ARCHIVE_FORM, "home"))


def load(viewer: Viewer, sheet_id: int) -> Paper:
    """The year for one reader: 404 for a form that is not there or a time line that is not open to them."""
    form = db.session.get(YearSheet, sheet_id) or abort(404)
    if Act.SEE_TIME_LINE not in access.acts_on(viewer, Subject(person_id=form.person_id)):
        abort(404)
    period = db.session.get_one(Period, form.period_id)
    lines, more = looking.between(viewer, form.person_id, period.begins, period.ends, most=MOST, among=shown(enabled))
    who = queries.profile_or_refuse(viewer, form.person_id, clock.today())
    facts = [(_("Name"), who.name), (_("Goal period"), formats.period_name(period.name))]
    facts += [(_("Department"), who.unit or "—"), (_("Line manager"), who.manager or "—")]
    sheet = Sheet(who.name, tuple(facts), len(lines), tuple(_months(lines)), more)
    copy = _("Employee's copy") if viewer.id == form.person_id else _("For use in the company")
    return Paper("home/year_print.html", sheet, _("Time line of a year"), who.name, copy, period.begins.year, about=form)


def _months(lines: Sequence[Line]) -> list[Month]:
    """The lines come newest first; on paper a year is read from its beginning."""

    def month(line: Line) -> date:
        return formats.local(line.at).replace(day=1)

    ordered = list(reversed(lines))
    return [Month(formats.month(first), tuple(_event(line) for line in some)) for first, some in groupby(ordered, key=month)]


def _event(line: Line) -> Event:
    return Event(line.at, line.sentence.striptags(), line.said)


def fingerprint(sheet_id: int) -> str:
    """Digest of which entries there are about this person in this year: another one is another version, whoever sees it."""
    form = db.session.get_one(YearSheet, sheet_id)
    period = db.session.get_one(Period, form.period_id)
    begins, ends = clock.midnight(period.begins), clock.midnight(period.ends)
    about = Entry.subject_kind == "person", Entry.subject_id == form.person_id, Entry.kind.in_(sorted(STORIES))
    found = select(func.count(), func.max(Entry.n)).where(*about, Entry.at >= begins, Entry.at < ends)
    return hashlib.sha256(json.dumps([*db.session.execute(found).one()]).encode()).hexdigest()


def offered(day: date) -> tuple[list[Period], Period | None]:
    """The years that can be printed, the newest first, and the quarter under way. One statement."""
    found = db.session.scalars(_OFFERED, {"day": day}).all()
    quarter = next((one for one in found if one.kind is Lasting.QUARTER), None)
    return [one for one in found if one.kind is Lasting.YEAR][:OFFERED], quarter


def _offered() -> Select[Period]:
    p, day = Period, bindparam("day", type_=Date)
    wanted = or_(p.kind == Lasting.YEAR, and_(p.kind == Lasting.QUARTER, p.ends > day))
    return select(p).where(p.begins <= day, wanted).order_by(p.begins.desc(), p.id)


_OFFERED = kept(_offered())  # made once: making it costs more than asking it


def archived(person_id: int) -> dict[int, str]:
    """The codes of the newest archived files of somebody's years, by period."""
    found = select(YearSheet.id, YearSheet.period_id).where(YearSheet.person_id == person_id)
    periods = {row.id: row.period_id for row in db.session.execute(found)}
    return {periods[form]: code for form, code in newest_by_object(KIND, periods).items()}


def form_of(person_id: int, period: Period) -> YearSheet:
    """The row a number is given to, made at the first print. 404 for a period that is no year that has begun."""
    if period.kind is not Lasting.YEAR or period.begins > clock.today():
        abort(404)
    known = select(YearSheet).where(YearSheet.person_id == person_id, YearSheet.period_id == period.id)
    found = db.session.scalar(known)
    if found is None:
        found = YearSheet(person_id=person_id, period_id=period.id)
        db.session.add(found)
        db.session.flush()
    return found
