"""Forms of the goal dialogue: opening it, and the set with its weights and remarks as one form."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from wtforms import DateField, SelectField, SelectMultipleField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional, ValidationError

from portal import clock
from portal.forms import ExactField, Form, options
from portal.i18n import gettext as _
from portal.i18n import lazy_gettext as _l
from portal.numbers import per_cent

PROPOSE_IN, AGREE_IN = timedelta(days=14), timedelta(days=28)
"""What a new dialogue offers as its two days."""
LONGEST = timedelta(days=366)


class OpenForm(Form):
    """With whom, about which period, and by when."""

    period = SelectField(_l("Goal period"), choices=[], coerce=int)
    people = SelectMultipleField(_l("With whom"), [DataRequired()], choices=[], coerce=int)
    propose_by = DateField(_l("Proposed by"), [InputRequired()])
    agree_by = DateField(_l("Agreed by"), [InputRequired()])

    @classmethod
    def offered(cls, periods: Sequence[tuple[int, str]], people: Sequence[tuple[int, str]], chosen: int) -> "OpenForm":
        """With what can be chosen here."""
        today = clock.today()
        usual = {"propose_by": today + PROPOSE_IN, "agree_by": today + AGREE_IN}
        form = cls(data={"period": chosen, "people": [person for person, _name in people], **usual})
        form.period.choices, form.people.choices = options(periods), options(people)
        return form

    def validate_propose_by(self, field: Any) -> None:
        """A day that is still to come, within a year."""
        if field.data and field.data < clock.today():
            raise ValidationError(_("Today or later"))
        if field.data and field.data > clock.today() + LONGEST:
            raise ValidationError(_("Within the next twelve months"))

    def validate_agree_by(self, field: Any) -> None:
        """Not before it is proposed."""
        if field.data and self.propose_by.data and field.data < self.propose_by.data:
            raise ValidationError(_("Not before it is proposed"))
        if field.data and field.data > clock.today() + LONGEST:
            raise ValidationError(_("Within the next twelve months"))

    @property
    def days(self) -> tuple[date, date]:
        """Proposed by, agreed by."""
        return self.propose_by.data or clock.today(), self.agree_by.data or clock.today()


class SetForm(Form):
    """The set: `w_<goal>` its weight in per cent, `say_<goal>` what one wants to say at it, `reply` of the whole."""

    reply = TextAreaField(_l("Of the whole draft"), [Optional(), Length(max=20_000)])

    def weights(self) -> dict[int, int]:
        """{goal: basis points} of the weights that were sent and can be read."""
        found = ((name[2:], field.data) for name, field in self._fields.items() if name.startswith("w_"))
        return {int(goal): int(value * 100) for goal, value in found if value is not None}

    def said(self, goal: int) -> str:
        """What was typed at a goal, or (0) of the whole."""
        field = self["reply"] if goal == 0 else self._fields.get(f"say_{goal}")
        return (field.data or "").strip() if field is not None else ""


def set_form(goals: Sequence[Any], weights: Mapping[int, int], typed: Mapping[str, Any], version: int) -> SetForm:
    """The form of one set: `weights` {goal: basis points} of those that are asked for; `typed` words kept as a draft."""
    fields: dict[str, Any] = {}
    for goal in goals:
        if goal.id in weights:
            label = _("Weight of “%(title)s”", title=goal.title)
            fields[f"w_{goal.id}"] = ExactField(label, [InputRequired(), NumberRange(0, 100)], places=None, kept=2)
        fields[f"say_{goal.id}"] = TextAreaField(_("About “%(title)s”", title=goal.title), [Optional(), Length(max=5_000)])
    known = {f"w_{goal}": per_cent(weight) for goal, weight in weights.items()}
    kept = {name: words for name, words in typed.items() if name in fields or name == "reply"}
    form: SetForm = type("SetForm", (SetForm,), fields)(data={**known, **kept, "version": version})
    return form


class ReasonForm(Form):
    """Why it is opened again, or not held after all."""

    reason = TextAreaField(_l("Reason"), [InputRequired(), DataRequired(), Length(max=20_000)])


class BringForm(Form):
    """Which goals of earlier periods come along."""

    goals = SelectMultipleField(_l("Goals of earlier periods"), [DataRequired()], choices=[], coerce=int)
