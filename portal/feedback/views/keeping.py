"""The company's values: everybody reads what they mean, HR keeps the list."""

from flask import g, url_for

from portal import access
from portal.access import Act
from portal.feedback import operations, queries
from portal.feedback.forms import ValueForm
from portal.feedback.models import CompanyValue
from portal.feedback.views.blueprint import bp
from portal.i18n import gettext as _
from portal.web import Answer, done, page, same_version


@bp.get("/values")
def values() -> Answer:
    keeps = access.can(Act.KEEP_VALUES, g.viewer)
    return page("feedback/values.html", values=queries.values(retired=keeps), keeps=keeps)


@bp.route("/values/new", methods=["GET", "POST"])
def new_value() -> Answer:
    access.must(Act.KEEP_VALUES, g.viewer)
    form = ValueForm()
    if form.submitted():
        try:
            operations.make_value(*form.said, g.viewer)
            return done(url_for(".values"), _("Saved."))
        except operations.Taken as why:
            form.name.errors = [_(str(why))]
    return _value(form, None)


@bp.route("/values/<int:value_id>", methods=["GET", "POST"])
def value(value_id: int) -> Answer:
    access.must(Act.KEEP_VALUES, g.viewer)
    found = queries.value_or_404(value_id)
    stored = {"name": found.name, "meaning": found.meaning}
    form = ValueForm(data={**stored, "version": found.version})
    if form.submitted():
        same_version(found, form, stored)
        try:
            operations.change_value(found, *form.said, g.viewer)
            return done(url_for(".values"), _("Saved."))
        except operations.Taken as why:
            form.name.errors = [_(str(why))]
    return _value(form, found)


def _value(form: ValueForm, found: CompanyValue | None) -> Answer:
    return page("feedback/value.html", status=422 if form.errors else 200, form=form, value=found)


@bp.post("/values/<int:value_id>/retirement")
def retire(value_id: int) -> Answer:
    access.must(Act.KEEP_VALUES, g.viewer)
    operations.retire(queries.value_or_404(value_id), g.viewer)
    return done(url_for(".values"), _("Retired. What named it keeps it."))


@bp.post("/values/<int:value_id>/return")
def restore(value_id: int) -> Answer:
    access.must(Act.KEEP_VALUES, g.viewer)
    operations.restore(queries.value_or_404(value_id), g.viewer)
    return done(url_for(".values"), _("Taken up again."))
