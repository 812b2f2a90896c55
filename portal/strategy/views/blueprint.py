"""The blueprint, and what pages of goals are told of it."""

from flask import Blueprint

from portal.strategy import claiming, covering

bp = Blueprint("strategy", __name__, url_prefix="/strategy")


@bp.record_once
def words(state: object) -> None:
    """Globals, because goals' pages lead here too."""
    told = {"sees_coverage": covering.may_see, "may_claim": claiming.may_claim}
    state.app.jinja_env.globals.update(told)  # type: ignore[attr-defined]  # Flask's set-up state
