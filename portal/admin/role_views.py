"""Roles: who holds one, giving one, ending one."""

from datetime import timedelta
from typing import Any

from flask import g, request, url_for

from portal import access, clock
from portal.access import Act
from portal.access.models import Role
from portal.access.words import ROLES
from portal.accounts.confirming import confirm_password
from portal.admin import operations, roles
from portal.admin.forms import EndForm, RoleForm, day_after
from portal.admin.views import bp
from portal.directory import finding
from portal.directory.models import Person
from portal.i18n import gettext as _
from portal.web import Answer, done, page, whole
from portal.workflow import Refused

__all__ = ["bp"]


@bp.get("/roles", endpoint="roles")
def held() -> Answer:
    access.must(Act.SEE_GRANTS, g.viewer)
    asked = request.args
    wish = {"role": asked.get("role", "") if asked.get("role", "") in set(Role) else "", "words": asked.get("q", "")}
    found = roles.held(**wish, after=asked.get("after", type=whole))
    may = access.can(Act.GRANT_ROLES, g.viewer)
    return page("admin/roles.html", regions={"held": "held"}, found=found, wish=wish, words=ROLES, may=may)


@bp.route("/roles/new", methods=["GET", "POST"])
def give_role() -> Answer:
    access.must(Act.GRANT_ROLES, g.viewer)
    form = RoleForm(data={"since": clock.today()})
    chosen = request.values.get("person", 0, type=whole)
    person = roles.person_or_404(chosen) if chosen or request.method == "POST" else None
    if person is None or not form.submitted():
        return _give_page(form, person, 422 if form.errors else 200)
    confirm_password(g.viewer)
    terms: dict[str, Any] = {"unit_id": form.unit_id, "since": form.since.data, "until": form.until}
    operations.grant(chosen, Role(form.role.data), g.viewer, **terms, why=form.reason.data or "")
    return done(url_for(".roles"), _("The role is given."))


@bp.route("/roles/<int:grant_id>/end", methods=["GET", "POST"])
def end_role(grant_id: int) -> Answer:
    access.must(Act.GRANT_ROLES, g.viewer)
    one, form = roles.one_or_404(grant_id), EndForm(data={"last": clock.today()})
    if not one.by_hand:
        raise Refused(operations.FOLLOWS)
    if not form.submitted():
        return page("admin/end_role.html", status=422 if form.errors else 200, one=one, form=form, words=ROLES)
    confirm_password(g.viewer)
    at_once = request.form.get("act") == "now"
    until = clock.today() if at_once else day_after(form.last.data) or clock.today() + timedelta(days=1)
    operations.end_role(grant_id, until, g.viewer, seen=request.form.get("seen", ""), why=form.reason.data or "")
    return done(url_for(".roles"), _("The role is not held any more.") if at_once else _("The end is set."))


def _give_page(form: RoleForm, person: Person | None, status: int) -> Answer:
    words = request.args.get("q", "")
    shown: dict[str, Any] = {"person": person, "asked": words, "found": finding.people(words, but=g.viewer.id)}
    return page("admin/give_role.html", status=status, regions={"found": "found"}, form=form, **shown)
