"""Home, a person's page with the time line, and my team."""

from typing import Any

from flask import Blueprint, g, request

from portal import clock, formats
from portal.access.switches import enabled
from portal.access.words import HANDED_ON, word_of
from portal.checkins import queries as checkins
from portal.home import inbox, queries, timeline
from portal.home.stories import shown
from portal.i18n import gettext as _
from portal.periods.models import Period
from portal.reviews import earlier
from portal.web import Answer, page, whole

bp = Blueprint("home", __name__)
TIME_LINE = {"timeline": "timeline", "earlier": "events", "recent": "recent"}
"""The parts of a person's page that htmx fetches; the last one for home."""


@bp.get("/")
def index() -> Answer:
    today = clock.today()
    people = checkins.people(g.viewer, today) if enabled("checkins") else []
    waiting = inbox.waiting(g.viewer, today, people)
    g.waiting = len(waiting)
    return page(
        "home/index.html",
        today=today,
        hour=clock.now().astimezone(clock.zone()).hour,
        weeks=queries.weeks(g.viewer, today, talks=enabled("checkins")),
        waiting=waiting,
        goals=queries.goals_of(g.viewer, g.viewer.id, today) if enabled("goals") else [],
        people=people,
        acting=[
            (giver.name, formats.listed(_(word_of(act)) for act in HANDED_ON if act in acts)) for giver, acts in g.viewer.gave
        ],
    )


@bp.get("/people/<int:person_id>")
def person(person_id: int) -> Answer:
    which, before, target = (
        request.args.get("kind", ""),
        request.args.get("before", type=whole),
        request.headers.get("HX-Target"),
    )
    filters, limit = shown(enabled), timeline.RECENT if target == "recent" else timeline.PAGE
    profile = queries.profile_or_refuse(g.viewer, person_id, clock.today())
    return page(
        "home/person.html",
        regions=TIME_LINE,
        profile=profile,
        events=timeline.of(g.viewer, person_id, which, before, limit=limit, among=filters),
        filters=filters,
        which=which if which in filters else "",
        before=before,
        **({} if target in TIME_LINE else _beside(person_id)),
    )


def _beside(person_id: int) -> dict[str, Any]:
    """What stands beside somebody's time line: goals and earlier grades, as far as the viewer may see them."""
    grades = earlier.of(g.viewer, person_id) if enabled("reviews") else ()
    if not enabled("goals"):
        return {"quarter": None, "goals": [], "grades": grades}
    return {"quarter": _quarter(), "goals": queries.goals_of(g.viewer, person_id, clock.today()), "grades": grades}


@bp.get("/team")
def team() -> Answer:
    today = clock.today()
    people = checkins.people(g.viewer, today)
    goals = queries.goals_by_person(g.viewer, [pair.id for pair in people], today) if enabled("goals") else {}
    return page("home/team.html", people=people, goals=goals, today=today, quarter=_quarter())


def _quarter() -> Period | None:
    return queries.quarter(clock.today()) if enabled("goals") else None
