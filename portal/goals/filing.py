"""Files beside a reported value, as its evidence: whoever sees the goal has them, whoever reports values adds them."""

from typing import Any

from flask import abort, url_for
from sqlalchemy import ColumnElement, exists

from portal import access, files
from portal.access import Act, Held, Viewer
from portal.db import db
from portal.files import Beside, Place
from portal.goals import queries
from portal.goals.models import Measure, MeasureValue, Objective
from portal.goals.states import takes_no_values

KIND = MeasureValue.__tablename__


def register() -> None:
    """Called once by create_app."""
    files.stand_beside(Place(KIND, "goals", _seen, _find))


def may_file(objective: Objective, acts: Held) -> bool:
    """Whether files can be put beside the values of a goal now."""
    return Act.RECORD_VALUE in acts and not takes_no_values(objective)


def _seen(viewer: Viewer, object_id: Any) -> ColumnElement[bool]:
    mine = exists().where(MeasureValue.id == object_id, Measure.id == MeasureValue.measure_id)
    return mine.where(Objective.id == Measure.objective_id, access.rows(Act.SEE_OBJECTIVE, viewer, Objective, one=True))


def _find(viewer: Viewer, value_id: int) -> Beside:
    value = db.session.get(MeasureValue, value_id) or abort(404)
    found, acts = queries.locked(viewer, db.session.get_one(Measure, value.measure_id).objective_id)

    def owns(by_id: int) -> bool:
        """One's own files, and whatever stands beside what one reported oneself."""
        return viewer.id in (by_id, value.by_id)

    url, closed = url_for("goals.show", objective_id=found.id), takes_no_values(found) or ""
    adds, behalf = Act.RECORD_VALUE in acts, acts.get(Act.RECORD_VALUE)
    return Beside(KIND, value_id, found, found.title, url, adds, closed, behalf, owns)
