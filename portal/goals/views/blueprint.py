"""The blueprint, and what templates are told of goals."""

from collections.abc import Hashable

from flask import Blueprint, g, request

from portal.access import Act
from portal.formats import ago
from portal.goals import differing, names, previews, speaking
from portal.goals.cards import Card
from portal.goals.forms import sent

bp = Blueprint("goals", __name__, url_prefix="/goals")


def card_told(card: Card) -> Hashable:
    """What a card on a board shows this viewer now: the goal, since when, whether it can be updated, and has the focus."""
    reported = ago(card.reported_at) if card.reported_at else ""
    may_update = not card.closed and card.may_update(g.viewer.id)
    return card, reported, may_update, request.headers.get("HX-Target") == f"objective-{card.id}"


@bp.record_once
def words(state: object) -> None:
    """Globals, because cards of goals stand on other packages' pages too."""
    env = state.app.jinja_env  # type: ignore[attr-defined]  # Flask's set-up state
    told = ("aim", "burn_of", "glyph_of", "meta_of", "now", "owner_of", "pace_words", "points_words", "rolled_words", "said")
    partly = ("spark_of", "band", "due", "part_name", "part_title", "part_said", "part_share", "target_words", "targets_words")
    env.globals.update(
        {f"goal_{name}": getattr(speaking, name) for name in (*told, *partly, "spoken", "tells", "unit_of", "weeks_of")}
    )
    env.globals.update(
        names=names,
        Act=Act,
        goal_card=card_told,
        goal_typed=sent,
        goal_changed=differing.changed,
        goal_unit_typed=previews.unit_of,
    )
    env.filters["plain"] = speaking.plain
