"""Forms of shared goals: what a department is asked for, and with which weight it confirms."""

from typing import Any

from wtforms import StringField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional

from portal.forms import ExactField, Form
from portal.i18n import gettext as _
from portal.i18n import lazy_gettext as _l


class ShareForm(Form):
    """A department and its part: a share of the whole, words, or both."""

    department = StringField(_l("Department"), [InputRequired(), DataRequired(), Length(max=80)])
    stated = ExactField(_l("Part of the whole"), [Optional(), NumberRange(min=1, max=100)], places=None, kept=2)
    what = TextAreaField(_l("What it contributes"), [Length(max=2_000)])

    def validate(self, extra_validators: Any = None) -> bool:
        """Something must be stated."""
        right = super().validate(extra_validators)
        if self.stated.data is None and not (self.what.data or "").strip() and not self.stated.errors:
            self.what.errors = [_("Say what the department contributes, in words or as a part of the whole.")]
            return False
        return right

    @property
    def points(self) -> int | None:
        """The part in basis points."""
        return None if self.stated.data is None else int(self.stated.data * 100)


class ConfirmForm(Form):
    """How much it weighs among the department's own goals."""

    weight = ExactField(_l("Weight in our scorecard"), [InputRequired(), NumberRange(0, 100)], places=None, kept=2)

    @property
    def points(self) -> int:
        """The weight in basis points."""
        return int((self.weight.data or 0) * 100)
