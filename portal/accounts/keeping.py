"""The 401 that loses nothing: a dialog over the form, or a page that carries what was typed to the login and back."""

from typing import Any

from flask import g, request, session
from itsdangerous import BadSignature

from portal.drafts.views import back_to
from portal.web import SAFE, Answer, local, page, signer, typed

KEPT_FOR = 12 * 3600


def whose() -> int | None:
    """The person of the session that is over: from its row, or from what signing out left in the cookie."""
    ended = g.get("login")
    return ended.person_id if ended else session.get("was")


def expired() -> Answer:
    """401: what was typed goes along signed, and only comes back to the same person."""
    person = whose()
    if request.headers.get("HX-Request"):  # the form stays where it is, a dialog opens beside it
        answer = page("accounts/_dialog.html", status=401, again=signer("again").dumps(person))
        answer.headers.update({"HX-Retarget": "#relogin", "HX-Reswap": "innerHTML"})
        answer.headers.pop("HX-Push-Url", None)
        return answer
    asked = request.full_path.rstrip("?") if request.method in SAFE else "/"
    kept, lost = "", None
    if request.method not in SAFE:
        kept = signer("kept").dumps(_written(person)) if person else ""
        lost = None if person else typed()  # nobody to give it back to: they can still copy it from the page
    return page("accounts/login.html", status=401, kept=kept, lost=lost, next=asked, over=bool(kept or person))


def _written(person: int) -> dict[str, Any]:
    fields = {**typed().to_dict(flat=False), "version": [request.form.get("version", "")]}
    return {"person": person, "form": request.path, "fields": fields}


def way_back(person_id: int) -> str:
    """After a login: the page with what was kept, if it was theirs, else where they wanted to go."""
    try:
        kept: dict[str, Any] = signer("kept").loads(request.form.get("kept", ""), max_age=KEPT_FOR)
    except BadSignature:
        return local(request.form.get("next", "/"))
    if kept["person"] != person_id:
        return "/"
    return back_to(person_id, kept["form"], kept["fields"])


def same_person(person_id: int) -> bool:
    """Whether the dialog was answered by whose form lies below it. An unknown one may go on: the text is in the page."""
    try:
        return signer("again").loads(request.form.get("again", ""), max_age=KEPT_FOR) in (None, person_id)
    except BadSignature:
        return False
