"""Forms of organisation facts: shape of input only; one form for one act."""

from wtforms import BooleanField, DateField, SelectMultipleField, StringField
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional

from portal.forms import ExactField, Form, options
from portal.i18n import lazy_gettext as _l
from portal.organisation.operations import Facts, Newcomer, Place, Standing, Wrong
from portal.organisation.queries import one_person, one_unit
from portal.organisation.unfinished import HANDED, Left

NAME = Length(max=80)


def _typed(field: StringField) -> str:
    return (field.data or "").strip()


class Spoken(Form):
    """A form whose operation may say that one of its fields is wrong."""

    def among_others(self, name: str) -> "Spoken":
        """Several forms on one page: the ids of this one begin with its name."""
        for field in self:
            field.id = f"{name}-{field.id}"
        return self

    def blame(self, wrong: Wrong, sentence: str) -> None:
        """Put the sentence at its field."""
        field = self._fields[wrong.field]
        field.errors = [*field.errors, sentence]


class UnitForm(Spoken):
    """A unit: its name, where it hangs and who heads it, from a day on."""

    name = StringField(_l("Department name"), [InputRequired(), DataRequired(), NAME])
    parent = StringField(_l("Hangs below"), [NAME])
    head = StringField(_l("Head"), [NAME])
    since = DateField(_l("Effective from"), [InputRequired()])

    @property
    def standing(self) -> Standing:
        """What was typed. Raises Wrong for a department or a head there is not."""
        above = one_unit("parent", _typed(self.parent), self.since.data)
        return Standing(_typed(self.name), above, one_person("head", _typed(self.head)))


class CloseForm(Spoken):
    """The day from which a unit is no more, or somebody has left."""

    day = DateField(_l("Effective from"), [InputRequired()])


class PlaceForm(Spoken):
    """An assignment from a day on."""

    unit = StringField(_l("Department"), [InputRequired(), DataRequired(), NAME])
    post = StringField(_l("Position"), [NAME])
    level = StringField(_l("Level"), [Length(max=20)])
    manager = StringField(_l("Manager"), [NAME])
    since = DateField(_l("Effective from"), [InputRequired()])

    def place(self, share: int = 10_000) -> Place:
        """What was typed. Raises Wrong for a department or a manager there is not."""
        unit = one_unit("unit", _typed(self.unit), self.since.data)
        manager = one_person("manager", _typed(self.manager))
        return Place(unit or 0, _typed(self.post), _typed(self.level), manager, share)


class MoveForm(PlaceForm):
    """The first assignment; `held`: the directory does not change it."""

    held = BooleanField(_l("HR holds department, position and manager; the directory does not change them"))


class SecondForm(PlaceForm):
    """A second post with its share of the working time."""

    share = ExactField(_l("Share of the working time"), [InputRequired(), NumberRange(1, 99)], places=None, kept=2)
    until = DateField(_l("Effective until"), [Optional()])


class PersonForm(Spoken):
    """What has no date of its own."""

    kind = StringField(_l("Person type"), [InputRequired(), DataRequired(), Length(max=40)])
    hired_on = DateField(_l("First day"), [Optional()])
    pinyin = StringField(_l("Reading of the name"), [Length(max=120)])

    @property
    def facts(self) -> Facts:
        """What was typed."""
        return Facts(_typed(self.kind), self.hired_on.data, _typed(self.pinyin))


class NewPersonForm(MoveForm):
    """Somebody without an account."""

    name = StringField(_l("Name"), [InputRequired(), DataRequired(), NAME])
    number = StringField(_l("Employee number"), [InputRequired(), DataRequired(), Length(max=40)])
    kind = StringField(_l("Person type"), [InputRequired(), DataRequired(), Length(max=40)])

    @property
    def newcomer(self) -> Newcomer:
        """What was typed."""
        return Newcomer(_typed(self.name), _typed(self.number), _typed(self.kind))


class LeaveForm(Spoken):
    """A leave from a day on, until one comes back."""

    kind = StringField(_l("Kind of leave"), [InputRequired(), DataRequired(), Length(max=40)])
    since = DateField(_l("Effective from"), [InputRequired()])
    until = DateField(_l("Back on"), [Optional()])


class PostForm(Spoken):
    """What a post belongs to."""

    family = StringField(_l("Post family"), [Length(max=40)])
    key = BooleanField(_l("Key post"))


class HandOverForm(Spoken):
    """Who takes over, and what."""

    to = StringField(_l("To whom"), [InputRequired(), DataRequired(), NAME])
    what = SelectMultipleField(_l("What"), choices=options([(one.value, one.value) for one in HANDED]))

    @property
    def successor(self) -> int:
        """Who was typed. Raises Wrong for nobody or several."""
        return one_person("to", _typed(self.to)) or 0

    @property
    def chosen(self) -> list[Left]:
        """The kinds of things that were ticked."""
        return [Left(one) for one in self.what.data or ()]
