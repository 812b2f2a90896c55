"""Settings, capability switches and periods; roles stand in `role_views`."""

from typing import Any

from flask import Blueprint, abort, g, request, url_for

from portal import access, clock
from portal.access import Act
from portal.access.switches import CAPABILITIES
from portal.admin import operations, queries
from portal.admin.words import CAPABILITY, LOGO, title, told
from portal.i18n import gettext as _
from portal.jobs import queries as jobs
from portal.jobs.views import shown as jobs_shown
from portal.periods import queries as periods
from portal.periods.models import Kind
from portal.settings import NAMES
from portal.settings.queries import number
from portal.web import Answer, done, page, whole
from portal.words import N_

bp = Blueprint("admin", __name__, url_prefix="/admin")

PATTERNS = {
    Kind.YEAR: (N_("%(year)s"),),
    Kind.HALF: (N_("%(year)s, first half"), N_("%(year)s, second half")),
    Kind.QUARTER: (N_("%(year)s, quarter %(n)s"),),
    Kind.MONTH: (N_("%(year)s, month %(n)s"),),
}
"""What periods are called: one pattern for all of a kind, or one for each in turn."""


@bp.get("/settings")
def settings() -> Answer:
    access.must(Act.SEE_SETTINGS, g.viewer)
    return _settings()


@bp.post("/settings/<name>")
def change_setting(name: str) -> Answer:
    access.must(Act.CHANGE_SETTINGS, g.viewer)
    if name not in NAMES:
        abort(404)
    text = None if request.form.get("act") == "reset" else request.form.get("value", "")
    try:
        operations.change_setting(name, text, request.form.get("why", "").strip()[:2_000], g.viewer)
    except ValueError as problem:
        return _settings(422, name, text or "", str(problem))
    return done(url_for(".settings", **_looking(), _anchor=name), _("Saved. It counts from now on."))


@bp.get("/settings/changes")
def changes() -> Answer:
    access.must(Act.SEE_SETTINGS, g.viewer)
    of = request.args.get("of")
    if of is not None and of not in {*NAMES, *CAPABILITIES, LOGO}:
        abort(404)
    units = {unit.id: unit.name for unit in queries.units()}
    found = queries.changes(of, request.args.get("before", type=whole), units=units)
    return page("admin/changes.html", found=found, of=of, about=title(of) if of else "")


@bp.post("/switches/<capability>")
def switch(capability: str) -> Answer:
    access.must(Act.CHANGE_SETTINGS, g.viewer)
    state = request.form.get("state", "")
    if capability not in CAPABILITIES or state not in ("on", "pilot", "off"):
        abort(404)
    known = {str(unit.id): unit.id for unit in queries.units()}
    units = {known[unit] for unit in request.form.getlist("unit") if unit in known}
    operations.switch(capability, state, units, request.form.get("why", "").strip()[:2_000], g.viewer)
    return done(url_for(".settings", **_looking(), _anchor="caps"), _("Saved. It counts from now on."))


@bp.post("/jobs/schedules/<kind>")
def change_schedule(kind: str) -> Answer:
    access.must(Act.RUN_JOBS, g.viewer)
    name = jobs.schedule_or_404(kind).setting or abort(404)
    text = None if request.form.get("act") == "reset" else request.form.get("value", "")
    try:
        operations.change_setting(name, text, request.form.get("why", "").strip()[:2_000], g.viewer)
    except ValueError as problem:
        return jobs_shown(422, kind, text or "", str(problem))
    return done(url_for("jobs.index", _anchor="clock"), _("Saved. It counts from now on."))


@bp.route("/periods", methods=["GET", "POST"])
def all_periods() -> Answer:
    access.must(Act.RUN_CYCLES if request.method == "POST" else Act.SEE_CYCLES, g.viewer)
    if request.method == "POST":
        year = request.form.get("year", type=whole) or 0
        if not 2000 <= year <= clock.today().year + 5:
            return _periods(422, _("Choose a year between 2000 and %(last)d.", last=clock.today().year + 5))
        made = make_year(year)
        return done(url_for(".all_periods"), _("Made.") if made else _("These periods are there already."))
    return _periods()


@bp.post("/periods/<int:period_id>/closure")
def close_period(period_id: int) -> Answer:
    access.must(Act.RUN_CYCLES, g.viewer)
    operations.close(periods.period_or_404(period_id), request.form.get("act") != "open", g.viewer)
    return done(url_for(".all_periods"), _("Saved."))


def make_year(year: int) -> int:
    """The periods of a year with their names in the reader's language. How many were made."""
    names = {kind: [_(pattern) for pattern in told] for kind, told in PATTERNS.items()}
    return operations.make_year(year, number("year_begins_in"), names, g.viewer)


def _settings(status: int = 200, wrong: str = "", text: str = "", problem: str = "") -> Answer:
    wish, only, units = request.args.get("q", "").strip()[:100], request.args.get("only") == "changed", queries.units()
    latest = queries.changes(units={unit.id: unit.name for unit in units}, limit=queries.LATEST)
    tried: dict[str, Any] = {"wrong": wrong, "text": text, "problem": problem}
    return page(
        "admin/settings.html",
        regions={"found": "found"},
        status=status,
        found=queries.settings(wish, only),
        capabilities=queries.capabilities(wish, only),
        units=units,
        history=queries.by_name(latest),
        may=access.can(Act.CHANGE_SETTINGS, g.viewer),
        looking=_looking(),
        words=CAPABILITY,
        told=told,
        shown=queries.SHOWN,
        **tried,
    )


def _looking() -> dict[str, Any]:
    """What was looked for: it stays in the address when something is saved."""
    return {name: text for name in ("q", "only") if (text := request.args.get(name, "").strip()[:100])}


def _periods(status: int = 200, problem: str = "") -> Answer:
    return page("admin/periods.html", status=status, periods=periods.everything(), problem=problem, year=clock.today().year)
