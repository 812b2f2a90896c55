"""One's own promises as a list, and settling one from wherever it is shown."""

from flask import Blueprint, g, request

from portal import clock
from portal.actions import operations, queries
from portal.actions.models import State
from portal.i18n import gettext as _
from portal.web import Answer, done, local, page

bp = Blueprint("actions", __name__, url_prefix="/actions")


@bp.get("")
def index() -> Answer:
    return page("actions/index.html", regions={"promises": "promises"}, actions=queries.mine(g.viewer), today=clock.today())


@bp.post("/<int:action_id>/settlement")
def settle(action_id: int) -> Answer:
    action, acts = queries.to_settle(g.viewer, action_id)
    wanted = request.form.get("state", "done")
    operations.settle(action, State(wanted) if wanted in set(State) else State.DONE, g.viewer, acts)
    return done(local(request.form.get("next", "/actions")), _("Noted."))
