"""Every refusal in one place: roll back, say why in plain words, lose nothing that was typed."""

import errno
from typing import Any
from urllib.parse import urlsplit

from flask import Flask, current_app, request
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge

from portal.db import Trouble, db, reading, trouble
from portal.forms import label_of, said
from portal.guard import WrongOrigin
from portal.web import SAFE, Answer, Changed, Conflict, Replayed, local, page, typed
from portal.workflow import NotHeld, Refused

RETRY = {Trouble.BUSY: 3, Trouble.FULL: 60, Trouble.AWAY: 10}


def init_app(app: Flask) -> None:
    """Register all of it, and give templates the names of fields."""
    app.register_error_handler(404, lambda _: refusal(404, again=False))
    app.register_error_handler(403, lambda _: refusal(403, again=False))
    app.register_error_handler(400, lambda _: refusal(400))
    app.register_error_handler(NotHeld, lambda no: refusal(403, again=False, because=no.why))
    app.register_error_handler(Refused, _not_now)
    app.register_error_handler(Conflict, lambda clash: refusal(409, "conflict", clash=clash, back=_back()))
    app.register_error_handler(Replayed, lambda first: first.answer)
    app.register_error_handler(WrongOrigin, _origin)
    app.register_error_handler(RequestEntityTooLarge, _too_large)
    app.register_error_handler(DBAPIError, _database)
    app.register_error_handler(StaleDataError, _stale)
    app.register_error_handler(OSError, _disk)
    app.register_error_handler(500, _broken)
    for status in (405, 415):
        app.register_error_handler(status, _unusable)
    app.jinja_env.globals.update(
        label_of=lambda name, endpoint=None: label_of(endpoint or request.endpoint or "", name), said_in=said
    )


def refusal(status: int, name: str = "", **context: Any) -> Answer:
    """A page of the portal that says no. `again` offers to send what was typed once more."""
    _write_no_more()
    kept = typed() if request.method not in SAFE else MultiDict()
    return page(f"errors/{name or status}.html", status=status, **{"kept": kept, "again": True, "refused": True, **context})


def plain(status: int, name: str, *, retry: int = 0, readable: bool = True, **context: Any) -> Answer:
    """A page outside the shell, for when the database or the form cannot be relied on.

    For htmx it is a message in the dialog's place: the form stays as it is, with everything typed in it.
    """
    _write_no_more()
    kept = typed() if readable and request.method not in SAFE else MultiDict()
    over = bool(request.headers.get("HX-Request"))
    template = "errors/_message.html" if over else f"errors/{name}.html"
    answer = page(template, status=status, why=name, kept=kept, refused=True, **context)
    if over:
        answer.headers.update({"HX-Retarget": "#relogin", "HX-Reswap": "innerHTML"})
        answer.headers.pop("HX-Push-Url", None)
    if retry:
        answer.headers["Retry-After"] = str(retry)
    return answer


def _write_no_more() -> None:
    # What is refused changes nothing any more; as a reader its page waits for nobody.
    db.session.rollback()
    reading.set(True)


def _back() -> str:
    """Where the stored version is shown: this form, or the page that held it."""
    here = "GET" in (getattr(request.url_rule, "methods", None) or ())
    try:
        before = urlsplit(request.referrer or "")
    except ValueError:  # whoever sends it can write anything there
        return request.path if here else "/"
    return request.path if here else local(before.path) if before.netloc == request.host else "/"


def _not_now(why: Refused) -> Answer:
    """A step that is not possible: the page it was taken from shows what is possible now."""
    back = "" if request.method in SAFE else _back()
    thing = why.thing if isinstance(why, Changed) else None
    return refusal(409, reasons=why.reasons, thing=thing, again=False, back="" if back == "/" else back)


def _origin(wrong: WrongOrigin) -> Answer:
    current_app.logger.warning("origin refused on %s: ours %s, theirs %s", request.endpoint, wrong.ours, wrong.theirs)
    return plain(403, "origin", ours=wrong.ours, theirs=wrong.theirs)


def _too_large(_: RequestEntityTooLarge) -> Answer:
    limit = (request.max_content_length or 0) // 1_000_000
    return plain(413, "large", readable=False, limit=limit)


def _database(error: DBAPIError) -> Answer:
    what = trouble(error)
    if what is None:
        raise error
    current_app.logger.log(30 if what is Trouble.BUSY else 50, "database %s on %s", what, request.endpoint)
    return plain(503, "busy" if what is Trouble.BUSY else "away", retry=RETRY[what], again=what is Trouble.BUSY)


def _stale(_: StaleDataError) -> Answer:
    """Two wrote the same row at the same moment: sent again, the form meets what the other one wrote."""
    return plain(503, "busy", retry=RETRY[Trouble.BUSY], again=True)


def _disk(error: OSError) -> Answer:
    """What is sent waits on the disk until all of it is there; a full one is nobody's mistake."""
    if error.errno not in (errno.ENOSPC, errno.EDQUOT):
        raise error
    current_app.logger.critical("no room on the disk on %s: %s", request.endpoint, error.strerror)
    return plain(503, "away", retry=RETRY[Trouble.FULL], readable=False, again=False)


def _broken(_: Exception) -> Answer:
    return plain(500, "broken")


def _unusable(error: HTTPException) -> Answer:
    answer = plain(error.code or 405, "unusable")
    if methods := getattr(error, "valid_methods", None):
        answer.headers["Allow"] = ", ".join(sorted(methods))
    return answer
