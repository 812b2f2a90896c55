"""Ordering and fetching a print, and the page that says whether a paper is current."""

import re
from urllib.parse import quote

from flask import Blueprint, current_app, flash, g, make_response, redirect, request, url_for

from portal.db import db
from portal.i18n import gettext as _
from portal.printing import archive, operations, queries
from portal.printing.numbering import read_code, spoken
from portal.printing.pdf import PrintBusy, PrintFailed
from portal.printing.registry import open_kind_or_404
from portal.web import Answer, done, page
from portal.words import N_

DAMAGED = N_("The file in the archive is not the one that was written, so it is not handed out. Tell whoever runs the portal.")

bp = Blueprint("printing", __name__)


@bp.post("/print/<kind>/<int:object_id>")
def order(kind: str, object_id: int) -> Answer:
    copy = operations.order(open_kind_or_404(kind), object_id, g.viewer)
    return done(url_for(".download", code=copy.code))


@bp.get("/print/<code>")
def download(code: str) -> Answer:
    copy = queries.own_copy_or_404(g.viewer, code)
    number, _kind = copy.document.number, open_kind_or_404(copy.document.kind)
    drawn, paper = operations.draw(copy, g.viewer)
    if drawn.missing:
        flash(_("No font here has these characters, they are left blank: %(characters)s", characters=" ".join(drawn.missing)))
    return attachment(drawn.content, number, f"{paper.title} {paper.subject}")


@bp.get("/archive/<code>")
def archived(code: str) -> Answer:
    copy, paper = queries.archived_or_404(g.viewer, code)
    return attachment(archive.read(copy), copy.document.number, f"{paper.title} {paper.subject}")


@bp.get("/v")
def look_up() -> Answer:
    written = request.args.get("code", "")
    if code := read_code(written):
        return redirect(url_for(".verify", code=spoken(code)), 303)
    return page("printing/look_up.html", written=written)


@bp.get("/v/<code>")
def verify(code: str) -> Answer:
    read = read_code(code)
    known = queries.check(read) if read else None
    if queries.too_many(request.remote_addr or "", read if known else None):
        answer = page("printing/too_many.html", status=429)
        answer.headers["Retry-After"] = "60"
        return answer
    return page("printing/verify.html", known=known, code=spoken(read) if read else code, status=200 if known else 404)


def attachment(content: bytes, number: str, title: str) -> Answer:
    """A file to be saved, never shown in place: with its Chinese name, and an ASCII one for old programs (RFC 6266)."""
    answer = make_response(content)
    answer.mimetype = "application/pdf"
    plain, named = re.sub(r"[^A-Za-z0-9_-]", "_", number), quote(f"{title} {number}.pdf", safe="")
    answer.headers["Content-Disposition"] = f"attachment; filename=\"{plain}.pdf\"; filename*=UTF-8''{named}"
    return answer


@bp.app_errorhandler(PrintFailed)
def failed(why: PrintFailed) -> Answer:
    db.session.rollback()
    busy = isinstance(why, PrintBusy)
    answer = page("printing/failed.html", reason=why.reason, busy=busy, status=503 if busy else 500)
    if busy:
        answer.headers["Retry-After"] = "5"
    return answer


@bp.app_errorhandler(archive.Damaged)
def damaged(which: archive.Damaged) -> Answer:
    db.session.rollback()
    current_app.logger.error("the archived file %s is not what was written", which)
    return page("printing/failed.html", reason=DAMAGED, status=500)
