"""Reports about feedback: HR's list, one of them, and that a side has read what was decided."""

from flask import abort, g, request, url_for

from portal import access
from portal.access import Act
from portal.feedback import operations, queries
from portal.feedback.forms import DecisionForm
from portal.feedback.views.blueprint import bp
from portal.i18n import gettext as _
from portal.web import Answer, done, page, whole
from portal.workflow import NotHeld

STEPS = ("keep", "hide")


@bp.get("/reports")
def reports() -> Answer:
    access.must(Act.SEE_REPORT, g.viewer)
    rows, more = queries.reports(g.viewer, request.args.get("before", type=whole))
    return page("feedback/reports.html", rows=rows, more=more)


@bp.route("/reports/<int:report_id>", methods=["GET", "POST"])
def one_report(report_id: int) -> Answer:
    access.must(Act.SEE_REPORT, g.viewer)
    row, acts = queries.report_or_404(g.viewer, report_id)
    decides = Act.DECIDE_REPORT in acts
    if request.method == "POST" and not decides:
        raise NotHeld(Act.DECIDE_REPORT)
    form = DecisionForm()
    if form.submitted():
        step = request.form.get("act", "")
        operations.decide(row, step if step in STEPS else abort(400), form.reason.data or "", g.viewer, acts)
        return done(url_for(".reports"), _("Decided. Both sides are told."))
    return page("feedback/report.html", status=422 if form.errors else 200, row=row, form=form, decides=decides)


@bp.route("/reports/<int:report_id>/decision", methods=["GET", "POST"])
def decision(report_id: int) -> Answer:
    """What HR decided, for who reported it and, where the words were hidden, for who wrote them. Sent: they have read it."""
    row = queries.decided_or_404(g.viewer, report_id)
    if request.method == "POST":
        operations.have_read(row, g.viewer)
        return done(url_for(".index"))
    own = row.reporter_id == g.viewer.id
    read = row.read_by_reporter if own else row.read_by_author
    return page("feedback/decision.html", row=row, own=own, read=read)
