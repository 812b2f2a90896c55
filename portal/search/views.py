"""The page of search, and what is suggested below the field while one types."""

from collections.abc import Iterable

from flask import Blueprint, abort, current_app, g, request
from markupsafe import Markup, escape

from portal.db import TookTooLong, within
from portal.often import at_most
from portal.search import groups
from portal.search.grams import Asked, asked
from portal.web import Answer, page, region, whole

bp = Blueprint("search", __name__)
LONGEST = 2.0
"""Seconds a search may take; then other words are asked for. A machine that is busy with one is there for nobody else."""
REGIONS = {"suggestions": "suggestions", "hits": "hits"}


@bp.app_template_filter()
def with_marks(parts: Iterable[tuple[str, bool]]) -> Markup:
    """Parts of a text, those that were looked for marked. A function: a page has hundreds of them."""
    return Markup("".join(f"<mark>{escape(part)}</mark>" if hit else escape(part) for part, hit in parts))  # noqa: S704 - escaped


@bp.get("/search")
def index() -> Answer:
    wanted = asked(request.args.get("q", ""))
    kind = request.args.get("kind", "")
    only = groups.by_name().get(kind) or abort(404) if kind else None
    after = request.args.get("after", type=whole) if only else None
    found, refused = _found(wanted, only, after) if wanted.looks else ([], "")
    shown = [each for each in found if each.count]
    context = {"wanted": wanted, "found": shown, "only": only, "after": after, "refused": refused, "most": groups.MOST}
    answer = page("search/index.html", regions=REGIONS, status=429 if refused == "often" else 200, **context)
    if refused == "often":
        answer.headers["Retry-After"] = "1"
    return answer


def _found(wanted: Asked, only: groups.Group | None, after: int | None) -> tuple[list[groups.Found], str]:
    """The hits, or why there are none: asked too often, or one that takes too long."""
    if not at_most(current_app.config["SEARCHES"], "search", g.viewer.id):
        return [], "often"
    suggests = region() == "suggestions"
    few, most = (groups.SUGGESTED, groups.SUGGESTED) if suggests else (groups.FEW, groups.MOST)
    try:
        with within(LONGEST):
            return [groups.page_of(only, g.viewer, wanted, after)] if only else groups.every(g.viewer, wanted, few, most), ""
    except TookTooLong:
        return [], "long"
