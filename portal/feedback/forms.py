"""Forms of feedback."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from wtforms import DateField, RadioField, SelectField, SelectMultipleField, StringField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length, Optional, ValidationError

from portal import clock
from portal.forms import Form, options
from portal.i18n import gettext as _
from portal.i18n import lazy_gettext as _l

WORDS, TOPIC, MOST = 4_000, 200, 20
LONGEST = timedelta(days=366)
NOBODY_ELSE, EVERYBODY = "private", "public"


def _whole(text: Any) -> int | None:
    """The value of a choice that may be left empty. Raises ValueError."""
    return int(text) if text not in (None, "", "None") else None


class GiveForm(Form):
    """What one person tells another."""

    words = TextAreaField(_l("What you want to say"), [InputRequired(), DataRequired(), Length(max=WORDS)])
    public = RadioField(_l("Who reads it"), [InputRequired()], choices=[], default=NOBODY_ELSE)
    value = SelectField(_l("Company value"), [Optional()], choices=[], coerce=_whole)
    goal = SelectField(_l("Goal"), [Optional()], choices=[], coerce=_whole)

    @classmethod
    def offered(
        cls, readers: str, goals: Sequence[tuple[int, str]], values: Sequence[tuple[int, str]], data: dict[str, Any]
    ) -> "GiveForm":
        """With the goals and values that can be named; `readers` are those of what is not public."""
        form = cls(data=data)
        form.public.choices = options([(NOBODY_ELSE, readers), (EVERYBODY, _("Praise before everybody, on the wall"))])
        form.goal.choices = options([("", _("No goal")), *goals])
        form.value.choices = options([("", _("No value")), *values])
        return form


class AskForm(Form):
    """A question for feedback, to several people at once."""

    topic = StringField(_l("About what"), [InputRequired(), DataRequired(), Length(max=TOPIC)])
    goal = SelectField(_l("One of my goals"), [Optional()], choices=[], coerce=_whole)
    people = SelectMultipleField(_l("Whom you ask"), [DataRequired()], choices=[], coerce=int)
    due = DateField(_l("Answer by"), [Optional()])
    q = StringField(_l("Another colleague"), [Optional(), Length(max=80)])

    def validate_due(self, field: Any) -> None:
        """A day that is still to come, within a year."""
        if field.data and not clock.today() <= field.data <= clock.today() + LONGEST:
            raise ValidationError(_("Today or later, within the next twelve months"))

    def validate_people(self, field: Any) -> None:
        """A question to everybody is a survey."""
        if len(field.data or ()) > MOST:
            raise ValidationError(_("At most %(max)d people at once", max=MOST))


class ReportForm(Form):
    """Why it should not stand there."""

    reason = TextAreaField(_l("What is wrong with it"), [InputRequired(), DataRequired(), Length(max=WORDS)])


class DecisionForm(Form):
    """What HR tells both sides."""

    reason = TextAreaField(_l("Reason, both sides read it"), [InputRequired(), DataRequired(), Length(max=WORDS)])


class ValueForm(Form):
    """A value of the company."""

    name = StringField(_l("Name"), [InputRequired(), DataRequired(), Length(max=40)])
    meaning = TextAreaField(_l("What it looks like at work"), [Optional(), Length(max=500)])

    @property
    def said(self) -> tuple[str, str]:
        """Name and meaning, without spaces around."""
        return (self.name.data or "").strip(), (self.meaning.data or "").strip()
