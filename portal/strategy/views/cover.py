"""What nobody carries, by theme and by department; and who carries one company objective."""

from typing import Any

from flask import abort, g, request

from portal import access
from portal.access import Act
from portal.goals.cards import cards, rows
from portal.goals.models import Objective
from portal.strategy import claiming, covering, shelf
from portal.strategy.views.blueprint import bp
from portal.strategy.views.claims import WORDS
from portal.web import Answer, page, whole
from portal.workflow import NotHeld


@bp.get("/coverage")
def coverage() -> Answer:
    if not covering.may_see(g.viewer):
        raise NotHeld(Act.SEE_COVERAGE)
    period, every = shelf.chosen(request.args.get("period", type=whole))
    found, by = covering.of(g.viewer, period, every), request.args.get("by", "")
    titles = {line.card.id: line.card.title for line in found.lines}
    theirs = covering.by_department(list(titles), titles) if by == "department" else []
    context: dict[str, Any] = {"coverage": found, "departments": theirs, "by": "department" if by == "department" else "theme"}
    return page("strategy/coverage.html", regions={"gap": "gap"}, period=period, periods=every, most=shelf.MOST, **context)


@bp.get("/objectives/<int:objective_id>/claims")
def carried(objective_id: int) -> Answer:
    """Who carries one company objective: its claims and its sums."""
    found = cards(rows(g.viewer).where(Objective.id == objective_id))
    if not found or found[0].place != "company":
        abort(404)
    line, after = covering.lines(found)[0], request.args.get("after", 0, type=whole)
    claims = covering.claims_on(g.viewer, objective_id, after)
    more = claims[shelf.PAGE - 1].Claim.id if len(claims) > shelf.PAGE else None
    claims = claims[: shelf.PAGE]
    context: dict[str, Any] = {"line": line, "claims": claims, "more": more, "words": WORDS}
    context |= {
        "opens": covering.may_see(g.viewer),
        "units": claiming.units_of(g.viewer),
        "keeps": access.can(Act.KEEP_STRATEGY, g.viewer),
    }
    return page("strategy/carried.html", regions={"carried": "carried"}, **context)
