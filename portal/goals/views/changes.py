"""Changes of an agreed goal: the list of them, and the answers to one that waits."""

from typing import Any

from flask import abort, g, url_for

from portal.access import Act, Held
from portal.goals import changing, queries
from portal.goals.forms import ReasonForm
from portal.goals.models import Objective, Revision
from portal.goals.states import RevisionState
from portal.goals.views.blueprint import bp
from portal.goals.views.single import shown
from portal.i18n import gettext as _
from portal.web import Answer, done, page, region

FEW = 5
"""In the goal's own page, before the rest is asked for."""


@bp.get("/<int:objective_id>/changes", endpoint="changes")
def changes(objective_id: int) -> Answer:
    objective = queries.objective_or_404(g.viewer, objective_id)
    limit = FEW if region() == "revisions" else None
    context: dict[str, Any] = {"objective": objective, "limit": limit, "revisions": queries.revisions_of(objective_id)}
    context["named"] = queries.names_in(g.viewer, context["revisions"])
    return page("goals/changes.html", regions={"revisions": "list"}, **context)


@bp.post("/<int:objective_id>/changes/<int:n>/agreement", endpoint="agree_change")
def agree_change(objective_id: int, n: int) -> Answer:
    objective, revision, acts = _to_answer(objective_id, n, Act.AGREE_OBJECTIVE)
    changing.agree(objective, revision, g.viewer, acts)
    return done(url_for(".show", objective_id=objective_id), _("Agreed."))


@bp.post("/<int:objective_id>/changes/<int:n>/return", endpoint="return_change")
def return_change(objective_id: int, n: int) -> Answer:
    objective, revision, acts = _to_answer(objective_id, n, Act.AGREE_OBJECTIVE)
    form = ReasonForm()
    if not form.submitted():
        return shown(objective, acts, 422, return_change=form)
    changing.send_back(objective, revision, form.reason.data or "", g.viewer, acts)
    return done(url_for(".show", objective_id=objective_id), _("Sent back."))


@bp.post("/<int:objective_id>/changes/<int:n>/withdrawal", endpoint="take_back_change")
def take_back_change(objective_id: int, n: int) -> Answer:
    objective, revision, acts = _to_answer(objective_id, n, Act.EDIT_OBJECTIVE)
    said = _("Taken back.") if revision.state is RevisionState.WAITING else _("It stays as it was agreed.")
    changing.take_back(objective, revision, g.viewer, acts)
    return done(url_for(".show", objective_id=objective_id), said)


def _to_answer(objective_id: int, n: int, act: Act) -> tuple[Objective, Revision, Held]:
    objective, acts = queries.to_change(g.viewer, objective_id, act)
    revision = next((each for each in objective.revisions if each.n == n), None)
    return objective, revision or abort(404), acts
