"""The audit log: the list with its filters, and its export."""

import re
from contextlib import suppress
from datetime import date, timedelta
from typing import Any

from flask import Blueprint, abort, current_app, g, request, url_for
from werkzeug.datastructures import MultiDict

from portal import access, clock
from portal.access import Act
from portal.accounts.confirming import confirm_password
from portal.audit import exporting, operations, queries, telling
from portal.audit.queries import Wish
from portal.audit.words import DONE, THINGS
from portal.db import db
from portal.directory.models import Person
from portal.i18n import gettext as _
from portal.i18n import language
from portal.web import Answer, done, page, whole
from portal.words import N_
from portal.workflow import Refused

bp = Blueprint("audit", __name__, url_prefix="/audit")
FETCHED = timedelta(minutes=15)
"""How long an export can be fetched after it was asked for."""
YEARS = range(1990, 2200)
"""No entry is of another year, and no calendar ends within them."""
ASKED = ("actor", "behalf", "kind", "thing", "since", "until")


class Asked:
    """The filters as they were typed: the people they mean, and what cannot be read."""

    def __init__(self, given: MultiDict[str, str]) -> None:
        self.given = {name: given.get(name, "").strip()[:80] for name in ASKED}
        self.offered: dict[str, Any] = {}
        self.problems: list[str] = []
        actor, behalf = self._person("actor"), self._person("behalf")
        kind, thing = queries.known_kind(self.given["kind"]), queries.known_thing(self.given["thing"])
        self.wish = Wish(actor, behalf, kind, thing, self._day("since"), self._day("until"))

    def _person(self, name: str) -> int | None:
        """The one who is meant. Several are offered, and until one is chosen nobody fits."""
        text = self.given[name]
        if named := re.fullmatch(r"#([0-9]{1,9})", text):
            return int(named[1])
        found = queries.people(text)
        if len(found) == 1:
            return found[0].id
        if found:
            self.offered[name] = found
        elif text:
            self.problems.append(_("Nobody is called “%(name)s”.", name=text))
        return queries.NOBODY if text else None

    def _day(self, name: str) -> date | None:
        text, found = self.given[name], None
        with suppress(ValueError):
            found = date.fromisoformat(text)
        if found and found.year in YEARS:
            return found
        if text:
            self.problems.append(_("“%(text)s” is no day. Write it as 2026-03-31.", text=text))
        return None

    @property
    def address(self) -> dict[str, str | None]:
        """The filters for a link; what is not chosen is left out."""
        return {name: text or None for name, text in self.given.items()}


@bp.get("")
def index() -> Answer:
    access.must(Act.SEE_AUDIT, g.viewer)
    asked, below = Asked(request.args), request.args.get("before", type=whole)
    if request.method == "GET" and not below and asked.wish.clear:
        operations.looked(asked.wish, g.viewer)
    found = queries.entries(g.viewer, asked.wish, below)
    shown: dict[str, Any] = {
        "asked": asked,
        "found": found,
        "check": queries.last_check(),
        "kinds": tuple(DONE.items()),
        "things": tuple(THINGS.items()),
    }
    return page(
        "audit/index.html", regions={"entries": "entries"}, telling=telling, chosen=_chosen(asked), below=below, **shown
    )


@bp.post("/exports")
def export() -> Answer:
    access.must(Act.SEE_AUDIT, g.viewer)
    confirm_password(g.viewer)
    wish = Asked(request.form).wish
    if not wish.clear:
        raise Refused(N_("Choose one person first, then export."))
    ticket = operations.export(wish, g.viewer)
    return done(url_for(".download", ticket=ticket))


@bp.get("/exports/<ticket>")
def download(ticket: str) -> Answer:
    access.must(Act.SEE_AUDIT, g.viewer)
    n, wish = queries.exported(g.viewer, ticket, clock.now() - FETCHED) or abort(404)
    app = current_app._get_current_object()  # type: ignore[attr-defined]  # pieces are made after this request is over
    order = exporting.Order(g.viewer, wish, n, language(), clock.zone().key)
    db.session.rollback()
    answer = current_app.response_class(exporting.pieces(app, order), mimetype="text/csv")
    answer.headers["Content-Disposition"] = f'attachment; filename="audit-{clock.today():%Y-%m-%d}.csv"'
    return answer


def _chosen(asked: Asked) -> dict[str, str]:
    """The names of the people that were chosen by their number."""
    ids = {name: one for name, one in (("actor", asked.wish.actor), ("behalf", asked.wish.behalf)) if one and one > 0}
    people = {one: db.session.get(Person, one) for one in set(ids.values())}
    return {name: person.name for name, one in ids.items() if (person := people[one])}
