"""What everybody reads: the strategy map and the library."""

from typing import Any

from flask import g, request

from portal import access
from portal.access import Act
from portal.goals.kinds import Perspective
from portal.strategy import picture, shelf
from portal.strategy.views.blueprint import bp
from portal.web import Answer, page, whole


@bp.get("/")
def index() -> Answer:
    """The strategy map of a period."""
    period, every = shelf.chosen(request.args.get("period", type=whole))
    shown = picture.of(g.viewer, period, every)
    keeps = access.can(Act.KEEP_STRATEGY, g.viewer)
    return page("strategy/map.html", map=shown, period=period, periods=every, keeps=keeps, most=shelf.MOST)


@bp.get("/library")
def library() -> Answer:
    """Themes and company objectives of a period, or one theme of it."""
    period, every = shelf.chosen(request.args.get("period", type=whole))
    theme, after = request.args.get("theme", type=whole), request.args.get("after", 0, type=whole)
    found = shelf.library(g.viewer, period.id, theme, after)
    keeps = access.can(Act.KEEP_STRATEGY, g.viewer)
    source, waiting = shelf.copyable(period, every) if keeps else (None, 0)
    context: dict[str, Any] = {
        "source": source,
        "waiting": waiting,
        "keeps": keeps,
        "one": theme,
        "perspectives": tuple(Perspective),
    }
    return page("strategy/library.html", library=found, period=period, periods=every, **context)
