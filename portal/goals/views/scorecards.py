"""The scorecard of a department: one's own, or another one that one may see."""

from typing import Any

from flask import abort, g, url_for

from portal import access, charts, formats
from portal.access import Act, Subject, Viewer
from portal.db import db
from portal.directory.models import Unit
from portal.goals import boards, coverage, scorecard_sheet, scorecards, sharing
from portal.goals.views.asking import number
from portal.goals.views.blueprint import bp
from portal.i18n import gettext as _
from portal.numbers import half_up
from portal.printing import archive
from portal.printing import operations as printing
from portal.printing.registry import kind_or_404
from portal.web import Answer, done, page
from portal.workflow import NotHeld

FEW = 3
"""Other periods that are offered where nothing stands on a card."""


@bp.get("/scorecard", endpoint="scorecard")
def scorecard() -> Answer:
    period, every = boards.chosen(number("period"))
    unit = _unit(number("unit") or _mine())
    if unit is None:
        return page("goals/scorecard.html", unit=None, period=period, periods=every)
    card = scorecards.of(g.viewer, unit.id, period.id)
    beside = [] if card.groups else scorecards.filled(unit.id, period, every)
    if beside and number("period") is None:  # nobody asked for this one: the company's goals are set for the year
        period, beside = beside[0], []
        card = scorecards.of(g.viewer, unit.id, period.id)
    course = scorecards.trend(unit.id, period, every)
    shown: dict[str, Any] = {
        "card": card,
        "beside": beside[:FEW],
        "course": course,
        "drawn": _drawn(unit, course),
        "waiting": sharing.waiting(g.viewer),
    }
    if access.can(Act.ARCHIVE_FORM, g.viewer):
        shown["keeps"], shown["archived"] = True, scorecard_sheet.archived(unit.id, period.id)
    shown["below"] = list(coverage.named_below(unit.id)) if g.viewer.head_of or access.can(Act.SEE_ALIGNMENT, g.viewer) else []
    return page("goals/scorecard.html", unit=unit, period=period, periods=every, **shown)


@bp.post("/scorecard/<int:unit_id>/<int:period_id>/print", endpoint="print_scorecard")
def print_it(unit_id: int, period_id: int) -> Answer:
    """A print of the card, with a number and a code; the file is drawn when it is fetched."""
    _unit(unit_id)
    period, _every = boards.chosen(period_id)
    form = scorecard_sheet.form_of(unit_id, period.id)
    copy = printing.order(kind_or_404("scorecard"), form.id, g.viewer)
    return done(url_for("printing.download", code=copy.code))


@bp.post("/scorecard/<int:unit_id>/<int:period_id>/archive", endpoint="archive_scorecard")
def archive_it(unit_id: int, period_id: int) -> Answer:
    """The card as it stands now goes to the archive; the worker draws and checks it."""
    _unit(unit_id)
    period, _every = boards.chosen(period_id)
    form = scorecard_sheet.form_of(unit_id, period.id)
    archive.wish(kind_or_404("scorecard"), form.id, g.viewer)
    said = _("It is being archived. Once it is, the archived file is offered here.")
    return done(url_for(".scorecard", unit=unit_id, period=period.id), said)


def _mine() -> int | None:
    """The department one heads, else the one one works in."""
    viewer: Viewer = g.viewer
    return viewer.head_of[0] if viewer.head_of else viewer.unit_id


def _unit(unit_id: int | None) -> Unit | None:
    if unit_id is None:
        return None
    unit = db.session.get(Unit, unit_id) or abort(404)
    if Act.SEE_SCORECARD not in access.acts_on(g.viewer, Subject(unit_id=unit_id)):
        raise NotHeld(Act.SEE_SCORECARD)
    return unit


def _drawn(unit: Unit, course: Any) -> Any:
    """The trend as bars, in per cent; nothing where there is none yet."""
    known = [(name, result) for name, result in course if result is not None]
    if len(known) < 2:
        return None
    (first, was), (last, now) = known[0], known[-1]
    said = {"unit": unit.name, "first": formats.period_name(first), "was": formats.percent(was)}
    title = _(
        "%(unit)s: %(was)s in %(first)s, %(now)s in %(last)s", **said, last=formats.period_name(last), now=formats.percent(now)
    )
    bars = [
        (formats.period_name(name, short=True), None if result is None else half_up(result * 100, 0)) for name, result in course
    ]
    return charts.bars(bars, title, f"trend-{unit.id}", h=110)
