"""Forms of notifications: shape of input only."""

from typing import Any

from wtforms import BooleanField, DateField, SelectField, StringField
from wtforms.validators import DataRequired, InputRequired, Length, ValidationError

from portal.forms import Form, options
from portal.i18n import LANGUAGES
from portal.i18n import gettext as _
from portal.i18n import lazy_gettext as _l
from portal.notifications import outside
from portal.notifications.models import RobotKind
from portal.notifications.robots import KINDS

WORKED = (("off", _l("is no work day")), ("on", _l("is a work day")))

TOLD = (("on", _l("is told on work days")), ("off", _l("is told nothing")))
SIGNS = (("on", _l("with the secret")), ("off", _l("without a secret from now on")))
WHERE = [(kind.value, _l(word)) for kind, word in KINDS.items()]


class PreferenceForm(Form):
    """What comes by mail."""

    at_once = BooleanField(_l("Write to me at once when something is asked of me"))
    informs = BooleanField(_l("Tell in the digest how much happened on my time line"))
    language = SelectField(_l("Language of pages and mails"), [InputRequired()], choices=options(LANGUAGES.items()))


class WorkDayForm(Form):
    """A day that is worked, or is not."""

    day = DateField(_l("Day"), [InputRequired()])
    works = SelectField(_l("This day"), [InputRequired()], choices=options(WORKED))
    name = StringField(_l("What it is"), [Length(max=80)])


class GroupForm(Form):
    """What is asked of every robot: the group, its department, and what opens it."""

    name = StringField(_l("What the group is called"), [DataRequired(), Length(max=80)])
    address = StringField(_l("Address of the robot (webhook)"), [Length(max=500)])
    secret = StringField(_l("Secret for signing"), [Length(max=200)])
    unit = SelectField(_l("Which department"), choices=[], validate_choice=True)

    def validate_address(self, field: Any) -> None:
        """Only to hosts that are listed."""
        if (why := outside.problem((field.data or "").strip())) and field.data:
            raise ValidationError(_(why))


class RobotForm(GroupForm):
    """A group that is told: what its robot's page in WeCom, DingTalk or Feishu shows."""

    kind = SelectField(_l("Where the group is"), [InputRequired()], choices=options(WHERE))
    address = StringField(_l("Address of the robot (webhook)"), [DataRequired(), Length(max=500)])

    def validate_secret(self, field: Any) -> None:
        """WeCom knows no signing."""
        if field.data and self.kind.data == RobotKind.WECOM.value:
            raise ValidationError(_("WeCom robots have no secret: leave this empty"))


class ChangedRobotForm(GroupForm):
    """The same of one that is there: its address and secret stay unless they are entered anew."""

    told = SelectField(_l("This group"), [InputRequired()], choices=options(TOLD))
    signs = SelectField(_l("Signing"), [InputRequired()], choices=options(SIGNS), default="on")
