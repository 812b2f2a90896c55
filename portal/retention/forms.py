"""Forms of retention: shape of input only."""

from typing import Any

from wtforms import BooleanField, IntegerField, RadioField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length, StopValidation, ValidationError

from portal.forms import Form, options
from portal.i18n import gettext as _
from portal.i18n import lazy_gettext as _l
from portal.retention.kept import Kind, Unit

REASON = 2_000


def _within(form: "RuleForm", field: Any) -> None:
    """A number of the kind's own range; nothing means for ever, where that is allowed."""
    kind = form.kind
    if not "".join(field.raw_data or ()).strip():
        field.errors = []
        raise StopValidation("" if kind.forever else _("This is not kept for ever: write a number"))
    if field.data is not None and not kind.least <= field.data <= kind.most:
        raise ValidationError(_("Between %(min)s and %(max)s", min=kind.least, max=kind.most))


class RuleForm(Form):
    """How long one kind is kept, and since when that counts: its own events, its own limits."""

    event = RadioField(_l("Time runs from"), [InputRequired()])
    keep = IntegerField("", [_within])

    def __init__(self, kind: Kind, given: Any = None, **known: Any) -> None:
        super().__init__(reads=False, data=known)
        self.kind = kind
        self.keep.label.text = _("Keep for so many days") if kind.unit is Unit.DAYS else _("Keep for so many months")
        self.event.choices = options([(name, _(event.word)) for name, event in kind.events.items()])
        self.process(formdata=given, data=known)


class HoldForm(Form):
    """Why nothing of somebody is to be removed."""

    hold_reason = TextAreaField(_l("Why it is held"), [DataRequired(), Length(max=REASON)])


class EraseForm(Form):
    """Why somebody's content is erased, and that it was looked at."""

    reason = TextAreaField(_l("Reason"), [DataRequired(), Length(max=REASON)])
    seen = BooleanField(_l("I have looked at what goes and what stays"), [DataRequired(_l("Look at both lists first"))])
