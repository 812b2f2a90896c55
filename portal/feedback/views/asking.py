"""Asking for feedback: several people at once, each once about a topic; declining; taking it back."""

from datetime import timedelta

from flask import g, request, url_for

from portal import clock
from portal.access import Act
from portal.directory import finding
from portal.directory.models import Person
from portal.feedback import operations, queries
from portal.feedback.forms import AskForm
from portal.feedback.views.blueprint import bp
from portal.forms import options
from portal.i18n import gettext as _
from portal.i18n import ngettext
from portal.web import Answer, done, page, whole
from portal.workflow import NotHeld

USUAL = timedelta(days=10)
"""By when an answer is asked for, unless somebody chooses another day."""


@bp.route("/ask", methods=["GET", "POST"])
def ask() -> Answer:
    """With `look` somebody else is found and added to those who can be ticked; nothing is asked yet."""
    if g.viewer.outside:
        raise NotHeld(Act.SEE_ASK)
    form = AskForm(data={"goal": request.args.get("goal", type=whole), "due": clock.today() + USUAL})
    offered = _offered(form)
    looks = "look" in request.form
    if looks or not form.submitted():
        status = 422 if request.method == "POST" and form.errors and not looks else 200
        return page("feedback/ask.html", regions={"people": "people"}, status=status, form=form, offered=offered)
    wanted = queries.askable(form.people.data or (), g.viewer)
    topic = " ".join((form.topic.data or "").split())
    made = operations.ask(topic, wanted, form.goal.data, form.due.data, g.viewer)
    if not made:
        form.topic.errors = [_("You have asked them about this already. Each is asked once about a topic.")]
        return page("feedback/ask.html", regions={"people": "people"}, status=422, form=form, offered=offered)
    told = ngettext("%(num)d colleague is asked.", "%(num)d colleagues are asked.", len(made))
    if len(made) < len(wanted):
        told = " ".join((told, _("The others were asked about this before.")))
    return done(url_for(".index", which="asked"), told)


def _offered(form: AskForm) -> list[Person]:
    """Those who can be ticked: who is ticked already, who fits what was looked for, then whom one works with."""
    ticked = request.form.getlist("people", type=whole)
    found = finding.people(form.q.data or "", but=g.viewer.id) if "look" in request.form else ()
    known = {one.id: one for one in queries.askable({*ticked, *(one.id for one in found)}, g.viewer)}
    known |= {one.id: one for one in queries.near(g.viewer) if one.id not in known}
    form.people.choices = options([(one.id, one.name) for one in known.values()])
    form.goal.choices = options([("", _("No goal")), *queries.goals_of(g.viewer, g.viewer.id)])
    return list(known.values())


@bp.post("/asks/<int:ask_id>/decline")
def decline(ask_id: int) -> Answer:
    row, acts = queries.ask_to_change(g.viewer, ask_id, Act.ANSWER_ASK)
    operations.decline(row, g.viewer, acts)
    return done(url_for(".index"), _("Declined. You need not say why."))


@bp.post("/asks/<int:ask_id>/back")
def take_back(ask_id: int) -> Answer:
    row, acts = queries.ask_to_change(g.viewer, ask_id, Act.TAKE_ASK_BACK)
    operations.take_back(row, g.viewer, acts)
    return done(url_for(".index", which="asked"), _("Taken back."))
