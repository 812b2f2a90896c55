"""One button: ask for the copy, see how far it is, fetch it. Both ask for the password."""

from flask import Blueprint, g, redirect, send_file, url_for

from portal import clock
from portal.accounts.confirming import confirm_password, recently_confirmed
from portal.i18n import gettext as _
from portal.owncopy import operations, queries
from portal.owncopy.packing import SECTIONS
from portal.web import Answer, done, page

bp = Blueprint("owncopy", __name__, url_prefix="/account/copy")


@bp.get("")
def index() -> Answer:
    made, making = queries.there(g.viewer), queries.making(g.viewer)
    return page(
        "owncopy/index.html", regions={"copy": "copy"}, made=made, making=making, sections=SECTIONS, recent=recently_confirmed()
    )


@bp.post("")
def ask() -> Answer:
    confirm_password(g.viewer)
    operations.ask(g.viewer)
    return done(url_for(".index"), _("Your copy is being made. You can go on working meanwhile."))


@bp.post("/<int:copy_id>/fetch")
def fetch(copy_id: int) -> Answer:
    queries.own_or_404(g.viewer, copy_id)
    if not recently_confirmed():
        confirm_password(g.viewer)
    operations.fetched(queries.own_or_404(g.viewer, copy_id), g.viewer)
    return done(url_for(".download", copy_id=copy_id))


@bp.get("/<int:copy_id>/file")
def download(copy_id: int) -> Answer:
    """The file, within some minutes of the password."""
    copy = queries.own_or_404(g.viewer, copy_id)
    if not recently_confirmed():
        return redirect(url_for(".index"), 303)
    word = _("own-copy")
    name = f"{word}-{clock.today():%Y-%m-%d}.zip"
    path = operations.folder() / (copy.file or "")
    return send_file(path, "application/zip", as_attachment=True, download_name=name, conditional=False, etag=False)
