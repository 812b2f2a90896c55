"""What I handed on and what was handed to me; handing on; taking back; and all of it for HR."""

from flask import Blueprint, g, request, url_for

from portal import access, clock, formats
from portal.access import Act
from portal.access.words import HANDED_ON, word_of
from portal.accounts.confirming import confirm_password
from portal.delegations import operations, queries
from portal.delegations.forms import DelegationForm
from portal.directory import finding
from portal.i18n import gettext as _
from portal.web import Answer, done, page, whole
from portal.workflow import NotHeld

bp = Blueprint("delegations", __name__)


@bp.get("/account/delegations")
def mine() -> Answer:
    given, taken = queries.of(g.viewer)
    return page("delegations/mine.html", given=given, taken=taken, may=_mine(), word_of=word_of)


@bp.route("/account/delegations/new", methods=["GET", "POST"])
def give() -> Answer:
    if not (offered := _mine()):
        raise NotHeld(Act.AGREE_OBJECTIVE)
    form, words = DelegationForm(data={"since": clock.today()}), request.args.get("q", "")
    chosen = request.values.get("person", 0, type=whole)
    person = queries.colleague_or_404(chosen) if chosen or request.method == "POST" else None
    if person is None or not form.submitted():
        shown = {"person": person, "asked": words, "found": finding.people(words, but=g.viewer.id), "offered": offered}
        return page("delegations/give.html", status=422 if form.errors else 200, regions={"found": "found"}, form=form, **shown)
    confirm_password(g.viewer)
    since, why = form.since.data or clock.today(), form.reason.data or ""
    others = operations.give(chosen, form.chosen, g.viewer, since=since, until=form.until, why=why)
    return done(url_for(".mine"), _told(others))


@bp.post("/account/delegations/<int:delegation_id>/end")
def end(delegation_id: int) -> Answer:
    row = queries.to_end_or_404(g.viewer, delegation_id)
    mine = g.viewer.id in (row.giver_id, row.taker_id)
    operations.end(row, g.viewer)
    return done(url_for(".mine") if mine else url_for(".everybody"), _("Ended. It does not count any more."))


@bp.get("/admin/delegations")
def everybody() -> Answer:
    access.must(Act.SEE_GRANTS, g.viewer)
    found = queries.everybody(request.args.get("before", type=whole))
    may = access.can(Act.GRANT_ROLES, g.viewer)
    return page("delegations/everybody.html", found=found, may=may, word_of=word_of)


def _mine() -> dict[Act, tuple[str, str]]:
    """What the viewer can hand on, in words."""
    return {act: words for act, words in HANDED_ON.items() if access.may_hold(act, g.viewer)}


def _told(others: list[queries.Given]) -> str:
    if not others:
        return _("Handed on. Both names will stand wherever it is used.")
    names = formats.listed(dict.fromkeys(one.taker for one in others))
    return _("Handed on. On some of these days %(names)s may do the same for you: whoever comes first acts.", names=names)
