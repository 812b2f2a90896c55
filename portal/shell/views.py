"""Pages of the shell: everything that did not fit on the phone's bar, and the company's logo."""

from flask import Blueprint, abort, current_app

from portal.db import db
from portal.settings import Picture
from portal.web import Answer, page

bp = Blueprint("shell", __name__)


@bp.get("/more")
def more() -> Answer:
    return page("shell/more.html")


@bp.get("/logo")
def logo() -> Answer:
    """For whoever looks, before signing in too; browsers keep it, for its address changes with the content."""
    found = db.session.get(Picture, "company_logo") or abort(404)
    return current_app.response_class(found.content, mimetype=found.kind)
