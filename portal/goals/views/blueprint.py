"""The blueprint, and what templates are told of goals."""

from flask import Blueprint

from portal.access import Act
from portal.goals import differing, names, previews, speaking
from portal.goals.forms import sent

bp = Blueprint("goals", __name__, url_prefix="/goals")


@bp.record_once
def words(state: object) -> None:
    """Globals, because cards of goals stand on other packages' pages too."""
    env = state.app.jinja_env  # type: ignore[attr-defined]  # Flask's set-up state
    told = ("aim", "burn_of", "glyph_of", "meta_of", "now", "owner_of", "pace_words", "points_words", "rolled_words", "said")
    partly = ("spark_of", "band", "due", "part_name", "part_title", "part_said", "part_share", "target_words", "targets_words")
    env.globals.update(
        {f"goal_{name}": getattr(speaking, name) for name in (*told, *partly, "spoken", "tells", "unit_of", "weeks_of")}
    )
    env.globals.update(names=names, Act=Act, goal_typed=sent, goal_changed=differing.changed, goal_unit_typed=previews.unit_of)
    env.filters["plain"] = speaking.plain
