"""How goal dialogues are seen: by the person and the line; proposed by the person, agreed to by who agrees to the goals."""

from typing import Any

from sqlalchemy import ColumnElement, and_, exists

from portal.access import Act, Relation, Sight, Viewer, describe
from portal.access.relations import NOBODY, to_subject
from portal.dialogues.models import GoalDialogue
from portal.directory.models import Person

ACTS = frozenset({Act.SEE_GOAL_DIALOGUE, Act.PROPOSE_GOALS, Act.AGREE_OBJECTIVE, Act.ARCHIVE_FORM})


def _for_who_cannot_sign_in(row: Any, viewer: Viewer) -> tuple[ColumnElement[bool], ...]:
    # People without an account are full subjects: their manager writes the proposal down with them.
    alone = exists().where(Person.id == row.person_id, Person.directory_key.is_(None))
    return tuple(and_(arm, alone) for arm in to_subject(Relation.MANAGER, viewer, row.person_id, NOBODY))


def register() -> None:
    """Called once by create_app."""
    own = {Relation.PARTICIPANT: _for_who_cannot_sign_in}
    describe(GoalDialogue, Sight(Act.SEE_GOAL_DIALOGUE, ACTS, lambda row: (row.person_id, NOBODY), own))
