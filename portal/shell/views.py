"""Pages of the shell: everything that did not fit on the phone's bar, and the choice of the language."""

from flask import Blueprint, abort, request

from portal.i18n import COOKIE, known
from portal.web import Answer, done, local, page

bp = Blueprint("shell", __name__)
YEAR = 365 * 24 * 3600


@bp.get("/more")
def more() -> Answer:
    return page("shell/more.html")


@bp.post("/language")
def speak() -> Answer:
    wish = known(request.form.get("language")) or abort(400)
    answer = done(local(request.form.get("back", "/")))
    answer.set_cookie(COOKIE, wish, max_age=YEAR, httponly=True, samesite="Lax", secure=request.is_secure)
    return answer
