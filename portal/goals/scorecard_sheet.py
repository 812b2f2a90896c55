"""A department's scorecard on paper: exactly what its reader may see on screen, as plain values."""

import hashlib
import json
from dataclasses import dataclass
from decimal import Decimal

from flask import abort
from sqlalchemy import select

from portal import access, formats
from portal.access import Act, Subject, Viewer
from portal.db import db
from portal.directory.models import Unit
from portal.goals import names, scorecards, speaking
from portal.goals.models import ScorecardForm
from portal.i18n import gettext as _
from portal.periods import queries as periods
from portal.periods.models import Period
from portal.printing import Kind, Paper, document
from portal.printing.queries import newest_archived
from portal.workflow import NotHeld


@dataclass(frozen=True)
class Line:
    """One goal: its measures as they are read, its weight in basis points, its result in hundredths."""

    title: str
    owner: str
    note: str
    measures: tuple[str, ...]
    weight: int
    result: str
    health: str


@dataclass(frozen=True)
class Part:
    """The goals of one perspective."""

    title: str
    weight: int
    result: str
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class Sheet:
    """The whole card."""

    unit: str
    period: str
    result: str
    weight: int
    silent: int
    parts: tuple[Part, ...]
    trend: tuple[tuple[str, str], ...]


def register() -> None:
    """Called once by create_app."""
    document(Kind("scorecard", "SC", load, fingerprint, Act.ARCHIVE_FORM, "goals"))


def load(viewer: Viewer, form_id: int) -> Paper:
    """The card for one reader: 404 for a form that is not there, NotHeld for whom may not see the department's card."""
    form = db.session.get(ScorecardForm, form_id) or abort(404)
    if Act.SEE_SCORECARD not in access.acts_on(viewer, Subject(unit_id=form.unit_id)):
        raise NotHeld(Act.SEE_SCORECARD)
    unit, period = db.session.get_one(Unit, form.unit_id), db.session.get_one(Period, form.period_id)
    card = scorecards.of(viewer, unit.id, period.id)
    course = scorecards.trend(unit.id, period, periods.everything())
    trend = tuple((formats.period_name(name), _told(result)) for name, result in course)
    parts = tuple(_part(group) for group in card.groups)
    sheet = Sheet(unit.name, formats.period_name(period.name), _told(card.result), card.weight, card.silent, parts, trend)
    return Paper(
        "goals/scorecard_print.html",
        sheet,
        _("Department scorecard"),
        unit.name,
        _("For use in the company"),
        period.begins.year,
        form,
    )


def _part(group: scorecards.Group) -> Part:
    title = _(names.PERSPECTIVE[group.perspective]) if group.perspective else _("No perspective")
    return Part(title, group.weight, _told(group.result), tuple(_line(item) for item in group.items))


def _line(item: scorecards.Item) -> Line:
    note = _("shared, %(unit)s answers for it", unit=item.card.unit) if item.shared else ""
    measures = tuple(f"{each.name}{_(': ')}{speaking.now(each)} / {speaking.aim(each)}" for each in item.card.measures)
    health = _(names.HEALTH[item.card.health])
    return Line(item.card.title, item.card.owner, note, measures, item.weight, _told(item.result), health)


def _told(result: Decimal | None) -> str:
    return _("No data yet") if result is None else formats.percent(result, 1)


def fingerprint(form_id: int) -> str:
    """Digest of what is counted: goals, weights and results, for every reader alike."""
    form = db.session.get_one(ScorecardForm, form_id)
    found = [[str(each) for each in row] for row in scorecards.counted(form.unit_id, form.period_id)]
    return hashlib.sha256(json.dumps(found).encode()).hexdigest()


def archived(unit_id: int, period_id: int) -> str | None:
    """The code of the newest archived file of a card. One statement."""
    form = select(ScorecardForm.id).where(ScorecardForm.unit_id == unit_id, ScorecardForm.period_id == period_id)
    return newest_archived("scorecard", form.scalar_subquery())


def form_of(unit_id: int, period_id: int) -> ScorecardForm:
    """The row a number is given to, made at the first print."""
    known = select(ScorecardForm).where(ScorecardForm.unit_id == unit_id, ScorecardForm.period_id == period_id)
    found = db.session.scalars(known).one_or_none()
    if found is None:
        found = ScorecardForm(unit_id=unit_id, period_id=period_id)
        db.session.add(found)
        db.session.flush()
    return found
