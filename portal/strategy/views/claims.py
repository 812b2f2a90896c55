"""Claiming: what can be claimed, the form of a department's part, and the decision about it."""

from typing import Any

from flask import abort, g, request, url_for

from portal import access, clock, drafts, journal
from portal.access import Act, Held
from portal.db import db
from portal.directory import finding
from portal.directory.models import Unit
from portal.formats import period_name
from portal.goals import queries as goals
from portal.goals.forms import ObjectiveForm
from portal.goals.kinds import Audience, Kind
from portal.goals.models import Objective
from portal.goals.wording import Wording
from portal.i18n import gettext as _
from portal.periods import queries as periods
from portal.settings import queries as settings
from portal.strategy import claiming, covering, shelf
from portal.strategy.forms import CommentForm
from portal.strategy.models import Claim
from portal.strategy.states import CLAIMING, State
from portal.strategy.views.blueprint import bp
from portal.web import Answer, answers, done, page, whole
from portal.words import N_

WORDS = {
    State.ASKED: (N_("waits for a decision"), "warn", "hourglass"),
    State.ACCEPTED: (N_("accepted"), "good", "check"),
    State.RETURNED: (N_("returned"), "bad", "undo-2"),
    State.WITHDRAWN: (N_("withdrawn"), "closed", ""),
}


@bp.get("/claims")
def claimable() -> Answer:
    """What a department can claim, and what it has claimed."""
    period, every = shelf.chosen(request.args.get("period", type=whole))
    names = finding.department_names(claiming.units_of(g.viewer))
    unit_id, name = _unit(names)
    after = request.args.get("after", 0, type=whole)
    found = covering.open_ones(g.viewer, shelf.inside(period, every), after)
    lines = covering.lines(found[: shelf.PAGE])
    claims = covering.claims_of(unit_id, [line.card.id for line in lines]) if unit_id else {}
    more = found[shelf.PAGE - 1].id if len(found) > shelf.PAGE else None
    context: dict[str, Any] = {"lines": lines, "claims": claims, "unit_id": unit_id, "unit": name, "units": names, "more": more}
    context["can_any"] = access.can(Act.MAKE_CLAIM, g.viewer)
    return page("strategy/claimable.html", period=period, periods=every, words=WORDS, **context)


def _unit(names: dict[int, str]) -> tuple[int | None, str]:
    """The department asked for, else the first the viewer claims for; HR names any."""
    wished, typed = request.args.get("unit", type=whole), request.args.get("department", "").strip()
    if access.can(Act.MAKE_CLAIM, g.viewer) and (wished or typed):
        key = finding.department(typed, clock.today()) if typed else wished
        found = db.session.get(Unit, key) if key else None
        return (found.id, found.name) if found else (None, typed)
    if wished and wished in names:
        return wished, names[wished]
    return next(iter(names.items()), (None, ""))


@bp.route("/objectives/<int:objective_id>/claim", methods=["GET", "POST"])
def claim(objective_id: int) -> Answer:
    """The form of a department's part: it begins with the company's own words and measures."""
    objective, _acts = goals.locked(g.viewer, objective_id)
    if objective.person_id or objective.unit_id:
        abort(404)
    unit, acts = claiming.unit_to_claim_for(
        g.viewer, request.args.get("unit", type=whole) or next(iter(claiming.units_of(g.viewer)), 0)
    )
    claiming.see_to(objective, unit)
    form = ObjectiveForm(data=claiming.prefilled(objective))
    _offer(form, objective)
    if "more" not in request.form and form.submitted() and _measured(form):
        made = claiming.ask(objective, unit, _wording(form, objective), g.viewer, acts)
        drafts.drop(g.viewer.id, request.path)
        said = (
            _("Accepted at once: you answer for it yourself.")
            if made.state is State.ACCEPTED
            else _("Claimed. %(name)s decides.", name=_decider(objective))
        )
        return done(url_for(".one_claim", claim_id=made.id), said)
    refused = request.method == "POST" and "more" not in request.form
    form.stretch("more" in request.form)
    return page(
        "strategy/claim.html", status=422 if refused else 200, form=form, objective=None, claimed=objective, whose=unit.name
    )


def _decider(objective: Objective) -> str:
    return objective.accountable.name if objective.accountable else _("HR")


def _offer(form: ObjectiveForm, objective: Objective) -> None:
    """Open periods within the objective's, no theme of its own, and only the one goal above."""
    every = periods.everything()
    spans = [one for one in every if one.id in shelf.inside(objective.period, every) and not one.closed]
    form.offer([(one.id, period_name(one.name)) for one in spans], [], [(str(objective.id), objective.title)])
    del form.audience


def _measured(form: ObjectiveForm) -> bool:
    if form.rows():
        return True
    form.measures[0].form.name.errors = [_("An objective needs at least one measure.")]
    return False


def _wording(form: ObjectiveForm, objective: Objective) -> Wording:
    facts = form.facts()
    facts["audience"] = Audience(settings.text("kpi_audience" if facts["kind"] is Kind.KPI else "okr_audience"))
    return Wording(facts, claiming.scored(form.rows(), objective), {objective.id: 10_000})


@bp.get("/claims/<int:claim_id>")
def one_claim(claim_id: int) -> Answer:
    return _shown(*claiming.claim_or_404(g.viewer, claim_id))


def _shown(found: Claim, acts: Held, status: int = 200, form: CommentForm | None = None) -> Answer:
    """A claim's page: the company's objective, the department's part, and what can be done."""
    added = covering.sums([found.objective_id]).get(found.objective_id, [])
    steps = {step.name: step.problems(found) for step in CLAIMING.offered(found, acts)}
    entries = journal.history(g.viewer, found, 20)
    context: dict[str, Any] = {"claim": found, "acts": acts, "steps": steps, "sums": added, "entries": entries, "form": form}
    context["opens"] = goals.several(g.viewer, [str(found.made_id)])
    return page("strategy/one_claim.html", status=status, words=WORDS, **context)


@bp.post("/claims/<int:claim_id>/acceptance")
def accept(claim_id: int) -> Answer:
    found, acts = claiming.claim_or_404(g.viewer, claim_id)
    if Act.DECIDE_CLAIM in acts and found.state is State.ASKED:
        answers(found.made)
    claiming.accept(found, acts, g.viewer)
    return done(url_for(".one_claim", claim_id=claim_id), _("Accepted. The department's objective is agreed with it."))


@bp.post("/claims/<int:claim_id>/return")
def send_back(claim_id: int) -> Answer:
    found, acts = claiming.claim_or_404(g.viewer, claim_id)
    form = CommentForm()
    if not form.submitted() and Act.DECIDE_CLAIM in acts:
        return _shown(found, acts, 422, form)
    claiming.send_back(found, acts, g.viewer, form.comment.data or "")
    return done(url_for(".one_claim", claim_id=claim_id), _("Returned with your comment."))


@bp.post("/claims/<int:claim_id>/again")
def ask_again(claim_id: int) -> Answer:
    found, acts = claiming.claim_or_404(g.viewer, claim_id)
    claiming.ask_again(found, acts, g.viewer)
    return done(url_for(".one_claim", claim_id=claim_id), _("Asked again."))


@bp.post("/claims/<int:claim_id>/withdrawal")
def withdraw(claim_id: int) -> Answer:
    found, acts = claiming.claim_or_404(g.viewer, claim_id)
    claiming.withdraw(found, acts, g.viewer)
    return done(url_for(".claimable", period=found.objective.period_id), _("Withdrawn."))
