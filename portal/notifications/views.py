"""What comes to me by mail; the log of mails; HR's counts of what waits, and the work days."""

from datetime import date, timedelta
from typing import Any

from flask import Blueprint, abort, current_app, g, make_response, request, session, url_for

from portal import access, clock
from portal.access import Act
from portal.accounts import operations as accounts
from portal.forms import options
from portal.i18n import COOKIE, language
from portal.i18n import gettext as _
from portal.notifications import counting, feeds, operations, queries, workdays
from portal.notifications.forms import ChangedRobotForm, PreferenceForm, RobotForm, WorkDayForm
from portal.notifications.models import Robot, RobotKind, State
from portal.notifications.robots import KINDS as KINDS_OF_ROBOTS
from portal.often import at_most
from portal.settings.queries import number, value
from portal.waiting.kinds import KINDS, What
from portal.web import Answer, done, page, same_version, whole
from portal.workflow import NotHeld

bp = Blueprint("notifications", __name__)
AHEAD = timedelta(days=120)
"""How far the page of work days looks."""
YEAR = 365 * 86_400
FEED = "feed"


@bp.route("/account/notifications", methods=["GET", "POST"])
def mine() -> Answer:
    found = queries.preference(g.viewer, lock=request.method == "POST")
    stored = {"at_once": found.at_once, "informs": found.informs, "version": found.version}
    form = PreferenceForm(data={**stored, "language": language()})
    if form.submitted():
        same_version(found, form, {"at_once": str(found.at_once), "informs": str(found.informs), "language": language()})
        operations.choose(found, at_once=bool(form.at_once.data), informs=bool(form.informs.data))
        accounts.speak(g.viewer.id, form.language.data)
        answer = done(url_for(".mine"), _("Saved."))
        answer.set_cookie(COOKIE, form.language.data, max_age=YEAR, httponly=True, samesite="Lax", secure=request.is_secure)
        return answer
    token = session.pop(FEED, None)
    root = current_app.config["PUBLIC_URL"] or request.url_root.rstrip("/")
    told: dict[str, Any] = {
        "secret": f"{root}/calendar/{token}.ics" if token else "",
        "feed": feeds.exists(g.viewer.id),
        "sent": queries.of(g.viewer),
        "hour": number("digest_hour"),
        "kinds": queries.KINDS,
        "states": queries.STATES,
    }
    return page("notifications/mine.html", status=422 if form.errors else 200, form=form, **told)


@bp.post("/account/notifications/calendar")
def renew_feed() -> Answer:
    session[FEED] = feeds.renew(g.viewer.id)
    return done(url_for(".mine", _anchor="calendar"), _("This is the address. It is shown once."))


@bp.post("/account/notifications/calendar/end")
def end_feed() -> Answer:
    feeds.end(g.viewer.id)
    return done(url_for(".mine", _anchor="calendar"), _("The address leads nowhere any more."))


@bp.get("/calendar/<token>.ics")
def calendar(token: str) -> Answer:
    """Asked by a calendar, which has no session: the address is the key."""
    person = feeds.whose(token) or abort(404)
    if not at_most(current_app.config["CALENDARS"], "calendar", person.id):
        return make_response("", 429, {"Retry-After": "600"})
    answer = make_response(feeds.calendar(person))
    answer.headers.update({"Content-Type": "text/calendar; charset=utf-8", "Content-Disposition": 'inline; filename="due.ics"'})
    return answer


@bp.get("/admin/mail")
def log() -> Answer:
    access.must(Act.SEE_JOBS, g.viewer)
    asked = request.args.get("state", "")
    state = State(asked) if asked in set(State) else None
    found = queries.log(state, request.args.get("before", type=whole))
    told: dict[str, Any] = {"kinds": queries.KINDS, "states": queries.STATES, "again": queries.AGAIN}
    may = access.can(Act.RUN_JOBS, g.viewer)
    return page(
        "notifications/log.html", found=found, state=state, counts=queries.counts(), may=may, open=value("mail_open"), **told
    )


@bp.post("/admin/mail/<int:message_id>/again")
def send_again(message_id: int) -> Answer:
    access.must(Act.RUN_JOBS, g.viewer)
    operations.again(queries.to_send_again(message_id), g.viewer)
    return done(url_for(".log"), _("It leaves within a minute."))


@bp.post("/admin/mail/open")
def reopen() -> Answer:
    access.must(Act.RUN_JOBS, g.viewer)
    return done(url_for(".log"), _(operations.reopen(g.viewer)))


@bp.get("/waiting")
def late() -> Answer:
    if not counting.looks(g.viewer):
        raise NotHeld(Act.SEE_WAITING)
    asked, unit = request.args.get("what", ""), request.args.get("unit", type=whole)
    what = What(asked) if asked in set(What) else None
    found = counting.people(g.viewer, unit, what) if unit else counting.departments(g.viewer, what)
    return page(
        "notifications/late.html",
        kinds=counting.kinds(g.viewer),
        found=found,
        what=what,
        unit=unit,
        words=KINDS,
        at=counting.counted_at(),
        today=clock.today(),
    )


@bp.route("/admin/work-days", methods=["GET", "POST"])
def work_days() -> Answer:
    access.must(Act.CHANGE_SETTINGS if request.method == "POST" else Act.SEE_SETTINGS, g.viewer)
    form = WorkDayForm()
    if form.submitted():
        name, day = (form.name.data or "").strip(), form.day.data or clock.today()
        operations.keep_day(day, works=form.works.data == "on", name=name, by=g.viewer)
        return done(url_for(".work_days"), _("Saved. It counts from now on."))
    today = clock.today()
    ahead = [today + timedelta(days=n) for n in range(AHEAD.days)]
    special = [
        (day, workdays.named(day), works)
        for day in ahead
        if (works := workdays.by_the_calendar(day)) != (day.weekday() < workdays.WEEKEND)
    ]
    unknown = [year for year in (today.year, today.year + 1) if not workdays.known(date(year, 1, 1))]
    told: dict[str, Any] = {"special": special, "unknown": unknown}
    may = access.can(Act.CHANGE_SETTINGS, g.viewer)
    days = queries.work_days(today - timedelta(days=31))
    return page("notifications/work_days.html", status=422 if form.errors else 200, form=form, days=days, may=may, **told)


@bp.post("/admin/work-days/remove")
def forget_day() -> Answer:
    access.must(Act.CHANGE_SETTINGS, g.viewer)
    try:
        day = date.fromisoformat(request.form.get("day", ""))
    except ValueError:
        abort(400)
    operations.forget_day(day, g.viewer)
    return done(url_for(".work_days"), _("Left to the calendar again."))


@bp.get("/admin/robots")
def robots() -> Answer:
    access.must(Act.SEE_SETTINGS, g.viewer)
    may = access.can(Act.CHANGE_SETTINGS, g.viewer)
    return page("notifications/robots.html", robots=queries.robots(), kinds=KINDS_OF_ROBOTS, may=may)


@bp.route("/admin/robots/new", methods=["GET", "POST"])
def new_robot() -> Answer:
    access.must(Act.CHANGE_SETTINGS, g.viewer)
    form = RobotForm()
    form.unit.choices = _departments()
    if form.submitted():
        kind, name = RobotKind(form.kind.data), (form.name.data or "").strip()
        address, secret = (form.address.data or "").strip(), (form.secret.data or "").strip()
        unit = int(form.unit.data) if form.unit.data else None
        operations.add_robot(kind, name, unit, g.viewer, address=address, secret=secret)
        return done(url_for(".robots"), _("Saved. Try it once."))
    return page("notifications/new_robot.html", status=422 if form.errors else 200, form=form)


@bp.route("/admin/robots/<int:robot_id>", methods=["GET", "POST"])
def robot(robot_id: int) -> Answer:
    access.must(Act.CHANGE_SETTINGS, g.viewer)
    found = queries.robot_or_404(robot_id)
    form, stored = _robot_form(found)
    if form.submitted():
        same_version(found, form, stored)
        operations.change_robot(found, _wanted(form), g.viewer)
        return done(url_for(".robots"), _("Saved. Try it once."))
    shown: dict[str, Any] = {"form": form, "robot": found, "kinds": KINDS_OF_ROBOTS}
    return page("notifications/robot.html", status=422 if form.errors else 200, **shown)


def _departments() -> list[Any]:
    return options([("", _("the whole company")), *((str(i), name) for i, name in queries.units())])


def _robot_form(found: Robot) -> tuple[ChangedRobotForm, dict[str, str]]:
    """The form, and what stands there now: never what opens the group."""
    stored = {"name": found.name, "unit": str(found.unit_id or ""), "told": "on" if found.told else "off"}
    form = ChangedRobotForm(data={**stored, "version": found.version})
    form.unit.choices = _departments()
    if found.kind is RobotKind.WECOM:
        del form.secret
    if not found.secret:
        del form.signs
    return form, {**stored, "signs": "on"}


def _wanted(form: ChangedRobotForm) -> operations.Wanted:
    secret = (form.secret.data or "").strip() if "secret" in form else ""
    return operations.Wanted(
        name=(form.name.data or "").strip(),
        unit_id=int(form.unit.data) if form.unit.data else None,
        told=form.told.data == "on",
        address=(form.address.data or "").strip(),
        secret=secret,
        signs="signs" not in form or form.signs.data == "on",
    )


@bp.post("/admin/robots/<int:robot_id>/try")
def try_robot(robot_id: int) -> Answer:
    access.must(Act.CHANGE_SETTINGS, g.viewer)
    operations.try_robot(queries.robot_or_404(robot_id), g.viewer)
    return done(url_for(".robots"), _("It is told as soon as a worker is free; this page says how that went."))


@bp.post("/admin/robots/<int:robot_id>/remove")
def remove_robot(robot_id: int) -> Answer:
    access.must(Act.CHANGE_SETTINGS, g.viewer)
    operations.remove_robot(queries.robot_or_404(robot_id), g.viewer)
    return done(url_for(".robots"), _("Removed. The group is told nothing any more."))
