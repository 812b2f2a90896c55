"""The password once more before something that counts: signing, releasing, exporting (step-up)."""

from datetime import datetime, timedelta

from flask import g, request

from portal import clock, once
from portal.access import Viewer
from portal.accounts import break_glass, operations, queries, signing_in
from portal.accounts.models import Kind
from portal.accounts.signing_in import Refusal, Refused
from portal.accounts.throttle import address_of
from portal.db import let_go
from portal.web import Replayed
from portal.words import N_

RECENT = timedelta(minutes=5)


class NotConfirmed(Exception):
    """The password did not prove it: nothing was done. `sentence` says why; answered 422, 429 or 503, text kept."""

    def __init__(self, refused: Refused) -> None:
        wrong = refused.why is Refusal.WRONG
        self.sentence = N_("The password does not match. Nothing was done yet.") if wrong else refused.sentence
        super().__init__(self.sentence)
        self.status = 422 if refused.status in (401, 403) else refused.status
        self.wait = refused.wait


def recently_confirmed() -> bool:
    """Whether the password was given within five minutes."""
    since: datetime = g.login.auth_at
    return timedelta(0) <= clock.now() - since < RECENT


def confirm_password(viewer: Viewer) -> None:
    """Check the posted `password` of the viewer. Call it first in a view, before anything is read or changed.

    The directory is asked with no transaction open. Then the session gets a new id and the form's once key is taken
    again. Raises NotConfirmed, for without an answer of the directory nothing is confirmed; and SessionOver.
    """
    login, key = queries.account_of(viewer.id)
    let_go()
    if refused := _refused(login, key, request.form.get("password", "")):
        raise NotConfirmed(refused)
    g.login = operations.renew(g.login)
    if answered := once.claim(viewer.id):
        raise Replayed(answered)


def _refused(login: str, key: str | None, password: str) -> Refused | None:
    address = address_of(request.remote_addr)
    if g.login.kind is Kind.LOCAL:
        return break_glass.checked(g.login.person_name, password, address)
    # Whoever is signed in is at a known device: the guesses of others do not keep them from signing.
    entry = signing_in.checked(login, password, address, device=f"session:{g.login.id}")
    if isinstance(entry, Refused):
        return entry
    return None if entry.key == key else Refused(Refusal.WRONG)
