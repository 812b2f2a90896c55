"""One goal: its page, its card, reporting in place, its history."""

from typing import Any

from flask import abort, g, request, url_for

from portal import access, clock, files, journal
from portal.access import Act, Held
from portal.goals import cards, copying, filing, judging, operations, queries, together, tree
from portal.goals.forms import ValueForm
from portal.goals.kinds import Rule
from portal.goals.models import Objective
from portal.goals.states import SETTING, State
from portal.goals.views.blueprint import bp
from portal.i18n import gettext as _
from portal.web import Answer, done, page, region, whole
from portal.words import N_
from portal.workflow import NotHeld, Refused

HISTORY = 30
TOGETHER = ("propose", "agree", "return")
"""Steps a goal takes with the others of its set."""
FEW = 8
"""On the goal's own page, before the rest is asked for."""


@bp.get("/<int:objective_id>", endpoint="show")
def show(objective_id: int) -> Answer:
    if region() == f"objective-{objective_id}":
        return _card(objective_id)
    objective = queries.objective_or_404(g.viewer, objective_id)
    return shown(objective, access.acts_on(g.viewer, objective))


def _card(objective_id: int) -> Answer:
    """Only what changed after a report: the goal's card."""
    card = cards.one(g.viewer, objective_id) or abort(404)
    return page("goals/card.html", regions={f"objective-{objective_id}": "objective"}, card=card)


def shown(objective: Objective, acts: Held, status: int = 200, **forms: Any) -> Answer:
    """A goal's own page; `forms` are those of its steps that were refused."""
    path, below = tree.family(g.viewer, objective.id)
    card = path.steps[-1] if path else None  # what was withdrawn stands in no list
    context: dict[str, Any] = {"objective": objective, "card": card, "acts": acts, "steps": SETTING.offered(objective, acts)}
    context["may_edit"] = Act.EDIT_OBJECTIVE in acts and not operations.settled(objective)
    context["may_override"] = operations.may_override(objective, acts, g.viewer)
    judged = [each.rule is Rule.JUDGED for each in objective.measures]
    own = Act.RECORD_VALUE in acts and not all(judged)
    context["may_report"] = own or (any(judged) and bool(judging.ratings(g.viewer, objective.id)))
    context |= {"results": cards.results_of(objective.measures), "path": path, "set": together.of(g.viewer, objective)}
    if objective.carried_from_id or objective.state is State.CLOSED:
        context["before"], context["after"] = copying.went_on(g.viewer, objective)
    if context["set"] and context["set"].running:
        context["steps"] = [step for step in context["steps"] if step.name not in TOGETHER]
    values = queries.values_of(objective.id)
    back = objective.returned
    context["returned"] = back = back if back and back.by_id == g.viewer.id and context["may_edit"] else None
    context["named"] = queries.names_in(g.viewer, [each for each in (objective.waiting, back) if each])
    context |= {"below": below, "values": values, "limit": cards.PAGE, "may_file": filing.may_file(objective, acts)}
    context["files"] = files.of(g.viewer, {filing.KIND: [row.id for rows in values.values() for row in rows]})
    return page("goals/show.html", regions={"steps": "actions"}, status=status, forms=forms, **context)


@bp.get("/<int:objective_id>/update", endpoint="update")
def update(objective_id: int) -> Answer:
    return _update(objective_id)


def _update(objective_id: int, status: int = 200, form: ValueForm | None = None, wrong: int = 0) -> Answer:
    """The card with a form for each measure; the one that was refused keeps what was typed."""
    card = cards.one(g.viewer, objective_id) or abort(404)
    judged = any(each.rule is Rule.JUDGED for each in card.measures)
    ratings = judging.ratings(g.viewer, objective_id) if judged else {}
    if not card.may_update(g.viewer.id) and not ratings:
        raise NotHeld(Act.RECORD_VALUE, judging.NOT_ONESELF if card.may_record and judged else "")
    if card.closed:
        raise Refused(N_("This objective is over: it takes no more values."))
    context: dict[str, Any] = {"card": card, "form": form, "wrong": wrong, "today": clock.today()}
    context["ratings"] = ratings
    context["milestones"] = queries.milestones_of(objective_id) if any(each.steps for each in card.measures) else {}
    context["parts"] = queries.parts_of(objective_id) if any(each.in_parts for each in card.measures) else {}
    return page("goals/update.html", regions={f"objective-{objective_id}": "update"}, status=status, **context)


@bp.post("/measures/<int:measure_id>/values", endpoint="record")
def record(measure_id: int) -> Answer:
    measure, acts = queries.measure_to_change(g.viewer, measure_id, Act.SEE_OBJECTIVE)
    acts = judging.to_report(g.viewer, measure, acts)
    form = ValueForm()
    if form.submitted() and (value := form.reported(measure)) is not None:
        operations.record(measure, value, form.view, g.viewer, acts, comment=form.comment.data or "")
        return done(url_for(".show", objective_id=measure.objective_id), _("Saved."))
    return _update(measure.objective_id, 422, form, measure_id)


@bp.post("/milestones/<int:milestone_id>", endpoint="tick")
def tick(milestone_id: int) -> Answer:
    milestone, acts = queries.milestone_to_change(g.viewer, milestone_id)
    objective_id = milestone.measure.objective_id
    operations.tick(milestone, request.form.get("done") == "1", g.viewer, acts)
    return done(url_for(".update", objective_id=objective_id), _("Saved."))


@bp.get("/<int:objective_id>/history", endpoint="history")
def history(objective_id: int) -> Answer:
    objective = queries.objective_or_404(g.viewer, objective_id)
    limit = FEW if region() == "history" else HISTORY
    entries = journal.history(g.viewer, objective, limit + 1, request.args.get("before", type=whole))
    context: dict[str, Any] = {"objective": objective, "entries": entries, "limit": limit}
    context["above"] = queries.open_above(g.viewer, entries)
    return page("goals/history.html", regions={"history": "entries", "older": "entries"}, **context)
