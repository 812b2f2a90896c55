"""The goal tree: its roots, one level, a goal with what is above and below it, and the list that filters make of it."""

import re
from collections.abc import Sequence
from typing import Any

from flask import abort, g, request, url_for

from portal.directory import finding
from portal.goals import boards, cards, policy, tree
from portal.goals import narrowing as narrow
from portal.goals.views.asking import BEHIND, Filters, Given, filters, number
from portal.goals.views.blueprint import bp
from portal.periods.models import Period
from portal.web import Answer, page, region

PLACE = re.compile(r"[0-9]{1,9}(-[0-9]{1,9}){0,39}")
"""Where in the tree a level hangs: the ids from the root, so that a goal under two parents can be opened twice."""


@bp.get("/tree", endpoint="tree")
@bp.get("/periods/<int:period_id>/tree", endpoint="tree")
def whole(period_id: int | None = None) -> Answer:
    if period_id and "under" in request.args:
        return _level(period_id, request.args["under"])
    if region() == "departments":
        offered = finding.departments(request.args.get("department", ""))
        return page("goals/tree.html", regions={"departments": "departments"}, offered=offered)
    period, every = boards.chosen(period_id or number("period"))
    asked, opened = filters(), number("open")
    shown = (
        _opened(period, opened)
        if opened
        else _fitting(narrow.together(period, every), asked)
        if asked.wish or asked.problems
        else _roots(period, asked)
    )
    shown = {"path": None, "below": [], "found": None, "branches": [], "inside": {}, "many": False} | shown
    shown["themes"] = shown.get("themes") or tree.themes_of(period.id)
    shown |= _in_use(period, [] if opened else asked.given(shown["themes"]))
    regions, shown["looks"] = {"tree": "tree"}, policy.looks(g.viewer)
    return page("goals/tree.html", regions=regions, period=period, periods=every, asked=asked, limit=cards.PAGE, **shown)


def _in_use(period: Period, given: Sequence[Given]) -> dict[str, Any]:
    """What the filters in use say of themselves, each with the address of the tree without it, and how many fold away."""
    said = [(each.label, each.value, url_for("goals.tree", **each.rest, period=period.id)) for each in given]
    return {"given": said, "behind": sum(each.name in BEHIND for each in given)}


def _opened(period: Period, opened: int) -> dict[str, Any]:
    """The path to a goal and what is below it: one level, or all of it."""
    after = number("after") or 0
    path, below = tree.family(g.viewer, opened, after)
    if path is None:
        abort(404)
    shown: dict[str, Any] = {"path": path, "below": below}
    if request.args.get("all") == "1" and not after:
        everything = tree.subtree(g.viewer, period.id, [opened])
        shown |= {"many": everything.more, "inside": {} if everything.more else everything.below}
    return shown


def _roots(period: Period, asked: Filters) -> dict[str, Any]:
    """The branches; with one theme asked for, perhaps everything below it."""
    themes = tree.themes_of(period.id)
    branches = tree.roots(g.viewer, period.id, themes, asked.wish)
    shown: dict[str, Any] = {"themes": themes, "branches": branches}
    if request.args.get("all") == "1" and asked.wish.theme is not None:
        everything = tree.subtree(g.viewer, period.id, [node.id for branch in branches for node in branch.nodes])
        shown |= {"many": everything.more, "inside": {} if everything.more else everything.below}
    return shown


def _fitting(periods: Sequence[int], asked: Filters) -> dict[str, Any]:
    """What fits the filters; nothing while one of them cannot be understood."""
    if asked.problems:
        return {"found": []}
    return {"found": narrow.matching(g.viewer, periods, asked.wish, number("after") or 0)}


def _level(period_id: int, at: str) -> Answer:
    """One level below a goal, for the place where it was opened."""
    if not PLACE.fullmatch(at):
        abort(404)
    nodes = tree.level(g.viewer, period_id, int(at.rpartition("-")[2]), number("after") or 0)
    regions = {f"level-{at}": "nodes", f"more-{at}": "nodes"}
    return page("goals/level.html", regions=regions, nodes=nodes, at=at, period_id=period_id, limit=cards.PAGE, inside={})
