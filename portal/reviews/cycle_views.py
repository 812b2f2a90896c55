"""HR's pages of cycles: all of them, one from above, starting one, releasing many at once."""

from datetime import timedelta

from flask import g, request, url_for
from flask_babel import gettext as _

from portal import access, clock
from portal.access import Act
from portal.accounts.confirming import confirm_password
from portal.cycles.operations import Dates
from portal.i18n import ngettext
from portal.reviews import opening, overview, releasing
from portal.reviews.forms import CycleForm
from portal.reviews.views import bp
from portal.web import Answer, done, page, whole

__all__ = ["bp"]
WEEKS = (2, 4, 5, 7)
"""When the four phases end, where nobody said otherwise."""


def may_run() -> bool:
    """Whether to show what only HR admins do."""
    viewer: access.Viewer = g.viewer
    return viewer.has(access.Relation.HR_ADMIN)


@bp.get("/cycles")
def cycles() -> Answer:
    access.must(Act.SEE_CYCLES, g.viewer)
    cycles, counts = overview.everything(counted="counted" in request.args)
    return page("reviews/cycles.html", regions={"cycles": "cycles"}, cycles=cycles, counts=counts, may_run=may_run())


@bp.route("/cycles/new", methods=["GET", "POST"])
def new_cycle() -> Answer:
    access.must(Act.RUN_CYCLES, g.viewer)
    asked = CycleForm(clock.today(), [clock.today() + timedelta(weeks=n) for n in WEEKS])
    if asked.submitted():
        dates = Dates(*(field.data for field in asked.dates))
        found = opening.open_cycle(asked.chosen, g.viewer, (asked.name.data or "").strip(), dates)
        said = ngettext("Started: %(num)d review is open.", "Started: %(num)d reviews are open.", found.reviews)
        return done(url_for(".cycle", cycle_id=found.cycle.id), said)
    return page("reviews/new_cycle.html", form=asked, status=422 if asked.errors else 200)


@bp.get("/cycles/<int:cycle_id>")
def cycle(cycle_id: int) -> Answer:
    access.must(Act.SEE_CYCLES, g.viewer)
    unit, state = request.args.get("unit", type=whole), request.args.get("state", "")
    counted, whole_ = "counted" in request.args, "basis" in request.args
    seen = overview.Overview(g.viewer, cycle_id, unit, state, counted=counted, whole=whole_)
    regions = {"figures": "figures", "people": "people", "basis": "basis"}
    return page("reviews/cycle.html", regions=regions, seen=seen, phases=overview.PHASES, may_run=may_run())


@bp.post("/cycles/<int:cycle_id>/release")
def release_cycle(cycle_id: int) -> Answer:
    access.must(Act.RUN_CYCLES, g.viewer)
    confirm_password(g.viewer)
    n = releasing.release_all(overview.cycle_or_404(cycle_id).id, g.viewer, clock.now(), request.form.get("unit", type=whole))
    return done(
        url_for(".cycle", cycle_id=cycle_id), ngettext("%(num)d review is released.", "%(num)d reviews are released.", n)
    )


@bp.post("/cycles/<int:cycle_id>/assessors")
def name_assessor(cycle_id: int) -> Answer:
    access.must(Act.RUN_CYCLES, g.viewer)
    review_id, who = request.form.get("review", 0, type=whole), request.form.get("who", "")
    who = opening.name_assessor(overview.cycle_or_404(cycle_id), review_id, who, g.viewer)
    return done(url_for(".cycle", cycle_id=cycle_id), _("%(name)s assesses now.", name=who))
