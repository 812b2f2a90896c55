"""The tree to be taken along: a picture for a slide, and a workbook."""

from typing import Any

from flask import Response, abort, g, request

from portal import clock, formats
from portal.goals import boards, drawing, narrowing, taking
from portal.goals.views.asking import filters, number
from portal.goals.views.blueprint import bp
from portal.i18n import gettext as _
from portal.imports.writing import workbook as written
from portal.periods.models import Period
from portal.web import Answer, page

SVG, XLSX = "image/svg+xml", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@bp.get("/tree/picture", endpoint="picture")
def picture() -> Answer:
    """On a page; `?as=file` as a file."""
    period, every = boards.chosen(number("period"))
    opened, asked, wished = number("open"), filters(), number("depth")
    depth = wished if wished in taking.DEPTHS else taking.DEPTHS[0]
    found = taking.picture(g.viewer, period.id, opened, asked.wish, depth) or abort(404)
    title = _title(period, found)
    drawn = drawing.draw(found.boxes, title, "picture")
    if request.args.get("as") == "file":
        return _file(f'<?xml version="1.0" encoding="UTF-8"?>\n{drawn}'.encode(), SVG, "svg")
    shown: dict[str, Any] = {
        "depth": depth,
        "depths": taking.DEPTHS,
        "opened": opened,
        "asked": asked,
        "title_of": title,
        "most": taking.DRAWN,
    }
    return page("goals/picture.html", period=period, periods=every, found=found, drawn=drawn, **shown)


@bp.get("/tree/workbook", endpoint="workbook")
def workbook() -> Response:
    period, every = boards.chosen(number("period"))
    asked, together = filters(), narrowing.together(period, every)
    if asked.problems:
        abort(404)
    found = taking.sheets(g.viewer, period.id, together, number("open"), asked.wish) or abort(404)
    lines, more = found
    goals = (_("Goals"), [_("Level"), *(_(word) for word in taking.HEAD)], taking.rows(g.viewer, lines))
    return _file(written([goals, _about(period, len(lines), more)]), XLSX, "xlsx")


def _about(period: Period, shown: int, more: bool) -> tuple[str, list[str], list[list[Any]]]:
    """What this workbook is: a reader of a copy has no page beside it."""
    told: list[list[Any]] = [
        [_("Goal period"), formats.period_name(period.name)],
        [_("Made on"), clock.today()],
        [_("For"), g.viewer.name],
        [_("Goals"), shown],
    ]
    if more:
        told.append([_("Left out"), _("There are more: a workbook holds the first %(n)s.", n=formats.decimal(taking.ROWS))])
    told.append([_("What is missing"), _("Goals that are not open to the reader, and those that were withdrawn.")])
    return _("About"), [_("What"), _("Value")], told


def _title(period: Period, found: taking.Picture) -> str:
    first = found.boxes[0].title if len(found.boxes) == 1 else _("Goal tree")
    return _("%(what)s, %(period)s", what=first, period=formats.period_name(period.name))


def _file(content: bytes, kind: str, ending: str) -> Response:
    answer = Response(content, mimetype=kind)
    answer.headers["Content-Disposition"] = f'attachment; filename="goals-{clock.today().isoformat()}.{ending}"'
    return answer
