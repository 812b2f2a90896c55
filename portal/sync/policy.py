"""How runs are seen: by whoever looks after the sync. A stopped one is released by somebody else than who confirmed it."""

from typing import Any

from sqlalchemy import ColumnElement

from portal.access import Act, Relation, Sight, Viewer, describe
from portal.access.relations import NOBODY
from portal.sync.models import SyncRun

ACTS = frozenset({Act.SEE_SYNC, Act.RUN_SYNC, Act.RELEASE_SYNC})


def _confirmed(row: Any, viewer: Viewer) -> tuple[ColumnElement[bool], ...]:
    return (row.confirmed_by_id == viewer.id,)


def register() -> None:
    """Called once by create_app."""
    describe(SyncRun, Sight(Act.SEE_SYNC, ACTS, lambda _: (NOBODY, NOBODY), {Relation.AUTHOR: _confirmed}))
