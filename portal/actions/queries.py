"""Reads of promises."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.orm import joinedload

from portal import access
from portal.access import Act, Held, Viewer
from portal.actions.models import Action, State
from portal.db import db, reading
from portal.directory.models import ReportingLine
from portal.workflow import NotHeld

PAGE = 50
WHOSE = ("mine", "to_me", "people")
"""What a list holds: what the viewer promised, what others promised them, what was promised by or to those they lead."""


@dataclass(frozen=True)
class Page:
    """Some of a list, and whether there is more."""

    rows: Sequence[Action]
    more: bool


def visible(viewer: Viewer, one: int | None = None) -> Select[Action]:
    """What this viewer may see at all, or `one` of it."""
    found = select(Action).where(access.rows(Act.SEE_ACTION, viewer, Action, one=one is not None))
    return found if one is None else found.where(Action.id == one)


def action_or_404(viewer: Viewer, action_id: int) -> tuple[Action, Held]:
    """To show it, with what may be done to it."""
    people = (joinedload(Action.owner, innerjoin=True), joinedload(Action.person, innerjoin=True))
    found: Action = db.one_or_404(visible(viewer, action_id).options(*people))
    return found, access.acts_on(viewer, found)


def to_settle(viewer: Viewer, action_id: int) -> tuple[Action, Held]:
    """To settle it: locked, the right asked."""
    mine = visible(viewer, action_id)
    found: Action = db.one_or_404(mine if reading.get() else mine.with_for_update(of=Action, key_share=True))
    acts = access.acts_on(viewer, found)
    if Act.SETTLE_ACTION not in acts:
        raise NotHeld(Act.SETTLE_ACTION)
    return found, acts


def listed(viewer: Viewer, whose: str, *, settled: bool, page: int = 0) -> Page:
    """One of the lists: open ones with the nearest day first, settled ones with the newest."""
    a, seen = Action, access.rows(Act.SEE_ACTION, viewer, Action, one=True)
    found = select(a).where(_whose(viewer, whose), seen)
    if settled:
        found = found.where(a.state.in_((State.DONE, State.DROPPED))).order_by(a.settled_at.desc(), a.id.desc())
    else:
        found = found.where(a.state == State.OPEN).order_by(a.due.is_(None), a.due, a.id)
    people = (joinedload(a.owner, innerjoin=True), joinedload(a.person, innerjoin=True))
    rows = db.session.scalars(found.options(*people).offset(page * PAGE).limit(PAGE + 1)).all()
    return Page(rows[:PAGE], len(rows) > PAGE)


def _whose(viewer: Viewer, whose: str) -> ColumnElement[bool]:
    mine = Action.owner_id == viewer.id
    if whose == "to_me":
        return (Action.person_id == viewer.id) & ~mine
    if whose == "people":
        line = ReportingLine
        led: Any = select(line.report_id).where(line.manager_id == viewer.id, line.depth == 1)
        return Action.person_id.in_(led) & ~mine
    return mine
