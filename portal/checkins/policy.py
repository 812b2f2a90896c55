"""How check-ins are seen: a draft by its writer, a shared one by both sides and the line; a private note by its author."""

from typing import Any

from sqlalchemy import ColumnElement, and_, select

from portal.access import Act, Relation, Sight, Viewer, describe
from portal.access.relations import NOBODY, to_subject
from portal.checkins.models import CheckIn, Pause, PrivateNote, Rhythm, State

ACTS = frozenset({Act.SEE_CHECK_IN, Act.RECORD_CHECK_IN, Act.ADD_OWN_VIEW})
SHARED = (State.SHARED, State.CONFIRMED)


def _when_shared(relation: Relation) -> Any:
    def condition(row: Any, viewer: Viewer) -> tuple[ColumnElement[bool], ...]:
        arms = to_subject(relation, viewer, row.person_id, NOBODY)
        return tuple(and_(row.state.in_(SHARED), arm) for arm in arms)

    return condition


def _its_manager(row: Any, viewer: Viewer) -> tuple[ColumnElement[bool], ...]:
    # A new manager reads what was shared before; the record stays its writer's.
    return tuple(and_(row.manager_id == viewer.id, arm) for arm in to_subject(Relation.MANAGER, viewer, row.person_id, NOBODY))


def _author(row: Any, viewer: Viewer) -> tuple[ColumnElement[bool], ...]:
    # What somebody prepared for their manager is not read by who was it then: a draft follows the line of today.
    held = and_(row.manager_id == viewer.id, row.state != State.DRAFT)
    return row.recorded_by_id == viewer.id, held, *_its_manager(row, viewer)


def _note_author(row: Any, viewer: Viewer) -> tuple[ColumnElement[bool], ...]:
    return (row.author_id == viewer.id,)


def _about(row: Any) -> Any:
    return select(CheckIn.person_id).where(CheckIn.id == row.check_in_id).correlate(row).scalar_subquery(), NOBODY


def register() -> None:
    """Called once by create_app."""
    own = {relation: _when_shared(relation) for relation in (Relation.SELF, Relation.LINE, Relation.HRBP, Relation.AUDITOR)}
    own |= {Relation.AUTHOR: _author, Relation.MANAGER: _its_manager}
    seen = Sight(Act.SEE_CHECK_IN, ACTS, lambda row: (row.person_id, NOBODY), own)
    describe(CheckIn, seen)
    of_whom = frozenset({Act.SEE_RHYTHM, Act.SET_RHYTHM})
    describe(Rhythm, Sight(Act.SEE_RHYTHM, of_whom, lambda row: (row.person_id, row.unit_id)))
    describe(Pause, Sight(Act.SEE_RHYTHM, of_whom, lambda row: (row.person_id, NOBODY)))
    notes = Sight(Act.KEEP_PRIVATE_NOTE, frozenset({Act.KEEP_PRIVATE_NOTE}), _about, {Relation.AUTHOR: _note_author})
    describe(PrivateNote, notes)
