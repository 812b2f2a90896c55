"""Pages around the set: mine and my team's dialogues, opening them, the drafts so far, what is brought over."""

from collections.abc import Callable
from itertools import zip_longest
from typing import Any

from flask import g, request, url_for

from portal import access, clock
from portal.access import Act
from portal.dialogues import operations, queries
from portal.dialogues.comparing import between
from portal.dialogues.forms import BringForm, OpenForm, ReasonForm
from portal.dialogues.views.blueprint import bp
from portal.formats import period_name
from portal.i18n import gettext as _
from portal.i18n import ngettext
from portal.periods import queries as periods
from portal.periods.models import Period
from portal.web import Answer, done, page, whole
from portal.workflow import NotHeld


@bp.get("")
def index() -> Answer:
    return _index()


@bp.post("")
def begin() -> Answer:
    if not _leads():
        raise NotHeld(Act.AGREE_OBJECTIVE)
    period = periods.period_or_404(request.form.get("period", 0, type=whole))
    form = _open_form(period, queries.team(g.viewer, period.id))
    if not form.submitted():
        return _index(form, 422, period)
    propose_by, agree_by = form.days
    made = operations.open_for(period, form.people.data or (), g.viewer, propose_by=propose_by, agree_by=agree_by)
    said = ngettext("%(num)d goal dialogue is open.", "%(num)d goal dialogues are open.", len(made))
    return done(url_for(".index", period=period.id), said if made else _("They were open already."))


@bp.post("/<int:dialogue_id>/back")
def take_back(dialogue_id: int) -> Answer:
    dialogue, acts = queries.to_change(g.viewer, dialogue_id)
    operations.take_back(dialogue, queries.goals_of(g.viewer, dialogue, lock=True), g.viewer, acts)
    return done(url_for(".show", dialogue_id=dialogue_id), _("Taken back. Write on."))


@bp.route("/<int:dialogue_id>/cancel", methods=["GET", "POST"])
def cancel(dialogue_id: int) -> Answer:
    return _with_reason(dialogue_id, "cancel", operations.cancel, _("Cancelled. The goals stay, each by itself."))


@bp.route("/<int:dialogue_id>/reopen", methods=["GET", "POST"])
def reopen(dialogue_id: int) -> Answer:
    return _with_reason(dialogue_id, "reopen", operations.reopen, _("Open again. What was agreed stays agreed."))


def _with_reason(dialogue_id: int, step: str, take: Callable[..., None], said: str) -> Answer:
    dialogue, acts = queries.to_change(g.viewer, dialogue_id)
    if Act.AGREE_OBJECTIVE not in acts:
        raise NotHeld(Act.AGREE_OBJECTIVE)
    form = ReasonForm()
    if form.submitted():
        take(dialogue, g.viewer, acts, form.reason.data or "")
        return done(url_for(".show" if step == "reopen" else ".index", dialogue_id=dialogue_id), said)
    status = 422 if form.errors else 200
    return page("dialogues/reason.html", status=status, dialogue=dialogue, form=form, step=step)


@bp.get("/<int:dialogue_id>/drafts")
def compare(dialogue_id: int) -> Answer:
    dialogue, _manager = queries.dialogue_or_404(g.viewer, dialogue_id)
    found = queries.drafts_of(dialogue, None)
    shown = [(new, between(old.goals, new.goals) if old else []) for new, old in zip_longest(found, found[1:])]
    return page("dialogues/drafts.html", dialogue=dialogue, shown=shown)


@bp.route("/<int:dialogue_id>/earlier", methods=["GET", "POST"])
def bring(dialogue_id: int) -> Answer:
    dialogue, _acts = queries.to_change(g.viewer, dialogue_id)
    offered = queries.earlier(g.viewer, dialogue)
    form = BringForm()
    form.goals.choices = [(card.id, card.title) for card in offered]
    if form.submitted():
        found = queries.sources(g.viewer, form.goals.data or ())
        operations.bring(dialogue, found, g.viewer)
        said = ngettext(
            "%(num)d goal brought over, without its values.", "%(num)d goals brought over, without their values.", len(found)
        )
        return done(url_for(".show", dialogue_id=dialogue_id), said)
    status = 422 if form.errors else 200
    return page("dialogues/earlier.html", status=status, dialogue=dialogue, offered=offered, form=form)


def _index(form: OpenForm | None = None, status: int = 200, period: Period | None = None) -> Answer:
    every = [one for one in periods.everything() if not one.closed]
    period = period or _chosen(every)
    mates = queries.team(g.viewer, period.id) if period and _leads() else []
    form = form or (_open_form(period, mates) if period and mates else None)
    context: dict[str, Any] = {"mine": queries.mine(g.viewer), "team": mates, "form": form, "today": clock.today()}
    return page("dialogues/index.html", status=status, period=period, periods=every, leads=_leads(), **context)


def _open_form(period: Period, mates: list[queries.Mate]) -> OpenForm:
    free = [(mate.id, mate.name) for mate in mates if mate.dialogue_id is None]
    return OpenForm.offered([(period.id, period_name(period.name))], free, period.id)


def _chosen(every: list[Period]) -> Period | None:
    """The period asked for; else the next year or quarter that has not begun, else the newest that runs."""
    wished = request.args.get("period", type=whole)
    ahead = [one for one in every if one.begins > clock.today()]
    asked = (one for one in every if one.id == wished)
    return next(asked, None) or min(ahead, key=lambda one: (one.begins, one.id), default=next(iter(every), None))


def _leads() -> bool:
    return access.may_hold(Act.AGREE_OBJECTIVE, g.viewer) or len(queries.managers(g.viewer)) > 1
