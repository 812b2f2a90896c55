"""Settings, capability switches and periods; roles stand in `role_views`."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, abort, g, request, url_for
from flask_babel import force_locale

from portal import access, clock, files
from portal.access import Act
from portal.access.switches import CAPABILITIES
from portal.admin import operations, queries
from portal.admin.words import CAPABILITY, LOGO, title, told, told_then
from portal.directory import finding
from portal.goals.names import AUDIENCE
from portal.i18n import gettext as _
from portal.jobs import queries as jobs
from portal.jobs.views import shown as jobs_shown
from portal.periods import queries as periods
from portal.periods.models import Kind
from portal.settings import NAMES
from portal.settings.queries import number, text
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
    changed = _changed(name)
    if isinstance(changed, Wrong):
        return _settings(name, changed)
    return done(url_for(".settings", **_looking(), _anchor=name), changed)


@bp.get("/settings/changes")
def changes() -> Answer:
    access.must(Act.SEE_SETTINGS, g.viewer)
    of = request.args.get("of")
    if of is not None and of not in {*NAMES, *CAPABILITIES, LOGO}:
        abort(404)
    found = queries.changes(of, request.args.get("before", type=whole))
    return page("admin/changes.html", found=found, of=of, about=title(of) if of else "")


@bp.post("/switches/<capability>")
def switch(capability: str) -> Answer:
    access.must(Act.CHANGE_SETTINGS, g.viewer)
    state = request.form.get("state", "")
    if capability not in CAPABILITIES or state not in ("on", "pilot", "off"):
        abort(404)

    def make(known: dict[str, Any]) -> None:
        units = queries.chosen_units(request.form.getlist("unit"), request.form.get("another", ""))
        operations.switch(capability, state, units, _why(), g.viewer, **known)

    if wrong := _tried(capability, make):
        return _settings(capability, wrong)
    return done(url_for(".settings", **_looking(), _anchor="caps"), _("Saved. It counts from now on."))


@bp.post("/jobs/schedules/<kind>")
def change_schedule(kind: str) -> Answer:
    access.must(Act.RUN_JOBS, g.viewer)
    name = jobs.schedule_or_404(kind).setting or abort(404)
    changed = _changed(name)
    if isinstance(changed, Wrong):
        return jobs_shown(changed.status, kind, changed.text, changed.problem)
    return done(url_for("jobs.index", _anchor="clock"), changed)


@dataclass(frozen=True)
class Wrong:
    """Why a change was not made, as its form tells it: the status of the answer, what was typed, one sentence."""

    status: int
    text: str
    problem: str


def _changed(name: str) -> Wrong | str:
    """Why not, or the sentence that says what was done."""
    text, said = None if request.form.get("act") == "reset" else request.form.get("value", ""), []

    def make(known: dict[str, Any]) -> None:
        said.append(operations.change_setting(name, text, _why(), g.viewer, **known))

    return _tried(name, make) or _(said[0])


def _tried(name: str, work: Callable[[dict[str, Any]], None]) -> Wrong | None:
    """Make the change that was asked for, upon the value its form was opened with."""
    typed = request.form.get("value", "")
    try:
        work({"seen": request.form.get("seen")})
    except ValueError as problem:
        return Wrong(422, typed, _(str(problem)))
    except operations.Overtaken as theirs:
        stood = theirs.now.get("units", ()) if isinstance(theirs.now, dict) else ()
        now = told_then(name, theirs.now, finding.department_names(stood))
        said = _(
            "Meanwhile somebody else set this to: %(now)s. Yours still stands in the field; save again to set it.", now=now
        )
        return Wrong(409, typed, said)
    return None


def _why() -> str:
    return request.form.get("why", "").strip()[:2_000]


@bp.get("/departments")
def departments() -> Answer:
    """Departments of a name; what a form offers while one is typed, whatever the form's field is called."""
    access.must(Act.SET_UP, g.viewer)
    typed = next((text for name in ("q", "unit", "parent", "another") if (text := request.args.get(name, ""))), "")
    names = finding.departments(typed)
    return page("admin/departments.html", regions={"departments": "departments"}, typed=typed, names=names)


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


@bp.post("/periods/<int:period_id>/audience")
def open_period_to(period_id: int) -> Answer:
    access.must(Act.RUN_CYCLES, g.viewer)
    okr, kpi = (request.form.get(name, "") for name in ("okr_audience", "kpi_audience"))
    if not {okr, kpi} <= {"", *AUDIENCE}:
        abort(400)
    operations.open_to(periods.period_or_404(period_id), okr, kpi, g.viewer)
    return done(url_for(".all_periods"), _("Saved. It holds for goals that are drafted from now on."))


def make_year(year: int) -> int:
    """The periods of a year with their names in the company's language: everybody reads them. How many were made."""
    with force_locale(text("language")):
        names = {kind: [_(pattern) for pattern in told] for kind, told in PATTERNS.items()}
    return operations.make_year(year, number("year_begins_in"), names, g.viewer)


def _settings(failed: str = "", wrong: Wrong | None = None) -> Answer:
    """The whole page; with what was wrong about the setting or capability `failed`."""
    wish, only = request.args.get("q", "").strip()[:100], request.args.get("only") == "changed"
    capabilities = queries.capabilities(wish, only)
    return page(
        "admin/settings.html",
        regions={"found": "found"},
        status=wrong.status if wrong else 200,
        wrong=failed,
        text=wrong.text if wrong else "",
        problem=wrong.problem if wrong else "",
        found=queries.settings(wish, only),
        capabilities=capabilities,
        units=queries.pilots({unit for each in capabilities for unit in each.units}),
        history=queries.by_name(queries.changes(limit=queries.LATEST)),
        may=access.can(Act.CHANGE_SETTINGS, g.viewer),
        looking=_looking(),
        words=CAPABILITY,
        told=told,
        shown=queries.SHOWN,
        room=(files.used(), files.quota()),
    )


def _looking() -> dict[str, Any]:
    """What was looked for: it stays in the address when something is saved."""
    return {name: text for name in ("q", "only") if (text := request.args.get(name, "").strip()[:100])}


def _periods(status: int = 200, problem: str = "") -> Answer:
    context: dict[str, Any] = {"problem": problem, "year": clock.today().year, "audiences": AUDIENCE}
    return page("admin/periods.html", status=status, periods=periods.everything(), **context)
