"""Reads of promises."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import Select, select
from sqlalchemy.orm import joinedload

from portal import access
from portal.access import Act, Held, Viewer
from portal.actions.models import Action, State
from portal.db import db, reading
from portal.workflow import NotHeld


def visible(viewer: Viewer, one: int | None = None) -> Select[Action]:
    """What this viewer may see at all, or `one` of it."""
    found = select(Action).where(access.rows(Act.SEE_ACTION, viewer, Action, one=one is not None))
    return found if one is None else found.where(Action.id == one)


def to_settle(viewer: Viewer, action_id: int) -> tuple[Action, Held]:
    """To settle it: locked, the right asked."""
    mine = visible(viewer, action_id)
    found: Action = db.one_or_404(mine if reading.get() else mine.with_for_update(of=Action, key_share=True))
    acts = access.acts_on(viewer, found)
    if Act.SETTLE_ACTION not in acts:
        raise NotHeld(Act.SETTLE_ACTION)
    return found, acts


def owed(viewer: Viewer, until: date, limit: int) -> Select[int, str, date | None]:
    """(id, what, due) of the viewer's own promises due by then, the oldest first: for a statement that asks for more."""
    found = visible(viewer).with_only_columns(Action.id, Action.what, Action.due)
    due = found.where(Action.owner_id == viewer.id, Action.state == State.OPEN, Action.due <= until)
    return due.order_by(Action.due, Action.id).limit(limit)


def mine(viewer: Viewer, limit: int = 50) -> Sequence[Action]:
    """The viewer's own open promises, the oldest first."""
    found = visible(viewer).where(Action.owner_id == viewer.id, Action.state == State.OPEN)
    return db.session.scalars(found.options(joinedload(Action.person)).order_by(Action.due, Action.id).limit(limit)).all()
