"""Goals in lists: the board with its columns, the tree by levels, mine."""

import re
from enum import StrEnum
from typing import Any, TypeVar

from flask import abort, g, request

from portal import clock
from portal.goals import boards, tree
from portal.goals.kinds import Health, Kind
from portal.goals.views.blueprint import bp
from portal.web import Answer, page

PLACE = re.compile(r"[0-9]{1,9}(-[0-9]{1,9}){0,39}")
"""Where in the tree a level hangs: the ids from the root, so that a goal under two parents can be opened twice."""
Word = TypeVar("Word", bound=StrEnum)


@bp.get("/board", endpoint="board")
@bp.get("/periods/<int:period_id>/people/<int:person_id>", endpoint="board")
def board(period_id: int | None = None, person_id: int | None = None) -> Answer:
    of = f"person-{person_id}" if person_id else request.args.get("of", "me")
    return _board(of, period_id or _number("period"))


@bp.get("/team", endpoint="team")
def team() -> Answer:
    return _board("team", _number("period"))


def _board(of: str, period_id: int | None) -> Answer:
    whose = boards.scope(g.viewer, of)
    period, every = boards.chosen(period_id)
    by, kind = request.args.get("by", ""), _word(Kind, "kind")
    by = by if by in boards.COLUMNS else "health"
    shown = boards.board(g.viewer, whose, period.id, by=by, kind=kind, after=_number("after") or 0)
    context: dict[str, Any] = {
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


@bp.get("/tree", endpoint="tree")
@bp.get("/periods/<int:period_id>/tree", endpoint="tree")
def whole(period_id: int | None = None) -> Answer:
    if period_id and "under" in request.args:
        return _level(period_id, request.args["under"])
    period, every = boards.chosen(period_id or _number("period"))
    wish, opened, after = _wish(), _number("open"), _number("after") or 0
    path, below = tree.family(g.viewer, opened, after) if opened else (None, [])
    if opened and path is None:
        abort(404)
    found = tree.matching(g.viewer, period.id, wish, after) if wish and not opened else []
    branches = [] if wish or opened else tree.roots(g.viewer, period.id)
    context: dict[str, Any] = {"path": path, "below": below, "found": found, "branches": branches, "limit": tree.PAGE}
    context["units"] = tree.departments()
    return page("goals/tree.html", regions={"tree": "tree"}, period=period, periods=every, wish=wish, **context)


def _level(period_id: int, at: str) -> Answer:
    """One level below a goal, for the place where it was opened."""
    if not PLACE.fullmatch(at):
        abort(404)
    nodes = tree.level(g.viewer, period_id, int(at.rpartition("-")[2]), _number("after") or 0)
    regions = {f"level-{at}": "nodes", f"more-{at}": "nodes"}
    return page("goals/level.html", regions=regions, nodes=nodes, at=at, period_id=period_id, limit=tree.PAGE)


def _wish() -> tree.Wish:
    return tree.Wish(_word(Kind, "kind"), _word(Health, "health"), _number("unit"), request.args.get("loose") == "1")


def _number(name: str) -> int | None:
    """A number of the address, if it is one that an id can be."""
    text = request.args.get(name, "")
    return int(text) if text.isdecimal() and len(text) < 10 else None


def _word(kind: type[Word], name: str) -> Word | None:
    """One of the words an enumeration knows."""
    text = request.args.get(name, "")
    return kind(text) if text in list(kind) else None
