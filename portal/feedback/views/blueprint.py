"""The blueprint of feedback."""

from typing import Any

from flask import Blueprint

from portal.feedback.states import ASKED, DECIDED

bp = Blueprint("feedback", __name__, url_prefix="/feedback")


@bp.record_once
def words(state: Any) -> None:
    """What templates are told of feedback."""
    state.app.jinja_env.globals.update(asks_stand=ASKED, reports_stand=DECIDED)
