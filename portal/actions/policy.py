"""How actions are seen: by whom they are about, by their owner, by the line."""

from typing import Any

from sqlalchemy import ColumnElement, Integer, literal

from portal.access import Act, Relation, Sight, Viewer, describe
from portal.actions.models import Action


def _owner(row: Any, viewer: Viewer) -> tuple[ColumnElement[bool], ...]:
    return (row.owner_id == viewer.id,)


def register() -> None:
    """Called once by create_app."""
    nobody = literal(None, Integer)
    acts = frozenset({Act.SEE_ACTION, Act.SETTLE_ACTION})
    describe(Action, Sight(Act.SEE_ACTION, acts, lambda row: (row.person_id, nobody), {Relation.PARTICIPANT: _owner}))
