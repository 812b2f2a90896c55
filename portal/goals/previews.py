"""What a rule would give, while it is being set up: the curve and the usual results, in the reader's language."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from markupsafe import Markup

from portal import charts
from portal.formats import decimal, score
from portal.formats import figure as shown
from portal.goals import scoring
from portal.goals.kinds import Rule
from portal.goals.measuring import MeasureForm
from portal.goals.picture import Picture, Result, picture
from portal.i18n import gettext as _
from portal.i18n import ngettext


@dataclass(frozen=True)
class Preview:
    """The drawn curve and lines of (result, points, word); or a sentence that says what is missing."""

    chart: Markup | None = None
    results: tuple[tuple[str, str, str], ...] = ()
    now: str = ""
    missing: str = ""


def preview(form: MeasureForm, current: Decimal | None, cap: Decimal) -> Preview:
    """Of what was typed, if it can be computed; judges a form of its own, so that nothing is said too early."""
    if missing := form.unready():
        return Preview(missing=missing)
    facts, rule = form.facts(), form.chosen
    top = cap if form.kpi else scoring.HUNDRED
    try:
        found = picture(rule, facts, None if rule is Rule.MILESTONES else current, top)
    except scoring.Unscorable as why:
        return Preview(missing=_(str(why)))
    unit = unit_of(form)
    now = "" if found.now is None else _("%(points)s points now", points=decimal(found.now[1], 0))
    results = tuple(
        (_yes(form, each.value) or shown(each.value, unit), score(each.points), _word(rule, each)) for each in found.results
    )
    return Preview(_chart(found, now, unit), results, now)


def _word(rule: Rule, each: Result) -> str:
    if rule is Rule.DEDUCTION and each.value > 0:
        return ngettext("%(num)d time", "%(num)d times", int(each.value))
    return _(each.word)


def unit_of(form: MeasureForm) -> str:
    """What stands behind the figures while they are typed."""
    return (form.unit.data or "").strip() or ("%" if form.shape.data == "percent" else "")


def _yes(form: MeasureForm, value: Decimal) -> str:
    return (_("Yes") if value > 0 else _("No")) if form.yes_no else ""


def _chart(found: Picture, now: str, unit: str) -> Markup:
    marks = [
        (knot.value, knot.points, decimal(knot.value), _(knot.word) if knot.word else "", knot.strong) for knot in found.knots
    ]
    told = "; ".join(
        _("%(value)s: %(points)s points", value=shown(knot.value, unit), points=decimal(knot.points, 0)) for knot in found.knots
    )
    title = _("Scoring curve") + (f": {told}" if told else "") + (f"; {now}" if now else "")
    here: Any = None if found.now is None else (*found.now, now)
    return charts.score_curve(found.runs, marks, title, "score-curve", reach=(found.low, found.high), top=found.top, now=here)
