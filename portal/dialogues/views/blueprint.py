"""The blueprint of goal dialogues, and what its pages are told."""

from typing import Any

from flask import Blueprint

from portal.dialogues.comparing import parts_of
from portal.dialogues.states import WORDS, sum_words
from portal.goals import speaking

bp = Blueprint("dialogues", __name__, url_prefix="/goal-dialogues")


@bp.record_once
def words(state: Any) -> None:
    """What templates are told of dialogues."""
    state.app.jinja_env.globals.update(sum_words=sum_words, dialogue_states=WORDS)
    state.app.jinja_env.globals.update(draft_parts=parts_of, weight_words=speaking.weight_words)
