"""The page of search, and what is suggested below the field while one types."""

from collections.abc import Iterable

from flask import Blueprint, abort, g, request
from markupsafe import Markup, escape

from portal.search import groups
from portal.search.grams import Asked, asked
from portal.web import Answer, page, whole

bp = Blueprint("search", __name__)
MARK = Markup("<mark>{}</mark>")
REGIONS = {"suggestions": "suggestions", "hits": "hits"}


@bp.app_template_filter()
def with_marks(parts: Iterable[tuple[str, bool]]) -> Markup:
    """Parts of a text, those that were looked for marked. A function: a page has hundreds of them."""
    return Markup().join(MARK.format(part) if hit else escape(part) for part, hit in parts)


@bp.get("/search")
def index() -> Answer:
    wanted = asked(request.args.get("q", ""))
    if kind := request.args.get("kind", ""):
        return _of_kind(wanted, groups.by_name().get(kind) or abort(404))
    suggests = request.headers.get("HX-Target") == "suggestions"
    few, most = (groups.SUGGESTED, groups.SUGGESTED) if suggests else (groups.FEW, groups.MOST)
    found = groups.every(g.viewer, wanted, few, most) if wanted.looks else []
    return page("search/index.html", regions=REGIONS, wanted=wanted, found=[each for each in found if each.count], only=None)


def _of_kind(wanted: Asked, group: groups.Group) -> Answer:
    after = request.args.get("after", type=whole)
    found = [groups.page_of(group, g.viewer, wanted, after)] if wanted.looks else []
    shown = [each for each in found if each.count]
    return page("search/index.html", regions=REGIONS, wanted=wanted, found=shown, only=group, after=after)
