"""A shared goal: who shares it, asking a department for its part, and the head's decision."""

from typing import Any

from flask import abort, g, url_for

from portal import access, clock
from portal.access import Act, Held, Subject
from portal.directory import finding
from portal.goals import queries, sharing
from portal.goals.forms import ReasonForm
from portal.goals.models import Contribution, Objective
from portal.goals.sharing_forms import ConfirmForm, ShareForm
from portal.goals.states import takes_no_values
from portal.goals.views.blueprint import bp
from portal.i18n import gettext as _
from portal.web import Answer, done, page
from portal.workflow import NotHeld


@bp.get("/<int:objective_id>/sharing", endpoint="sharing")
def show(objective_id: int) -> Answer:
    objective = queries.objective_or_404(g.viewer, objective_id)
    return _shown(objective, access.acts_on(g.viewer, objective))


def _shown(objective: Objective, acts: Held, status: int = 200, form: ShareForm | None = None, **refused: Any) -> Answer:
    """The page; `refused` is the form of a decision that was not taken, by its name."""
    may = Act.EDIT_OBJECTIVE in acts and objective.unit_id is not None and not takes_no_values(objective)
    parts = sharing.parts_of(objective.id, g.viewer)
    shown: dict[str, Any] = {"parts": parts, "may": may, "form": form or ShareForm(), "refused": refused}
    return page("goals/sharing.html", regions={"sharing": "sharing"}, status=status, objective=objective, **shown)


@bp.post("/<int:objective_id>/sharing", endpoint="share")
def ask(objective_id: int) -> Answer:
    objective, acts = queries.to_change(g.viewer, objective_id, Act.EDIT_OBJECTIVE)
    form = ShareForm()
    if form.submitted():
        unit = finding.department(form.department.data or "", clock.today())
        if unit is None:
            form.department.errors = [_("No department is called that today. Take one of those offered while you type.")]
        else:
            sharing.ask(objective, sharing.Stated(unit, form.points, (form.what.data or "").strip()), g.viewer, acts)
            return done(url_for(".sharing", objective_id=objective_id), _("Asked. It counts there once its head confirms."))
    return _shown(objective, acts, 422, form)


@bp.post("/<int:objective_id>/sharing/<int:unit_id>/confirmation", endpoint="confirm_part")
def confirm(objective_id: int, unit_id: int) -> Answer:
    part, objective, acts = _to_decide(objective_id, unit_id)
    form = ConfirmForm()
    if not form.submitted():
        return _shown(objective, access.acts_on(g.viewer, objective), 422, confirm=form, unit_id=unit_id)
    told: dict[str, Any] = {"version": form.version.data or 0, "weight": form.points}
    sharing.decide(part, objective, "confirm", g.viewer, acts, **told)
    return done(url_for(".sharing", objective_id=objective_id), _("Confirmed. It counts in your department's scorecard."))


@bp.post("/<int:objective_id>/sharing/<int:unit_id>/refusal", endpoint="decline_part")
def decline(objective_id: int, unit_id: int) -> Answer:
    part, objective, acts = _to_decide(objective_id, unit_id)
    form = ReasonForm()
    if not form.submitted():
        return _shown(objective, access.acts_on(g.viewer, objective), 422, decline=form, unit_id=unit_id)
    told: dict[str, Any] = {"version": form.version.data or 0, "reason": form.reason.data or ""}
    sharing.decide(part, objective, "decline", g.viewer, acts, **told)
    return done(url_for(".sharing", objective_id=objective_id), _("Declined. Whoever answers for the goal reads why."))


@bp.post("/<int:objective_id>/sharing/<int:unit_id>/withdrawal", endpoint="unshare")
def take_back(objective_id: int, unit_id: int) -> Answer:
    objective, acts = queries.to_change(g.viewer, objective_id, Act.EDIT_OBJECTIVE)
    sharing.unshare(sharing.to_decide(objective_id, unit_id), objective, g.viewer, acts)
    return done(url_for(".sharing", objective_id=objective_id), _("Taken back."))


def _to_decide(objective_id: int, unit_id: int) -> tuple[Contribution, Objective, Held]:
    """A part its head decides about: 404 where the goal may not be seen, 403 for whoever is not its head."""
    objective = queries.objective_or_404(g.viewer, objective_id)
    part = sharing.to_decide(objective_id, unit_id) or abort(404)
    acts = access.acts_on(g.viewer, Subject(unit_id=unit_id))
    if Act.CONFIRM_PART not in acts:
        raise NotHeld(Act.CONFIRM_PART)
    return part, objective, acts
