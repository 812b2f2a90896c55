"""The blueprint, and what templates are told of goals."""

from flask import Blueprint

from portal.access import Act
from portal.goals import names, speaking

bp = Blueprint("goals", __name__, url_prefix="/goals")


@bp.record_once
def words(state: object) -> None:
    """Globals, because cards of goals stand on other packages' pages too."""
    env = state.app.jinja_env  # type: ignore[attr-defined]  # Flask's set-up state
    told = ("aim", "glyph_of", "meta_of", "now", "owner_of", "pace_words", "points_words", "rolled_words", "said", "spark_of")
    env.globals.update({f"goal_{name}": getattr(speaking, name) for name in (*told, "spoken", "tells", "unit_of", "weeks_of")})
    env.globals.update(names=names, Act=Act)
    env.filters["plain"] = speaking.plain
