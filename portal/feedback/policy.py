"""How feedback is seen: by the two and the receiver's managers, praise by everybody; questions by the two; reports by HR."""

from typing import Any

from sqlalchemy import ColumnElement, and_, exists, true

from portal.access import Act, Relation, Sight, Viewer, describe
from portal.access.relations import NOBODY
from portal.feedback.models import Ask, Feedback, Report
from portal.feedback.states import State

SEEN = frozenset({Act.SEE_FEEDBACK, Act.KNOW_OF_FEEDBACK, Act.WITHDRAW_FEEDBACK, Act.REPORT_FEEDBACK})
ASKS = frozenset({Act.SEE_ASK, Act.ANSWER_ASK, Act.TAKE_ASK_BACK})
REPORTS = frozenset({Act.SEE_REPORT, Act.DECIDE_REPORT})


def _author(row: Any, viewer: Viewer) -> tuple[ColumnElement[bool], ...]:
    return (row.author_id == viewer.id,)


def _praise(row: Any, _viewer: Viewer) -> tuple[ColumnElement[bool], ...]:
    # What was taken back or hidden stands before nobody any more.
    return (and_(row.public == true(), row.state == State.GIVEN),)


def _asked(row: Any, viewer: Viewer) -> tuple[ColumnElement[bool], ...]:
    return (row.asked_id == viewer.id,)


def _reporter(row: Any, viewer: Viewer) -> tuple[ColumnElement[bool], ...]:
    return (row.reporter_id == viewer.id,)


def _receiver(row: Any, viewer: Viewer) -> tuple[ColumnElement[bool], ...]:
    """Whoever received the words takes part in the matter: they do not decide about it, whatever their role."""
    return (exists().where(Feedback.id == row.feedback_id, Feedback.person_id == viewer.id),)


def register() -> None:
    """Called once by create_app."""
    own = {Relation.AUTHOR: _author, Relation.AUDIENCE: _praise}
    describe(Feedback, Sight(Act.SEE_FEEDBACK, SEEN, lambda row: (row.person_id, NOBODY), own))
    describe(Ask, Sight(Act.SEE_ASK, ASKS, lambda row: (row.person_id, NOBODY), {Relation.PARTICIPANT: _asked}))
    both = {Relation.AUTHOR: _reporter, Relation.PARTICIPANT: _receiver}
    describe(Report, Sight(Act.SEE_REPORT, REPORTS, lambda row: (row.person_id, NOBODY), both))
