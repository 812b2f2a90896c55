"""Goals in lists: the board with its columns, and mine."""

from typing import Any

from flask import g, request

from portal import clock
from portal.goals import boards, visits
from portal.goals.kinds import Kind
from portal.goals.views.asking import number, word
from portal.goals.views.blueprint import bp
from portal.web import Answer, page


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
    moment = visits.since(g.viewer, whose.key, period.id)
    context: dict[str, Any] = {
        "since": moment,
        "news": visits.news(g.viewer, shown.cards, moment),
        "board": shown,
        "whose": whose,
        "by": by,
        "kind": kind,
        "scopes": boards.SCOPES,
        "ways": boards.COLUMNS,
    }
    return page("goals/board.html", regions={"board": "columns"}, period=period, periods=every, today=clock.today(), **context)


@bp.get("/mine", endpoint="mine")
def mine() -> Answer:
    found = boards.mine(g.viewer, g.viewer.id)
    return page("goals/mine.html", cards=found, waiting=boards.awaiting(g.viewer))
