"""How long things are kept: all kinds, one kind with its dry run; people who left, what is held, and erasing on request."""

from typing import Any

from flask import Blueprint, g, request, url_for

from portal import access
from portal.access import Act
from portal.accounts.confirming import confirm_password
from portal.i18n import gettext as _
from portal.retention import forms, operations, queries, telling
from portal.retention.kept import KINDS, Kind
from portal.retention.queries import MANY, Rule
from portal.web import Answer, done, page

bp = Blueprint("retention", __name__, url_prefix="/admin/retention")


@bp.get("")
def index() -> Answer:
    access.must(Act.SEE_RETENTION, g.viewer)
    return page("retention/index.html", lines=queries.lines(), many=MANY, told=telling.told, holds=queries.holds())


@bp.get("/kinds/<what>")
def kind(what: str) -> Answer:
    """One kind and its rule. With `event` and `keep` another one is tried: counted and shown, nothing is removed."""
    access.must(Act.SEE_RETENTION, g.viewer)
    one = queries.kind_or_404(what)
    tried = _tried(one, request.args) if request.args.get("event") else None
    return _kind_page(one, tried)


@bp.post("/kinds/<what>")
def change(what: str) -> Answer:
    """Put the tried rule in force: only with the dry run that was shown, and the password."""
    access.must(Act.KEEP_RETENTION, g.viewer)
    one = queries.kind_or_404(what)
    tried = _tried(one, request.form)
    if isinstance(tried, Rule) and request.form.get("due", "") == str(queries.count(tried)):
        confirm_password(g.viewer)
        operations.change_rule(tried, g.viewer)
        return done(url_for(".index"), _("The rule is in force from the next night on."))
    return _kind_page(one, tried, 422)


@bp.get("/people")
def leavers() -> Answer:
    access.must(Act.SEE_RETENTION, g.viewer)
    words = request.args.get("q", "")
    return page("retention/leavers.html", regions={"found": "found"}, asked=words, found=queries.leavers(words))


@bp.get("/people/<int:person_id>")
def person(person_id: int) -> Answer:
    access.must(Act.SEE_RETENTION, g.viewer)
    return _person_page(person_id)


@bp.post("/people/<int:person_id>/hold")
def hold(person_id: int) -> Answer:
    access.must(Act.KEEP_RETENTION, g.viewer)
    one, form = queries.person_or_404(person_id), forms.HoldForm()
    if not form.submitted():
        return _person_page(person_id, 422, hold=form)
    confirm_password(g.viewer)
    operations.hold(one, form.hold_reason.data or "", g.viewer)
    return done(url_for(".person", person_id=person_id), _("Nothing of this person is removed from now on."))


@bp.post("/people/<int:person_id>/lift")
def lift(person_id: int) -> Answer:
    access.must(Act.KEEP_RETENTION, g.viewer)
    one = queries.person_or_404(person_id)
    confirm_password(g.viewer)
    operations.lift(one, g.viewer)
    return done(url_for(".person", person_id=person_id), _("The hold is lifted. The rules count again."))


@bp.post("/people/<int:person_id>/erasure")
def erase(person_id: int) -> Answer:
    access.must(Act.KEEP_RETENTION, g.viewer)
    one, form = queries.person_or_404(person_id), forms.EraseForm()
    if not form.submitted():
        return _person_page(person_id, 422, erase=form)
    confirm_password(g.viewer)
    operations.ask_erasure(one, form.reason.data or "", g.viewer)
    return done(url_for(".person", person_id=person_id), _("The content is being erased."))


def _tried(what: Kind, given: Any) -> Any:
    """The rule that was asked for, or the form that says what is wrong with it."""
    form = forms.RuleForm(what, given)
    if not form.validate():
        return form
    return Rule(what, form.event.data, form.keep.data, chosen=True)


def _kind_page(what: Kind, tried: Any, status: int = 200) -> Answer:
    now = queries.rule_of(what)
    rule = tried if isinstance(tried, Rule) else None
    wrong = None if rule else tried
    asked = rule or now
    form = wrong or forms.RuleForm(what, event=asked.event, keep=asked.keep)
    known: dict[str, Any] = {"due": queries.count(asked), "sample": queries.sample(asked), "runs": queries.runs(what)}
    known |= {"may": access.can(Act.KEEP_RETENTION, g.viewer), "many": MANY, "told": telling.told}
    return page("retention/kind.html", status=422 if wrong else status, kind=what, now=now, rule=rule, form=form, **known)


def _person_page(person_id: int, status: int = 200, **tried: Any) -> Answer:
    one = queries.person_or_404(person_id)
    known: dict[str, Any] = {"held": queries.held(person_id), "erasures": queries.erasures(person_id), "kinds": KINDS}
    known["busy"] = bool(known["erasures"]) and queries.being_erased(person_id)
    known |= {"counts": queries.about(person_id), "may": access.can(Act.KEEP_RETENTION, g.viewer) and person_id != g.viewer.id}
    empty = {"hold": forms.HoldForm(reads=False), "erase": forms.EraseForm(reads=False)}
    return page("retention/person.html", regions={"erasure": "erasure"}, status=status, one=one, **known, **{**empty, **tried})
