"""Forms of the administration: shape of input only."""

from datetime import date, timedelta
from typing import Any

from wtforms import DateField, SelectField, StringField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length, Optional, ValidationError

from portal import clock
from portal.access.models import Role
from portal.access.words import ROLES
from portal.directory import finding
from portal.forms import Form, options
from portal.i18n import gettext as _
from portal.i18n import lazy_gettext as _l

REASON = 2_000
FURTHEST = timedelta(days=3_660)
"""A role is planned ten years ahead at most: a longer year is a slip of the finger."""


def _near(_form: Form, field: Any) -> None:
    if field.data and field.data > clock.today() + FURTHEST:
        raise ValidationError(_("Choose a day within ten years"))


def _from_today(_form: Form, field: Any) -> None:
    if field.data and field.data < clock.today():
        raise ValidationError(_("Today or later"))


class RoleForm(Form):
    """A role for somebody: which, where, how long, and why. `unit_id` is the scope; only an HR partner has one."""

    unit_id: int | None = None

    role = SelectField(_l("Role"), [InputRequired()], choices=options([(role.value, _l(word)) for role, word in ROLES.items()]))
    unit = StringField(_l("Department"), [Length(max=80)])
    since = DateField(_l("Begins on"), [InputRequired(), _from_today, _near])
    last = DateField(_l("Last day"), [Optional(), _near])
    reason = TextAreaField(_l("Reason"), [DataRequired(), Length(max=REASON)])

    def validate_unit(self, field: Any) -> None:
        """A department goes with the HR partner, and with nobody else."""
        self.unit_id = finding.department(field.data or "", clock.today()) if self.role.data == Role.HRBP else None
        if self.role.data == Role.HRBP and self.unit_id is None:
            raise ValidationError(_("Name the department this HR partner is for, as it is called today"))

    def validate_last(self, field: Any) -> None:
        """Not before it begins."""
        if field.data and self.since.data and field.data < self.since.data:
            raise ValidationError(_("Not before it begins"))

    @property
    def until(self) -> date | None:
        """The day on which it is not held any more."""
        return day_after(self.last.data)


class EndForm(Form):
    """The end of a role: its last day, and why."""

    last = DateField(_l("Last day"), [InputRequired(), _from_today, _near])
    reason = TextAreaField(_l("Reason"), [DataRequired(), Length(max=REASON)])


def day_after(last: date | None) -> date | None:
    """Dated rows end on the day that no longer counts."""
    return last + timedelta(days=1) if last else None
