"""The steps of a goal: propose, agree, return, withdraw, close. Each tells the journal and comes back to the goal."""

from flask import g, request, url_for

from portal import clock, journal
from portal.access import Act, Held
from portal.formats import period_name
from portal.goals import copying, operations, queries, scoring, together
from portal.goals.forms import CloseForm, ReasonForm
from portal.goals.kinds import Kind
from portal.goals.models import Objective
from portal.goals.states import State
from portal.goals.views.blueprint import bp
from portal.goals.views.single import shown
from portal.i18n import gettext as _
from portal.web import Answer, answers, done, page
from portal.words import N_
from portal.workflow import Refused, Taken


@bp.post("/<int:objective_id>/proposal", endpoint="propose")
def propose(objective_id: int) -> Answer:
    objective, acts = queries.to_change(g.viewer, objective_id, Act.EDIT_OBJECTIVE)
    together.alone(g.viewer, objective)
    return _taken(objective.propose(acts, clock.now()), objective, acts, _("Proposed."))


@bp.post("/<int:objective_id>/agreement", endpoint="agree")
def agree(objective_id: int) -> Answer:
    objective, acts = queries.to_change(g.viewer, objective_id, Act.AGREE_OBJECTIVE)
    together.alone(g.viewer, objective)
    if objective.state is State.PROPOSED:
        answers(objective)
    return _taken(objective.agree(acts, clock.now()), objective, acts, _("Agreed."))


@bp.post("/<int:objective_id>/return", endpoint="send_back")
def send_back(objective_id: int) -> Answer:
    objective, acts = queries.to_change(g.viewer, objective_id, Act.AGREE_OBJECTIVE)
    together.alone(g.viewer, objective)
    form = ReasonForm()
    if not form.submitted():
        return shown(objective, acts, 422, **{"return": form})
    return _taken(objective.send_back(acts, clock.now(), form.reason.data or ""), objective, acts, _("Sent back."))


@bp.post("/<int:objective_id>/withdrawal", endpoint="withdraw")
def withdraw(objective_id: int) -> Answer:
    objective, acts = queries.to_change(g.viewer, objective_id, Act.EDIT_OBJECTIVE)
    form = ReasonForm()
    if not form.submitted():
        return shown(objective, acts, 422, withdraw=form)
    operations.withdraw(objective, acts, g.viewer, form.reason.data or "")
    return done(url_for(".mine"), _("Withdrawn."))


@bp.route("/<int:objective_id>/close", methods=["GET", "POST"], endpoint="close")
def close(objective_id: int) -> Answer:
    objective, acts = queries.to_change(g.viewer, objective_id, Act.CLOSE_OBJECTIVE)
    if objective.state is not State.AGREED:
        raise Refused(N_("Only what was agreed can be closed."))
    form = CloseForm(data={"grades": [scoring.suggested_grade(each.progress) for each in objective.measures]})
    form.offer([(each.id, period_name(each.name)) for each in copying.onward(objective, g.viewer)])
    graded = objective.kind is not Kind.KPI
    if form.submitted():
        grades = {each.id: row.data for each, row in zip(objective.measures, form.grades, strict=False) if row.data is not None}
        said = operations.Ending(grades if graded else {}, form.outcome.data or "", form.lessons.data or "")
        if operations.lacks_cause(objective, said):
            form.lessons.errors = [_(operations.CAUSE)]
        else:
            operations.close(objective, acts, g.viewer, said)
            if form.carry.data:
                copying.carry(objective, form.carry.data, g.viewer)
            return done(url_for(".show", objective_id=objective.id), _("Closed."))
    score = None if graded else operations.score_of(objective)
    status = 422 if request.method == "POST" else 200
    return page("goals/close.html", status=status, objective=objective, form=form, graded=graded, score=score)


def _taken(taken: Taken, objective: Objective, acts: Held, said: str) -> Answer:
    journal.step(taken, objective, g.viewer, acts, {"title": objective.title})
    return done(url_for(".show", objective_id=objective.id), said)
