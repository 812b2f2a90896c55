"""Giving feedback: to whom, then what; also in answer to a question."""

from typing import Any

from flask import g, request, url_for

from portal.access import Act, Held
from portal.directory import finding
from portal.directory.models import Person
from portal.feedback import operations, queries
from portal.feedback.forms import EVERYBODY, NOBODY_ELSE, GiveForm
from portal.feedback.models import Ask
from portal.feedback.operations import Said
from portal.feedback.views.blueprint import bp
from portal.formats import called
from portal.i18n import gettext as _
from portal.web import Answer, done, page, region, whole


@bp.get("/new")
def find() -> Answer:
    """To whom."""
    asked = request.args.get("q", "")
    found = finding.people(asked, but=g.viewer.id, everybody=True)
    near = [] if region() == "found" else queries.near(g.viewer)
    shown: dict[str, Any] = {"asked": asked, "found": found, "near": near, "praise": request.args.get("praise", type=whole)}
    return page("feedback/find.html", regions={"found": "found"}, **shown)


@bp.route("/to/<int:person_id>", methods=["GET", "POST"])
def give(person_id: int) -> Answer:
    """What one wants to tell this colleague, of one's own accord."""
    person = queries.receiver_or_404(person_id)
    operations.may_give(person, g.viewer)
    return _give(person, request.args.get("goal", type=whole))


@bp.route("/asks/<int:ask_id>", methods=["GET", "POST"])
def answer(ask_id: int) -> Answer:
    """The same in answer to a question."""
    ask, acts = queries.ask_to_change(g.viewer, ask_id, Act.ANSWER_ASK)
    operations.may_give(person := queries.receiver_or_404(ask.person_id), g.viewer)
    return _give(person, ask.objective_id, (ask, acts))


def _give(person: Person, goal: int | None, ask: tuple[Ask, Held] | None = None) -> Answer:
    form = _form(person, goal)
    if form.submitted():
        said = Said(form.words.data or "", form.public.data == EVERYBODY, form.goal.data, form.value.data)
        made = operations.give(person, said, g.viewer, ask)
        told = _("%(name)s can read it now.", name=person.name)
        if person.directory_key is None:
            told = _("Kept. %(name)s has no account: tell them, or let their manager show it to them.", name=person.name)
        return done(url_for(".show", feedback_id=made.id), told)
    status = 422 if form.errors else 200
    return page("feedback/give.html", status=status, person=person, form=form, ask=ask[0] if ask else None)


def _form(person: Person, goal: int | None) -> GiveForm:
    data: dict[str, Any] = {"public": EVERYBODY if "praise" in request.args else NOBODY_ELSE, "goal": goal}
    readers = _("%(name)s, their managers and you", name=called(person.name))
    also = goal if request.method != "POST" else request.form.get("goal", type=whole)
    goals = queries.goals_of(g.viewer, person.id, also)
    return GiveForm.offered(readers, goals, [(one.id, one.name) for one in queries.values()], data)
