"""Sending a workbook, its preview, and the decision."""

from flask import Blueprint, Response, abort, flash, g, request, url_for

from portal import access, clock
from portal.db import db
from portal.i18n import gettext as _
from portal.imports import operations, queries, reading
from portal.imports.kinds import Kind, known
from portal.imports.models import Import
from portal.imports.writing import workbook
from portal.web import Answer, done, page, whole

bp = Blueprint("imports", __name__, url_prefix="/imports")
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def _kind(name: str) -> Kind:
    kind = known(name) or abort(404)
    access.must(kind.act, g.viewer)
    return kind


def _import(import_id: int) -> tuple[Import, Kind]:
    one = db.get_or_404(Import, import_id)
    return one, _kind(one.kind)


@bp.get("/<kind>/template")
def template(kind: str) -> Response:
    """The empty workbook, or filled with what stands there now (`?filled=1`): that goes back in unchanged."""
    what = _kind(kind)
    filled = what.filled() if request.args.get("filled") else {}
    sheets = [(_(s.name), [_(word) for _key, word in s.columns], filled.get(s.key, ())) for s in what.sheets]
    answer = Response(workbook(sheets), mimetype=XLSX)
    name = f"{what.name}-{clock.today().isoformat()}.xlsx" if filled else f"{what.name}.xlsx"
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


@bp.route("/<kind>", methods=["GET", "POST"])
def send(kind: str) -> Answer:
    """How to fill it in, what was sent lately; a POST sends a workbook."""
    what = _kind(kind)
    if request.method != "POST":
        return page("imports/send.html", kind=what, lately=queries.lately(kind), problem=None)
    request.max_content_length = reading.MOST_BYTES + 100_000
    file = request.files.get("file")
    content = file.read(reading.MOST_BYTES + 1) if file else b""
    name = (file.filename if file else "") or ""
    if file:
        file.close()
    if not content:
        return page(
            "imports/send.html", status=422, kind=what, lately=queries.lately(kind), problem=_("Choose a workbook first.")
        )
    try:
        made = operations.take(what, name, content, g.viewer)
    except reading.Unreadable as why:
        return page("imports/send.html", status=422, kind=what, lately=queries.lately(kind), problem=_(why.sentence))
    return done(url_for(".show", import_id=made.id))


@bp.get("/<int:import_id>")
def show(import_id: int) -> Answer:
    one, kind = _import(import_id)
    lines = queries.lines(one.id, request.args.get("after", 0, type=whole))
    sheets = {sheet.key: sheet.name for sheet in kind.sheets}
    so_far = queries.how_far(one)
    return page("imports/show.html", regions={"import": "import"}, one=one, kind=kind, lines=lines, sheets=sheets, far=so_far)


@bp.post("/<int:import_id>/confirmation")
def confirm(import_id: int) -> Answer:
    operations.confirm(_import(import_id)[0], g.viewer)
    return done(url_for(".show", import_id=import_id))


@bp.post("/<int:import_id>/dropping")
def drop(import_id: int) -> Answer:
    one, kind = _import(import_id)
    operations.drop(one)
    flash(_("Dropped. Nothing was changed."))
    return done(url_for(".send", kind=kind.name))
