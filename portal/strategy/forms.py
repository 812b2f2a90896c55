"""Forms of the library: shape of input only, one form for one act."""

from wtforms import SelectField, StringField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length

from portal.forms import Form, options
from portal.goals.kinds import Perspective
from portal.goals.names import PERSPECTIVE
from portal.i18n import lazy_gettext as _l


class CommentForm(Form):
    """Why a claim goes back to the department."""

    comment = TextAreaField(_l("What should change"), [InputRequired(), DataRequired(), Length(max=2_000)])


class ThemeForm(Form):
    """A strategic theme: its name and the perspective it stands in."""

    name = StringField(_l("Theme"), [InputRequired(), DataRequired(), Length(max=120)])
    perspective = SelectField(
        _l("Perspective"),
        [InputRequired()],
        choices=options([(one.value, _l(word)) for one, word in PERSPECTIVE.items()]),
        default=Perspective.FINANCIAL.value,
    )

    @property
    def said(self) -> tuple[str, Perspective]:
        """What was typed."""
        return (self.name.data or "").strip(), Perspective(self.perspective.data)
