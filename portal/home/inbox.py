"""What waits for me: the one list that home shows and reminders will use, so nothing is told that cannot be found."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from flask import url_for
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from portal import access, formats
from portal.access import Act, Viewer
from portal.access.switches import enabled
from portal.actions import queries as actions
from portal.checkins import queries as checkins
from portal.db import db
from portal.goals.models import Objective
from portal.goals.states import State
from portal.i18n import gettext as _
from portal.i18n import ngettext
from portal.reviews import queries as reviews

SOON = 3  # days before a talk is due at which it is shown


@dataclass(frozen=True)
class Waiting:
    """One thing to do: what, why, by when, and where it is done."""

    glyph: str
    title: str
    note: str
    url: str
    due: date | None = None


Source = Callable[[Viewer, date, Sequence[checkins.Pair]], list[Waiting]]


def waiting(viewer: Viewer, today: date, people: Sequence[checkins.Pair]) -> list[Waiting]:
    """Everything, the most urgent first; things without a day come last."""
    found = [item for source in SOURCES for item in source(viewer, today, people)]
    return sorted(found, key=lambda item: (item.due is None, item.due or today))


def _talks(_viewer: Viewer, today: date, people: Sequence[checkins.Pair]) -> list[Waiting]:
    if not enabled("checkins"):
        return []
    due = [p for p in people if not p.standing.paused and (p.standing.due - today).days <= SOON]
    return [
        Waiting(
            "message-square-text",
            _("Check-in with %(name)s", name=pair.name),
            _promised(pair),
            url_for("checkins.record", person_id=pair.id),
            pair.standing.due,
        )
        for pair in due
    ]


def _promised(pair: checkins.Pair) -> str:
    facts = [_("has prepared")] if pair.prepared else []
    if pair.promises:
        facts.append(ngettext("%(num)d open promise", "%(num)d open promises", pair.promises))
    return " · ".join(facts)


def _own_promises(viewer: Viewer, today: date, _people: Sequence[checkins.Pair]) -> list[Waiting]:
    mine = actions.mine(viewer, until=today, limit=10)
    return [Waiting("circle-check", action.what, _("you promised it"), url_for("actions.index"), action.due) for action in mine]


def _proposed(viewer: Viewer, _today: date, _people: Sequence[checkins.Pair]) -> list[Waiting]:
    if not enabled("goals") or not (viewer.span or viewer.gave or viewer.head_of):
        return []
    agree = access.rows(Act.AGREE_OBJECTIVE, viewer, Objective)
    found = select(Objective).where(Objective.state == State.PROPOSED, agree).options(joinedload(Objective.person))
    return [
        Waiting(
            "git-branch",
            goal.title,
            _("%(name)s proposes this goal", name=goal.person.name if goal.person else ""),
            url_for("goals.show", objective_id=goal.id),
        )
        for goal in db.session.scalars(found.order_by(Objective.id).limit(10))
    ]


def _reviews(viewer: Viewer, _today: date, _people: Sequence[checkins.Pair]) -> list[Waiting]:
    """One's own form and answer each by itself; the assessments one owes as one line."""
    if not enabled("reviews"):
        return []
    found = reviews.waiting(viewer)
    own = {"write": _("Write my self-assessment"), "answer": _("Acknowledge my result")}
    address = {"write": "reviews.form", "answer": "reviews.show"}
    mine = [
        Waiting("clipboard-check", own[one.what], one.cycle, url_for(address[one.what], review_id=one.review_id), one.due)
        for one in found
        if one.what in own
    ]
    owed = [one for one in found if one.what == "assess"]
    if not owed:
        return mine
    names = formats.listed(one.name for one in owed[:3]) + (" …" if len(owed) > 3 else "")
    title = ngettext("Complete %(num)d assessment", "Complete %(num)d assessments", len(owed))
    url = url_for("reviews.form", review_id=owed[0].review_id) if len(owed) == 1 else url_for("reviews.index")
    return [*mine, Waiting("clipboard-check", title, names, url, owed[0].due)]


SOURCES: tuple[Source, ...] = (_talks, _own_promises, _proposed, _reviews)
