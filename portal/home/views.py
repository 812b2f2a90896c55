"""Home, a person's page with the time line, and my team."""

from flask import Blueprint, g, request

from portal import clock
from portal.access.switches import enabled
from portal.checkins import queries as checkins
from portal.goals.kinds import KIND_WORDS
from portal.home import inbox, queries, timeline
from portal.home.stories import FILTERS
from portal.periods.models import Period
from portal.web import Answer, page, whole

bp = Blueprint("home", __name__)


@bp.get("/")
def index() -> Answer:
    today = clock.today()
    people = checkins.people(g.viewer, today) if enabled("checkins") else []
    return page(
        "home/index.html",
        today=today,
        hour=clock.now().astimezone(clock.zone()).hour,
        quarter=_quarter(),
        waiting=inbox.waiting(g.viewer, today, people),
        goals=queries.my_goals(g.viewer, today) if enabled("goals") else [],
        people=people,
        kinds=KIND_WORDS,
    )


@bp.get("/people/<int:person_id>")
def person(person_id: int) -> Answer:
    which, before = request.args.get("kind", ""), request.args.get("before", type=whole)
    return page(
        "home/person.html",
        regions={"events": "events", "timeline": "timeline"},
        profile=queries.profile_or_refuse(g.viewer, person_id, clock.today()),
        events=timeline.of(g.viewer, person_id, which, before),
        filters=FILTERS,
        which=which if which in FILTERS else "",
        before=before,
        quarter=_quarter(),
    )


@bp.get("/team")
def team() -> Answer:
    return page("home/team.html", people=checkins.people(g.viewer, clock.today()), today=clock.today(), quarter=_quarter())


def _quarter() -> Period | None:
    return queries.quarter(clock.today()) if enabled("goals") else None
