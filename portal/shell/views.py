"""Pages of the shell: everything that did not fit on the phone's bar."""

from flask import Blueprint

from portal.web import Answer, page

bp = Blueprint("shell", __name__)


@bp.get("/more")
def more() -> Answer:
    return page("shell/more.html")
