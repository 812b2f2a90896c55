"""The page of background jobs: what runs, waits, failed and was done; and what the clock does by itself."""

from collections.abc import Callable, Mapping
from typing import Any

from flask import Blueprint, g, request, url_for

from portal import access
from portal.access import Act
from portal.i18n import gettext as _
from portal.jobs import operations, queries
from portal.jobs.models import State
from portal.web import Answer, done, page, region
from portal.words import N_

bp = Blueprint("jobs", __name__, url_prefix="/admin/jobs")

STATES = {
    State.WAITING: N_("waits for another attempt"),
    State.RUNNING: N_("runs"),
    State.DONE: N_("done"),
    State.FAILED: N_("failed"),
    State.CANCELLED: N_("cancelled"),
}
"""How the last run of a schedule ended."""
LISTS: Mapping[str, Callable[..., queries.Rows]] = {
    "waiting": queries.waiting,
    "failed": queries.failed,
    "ended": queries.ended,
}


@bp.get("")
def index() -> Answer:
    access.must(Act.SEE_JOBS, g.viewer)
    which = request.args.get("of", "")
    if which in LISTS:
        found = LISTS[which](request.args.get("after", ""))
        return page("jobs/list.html", which=which, found=found, may=access.can(Act.RUN_JOBS, g.viewer))
    return shown()


def shown(status: int = 200, wrong: str = "", text: str = "", problem: str = "") -> Answer:
    """The whole page; with what was wrong about the hour or interval of the schedule `wrong`."""
    live: dict[str, Any] = {"running": queries.running(), "counts": queries.counts()}
    live |= {name: find(limit=queries.FEW) for name, find in LISTS.items()}
    lines = [] if region() == "live" else queries.lines()
    tried: dict[str, Any] = {"wrong": wrong, "text": text, "problem": problem}
    may = access.can(Act.RUN_JOBS, g.viewer)
    told: dict[str, Any] = {"may": may, "lines": lines, "STATES": STATES}
    return page("jobs/index.html", regions={"live": "live"}, status=status, **told, **live, **tried)


@bp.post("/<int:job_id>/cancel")
def cancel(job_id: int) -> Answer:
    access.must(Act.RUN_JOBS, g.viewer)
    job = queries.job_to_change(job_id)
    operations.cancel(job, g.viewer)
    said = _("It stops after the step it is in.") if job.state is State.RUNNING else _("Cancelled.")
    return done(url_for(".index"), said)


@bp.post("/<int:job_id>/again")
def again(job_id: int) -> Answer:
    access.must(Act.RUN_JOBS, g.viewer)
    operations.again(queries.job_to_change(job_id), g.viewer)
    return done(url_for(".index"), _("It goes on from where it was, as soon as a worker is free."))


@bp.post("/schedules/<kind>/start")
def start(kind: str) -> Answer:
    access.must(Act.RUN_JOBS, g.viewer)
    operations.start(queries.schedule_or_404(kind).kind, g.viewer)
    return done(url_for(".index"), _("It begins as soon as a worker is free."))
