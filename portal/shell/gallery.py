"""Every component in every state, for developers; production does not have this page."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

from flask import Blueprint, request, url_for
from wtforms import BooleanField, DateField, DecimalField, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange

from portal import clock
from portal.forms import Form, options
from portal.i18n import lazy_gettext as _l
from portal.web import Answer, done, page

bp = Blueprint("gallery", __name__, url_prefix="/gallery")
SCOPES = (("all", _l("Whole company")), ("pilot", _l("Pilot")), ("off", _l("Off")))


class SampleWords(Form):
    """What the sample of autosave takes; it is kept nowhere."""

    words = StringField(_l("Write here"), [Length(min=4)])


class SampleForm(Form):
    """One field of each kind, some of them wrong."""

    aim = DecimalField(_l("Target value"), [InputRequired(), NumberRange(0, 100)], places=1)
    weight = DecimalField(_l("Weight"), [InputRequired(), NumberRange(0, 100)], places=0)
    words = TextAreaField(_l("Progress"), [InputRequired(), DataRequired()])
    support = StringField(_l("Support needed"))
    day = DateField(_l("By when"))
    owner = SelectField(_l("Who"), choices=options([("3", "周晓岚"), ("1", "林知远")]))
    scope = RadioField(_l("Scope"), choices=options(SCOPES))
    blind = BooleanField(_l("Hidden from each other until both are in"))


@bp.get("")
def show() -> Answer:
    good = SampleForm(data={"aim": Decimal("98.5"), "weight": 30, "scope": "pilot", "blind": True, "day": clock.today()})
    wrong = SampleForm(data={"weight": 105, "words": ""}, prefix="wrong-")
    wrong.validate()
    return _page(
        form=good, wrong=wrong, sample=SampleWords(prefix="sample-"), saved_at=clock.now() if "saved" in request.args else None
    )


@bp.post("/words")
def save() -> Answer:
    sample = SampleWords(prefix="sample-")
    if sample.submitted():
        return done(url_for(".show", saved=1))
    return _page(form=SampleForm(), wrong=SampleForm(prefix="wrong-"), sample=sample, status=422)


def _page(**context: Any) -> Answer:
    now = clock.now()
    regions = {"sample-kept": "kept", "sample-region": "words"}
    return page("gallery/show.html", regions=regions, now=now, early=now - timedelta(days=13), **context)
