"""How actions are seen: by whom they are about, by their owner, by the line."""

from typing import Any

from sqlalchemy import ColumnElement

from portal.access import Act, Relation, Sight, Viewer, describe
from portal.access.relations import NOBODY
from portal.actions.models import Action


def _owner(row: Any, viewer: Viewer) -> tuple[ColumnElement[bool], ...]:
    return (row.owner_id == viewer.id,)


def register() -> None:
    """Called once by create_app."""
    acts = frozenset({Act.SEE_ACTION, Act.SETTLE_ACTION})
    describe(Action, Sight(Act.SEE_ACTION, acts, lambda row: (row.person_id, NOBODY), {Relation.PARTICIPANT: _owner}))
