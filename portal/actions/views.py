"""Promises: the lists, one of them (where a mail leads), and settling one from wherever it is shown."""

from datetime import timedelta

from flask import Blueprint, g, request, url_for

from portal import clock
from portal.access import Act
from portal.actions import operations, queries, sources
from portal.actions.forms import CarryForm
from portal.actions.models import State
from portal.i18n import gettext as _
from portal.web import Answer, done, local, page, same_version, whole

bp = Blueprint("actions", __name__, url_prefix="/actions")

AGAIN = timedelta(days=7)
"""By when something that is late is offered to be done after all."""


@bp.get("")
def index() -> Answer:
    whose, settled = request.args.get("of", "mine"), request.args.get("state") == "done"
    whose = whose if whose in queries.WHOSE else "mine"
    n = max(request.args.get("page", 0, type=whole), 0)
    found = queries.listed(g.viewer, whose, settled=settled, page=n)
    return page(
        "actions/index.html",
        regions={"promises": "promises"},
        found=found,
        sources=sources.of(g.viewer, found.rows),
        whose=whose,
        settled=settled,
        n=n,
        leads=g.viewer.span > 0,
        today=clock.today(),
    )


@bp.get("/<int:action_id>")
def show(action_id: int) -> Answer:
    """One promise: what a link in a mail opens. Nothing is settled by looking at it."""
    return _show(action_id)


@bp.post("/<int:action_id>/settlement")
def settle(action_id: int) -> Answer:
    action, acts = queries.to_settle(g.viewer, action_id)
    wanted = request.values.get("state", "done")  # of the form, or of the address that takes it back
    state = State(wanted) if wanted in set(State) else State.DONE
    operations.settle(action, state, g.viewer, acts)
    said = {State.DONE: _("Done."), State.DROPPED: _("Dropped from the list."), State.OPEN: _("Open again.")}
    back = local(request.values.get("next", url_for(".index")))
    undo = url_for(".settle", action_id=action_id, state=State.OPEN, next=back) if state is not State.OPEN else ""
    return done(back, said[state], undo=undo)


@bp.post("/<int:action_id>/day")
def carry(action_id: int) -> Answer:
    action, acts = queries.to_settle(g.viewer, action_id)
    form = CarryForm()
    if not form.submitted():
        return _show(action_id, form)
    same_version(action, form)
    operations.carry_on(action, form.due.data or clock.today(), g.viewer, acts)
    return done(local(request.form.get("next", url_for(".index"))), _("Carried on to another day."))


def _show(action_id: int, form: CarryForm | None = None) -> Answer:
    action, acts = queries.action_or_404(g.viewer, action_id)
    soon = clock.today() + AGAIN
    due = action.due if action.due and action.due >= clock.today() else soon
    return page(
        "actions/show.html",
        status=422 if form and form.errors else 200,
        action=action,
        may=Act.SETTLE_ACTION in acts,
        form=form or CarryForm(data={"due": due, "version": action.version}, reads=False),
        source=sources.of(g.viewer, [action]).get((action.source_type, action.source_id)),
        today=clock.today(),
    )
