"""Keeping the library: for HR and executives."""

from flask import abort, g, request, url_for

from portal import access
from portal.access import Act
from portal.db import reading
from portal.delegations import queries as colleagues
from portal.directory import finding
from portal.goals import queries as goals
from portal.goals.models import Objective, Theme
from portal.goals.names import PERSPECTIVE
from portal.i18n import gettext as _
from portal.i18n import ngettext
from portal.periods import queries as periods
from portal.strategy import copying, keeping, shelf
from portal.strategy.forms import ThemeForm
from portal.strategy.views.blueprint import bp
from portal.web import Answer, done, page, same_version, whole


def _library(period_id: int) -> str:
    return url_for(".library", period=period_id)


@bp.route("/periods/<int:period_id>/themes/new", methods=["GET", "POST"])
def new_theme(period_id: int) -> Answer:
    access.must(Act.KEEP_STRATEGY, g.viewer)
    period, form = periods.period_or_404(period_id), ThemeForm(data={"perspective": request.args.get("perspective")})
    if form.submitted():
        try:
            keeping.make_theme(period, *form.said, g.viewer)
            return done(_library(period_id), _("Saved."))
        except keeping.Taken as why:
            form.name.errors = [_(str(why))]
    return _theme(form, None, period_id)


@bp.route("/themes/<int:theme_id>", methods=["GET", "POST"])
def theme(theme_id: int) -> Answer:
    access.must(Act.KEEP_STRATEGY, g.viewer)
    found = shelf.theme_or_404(theme_id)
    stored = {"name": found.name, "perspective": found.perspective.value}
    form = ThemeForm(data={**stored, "version": found.version})
    if form.submitted():
        same_version(found, form, stored | {"perspective": _(PERSPECTIVE[found.perspective])})
        try:
            changed = keeping.change_theme(found, *form.said, g.viewer)
            return done(_library(found.period_id), _("Saved.") if changed else _("Nothing was changed."))
        except keeping.Taken as why:
            form.name.errors = [_(str(why))]
    return _theme(form, found, found.period_id)


def _theme(form: ThemeForm, found: Theme | None, period_id: int) -> Answer:
    period = periods.period_or_404(period_id)
    return page("strategy/theme.html", status=422 if form.errors else 200, form=form, theme=found, period=period)


@bp.post("/themes/<int:theme_id>/order")
def put_theme(theme_id: int) -> Answer:
    access.must(Act.KEEP_STRATEGY, g.viewer)
    found = shelf.theme_or_404(theme_id)
    keeping.put_theme(found, {"up": -1, "down": 1}.get(request.form.get("to", "")) or abort(400), g.viewer)
    return done(_library(found.period_id) + f"#theme-{theme_id}", _("Saved."))


@bp.post("/themes/<int:theme_id>/retirement")
def retire(theme_id: int) -> Answer:
    access.must(Act.KEEP_STRATEGY, g.viewer)
    found = shelf.theme_or_404(theme_id)
    keeping.retire(found, g.viewer)
    return done(_library(found.period_id), _("Retired. What stands under it stays; nothing new is set under it."))


@bp.post("/themes/<int:theme_id>/return")
def restore(theme_id: int) -> Answer:
    access.must(Act.KEEP_STRATEGY, g.viewer)
    found = shelf.theme_or_404(theme_id)
    keeping.restore(found, g.viewer)
    return done(_library(found.period_id), _("Taken up again."))


@bp.post("/periods/<int:period_id>/copy")
def copy(period_id: int) -> Answer:
    """The library of the period before, as a start."""
    access.must(Act.KEEP_STRATEGY, g.viewer)
    target = periods.period_or_404(period_id)
    source = shelf.before(target, periods.everything()) or abort(404)
    copied = copying.copy_library(source, target, g.viewer)
    if not (copied.themes or copied.objectives):
        return done(
            _library(period_id), _("Everything of %(period)s stands here already: nothing was copied.", period=source.name)
        )
    told = {"period": source.name, "themes": copied.themes, "objectives": copied.objectives}
    said = _("Copied from %(period)s as drafts: %(themes)s themes, %(objectives)s objectives. No values, no scores.", **told)
    return done(_library(period_id), said)


@bp.post("/periods/<int:period_id>/force")
def put_in_force(period_id: int) -> Answer:
    """The drafts of the library are agreed."""
    access.must(Act.KEEP_STRATEGY, g.viewer)
    made = keeping.put_in_force(periods.period_or_404(period_id), g.viewer)
    said = [ngettext("%(num)d objective is in force now.", "%(num)d objectives are in force now.", made.done)]
    if made.waiting:
        said.append(_("Nothing measures these yet: %(titles)s.", titles="; ".join(made.waiting[:5])))
    if made.more:
        said.append(_("Further ones wait: press again."))
    return done(_library(period_id), " ".join(said))


@bp.route("/objectives/<int:objective_id>/accountable", methods=["GET", "POST"])
def accountable(objective_id: int) -> Answer:
    """Who answers for a company objective: found by name, then chosen."""
    access.must(Act.KEEP_STRATEGY, g.viewer)
    objective = company_objective(objective_id)
    if request.method == "POST":
        person = colleagues.colleague_or_404(request.form.get("person", 0, type=whole))
        keeping.answer_for(objective, person, g.viewer)
        return done(url_for("goals.show", objective_id=objective_id), _("%(name)s answers for it now.", name=person.name))
    asked = request.args.get("q", "")
    found = finding.people(asked)
    return page("strategy/accountable.html", regions={"found": "found"}, objective=objective, asked=asked, found=found)


def company_objective(objective_id: int) -> Objective:
    """One of the company's own, which this viewer sees; locked where one writes."""
    seen = reading.get()
    objective = goals.objective_or_404(g.viewer, objective_id) if seen else goals.locked(g.viewer, objective_id)[0]
    return abort(404) if objective.person_id or objective.unit_id else objective
