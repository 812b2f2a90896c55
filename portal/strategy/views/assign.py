"""HR gives a company objective to people by a rule, after a look at who gets it."""

from typing import Any

from flask import g, request, url_for

from portal import access, clock
from portal.access import Act
from portal.directory import finding
from portal.i18n import gettext as _
from portal.i18n import ngettext
from portal.strategy import assigning
from portal.strategy.views.blueprint import bp
from portal.strategy.views.keep import company_objective
from portal.web import Answer, done, page

LONGEST = 80


@bp.route("/objectives/<int:objective_id>/assignment", methods=["GET", "POST"])
def assign(objective_id: int) -> Answer:
    """The rule and its preview; a POST gives it to them."""
    access.must(Act.KEEP_STRATEGY, g.viewer)
    objective = company_objective(objective_id)
    assigning.see_to(objective)
    said: dict[str, Any] = {name: request.values.get(name, "").strip()[:LONGEST] for name in ("department", "family", "level")}
    unit_id = finding.department(said["department"], clock.today()) if said["department"] else None
    rule = assigning.Rule(unit_id, said["family"], said["level"]) if unit_id else None
    if request.method == "POST" and rule:
        given = assigning.give(objective, rule, g.viewer)
        return done(url_for(".assign", objective_id=objective_id, **said), _told(given))
    wrong = _("Choose a department of the list.") if (said["department"] or request.method == "POST") and not rule else ""
    context: dict[str, Any] = {"objective": objective, "said": said, "wrong": wrong, "words": assigning.WHY}
    context |= {"preview": assigning.preview(objective, rule) if rule else None, "families": assigning.families()}
    context |= {"far": assigning.how_far(objective_id), "shown": assigning.SHOWN}
    return page("strategy/assign.html", regions={"far": "far"}, status=422 if wrong else 200, **context)


def _told(given: int | None) -> str:
    if given is None:
        return _("They are given it in the background; this page tells how far it is.")
    if not given:
        return _("Everybody the rule fits has it already: nothing was given.")
    return ngettext("%(num)d person has it now, as a draft.", "%(num)d people have it now, as a draft.", given)
