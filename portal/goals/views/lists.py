"""Goals in lists: the board with its columns, and mine."""

from collections.abc import Sequence
from typing import Any

from flask import g, request

from portal import clock
from portal.goals import boards, visits
from portal.goals.kinds import Kind
from portal.goals.views.asking import number, word
from portal.goals.views.blueprint import bp
from portal.periods.models import Period
from portal.web import Answer, page

FEW = 3
"""Other periods that are looked at where a board has no goals."""


@bp.get("/board", endpoint="board")
@bp.get("/periods/<int:period_id>/people/<int:person_id>", endpoint="board")
def board(period_id: int | None = None, person_id: int | None = None) -> Answer:
    of = f"person-{person_id}" if person_id else request.args.get("of", "me")
    return _board(of, period_id or number("period"))


@bp.get("/team", endpoint="team")
def team() -> Answer:
    return _board("team", number("period"))


def _board(of: str, period_id: int | None) -> Answer:
    whose = boards.scope(of)
    period, every = boards.chosen(period_id)
    by, kind = request.args.get("by", ""), word(Kind, "kind")
    by = by if by in boards.COLUMNS else "health"
    shown = boards.board(g.viewer, whose, period.id, by=by, kind=kind, after=number("after") or 0)
    beside = None if shown.columns else _beside(whose, period, every, kind)
    moment = visits.since(g.viewer, whose.key, period.id)
    context: dict[str, Any] = {
        "since": moment,
        "news": visits.news(g.viewer, shown.cards, moment),
        "board": shown,
        "beside": beside,
        "whose": whose,
        "by": by,
        "kind": kind,
        "scopes": boards.SCOPES,
        "ways": boards.COLUMNS,
    }
    return page("goals/board.html", regions={"board": "columns"}, period=period, periods=every, today=clock.today(), **context)


def _beside(whose: boards.Scope, period: Period, every: Sequence[Period], kind: Kind | None) -> Period | None:
    """For a board without goals: of the year round a quarter, or of what runs today in a year, the first that has some."""
    today = clock.today()
    holds = [each for each in every if period.lies_in(each)]
    within = [each for each in every if each.lies_in(period) and each.holds(today)]
    several = [each for each in (*holds, *within) if each.id != period.id][:FEW]
    return next((each for each in several if boards.board(g.viewer, whose, each.id, kind=kind).columns), None)


@bp.get("/mine", endpoint="mine")
def mine() -> Answer:
    found = boards.mine(g.viewer, g.viewer.id)
    return page("goals/mine.html", cards=found, waiting=boards.awaiting(g.viewer))
