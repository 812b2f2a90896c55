"""The form of a promise that takes longer."""

from datetime import timedelta
from typing import Any

from wtforms import DateField
from wtforms.validators import InputRequired, ValidationError

from portal import clock
from portal.forms import Form
from portal.i18n import gettext as _
from portal.i18n import lazy_gettext as _l

LONGEST = timedelta(days=366)


class CarryForm(Form):
    """By when it is done after all."""

    due = DateField(_l("New day"), [InputRequired()])

    def validate_due(self, field: Any) -> None:
        """A day that is still to come, within a year."""
        if field.data and not clock.today() <= field.data <= clock.today() + LONGEST:
            raise ValidationError(_("Today or later, within the next twelve months"))
