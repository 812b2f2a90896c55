"""What was said to me and by me, one piece of it, and the wall."""

from typing import Any

from flask import g, request, url_for

from portal import access, clock
from portal.access import Act
from portal.directory import finding
from portal.feedback import operations, queries
from portal.feedback.forms import ReportForm
from portal.feedback.models import Feedback
from portal.feedback.states import State, within_a_day
from portal.feedback.views.blueprint import bp
from portal.i18n import gettext as _
from portal.web import Answer, done, page, region, whole

WHICH = {"received": queries.received, "given": queries.given}


@bp.get("")
def index() -> Answer:
    """What waits for an answer, what was said to me, or by me, or what I asked for."""
    which = request.args.get("which", "received")
    before = request.args.get("before", type=whole)
    target = region()
    context: dict[str, Any] = {"which": which if which in (*WHICH, "asked") else "received", "before": before}
    if context["which"] == "asked":
        context["asked"] = _by_topic()
    else:
        context["found"] = WHICH[context["which"]](g.viewer, before)
    if target != "earlier":
        context["waiting"] = queries.asks_to_me(g.viewer)
    return page("feedback/index.html", regions={"earlier": "pieces"}, **context)


def _by_topic() -> dict[str, list[Any]]:
    """The questions of the viewer, those of one topic together."""
    found: dict[str, list[Any]] = {}
    for one in queries.my_asks(g.viewer):
        found.setdefault(one.topic_key, []).append(one)
    return found


@bp.get("/wall")
def wall() -> Answer:
    """Praise before everybody, newest first."""
    typed = request.args.get("department", "").strip()
    unit = finding.department(typed, clock.today()) if typed else None
    wish = queries.Wall(0 if typed and unit is None else unit, request.args.get("value", type=whole))
    before = request.args.get("before", type=whole)
    found = queries.wall(g.viewer, wish, before)
    context: dict[str, Any] = {"found": found, "wish": wish, "department": typed, "before": before}
    if region() != "earlier":
        context["values"] = queries.values(retired=True)
    unknown = _("No department is called that today. Take one of those offered while you type.")
    context["problem"] = unknown if typed and unit is None else ""
    return page("feedback/wall.html", regions={"earlier": "pieces", "praise": "praise"}, **context)


@bp.get("/<int:feedback_id>")
def show(feedback_id: int) -> Answer:
    return _show(queries.feedback_or_404(g.viewer, feedback_id))


@bp.post("/<int:feedback_id>/withdrawal")
def withdraw(feedback_id: int) -> Answer:
    feedback, acts = queries.to_change(g.viewer, feedback_id, Act.WITHDRAW_FEEDBACK)
    operations.withdraw(feedback, g.viewer, acts)
    return done(url_for(".show", feedback_id=feedback_id), _("Withdrawn. The words are gone."))


@bp.post("/<int:feedback_id>/report")
def report(feedback_id: int) -> Answer:
    feedback, acts = queries.to_change(g.viewer, feedback_id, Act.REPORT_FEEDBACK)
    form = ReportForm()
    if not form.submitted():
        return _show(queries.feedback_or_404(g.viewer, feedback_id), form)
    operations.report(feedback, form.reason.data or "", g.viewer, acts)
    return done(url_for(".show", feedback_id=feedback_id), _("Reported. HR looks at it and tells you what they decided."))


def _show(feedback: Feedback, form: ReportForm | None = None) -> Answer:
    acts = access.acts_on(g.viewer, feedback)
    decisions = queries.decisions(g.viewer, feedback)
    regret = Act.WITHDRAW_FEEDBACK in acts and feedback.state is State.GIVEN and within_a_day(feedback) is None
    open_ = any(one.reporter_id == g.viewer.id and one.decided_at is None for one in decisions)
    reports = Act.REPORT_FEEDBACK in acts and feedback.state is State.GIVEN and not open_
    return page(
        "feedback/show.html",
        status=422 if form and form.errors else 200,
        feedback=feedback,
        goals=queries.goal_titles(g.viewer, [feedback]),
        decisions=decisions,
        may_withdraw=regret,
        form=(form or ReportForm(reads=False)) if reports else None,
    )
