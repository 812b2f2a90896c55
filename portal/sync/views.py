"""Pages of the directory sync: every run, what it changed, what it did not take and why; and the brake."""

from typing import Any

from flask import Blueprint, abort, g, request, url_for

from portal import access, formats
from portal.access import Act
from portal.db import let_go
from portal.i18n import gettext as _
from portal.sync import jobs, operations, queries
from portal.sync.lines import FIELD_NAMES, MEANINGS, ROLE_NAMES, STEP_NAMES, WHY_LEFT, Kind
from portal.sync.models import SyncRun
from portal.sync.operations import Wish
from portal.sync.troubles import plain
from portal.web import Answer, done, page, whole

bp = Blueprint("sync", __name__, url_prefix="/directory/runs")


@bp.get("")
def runs() -> Answer:
    access.must(Act.SEE_SYNC, g.viewer)
    found = queries.runs(request.args.get("before", type=whole))
    state: dict[str, Any] = {**_stopped(), "waiting": queries.waiting(), "found": found}
    state |= {"odd": queries.odd(), "meanings": MEANINGS, "roles": ROLE_NAMES}
    return page("sync/runs.html", regions={"runs": "rows"}, **state)


@bp.post("")
def begin() -> Answer:
    access.must(Act.RUN_SYNC, g.viewer)
    dry = request.form.get("dry") == "1"
    operations.ask(Wish(dry=dry, by=g.viewer.id))
    said = _("A dry run begins. It changes nobody.") if dry else _("The sync begins. The result will stand here.")
    return done(url_for(".runs"), said)


@bp.get("/connection")
def connection() -> Answer:
    access.must(Act.RUN_SYNC, g.viewer)
    directory = jobs.adapter() or abort(404)
    let_go()  # a directory that does not answer takes seconds: no transaction stays open meanwhile
    return page("sync/connection.html", settings=directory.settings, steps=directory.probe(), names=STEP_NAMES, plain=plain)


@bp.get("/<int:run_id>")
def run(run_id: int) -> Answer:
    access.must(Act.SEE_SYNC, g.viewer)
    one, counts = queries.run_or_404(run_id), queries.counts(run_id)
    kind = next((k for k in counts if k == request.args.get("kind")), next(iter(counts), Kind.LEFT))
    lines = queries.lines(run_id, kind, request.args.get("after", 0, type=whole))
    words: dict[str, Any] = {"meanings": MEANINGS, "fields": FIELD_NAMES, "roles": ROLE_NAMES, "why_left": WHY_LEFT}
    words["opens"] = access.can(Act.SEE_ORGANISATION, g.viewer)
    shown: dict[str, Any] = {**_stopped(one), "run": one, "counts": counts, "kind": kind, "found": lines}
    return page("sync/run.html", regions={"lines": "lines"}, plain=plain, **shown, **words)


@bp.post("/<int:run_id>/confirmation")
def confirm(run_id: int) -> Answer:
    access.must(Act.RUN_SYNC, g.viewer)
    held, _acts = queries.to_decide(g.viewer, run_id)
    operations.confirm(held, g.viewer)
    return done(url_for(".runs"), _("Confirmed. Nobody is switched off until another administrator releases it."))


@bp.post("/<int:run_id>/release")
def release(run_id: int) -> Answer:
    access.must(Act.RELEASE_SYNC, g.viewer)
    held, acts = queries.to_decide(g.viewer, run_id)
    operations.release(held, g.viewer, acts)
    return done(url_for(".runs"), _("Released. The next run switches off these people and nobody else."))


@bp.post("/<int:run_id>/lines/<int:n>/joining")
def join(run_id: int, n: int) -> Answer:
    access.must(Act.RUN_SYNC, g.viewer)
    line = queries.line(run_id, n) or abort(404)
    operations.join(queries.run_or_404(run_id), line, g.viewer)
    return done(url_for(".run", run_id=run_id, kind=line.kind), _("Joined. The next run brings them back with their history."))


def _stopped(only: SyncRun | None = None) -> dict[str, Any]:
    """What a page tells of the run that the brake holds, or of `only` this one: who may do what about it now."""
    held = queries.held()
    always = {"minutes": jobs.minutes(), "may_run": access.can(Act.RUN_SYNC, g.viewer)}
    if held is None or (only is not None and held != only):
        return {**always, "held": None}
    confirmed = held.confirmed_at is not None
    return {
        **always,
        "held": held,
        "mostly": queries.mostly(held),
        "may_release": confirmed and Act.RELEASE_SYNC in access.acts_on(g.viewer, held),
        "others": formats.listed(queries.others(held.confirmed_by_id or g.viewer.id)),
        "may_grant": access.can(Act.GRANT_ROLES, g.viewer),
    }
