"""What waits for me: the one list that home shows and reminders will use, so nothing is told that cannot be found."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from flask import url_for
from sqlalchemy import String, literal, select, union_all
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
from portal.settings.queries import number

SOON = 3  # days before a talk or a promise is due at which it is shown


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


def _own(viewer: Viewer, today: date, _people: Sequence[checkins.Pair]) -> list[Waiting]:
    """What one promised, and the records of one's own check-ins as long as one's own view can be added. One statement."""
    days = timedelta(days=number("view_days"))
    promised = actions.owed(viewer, today + timedelta(days=SOON), limit=10).subquery().c
    asked = [select(promised.id, promised.what, promised.due)]
    if enabled("checkins"):
        held = checkins.unconfirmed(viewer, today - days).subquery().c
        asked.append(select(held.id, literal(None, String), held.held_on))
    rows = db.session.execute(union_all(*asked)).all()
    return [_promise(what, day) if what is not None else _record(one, day, day + days) for one, what, day in rows]


def _promise(what: str, due: date) -> Waiting:
    return Waiting("circle-check", what, _("you promised it"), url_for("actions.index"), due)


def _record(check_in_id: int, held: date, until: date) -> Waiting:
    title, url = _("Confirm the record of %(day)s", day=formats.day(held)), url_for("checkins.show", check_in_id=check_in_id)
    return Waiting("message-square-text", title, _("Read it, add your own view"), url, until)


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


SOURCES: tuple[Source, ...] = (_talks, _own, _proposed, _reviews)
