"""Forms of reviews: shape of input only. What an assessor may still leave open is told by `judging.gaps`."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

from flask import request
from sqlalchemy import select
from wtforms import DateField, Field, IntegerField, RadioField, SelectField, StringField, TextAreaField
from wtforms.form import BaseForm
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional, ValidationError

from portal.cycles.models import Cycle, SectionKind
from portal.cycles.operations import Dates
from portal.db import db
from portal.forms import ExactField, Form, options
from portal.i18n import gettext as _
from portal.i18n import lazy_gettext as _l
from portal.numbers import WHOLE
from portal.periods.models import Kind as Lasting
from portal.periods.models import Period
from portal.periods.queries import everything
from portal.reviews.assessing import Said
from portal.reviews.judging import Judgement
from portal.reviews.models import Assessment, Item, Part, Rating, Section
from portal.web import Clash, Conflict

LONGEST, WHOLE_FORM = 20_000, 200_000
"""Characters of one field and of a whole form: paper has an end."""
WORDS = [Optional(), Length(max=LONGEST)]


def _add(form: Form, name: str, field: Any, formdata: Any, value: Any) -> None:
    """A field of this one form: the class cannot know how many items a review has."""
    BaseForm.__setitem__(form, name, field)
    form[name].process(formdata, value)


def _whole(text: Any) -> int | None:
    return None if text in (None, "", "None") else int(text)


class AssessmentForm(Form):
    """What one assessor enters. The fields follow from the form of the review: `rate-7` and `words-7` of item 7,
    `points-7` and `why-7` where a manager puts other points in place of the computed ones.
    """

    grade = SelectField(_l("Grade"), [Optional()], coerce=str)
    grade_reason = TextAreaField(_l("Why another grade than the suggested one"), WORDS)

    def __init__(self, judgement: Judgement, own: Assessment) -> None:
        super().__init__(own, data={"grade": own.grade or ""})
        self.judgement, self.own = judgement, own
        self.given = {rating.item_id: rating for rating in own.ratings}
        posted = request.form if request.method == "POST" else None
        formdata = self.meta.wrap_formdata(self, posted)
        for name, field, value in self._asked():
            _add(self, name, field, formdata, value)
        if own.relation is Part.MANAGER:
            suggested = judgement.total.grade
            names = [each.grade for each in judgement.bands]
            said = _("As suggested (%(grade)s)", grade=suggested) if suggested else _("As suggested")
            self.grade.choices = options([("", said), *((name, name) for name in names)])
        else:
            del self.grade, self.grade_reason

    def validate(self, extra_validators: Any = None) -> bool:
        fine = super().validate(extra_validators)
        texts = [field for field in self if isinstance(field, TextAreaField)]
        if fine and sum(len(field.data or "") for field in texts) > WHOLE_FORM:
            texts[-1].errors = [*texts[-1].errors, _("All texts together may have at most %(max)d characters", max=WHOLE_FORM)]
            return False
        return fine

    def of(self, kind: str, item: Item) -> Field | None:
        """The field of one item, if this assessor has it: rate, words, points, why."""
        name = f"{kind}-{item.id}"
        found: Field | None = self._fields.get(name)
        return found

    def said(self) -> dict[int, Said]:
        """What was entered; what was not on the form stays as it is."""
        return {item.id: self._said(item) for item in self.judgement.review.items if any(self._on(item))}

    def must_follow(self) -> None:
        """Raises Conflict when somebody (or another window) saved since this form was opened: both texts, none lost."""
        if self.version.data == self.own.version:
            return
        clashes = [
            Clash(field.name, str(field.label.text), _shown(field.data), _shown(field.object_data))
            for field in self
            if field.name in request.form and field.name != "version" and _shown(field.data) != _shown(field.object_data)
        ]
        if clashes:
            raise Conflict(self.own.version, clashes, own=True)

    def _asked(self) -> Iterator[tuple[str, Any, Any]]:
        for section in self.judgement.review.sections:
            for item in section.items:
                for kind, field, value in self._fields_of(section, item):
                    yield f"{kind}-{item.id}", field, value

    def _fields_of(self, section: Section, item: Item) -> Iterator[tuple[str, Any, Any]]:
        rating = self.given.get(item.id) or Rating(words="", reason="")
        facts, asked = self.judgement.facts[item.id], item.definition
        if asked is not None and (not asked.asked or self.own.relation in asked.asked):
            if facts.anchors:
                scale = options(enumerate(facts.anchors, 1))
                yield "rate", RadioField(item.title, [Optional()], choices=scale, coerce=_whole), _whole(rating.value)
                yield "words", TextAreaField(_("“%(item)s”: what happened", item=item.title), WORDS), rating.words
            else:
                yield "words", TextAreaField(item.title, WORDS), rating.words
        elif asked is None and section.kind is SectionKind.KPI and self.own.relation is Part.MANAGER:
            top = int(self.judgement.rules.cap)
            points = [Optional(), NumberRange(0, top)]
            yield "points", ExactField(_("“%(item)s”: points", item=item.title), points, places=2), rating.value
            yield "why", TextAreaField(_("“%(item)s”: why", item=item.title), WORDS), rating.reason

    def _on(self, item: Item) -> Iterator[bool]:
        return (f"{kind}-{item.id}" in request.form for kind in ("rate", "words", "points", "why"))

    def _said(self, item: Item) -> Said:
        def entered(kind: str) -> Any:
            return self[f"{kind}-{item.id}"].data if f"{kind}-{item.id}" in request.form and self.of(kind, item) else None

        value = entered("rate") if self.of("rate", item) else entered("points")
        cleared = f"points-{item.id}" in request.form and value is None
        return Said(None if value is None else Decimal(value), entered("words"), entered("why"), cleared)


def _shown(value: Any) -> str:
    return (
        ""
        if value is None
        else f"{value:f}".rstrip("0").rstrip(".")
        if isinstance(value, Decimal) and value % 1
        else str(value)
    )


class PinForm(Form):
    """Pin a record to one judgement."""

    item = IntegerField(_l("To which item"), [InputRequired()])
    kind = StringField(_l("Kind"), [InputRequired(), Length(max=20)])
    evidence = IntegerField(_l("Record"), [InputRequired()])


class WeightsForm(Form):
    """All weights of the goals' section together, in percent; `version` is the review's."""

    def __init__(self, items: list[Item], version: int) -> None:
        super().__init__(data={"version": version})
        formdata = self.meta.wrap_formdata(self, request.form if request.method == "POST" else None)
        for item in items:
            name = f"weight-{item.id}"
            field = ExactField(item.title, [InputRequired(), NumberRange(0, 100)], places=None, kept=2)
            _add(self, name, field, formdata, Decimal(item.weight) / 100)

    def weights(self) -> dict[int, int]:
        """{item's id: basis points}."""
        return {int(name.partition("-")[2]): int(field.data * 100) for name, field in self._fields.items() if name != "version"}

    @property
    def total(self) -> Decimal:
        """What is entered, added up; of the whole 100."""
        right = (field.data for name, field in self._fields.items() if name != "version" and not field.errors)
        return sum((weight or Decimal(0) for weight in right), Decimal(0))

    @property
    def is_whole(self) -> bool:
        """Whether it adds up."""
        return self.total * 100 == WHOLE


class CycleForm(Form):
    """A new cycle: its name, its period, and when each phase ends."""

    name = StringField(_l("Name of the cycle"), [InputRequired(), DataRequired(), Length(max=80)])
    period = SelectField(_l("Period"), [InputRequired()], coerce=int)
    self_due = DateField(_l("Self-assessment until"), [InputRequired()])
    assessment_due = DateField(_l("Assessment until"), [InputRequired()])
    release_due = DateField(_l("Release until"), [InputRequired()])
    acknowledge_due = DateField(_l("Acknowledgement until"), [InputRequired()])

    def __init__(self, today: date, ends: list[date]) -> None:
        self.periods = {period.id: period for period in everything() if period.begins <= today}
        year = next((p for p in self.periods.values() if p.kind is Lasting.YEAR), None)
        names = ("self_due", "assessment_due", "release_due", "acknowledge_due")
        super().__init__(data={"period": year.id if year else None, **dict(zip(names, ends, strict=True))})
        self.period.choices = options((period.id, period.name) for period in self.periods.values())

    @property
    def chosen(self) -> Period:
        """The period that was chosen."""
        return self.periods[self.period.data]

    @property
    def dates(self) -> list[Any]:
        """The four ends, in their order."""
        return [self.self_due, self.assessment_due, self.release_due, self.acknowledge_due]

    def validate_name(self, field: Any) -> None:
        """Two cycles of one name could not be told apart."""
        if db.session.scalar(select(Cycle.id).where(Cycle.name == (field.data or "").strip())):
            raise ValidationError(_("There is a cycle of this name already."))

    def validate_acknowledge_due(self, _field: Any) -> None:
        """Phases end one after the other."""
        days = [each.data for each in self.dates]
        if all(days) and (why := Dates(*days).problem()):
            raise ValidationError(_(why))
