"""How departments are aligned: those one may look at, and one with the arithmetic and the goals behind it."""

from typing import Any

from flask import abort, g, url_for

from portal import access
from portal.access import Act, Subject
from portal.db import db
from portal.directory.models import Unit
from portal.goals import alignment, boards, cards, coverage, gaps, policy
from portal.goals.views.asking import number, word
from portal.goals.views.blueprint import bp
from portal.i18n import gettext as _
from portal.web import Answer, done, page
from portal.workflow import NotHeld


@bp.get("/alignment", endpoint="alignment")
def departments() -> Answer:
    tops = policy.units(g.viewer)
    if not tops:
        raise NotHeld(Act.SEE_ALIGNMENT)
    period, every = boards.chosen(number("period"))
    below = list(coverage.below(tops[0])) if len(tops) == 1 else []  # one alone is opened: who looks wants to compare
    lines = sorted(coverage.of_units([*tops, *below], period.id), key=lambda line: line.id not in tops)
    return page("goals/alignment.html", period=period, periods=every, lines=lines, judged=alignment.health)


@bp.get("/alignment/<int:unit_id>", endpoint="unit_alignment")
def one(unit_id: int) -> Answer:
    unit = _unit(unit_id)
    period, every = boards.chosen(number("period"))
    mine, below = _parted(coverage.of_units([unit_id, *coverage.below(unit_id)], period.id), unit_id)
    gap = word(gaps.Gap, "show") or gaps.Gap.ORPHANS
    shown = _behind(unit_id, period.id, gap)
    shown |= {"line": mine, "below": below, "gap": gap, "gaps": gaps.WORDS, "figures": gaps.figures(mine.own)}
    shown |= {"judged": alignment.health, "deductions": alignment.deductions(mine.own), "limit": cards.PAGE}
    regions = {"behind": "behind"}
    return page("goals/unit_alignment.html", regions=regions, unit=unit, period=period, periods=every, **shown)


@bp.post("/alignment/<int:unit_id>/count", endpoint="count_alignment")
def count(unit_id: int) -> Answer:
    """Count a department anew now; its lower ones are counted by themselves."""
    _unit(unit_id)
    period, _every = boards.chosen(number("period"))
    coverage.count_unit(unit_id, period.id)
    return done(url_for(".unit_alignment", unit_id=unit_id, period=period.id), _("Counted."))


def _unit(unit_id: int) -> Unit:
    """A department whose alignment the viewer may see; one that is not there is like one they may not look at."""
    unit = db.session.get(Unit, unit_id) or abort(404)
    if Act.SEE_ALIGNMENT not in access.acts_on(g.viewer, Subject(unit_id=unit_id)):
        raise NotHeld(Act.SEE_ALIGNMENT)
    return unit


def _parted(lines: list[coverage.Line], unit_id: int) -> tuple[coverage.Line, list[coverage.Line]]:
    mine = next((line for line in lines if line.id == unit_id), None) or abort(404)
    return mine, [line for line in lines if line.id != unit_id]


def _behind(unit_id: int, period_id: int, gap: gaps.Gap) -> dict[str, Any]:
    if gap is gaps.Gap.DOUBLE:
        return {"found": [], "twice": gaps.twice(g.viewer, unit_id, period_id)}
    return {"found": gaps.of(g.viewer, unit_id, period_id, gap, number("after") or 0), "twice": ()}
