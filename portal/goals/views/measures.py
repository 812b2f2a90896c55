"""One measure: what is measured and how it is scored, with a look at the curve before anything is saved."""

from decimal import Decimal
from typing import Any

from flask import g, request, url_for

from portal import drafts
from portal.access import Act, Held
from portal.goals import changing, operations, queries
from portal.goals.forms import ROWS, leaves
from portal.goals.measuring import MeasureForm, told
from portal.goals.models import Measure, Objective
from portal.goals.names import OUTCOMES
from portal.goals.previews import preview
from portal.goals.views.blueprint import bp
from portal.goals.wording import wording_of
from portal.i18n import gettext as _
from portal.settings import queries as settings
from portal.web import Answer, Clash, Conflict, done, page, region
from portal.words import N_
from portal.workflow import Refused

REGIONS = {"preview": "preview", "rule-fields": "fields"}


@bp.route("/<int:objective_id>/measures/new", methods=["GET", "POST"], endpoint="add_measure")
def add_measure(objective_id: int) -> Answer:
    if answer := _look(objective_id=objective_id):
        return answer
    objective, acts = queries.to_change(g.viewer, objective_id, Act.EDIT_OBJECTIVE)
    if len(objective.measures) >= ROWS:
        raise Refused(N_("An objective has at most twelve measures."))
    return _form(objective, None, acts)


@bp.route("/measures/<int:measure_id>/edit", methods=["GET", "POST"], endpoint="measure")
def measure(measure_id: int) -> Answer:
    if answer := _look(measure_id=measure_id):
        return answer
    found, acts = queries.measure_to_change(g.viewer, measure_id, Act.EDIT_OBJECTIVE)
    return _form(found.objective, found, acts)


def _look(**which: int) -> Answer | None:
    """A region of what was typed, by one cheap read and what was sent; None where the whole page is asked for."""
    if "look" not in request.form or region() not in REGIONS:
        return None
    if (known := queries.to_look(g.viewer, **which)) is None:
        return None  # the page says why
    form = MeasureForm(known.kind, known.begins, known.ends)
    if request.headers["HX-Target"] == "preview":
        look = preview(form, known.current, Decimal(settings.number("points_cap")))
        return page("goals/measure.html", regions=REGIONS, form=form, look=look)
    form.room()
    return page("goals/measure.html", regions=REGIONS, form=form)


def _form(objective: Objective, found: Measure | None, acts: Held) -> Answer:
    """`look` asks for the fields and the curve of what was typed and saves nothing."""
    if reason := operations.settled(objective):
        raise Refused(reason)
    known = told(found) if found else {"version": objective.version}
    whole = (objective.kind, objective.period.begins, objective.period.ends)
    form, looks = MeasureForm(*whole, data=known), "look" in request.form
    if not looks and form.submitted():
        return _save(objective, found, form, acts)
    context: dict[str, Any] = {"objective": objective, "measure": found, "form": form, "acts": acts}
    form.room()
    cap = Decimal(settings.number("points_cap"))
    context["look"] = preview(MeasureForm(*whole, data=known), found.current if found else None, cap)
    refused = request.method == "POST" and not looks
    return page("goals/measure.html", regions=REGIONS, status=422 if refused else 200, **context)


def _save(objective: Objective, found: Measure | None, form: MeasureForm, acts: Held) -> Answer:
    if found:
        _same_version(objective, found, form)
    row = {**form.made(), "id": found.id if found else None}
    stands = wording_of(objective, operations.shares_of(objective.id))
    wording = stands.with_measure(row, form.changed_because.data or "", whole=form.holds.data == "whole")
    outcome = changing.change(objective, wording, g.viewer, acts)
    drafts.drop(g.viewer.id, request.path)
    return done(url_for(".show", objective_id=objective.id), _(OUTCOMES[outcome]))


def _same_version(objective: Objective, found: Measure, form: MeasureForm) -> None:
    """Somebody else saved in between: both texts, field by field. Raises Conflict."""
    if form.version.data == objective.version:
        return
    period = objective.period
    stored = MeasureForm(objective.kind, period.begins, period.ends, reads=False, data=told(found))
    theirs = {name: text for name, _label, text in leaves(stored)}
    raise Conflict(
        objective.version, [Clash(n, label, mine, theirs.get(n, "")) for n, label, mine in leaves(form)], row=objective
    )
