"""Forms of the dialogue. The record's form is made for one talk: it has a field for each promise, goal and figure of it."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import wtforms
from werkzeug.datastructures import MultiDict
from wtforms import BooleanField, DateField, IntegerField, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional, ValidationError

from portal import clock
from portal.checkins.models import Kind, Obstacle, Reason, Then
from portal.checkins.pacing import Rest
from portal.checkins.queries import Goal, Promise
from portal.forms import ExactField, Form, options
from portal.i18n import gettext as _
from portal.i18n import lazy_gettext as _l
from portal.words import N_

STEPS, MOST = 1, 10
WORDS = Length(max=20_000)
KINDS = {
    Kind.CHECK_IN: _l("Regular check-in"),
    Kind.GOAL_SETTING: _l("Goal setting"),
    Kind.MID_TERM: _l("Mid-term talk"),
    Kind.RESULT: _l("Result interview"),
    Kind.CAREER: _l("Career talk"),
    Kind.IMPROVEMENT: _l("Improvement talk"),
}
OBSTACLES = {
    Obstacle.RESOURCE: _l("Resources"),
    Obstacle.DEPENDENCY: _l("Waiting for others"),
    Obstacle.CLARITY: _l("Unclear goal"),
    Obstacle.PRIORITY: _l("Priorities"),
    Obstacle.EXTERNAL: _l("From outside"),
}
THEN = {Then.CARRY.value: _l("Carry on until next time"), Then.DROP.value: _l("Not any more")}
RHYTHMS = {7: N_("every week"), 14: N_("every two weeks"), 30: N_("every month")}
MOODS = {"": _l("Not said"), "5": _l("Very good"), "4": _l("Good"), "3": _l("So-so"), "2": _l("Low"), "1": _l("Very low")}


class RecordForm(Form):
    """What a manager records. `record_form` adds the promises, goals and steps of one talk."""

    held_on = DateField(_l("Day of the check-in"), [InputRequired()])
    kind = SelectField(_l("Kind of check-in"), choices=options(KINDS.items()), default=Kind.CHECK_IN.value)
    progress = TextAreaField(_l("Progress made"), [InputRequired(), DataRequired(), WORDS])
    obstacle_text = TextAreaField(_l("Obstacle"), [Optional(), WORDS])
    obstacle = SelectField(_l("Kind of obstacle"), choices=options([("", _l("Not chosen")), *OBSTACLES.items()]), default="")
    support = TextAreaField(_l("Support needed"), [Optional(), WORDS])
    mood = SelectField(_l("Mood"), choices=options(MOODS.items()), default="")
    private = TextAreaField(_l("Note for yourself"), [Optional(), WORDS])

    def __init__(self, data: Mapping[str, Any] | None, posted: MultiDict[str, str] | None) -> None:
        wtforms.Form.__init__(self, posted, data=data or {})

    def validate_held_on(self, field: DateField) -> None:
        if field.data and field.data > self.meta.today:
            raise ValidationError(_("A check-in cannot be in the future."))


def record_form(
    talk: Any, *, today: date, steps: int, data: Mapping[str, Any] | None = None, posted: MultiDict[str, str] | None = None
) -> RecordForm:
    """The form of one talk: `talk` gives promises, goals and the two people; `steps` rows for what comes next."""
    fields: dict[str, Any] = {}
    for promise in talk.promises:
        fields[f"done_{promise.id}"] = BooleanField(promise.what)
        fields[f"then_{promise.id}"] = RadioField(promise.what, [Optional()], choices=options(THEN.items()))
    for goal in talk.goals:
        fields[f"confidence_{goal.id}"] = RadioField(
            goal.title, [Optional()], choices=options((str(n), str(n)) for n in range(11)), validate_choice=True
        )
        if goal.measure_id and not goal.source and not goal.in_parts and not goal.judged:
            fields[f"value_{goal.measure_id}"] = ExactField(
                goal.measure, [Optional(), NumberRange(-(10**11), 10**11)], places=None
            )
    owners = [(str(talk.person_id), talk.person_name), (str(talk.me), _("Me"))]
    for n in range(1, min(steps, MOST) + 1):
        fields[f"what_{n}"] = StringField(_("Next step %(n)d", n=n), [Optional(), Length(max=500)])
        fields[f"owner_{n}"] = SelectField(_("Who"), choices=options(owners), default=owners[0][0])
        fields[f"due_{n}"] = DateField(_("By when"), [Optional()])
    made = type("RecordForm", (RecordForm,), {**fields, "Meta": type("Meta", (), {"today": today})})
    form: RecordForm = made(data, posted)
    return form


def values_of(form: RecordForm, goals: Sequence[Goal]) -> dict[int, tuple[Any, int | None]]:
    """What was said of each goal, {objective: (value or None, confidence or None)}; untouched goals are left out."""
    said = {}
    for goal in goals:
        value = form[f"value_{goal.measure_id}"].data if f"value_{goal.measure_id}" in form else None
        chosen = form[f"confidence_{goal.id}"].data
        if (value is not None and value != goal.now) or chosen:
            said[goal.id] = (value if value != goal.now else None, int(chosen) if chosen else None)
    return said


def settled_of(form: RecordForm, promises: Sequence[Promise]) -> dict[int, Then]:
    """What was said of each promise; those nothing was said of are left out. Done goes before everything."""
    said = {promise.id: form[f"then_{promise.id}"].data for promise in promises}
    said |= {promise.id: Then.DONE for promise in promises if form[f"done_{promise.id}"].data}
    return {promise: Then(word) for promise, word in said.items() if word}


def steps_of(form: RecordForm) -> list[tuple[str, int, date | None]]:
    """The next steps that were written: (what, owner, by when)."""
    rows = (n for n in range(1, MOST + 1) if f"what_{n}" in form)
    return [
        (form[f"what_{n}"].data.strip(), int(form[f"owner_{n}"].data), form[f"due_{n}"].data)
        for n in rows
        if (form[f"what_{n}"].data or "").strip()
    ]


REASONS = {
    Reason.LEAVE: _l("On leave"),
    Reason.PROJECT: _l("Away on a project"),
    Reason.TRAINING: _l("In training"),
    Reason.HANDOVER: _l("Between two managers"),
    Reason.OTHER: _l("Another reason"),
}


class RhythmForm(Form):
    """How often: empty stands for what counts above."""

    days = IntegerField(_l("Days between two check-ins"), [Optional(), NumberRange(7, 92)])

    @property
    def chosen(self) -> int | None:
        """The days, or None."""
        return self.days.data


class PauseForm(Form):
    """Let the dialogue rest."""

    since = DateField(_l("From"), [InputRequired()])
    until = DateField(_l("It goes on from"), [InputRequired()])
    reason = SelectField(_l("Reason"), choices=options(REASONS.items()), default=Reason.PROJECT.value)

    @property
    def rest(self) -> Rest:
        """What was asked for; only of a valid form."""
        return Rest(self.since.data or clock.today(), self.until.data or clock.today(), Reason(self.reason.data))


class PromptForm(Form):
    """Questions, one a line, a field a language."""

    zh = TextAreaField(_l("Questions in Chinese, one a line"), [Length(max=1_000)])
    en = TextAreaField(_l("Questions in English, one a line"), [Length(max=1_000)])

    def words(self) -> dict[str, str]:
        """What was written, by language."""
        return {"zh": self.zh.data or "", "en": self.en.data or ""}

    def validate_zh(self, _field: TextAreaField) -> None:
        sent = self.zh.raw_data and self.en.raw_data  # a field that is missing would stand for what stands there now
        if not sent or not any(text.strip() for text in self.words().values()):
            raise ValidationError(_("Write them in one language at least."))


class ViewForm(Form):
    """The employee's own view, or what they prepare."""

    text = TextAreaField(_l("Your view"), [InputRequired(), DataRequired(), WORDS])


class PreparationForm(ViewForm):
    """What somebody wants to talk about next time."""

    text = TextAreaField(_l("What I want to talk about"), [InputRequired(), DataRequired(), WORDS])


class WordsForm(Form):
    """The manager corrects what the manager wrote."""

    progress = TextAreaField(_l("Progress made"), [InputRequired(), DataRequired(), WORDS])
    obstacle_text = TextAreaField(_l("Obstacle"), [Optional(), WORDS])
    support = TextAreaField(_l("Support needed"), [Optional(), WORDS])
