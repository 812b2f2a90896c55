"""Setting up and changing a goal: one form, with rows for measures and parents that need no script."""

from typing import Any

from flask import abort, g, request, url_for

from portal import access, drafts
from portal.access import Act, Held, Subject
from portal.db import db
from portal.directory.models import Person, Unit
from portal.formats import period_name
from portal.goals import aligning, boards, changing, operations, queries, together, tree
from portal.goals.forms import ObjectiveForm, leaves, told
from portal.goals.kinds import Audience, Kind
from portal.goals.models import Objective
from portal.goals.names import OUTCOMES, PLACE
from portal.goals.views.blueprint import bp
from portal.goals.wording import Wording
from portal.i18n import gettext as _
from portal.periods.models import Period
from portal.settings import queries as settings
from portal.web import Answer, Clash, Conflict, done, page, whole
from portal.workflow import NotHeld


@bp.route("/new", methods=["GET", "POST"], endpoint="create")
def create() -> Answer:
    whose, name = _whose(request.args.get("of", ""))
    acts = access.acts_on(g.viewer, whose)
    if Act.CREATE_OBJECTIVE not in acts:
        raise NotHeld(Act.CREATE_OBJECTIVE)
    period, periods = boards.chosen(request.args.get("period", type=whole))
    form = ObjectiveForm(data=_usual(period.id))
    wanted = next((each.id for each in periods if each.id == form.period.data and not each.closed), period.id)
    draft = Objective(person_id=whose.person_id, unit_id=whose.unit_id, period_id=wanted)
    _offer(form, draft, periods, acts)
    if _sent() and form.submitted() and _fits(form, draft, whose):
        made = operations.create(whose, _wording(form, draft), g.viewer, acts[Act.CREATE_OBJECTIVE])
        drafts.drop(g.viewer.id, request.path)
        return done(_back(made), _("Saved as a draft."))
    return _form(form, None, name, acts)


@bp.route("/<int:objective_id>/edit", methods=["GET", "POST"], endpoint="edit")
def edit(objective_id: int) -> Answer:
    objective, acts = queries.to_change(g.viewer, objective_id, Act.EDIT_OBJECTIVE)
    form = ObjectiveForm(data=told(objective, operations.shares_of(objective_id)))
    _offer(form, objective, [objective.period], acts)
    form.knows(objective.measures)
    if _sent() and form.submitted() and _fits(form, objective):
        _same_version(objective, form)
        outcome = changing.change(objective, _wording(form, objective), g.viewer, acts)
        drafts.drop(g.viewer.id, request.path)
        return done(_back(objective), _(OUTCOMES[outcome]))
    return _form(form, objective, "", acts)


def _back(objective: Objective) -> str:
    """To the set it is being written in, else to its own page."""
    found = together.of(g.viewer, objective)
    return found.url if found and found.running and found.is_open else url_for(".show", objective_id=objective.id)


def _form(form: ObjectiveForm, objective: Objective | None, name: str, acts: Held) -> Answer:
    refused = request.method == "POST" and _sent()
    if "even" in request.form:
        form.spread()
    form.stretch("more" in request.form, "above" in request.form)
    return page("goals/form.html", status=422 if refused else 200, form=form, objective=objective, whose=name, acts=acts)


def _sent() -> bool:
    """Whether it shall be saved: the other buttons only bring rows, or fill in shares."""
    return not {"more", "above", "even"} & request.form.keys()


def _fits(form: ObjectiveForm, objective: Objective, whose: Subject | None = None) -> bool:
    """Whether it can support what was chosen anew; why not stands at the field."""
    known = operations.shares_of(objective.id) if objective.id else {}
    child = objective
    if whose is not None:
        child = Objective(person_id=whose.person_id, unit_id=whose.unit_id, period_id=form.period.data)
    return form.blame(aligning.misfits(child, form.shares().keys() - known.keys()))


def _whose(of: str) -> tuple[Subject, str]:
    """Whose the new goal shall be: `person-3`, `unit-3`, `company`, or (nothing said) one's own; with the name."""
    key, _dash, digits = of.partition("-")
    if not of:
        return Subject(person_id=g.viewer.id), g.viewer.name
    if of == "company":
        return Subject(), _("Company")
    if key not in ("person", "unit") or not digits.isdecimal() or len(digits) > 9:
        abort(404)
    found: Any = db.get_or_404(Person if key == "person" else Unit, int(digits))
    return (Subject(person_id=found.id) if key == "person" else Subject(unit_id=found.id)), found.name


def _usual(period_id: int) -> dict[str, Any]:
    """What a new form begins with; a goal to support may come with the address."""
    above = request.args.get("under", type=whole)
    kind = request.args.get("kind", "")
    chosen = kind if kind in list(Kind) else Kind.OKR_COMMITTED.value
    return {"version": 0, "period": period_id, "kind": chosen, "parents": [{"parent": str(above)}] if above else []}


def _offer(form: ObjectiveForm, objective: Objective, periods: list[Any], acts: Held) -> None:
    """The choices: open periods, themes of a goal without a person, what stands above; the audience for who agrees."""
    open_ones = [
        (period.id, period_name(period.name)) for period in periods if not period.closed or period.id == objective.period_id
    ]
    themes = [] if objective.person_id else tree.themes_of(objective.period_id)
    themes = [theme for theme in themes if theme.retired_at is None or theme.id == objective.theme_id]
    above = [(str(card.id), f"{_(PLACE[card.place])} · {card.title}") for card in queries.candidates(g.viewer, objective)]
    known = {key for key, _title in above}
    kept = [row.form.parent.data for row in form.parents if row.form.parent.data and row.form.parent.data not in known]
    above += [(str(each.id), each.title) for each in queries.several(g.viewer, kept)]
    above += _hidden(objective, set(kept) - {key for key, _title in above})
    form.offer(open_ones, [(theme.id, theme.name) for theme in themes], above)
    if Act.AGREE_OBJECTIVE not in acts:
        del form.audience


def _hidden(objective: Objective, unknown: set[str]) -> list[tuple[str, str]]:
    """What it supports already and this writer may not see: without a choice of its own a save would take it away."""
    stands = operations.shares_of(objective.id) if unknown and objective.id else {}
    return [(str(parent), _("a goal that is not open to you")) for parent in stands if str(parent) in unknown]


def _wording(form: ObjectiveForm, objective: Objective) -> Wording:
    facts = form.facts()
    if objective.id is not None and _lines(facts["why"]) == _lines(objective.why):
        facts["why"] = objective.why  # a browser ends lines in its own way; what a workbook brought does so in another
    if objective.id is None and "audience" not in facts:
        which = "kpi_audience" if facts["kind"] is Kind.KPI else "okr_audience"
        period = db.session.get_one(Period, facts["period_id"])
        facts["audience"] = Audience(getattr(period, which) or settings.text(which))
    return Wording(facts, form.rows(), form.shares(), form.changed_because.data or "", whole=form.holds.data == "whole")


def _lines(text: str) -> list[str]:
    return [line.rstrip() for line in text.strip().splitlines()]


def _same_version(objective: Objective, form: ObjectiveForm) -> None:
    """Somebody else saved in between: both texts, field by field. Raises Conflict."""
    if form.version.data == objective.version:
        return
    stored = ObjectiveForm.from_stored(told(objective, operations.shares_of(objective.id)))
    theirs = {name: text for name, _label, text in leaves(stored)}
    raise Conflict(
        objective.version, [Clash(n, label, mine, theirs.get(n, "")) for n, label, mine in leaves(form)], row=objective
    )
