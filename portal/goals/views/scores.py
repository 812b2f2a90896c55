"""A goal's score: how it came about, and another one given instead of it."""

from decimal import Decimal
from types import SimpleNamespace

from flask import g, request, url_for

from portal.access import Act
from portal.goals import operations, queries
from portal.goals.forms import ScoreForm
from portal.goals.kinds import Kind
from portal.goals.states import State
from portal.goals.views.blueprint import bp
from portal.goals.workings import of_goal
from portal.i18n import gettext as _
from portal.settings import queries as settings
from portal.web import Answer, done, page
from portal.words import N_
from portal.workflow import NotHeld, Refused


@bp.get("/<int:objective_id>/workings", endpoint="workings")
def workings(objective_id: int) -> Answer:
    objective = queries.objective_or_404(g.viewer, objective_id)
    made = of_goal(objective, Decimal(settings.number("points_cap")))
    rules = SimpleNamespace(insufficient=settings.number("insufficient_percent"), veto=settings.number("veto_cap"))
    return page("goals/workings.html", regions={"workings": "sums"}, objective=objective, workings=made, rules=rules)


@bp.route("/<int:objective_id>/score", methods=["GET", "POST"], endpoint="override")
def override(objective_id: int) -> Answer:
    objective, acts = queries.to_change(g.viewer, objective_id, Act.AGREE_OBJECTIVE)
    if not operations.may_override(objective, acts, g.viewer):
        raise NotHeld(Act.AGREE_OBJECTIVE, operations.OWN_SCORE)
    if objective.state is not State.CLOSED:
        raise Refused(N_("A score can be changed once the goal is closed."))
    most = Decimal(settings.number("points_cap")) if objective.kind is Kind.KPI else Decimal(1)
    form = ScoreForm(most)
    if form.submitted() and form.score.data is not None:
        operations.override(objective, form.score.data, form.reason.data or "", acts, g.viewer)
        return done(url_for(".show", objective_id=objective_id), _("Saved. The computed score stays beside it."))
    status = 422 if request.method == "POST" else 200
    return page("goals/score.html", status=status, objective=objective, form=form, most=most)
