"""Pages of the first run, one a step; and the door that stays closed until it is over."""

from collections.abc import Collection, Mapping
from typing import Any

from flask import Blueprint, abort, flash, g, redirect, request, url_for

from portal import access, clock, settings
from portal.access import Act
from portal.access.models import Role
from portal.access.switches import CAPABILITIES
from portal.accounts.confirming import confirm_password
from portal.admin import operations as admin
from portal.admin import queries as shown
from portal.admin.views import make_year
from portal.admin.words import CAPABILITY
from portal.db import db, let_go
from portal.directory import finding
from portal.directory.models import Person
from portal.i18n import gettext as _
from portal.periods import queries as periods
from portal.settings import NAMES
from portal.settings.pictures import MOST_BYTES
from portal.setup import operations, queries
from portal.setup.steps import STEPS, Progress, after
from portal.sync import jobs
from portal.sync import queries as syncs
from portal.sync.lines import MEANINGS, STEP_NAMES
from portal.sync.models import State
from portal.sync.operations import Wish, ask
from portal.sync.troubles import plain
from portal.web import Answer, done, page, whole

bp = Blueprint("setup", __name__, url_prefix="/setup")
COMPANY = ("company_name", "company_seal", "year_begins_in", "time_zone", "language")
NEEDED = ("LDAP_URL", "LDAP_BASE", "LDAP_BIND_DN", "LDAP_BIND_PASSWORD_FILE")
MONTHS = range(1, 13)


def closed() -> Answer | None:
    """Before every view: until the portal is open only those come in who set it up or look after it."""
    if "viewer" not in g or request.blueprint == "accounts":
        return None
    if settings.value("open"):
        return None
    if not access.can(Act.SET_UP, g.viewer):
        return page("setup/closed.html", status=403)
    return redirect(url_for("setup.index"), 303) if request.endpoint == "home.index" else None


@bp.get("")
def index() -> Answer:
    access.must(Act.SET_UP, g.viewer)
    return redirect(url_for(f".{queries.progress().next}"), 303)


@bp.get("/directory", endpoint="directory")
def directory() -> Answer:
    access.must(Act.SET_UP, g.viewer)
    adapter, far = jobs.adapter(), queries.progress()
    let_go()  # a directory that does not answer takes seconds: no transaction stays open meanwhile
    seen = adapter.probe() if adapter else []
    samples = [step.entry for step in seen if step.entry]
    read: dict[str, Any] = {"samples": samples, "mapping": queries.mapping(adapter.settings, samples) if adapter else []}
    told: dict[str, Any] = {"steps_seen": seen, "names": STEP_NAMES, "plain": plain, "needed": NEEDED}
    return _page("directory", far, settings=adapter and adapter.settings, **told, **read)


@bp.route("/trial", methods=["GET", "POST"], endpoint="trial")
def trial() -> Answer:
    return _run("trial", dry=True)


@bp.route("/people", methods=["GET", "POST"], endpoint="people")
def people() -> Answer:
    return _run("people", dry=False)


def _run(name: str, *, dry: bool) -> Answer:
    """A run is asked for; its page looks again and again until it is over."""
    access.must(Act.SET_UP, g.viewer)
    if request.method == "POST":
        access.must(Act.RUN_SYNC, g.viewer)
        ask(Wish(dry=dry, by=g.viewer.id))
        return done(url_for(f".{name}"))
    states = (State.TRIED, State.FAILED) if dry else (State.APPLIED, State.BRAKED, State.FAILED)
    state: dict[str, Any] = {
        "waits": syncs.waiting(),
        "outcome": queries.last_run(*states) if dry else queries.last_telling_run(*states),
        "meanings": MEANINGS,
        "plain": plain,
    }
    return _page(name, queries.progress(), regions={"setup": "setup"}, ready=jobs.adapter() is not None, **state)


@bp.route("/hr", methods=["GET", "POST"], endpoint="hr")
def hr() -> Answer:
    access.must(Act.SET_UP, g.viewer)
    if request.method == "POST":
        access.must(Act.GRANT_ROLES, g.viewer)
        confirm_password(g.viewer)
        chosen = db.session.get(Person, request.form.get("person", 0, type=whole)) or abort(404)
        admin.grant(chosen.id, Role.HR_ADMIN, g.viewer)
        return done(url_for(".hr"), _("%(name)s is HR administrator now.", name=chosen.name))
    words, about = request.args.get("q", "").strip()[:80], request.args.get("person", 0, type=whole)
    shown: dict[str, Any] = {"asked": words, "found": finding.people(words), "known": queries.of_hr()}
    person = db.session.get(Person, about) or abort(404) if about else None
    return _page("hr", queries.progress(), regions={"found": "found"}, person=person, **shown)


@bp.route("/company", methods=["GET", "POST"], endpoint="company")
def company() -> Answer:
    access.must(Act.SET_UP, g.viewer)
    if request.method != "POST":
        return _company(200, {}, _as_it_stands())
    access.must(Act.CHANGE_SETTINGS, g.viewer)
    given = {name: request.form.get(name, "") for name in COMPANY}
    if wrong := operations.name_company(given, g.viewer):
        db.session.rollback()
        return _company(422, wrong, given)
    return done(url_for(f".{after('company')}"), _("Saved."))


@bp.post("/logo", endpoint="logo")
def logo() -> Answer:
    access.must(Act.CHANGE_SETTINGS, g.viewer)
    removes, file = request.form.get("act") == "remove", request.files.get("logo")
    data = b""
    if file and not removes:
        data = file.read(MOST_BYTES + 1)
        file.close()
    if not data and not removes:
        flash(_("Choose a picture first."), "bad")
        return done(url_for(".company"))
    try:
        operations.keep_logo(data, g.viewer)
    except ValueError as problem:
        return _company(422, {"logo": str(problem)}, _as_it_stands())
    return done(url_for(".company"), _("Saved."))


@bp.route("/period", methods=["GET", "POST"], endpoint="period")
def period() -> Answer:
    access.must(Act.SET_UP, g.viewer)
    this_year = clock.today().year
    if request.method != "POST":
        return _page("period", queries.progress(), years=range(this_year - 1, this_year + 2), this=this_year, known=_years())
    access.must(Act.RUN_CYCLES, g.viewer)
    year = request.form.get("year", 0, type=whole)
    if not this_year - 1 <= year <= this_year + 1:
        abort(400)
    make_year(year)
    return done(url_for(f".{after('period')}"), _("Made."))


@bp.route("/capabilities", methods=["GET", "POST"], endpoint="capabilities")
def capabilities() -> Answer:
    access.must(Act.SET_UP, g.viewer)
    if request.method != "POST":
        found = shown.capabilities()
        return _capabilities({each.name: each.state for each in found}, {unit for each in found for unit in each.units})
    access.must(Act.CHANGE_SETTINGS, g.viewer)
    states = {name: request.form.get(name, "") for name in CAPABILITIES}
    if not set(states.values()) <= {"on", "pilot", "off"}:
        abort(400)
    pilots: set[int] = set()
    try:
        pilots = shown.chosen_units(request.form.getlist("unit"), request.form.get("another", ""))
        operations.choose_capabilities(states, pilots, g.viewer)
    except ValueError as problem:
        db.session.rollback()
        return _capabilities(states, pilots, _(str(problem)))
    return done(url_for(".capabilities"), _("Saved. It counts from now on."))


@bp.post("/opening", endpoint="opening")
def opening() -> Answer:
    access.must(Act.CHANGE_SETTINGS, g.viewer)
    operations.open_doors(g.viewer)
    return done(url_for("home.index"), _("The portal is open: everybody can sign in now."))


def _capabilities(states: Mapping[str, str], pilots: Collection[int], problem: str = "") -> Answer:
    choices: dict[str, Any] = {"states": states, "pilots": pilots, "units": shown.pilots(pilots), "words": CAPABILITY}
    choices["saved"] = {each.name: each.state for each in shown.capabilities()} if problem else states
    return _page("capabilities", queries.progress(), status=422 if problem else 200, problem=problem, **choices)


def _as_it_stands() -> dict[str, str]:
    """What the company's settings are; its name is asked, not proposed: whatever is kept stands on every printed form."""
    given = {name: str(settings.value(name)) for name in COMPANY}
    return {**given, "company_name": settings.given_name(given["company_name"])}


def _company(status: int, wrong: dict[str, str], given: dict[str, str]) -> Answer:
    choices: dict[str, Any] = {"zones": NAMES["time_zone"].among, "months": MONTHS, "names": NAMES}
    return _page("company", queries.progress(), status=status, wrong=wrong, given=given, **choices)


def _page(name: str, far: Progress, **context: Any) -> Answer:
    mine = {step.name for step in STEPS if access.can(step.act, g.viewer)}
    return page(f"setup/{name}.html", step=name, steps=STEPS, far=far, mine=mine, after=after(name), **context)


def _years() -> list[str]:
    return [each.name for each in periods.everything() if each.kind == "year"]
