"""The form of a delegation: shape of input only."""

from datetime import date, timedelta
from typing import Any

from wtforms import DateField, SelectMultipleField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length, ValidationError

from portal import clock
from portal.access import Act
from portal.access.words import HANDED_ON
from portal.forms import Form, options
from portal.i18n import gettext as _
from portal.i18n import lazy_gettext as _l

LONGEST = timedelta(days=366)
"""A delegation bridges a time; what is meant to last is a change in the directory."""


class DelegationForm(Form):
    """What is handed on, from when to when, and why."""

    acts = SelectMultipleField(
        _l("What they do for you"),
        [DataRequired()],
        choices=options([(act.value, _l(word)) for act, (word, _) in HANDED_ON.items()]),
    )
    since = DateField(_l("Begins on"), [InputRequired()])
    last = DateField(_l("Last day"), [InputRequired()])
    reason = TextAreaField(_l("Reason"), [DataRequired(), Length(max=2_000)])

    def validate_since(self, field: Any) -> None:
        """What was done before cannot be delegated any more."""
        if field.data and field.data < clock.today():
            raise ValidationError(_("Today or later"))
        if field.data and field.data > clock.today() + LONGEST:
            raise ValidationError(_("Within the next twelve months"))

    def validate_last(self, field: Any) -> None:
        """Not before it begins, and not for ever."""
        if field.data and self.since.data and field.data < self.since.data:
            raise ValidationError(_("Not before it begins"))
        if field.data and self.since.data and field.data > self.since.data + LONGEST:
            raise ValidationError(_("Twelve months at most; hand it on again when they are over"))

    @property
    def chosen(self) -> list[Act]:
        """The acts in the order of the table."""
        return [act for act in HANDED_ON if act.value in (self.acts.data or ())]

    @property
    def until(self) -> date:
        """The day on which it does not count any more."""
        return (self.last.data or clock.today()) + timedelta(days=1)
