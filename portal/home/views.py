"""Home, a person's page with the time line, and my team."""

from collections.abc import Callable, Mapping
from typing import Any

from flask import Blueprint, g, request, url_for

from portal import access, clock, formats
from portal.access import Act
from portal.access.switches import enabled
from portal.access.words import HANDED_ON, word_of
from portal.checkins import queries as checkins
from portal.checkins.forms import MOODS
from portal.home import looking, queries, year
from portal.home.stories import shown
from portal.i18n import gettext as _
from portal.periods import queries as periods
from portal.periods.models import Period
from portal.printing import archive
from portal.printing import operations as printing
from portal.printing.registry import kind_or_404
from portal.reviews import earlier
from portal.shell.navigation import count_waiting
from portal.waiting import queries as waits
from portal.waiting import telling
from portal.web import Answer, done, page, region, whole

bp = Blueprint("home", __name__)
TIME_LINE = {"timeline": "timeline", "earlier": "events", "recent": "recent", "line-beside": "beside"}
"""The parts of a person's page that htmx fetches: for the page itself, for home, and for a form it stands beside."""
SHORT = ("recent", "line-beside")


@bp.record_once
def addresses(state: Any) -> None:
    """What the parts of a time line make their addresses with: of one person, or of a team."""
    state.app.jinja_env.globals.update(person_line=_person_line, team_line=_team_line)


def _person_line(person_id: int) -> Callable[[Mapping[str, Any]], str]:
    return lambda query: url_for("home.person", person_id=person_id, **query)


def _team_line(query: Mapping[str, Any]) -> str:
    return url_for("home.team_line", **query)


@bp.get("/")
def index() -> Answer:
    today = clock.today()
    people = checkins.people(g.viewer, today) if enabled("checkins") else []
    waiting = telling.lines(waits.of(g.viewer, today, people))
    count_waiting(len(waiting))
    return page(
        "home/index.html",
        today=today,
        hour=clock.now().astimezone(clock.zone()).hour,
        weeks=queries.weeks(g.viewer, today, talks=enabled("checkins")),
        waiting=waiting,
        goals=queries.goals_of(g.viewer, g.viewer.id, today) if enabled("goals") else [],
        people=people,
        own=checkins.own_standing(g.viewer, today) if enabled("checkins") and g.viewer.managed else None,
        acting=[
            (giver.name, formats.listed(_(word_of(act)) for act in HANDED_ON if act in acts)) for giver, acts in g.viewer.gave
        ],
    )


@bp.get("/people/<int:person_id>")
def person(person_id: int) -> Answer:
    target, filters = region(), shown(enabled)
    asked = looking.wish(request.args, filters, request.args.get("before", type=whole))
    profile = queries.profile_or_refuse(g.viewer, person_id, clock.today())
    limit = looking.RECENT if target in SHORT else looking.PAGE
    return page(
        "home/person.html",
        regions=TIME_LINE,
        profile=profile,
        events=looking.of(g.viewer, person_id, asked, limit=limit, among=filters),
        filters=filters,
        asked=asked,
        aside="beside" in request.args or target == "line-beside",
        months=looking.months(person_id) if target in ("", "timeline") else [],
        **({} if target in TIME_LINE else _beside(person_id)),
    )


@bp.post("/people/<int:person_id>/years/<int:period_id>")
def print_year(person_id: int, period_id: int) -> Answer:
    """A year of somebody's time line on paper."""
    queries.profile_or_refuse(g.viewer, person_id, clock.today())
    form = year.form_of(person_id, periods.period_or_404(period_id))
    copy = printing.order(kind_or_404(year.KIND), form.id, g.viewer)
    return done(url_for("printing.download", code=copy.code))


@bp.post("/people/<int:person_id>/years/<int:period_id>/archive")
def archive_year(person_id: int, period_id: int) -> Answer:
    """The year as it stands now goes to the archive; the worker draws and checks it."""
    queries.profile_or_refuse(g.viewer, person_id, clock.today())
    form = year.form_of(person_id, periods.period_or_404(period_id))
    archive.wish(kind_or_404(year.KIND), form.id, g.viewer)
    said = _("It is being archived. Once it is, the archived file is offered here.")
    return done(url_for(".person", person_id=person_id), said)


def _beside(person_id: int) -> dict[str, Any]:
    """What stands beside somebody's time line: goals and earlier grades, as far as the viewer may see them."""
    years, quarter = year.offered(clock.today())
    shown: dict[str, Any] = {"grades": earlier.of(g.viewer, person_id) if enabled("reviews") else (), "years": years}
    if access.can(Act.ARCHIVE_FORM, g.viewer) and person_id != g.viewer.id:
        shown |= {"keeps": True, "archived": year.archived(person_id)}
    if not enabled("goals"):
        return {**shown, "quarter": None, "goals": []}
    return {**shown, "quarter": quarter, "goals": queries.goals_of(g.viewer, person_id, clock.today())}


@bp.get("/team")
def team() -> Answer:
    today = clock.today()
    people = checkins.people(g.viewer, today)
    goals = queries.goals_by_person(g.viewer, [pair.id for pair in people], today) if enabled("goals") else {}
    mine = looking.reports(g.viewer) if g.viewer.gave else {pair.id for pair in people}  # one sets no rhythm for others
    shown: dict[str, Any] = {"moods": MOODS, "mine": mine}
    return page("home/team.html", people=people, goals=goals, today=today, quarter=_quarter(), **shown)


@bp.get("/team/timeline")
def team_line() -> Answer:
    """What happened to everybody who reports to the viewer."""
    filters, target = shown(enabled), region()
    asked = looking.wish(request.args, filters, request.args.get("before", type=whole))
    events = looking.of_team(g.viewer, asked, among=filters)
    months = looking.months() if target != "earlier" else []
    shown_ = {"events": events, "filters": filters, "asked": asked, "months": months, "leads": g.viewer.span > 0}
    return page("home/team_line.html", regions={"timeline": "timeline", "earlier": "events"}, **shown_)


def _quarter() -> Period | None:
    return queries.quarter(clock.today()) if enabled("goals") else None
