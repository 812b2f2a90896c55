"""Why somebody may do something, or not: the answer of `rights`, in words and with names. Nothing is decided here."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from flask import current_app, request
from sqlalchemy import Date, Integer, bindparam, literal, select
from werkzeug.exceptions import HTTPException

from portal import access, clock, formats
from portal.access.grants import GRANTS, Act, Relation
from portal.access.models import Delegation, Role, RoleGrant
from portal.access.rights import Ground, Subject, grounds, sights
from portal.access.viewer import Viewer
from portal.access.words import ACTS, RELATIONS, ROLES, word_of
from portal.db import Model, db
from portal.directory.lines import on
from portal.directory.models import Person, Unit, UnitLine
from portal.i18n import gettext as _
from portal.words import N_

PERSON = "person"
OF_A_PERSON = (Act.SEE_TIME_LINE, Act.CREATE_OBJECTIVE, Act.RECORD_CHECK_IN)
"""What is asked about a person rather than about something of theirs."""
FUNCTIONS = N_("Running the portal")
THINGS: Mapping[str, str] = {
    PERSON: N_("a person's page"),
    "objective": N_("a goal"),
    "check_in": N_("a check-in"),
    "review": N_("a review"),
    "action": N_("an action"),
}
"""What an address can be about, by its table."""
BARRED: Mapping[Relation, str] = {Relation.SELF: N_("never on what is about oneself")}


@dataclass(frozen=True)
class Thing:
    """What an address leads to: an object by its table and number, or a person."""

    kind: str
    id: int
    row: Model | Subject


@dataclass(frozen=True)
class Answer:
    """One act: held or not, and the sentences that say why."""

    act: Act
    word: str
    held: bool
    because: Sequence[str]
    barred: Sequence[str]
    could: Sequence[str]  # what would give it, where it is not held


@dataclass(frozen=True)
class Told:
    """Every act on one thing, under its headings; whom it is about only where the asker may see it."""

    thing: Thing
    about: str
    groups: Sequence[tuple[str, Sequence[Answer]]]


def find(address: str) -> Thing | None:
    """What a pasted address is about; None for an address of nothing that is protected, or of nothing that is there."""
    try:
        path = urlsplit(address.strip()).path
        path = path.removeprefix(request.script_root) or "/"
        _endpoint, names = current_app.url_map.bind("localhost").match(path, method="GET")
    except (HTTPException, ValueError):
        return None
    models: dict[str, Any] = {model.__tablename__: model for model in sights()}
    for name, value in names.items():
        kind = str(name).removesuffix("_id")
        if not isinstance(value, int):
            continue
        if kind == PERSON and db.session.get(Person, value) is not None:
            return Thing(PERSON, value, Subject(person_id=value))
        if kind in models and (row := db.session.get(models[kind], value)):
            return Thing(kind, value, row)
    return None


def seen(viewer: Viewer, thing: Thing) -> bool:
    """Whether the viewer may see the thing itself."""
    see = Act.SEE_TIME_LINE if thing.kind == PERSON else sights()[type(thing.row)].see  # type: ignore[index]
    return see in access.acts_on(viewer, thing.row)


def tell(who: Viewer, thing: Thing, asker: Viewer) -> Told:
    """Why `who` may do what to the thing, as `asker` may read it: no names of what is not open to them."""
    found, names = grounds(who, thing.row), _Names(who, thing, open_to=seen(asker, thing))
    wanted = OF_A_PERSON if thing.kind == PERSON else tuple(found)
    groups = [
        (heading, [_answer(found[act], word, names) for act, word in acts.items() if act in wanted])
        for heading, acts in ACTS.items()
    ]
    return Told(thing, names.about, [(heading, answers) for heading, answers in groups if answers])


def functions(who: Viewer) -> list[Answer]:
    """What the roles of the whole company give of the portal itself."""
    found = []
    for act, word in ACTS[FUNCTIONS].items():
        through = [relation for relation in Relation if relation in GRANTS[act].to and who.has(relation)]
        held = access.can(act, who)
        found.append(Answer(act, word, held, [_(RELATIONS[one]) for one in through], (), () if held else _could(act)))
    return found


def standing(who: Viewer) -> list[tuple[str, str]]:
    """Where somebody's rights come from: place, people below, headed units, roles with their days, what was handed on."""
    heads = select(Unit.id, Unit.name).where(Unit.id.in_(who.head_of))
    units = {row.id: row.name for row in db.session.execute(heads)} if who.head_of else {}
    told = [(_("Department"), who.place or _("none"))]
    told.append((_("People below"), str(who.span)))
    if units:
        told.append((_("Heads"), formats.listed(units[one] for one in who.head_of if one in units)))
    for role, unit, until in db.session.execute(_ROLES_OF, {"who": who.id, "day": clock.today()}):
        told.append((_("Role"), _role(role, unit, until)))
    for giver, acts in who.gave:
        told.append((_("Acts for %(name)s", name=giver.name), formats.listed(_(word_of(act)) for act in sorted(acts))))
    return told


# Made once: making a statement costs more than asking it.
_WHO: Any = bindparam("who", type_=Integer)
_DAY: Any = bindparam("day", type_=Date)
_ROLES_OF = (
    select(RoleGrant.role, Unit.name, RoleGrant.until)
    .outerjoin(Unit, Unit.id == RoleGrant.unit_id)
    .where(RoleGrant.person_id == _WHO, on(_DAY, RoleGrant))
    .order_by(RoleGrant.id)
)
_PERSON = (
    select(Person.name, Person.unit_id, Unit.name.label("unit"))
    .select_from(Person)
    .outerjoin(Unit, Unit.id == Person.unit_id)
    .where(Person.id == _WHO)
)
_BELOW = UnitLine.lower_id == bindparam("unit", type_=Integer)
_ABOVE = select(UnitLine.upper_id, Unit.name).join(Unit, Unit.id == UnitLine.upper_id).where(_BELOW)
_GIVEN = select(Delegation.giver_id, Delegation.act, Delegation.until).where(Delegation.taker_id == _WHO, on(_DAY, Delegation))


def _role(role: Role, unit: str | None, until: Any) -> str:
    word = _(ROLES[role]) + (f" · {unit}" if unit else "")
    return _("%(role)s, until %(day)s", role=word, day=formats.full_day(formats.last_day(until))) if until else word


def _answer(ground: Ground, word: str, names: "_Names") -> Answer:
    because = [names.sentence(relation, ground.giver) for relation in Relation if relation in ground.through]
    if ground.giver is not None:
        handed = names.handed(ground)
        because = [_("%(handed)s, who holds it: %(why)s", handed=handed, why=formats.listed(because))]
    barred = [_(BARRED.get(one) or RELATIONS[one]) for one in Relation if one in ground.bars]
    return Answer(ground.act, word, ground.held, because, barred, () if ground.held or barred else _could(ground.act))


def _could(act: Act) -> list[str]:
    return [_(RELATIONS[one]) for one in Relation if one in GRANTS[act].to]


class _Names:
    """Who and what stands behind a relation: asked once for a thing, said only to whom the thing is open."""

    def __init__(self, who: Viewer, thing: Thing, *, open_to: bool) -> None:
        self.who, self.open = who, open_to
        person_id, unit_id = _about(thing)
        row = db.session.execute(_PERSON, {"who": person_id}).first()
        self.person = row.name if row else ""
        self.unit_id = unit_id or (row.unit_id if row else None)
        self.unit = (row.unit or "") if row else ""
        self.above = {each.upper_id: each.name for each in db.session.execute(_ABOVE, {"unit": self.unit_id})}
        if unit_id:
            self.unit = self.above.get(unit_id, "")
        self.given = {
            (each.giver_id, each.act): each.until for each in db.session.execute(_GIVEN, {"who": who.id, "day": clock.today()})
        }

    @property
    def about(self) -> str:
        """Whom or what the thing is about; empty for a reader to whom it is not open."""
        return (self.person or self.unit or _("the company")) if self.open else ""

    def sentence(self, relation: Relation, giver: Viewer | None) -> str:
        """What the one who holds the act is to the thing."""
        if not self.open:
            return _(RELATIONS[relation])
        holder = giver or self.who
        match relation:
            case Relation.SELF:
                return _("it is about %(name)s", name=holder.name)
            case Relation.MANAGER:
                return _("direct manager of %(name)s", name=self.person)
            case Relation.LINE:
                return _("above %(name)s in the management line", name=self.person)
            case Relation.HEAD:
                return _("heads %(unit)s", unit=self._units(holder.head_of))
            case Relation.HRBP:
                return _("HR partner of %(unit)s", unit=self._units(holder.hrbp_of))
            case Relation.MEMBER:
                return _("works in %(unit)s", unit=self.unit or _("the company"))
            case _:
                return _(RELATIONS[relation])

    def handed(self, ground: Ground) -> str:
        """Who handed it on, what, and until when."""
        if ground.giver is None or ground.given is None:
            return ""
        until, word = self.given.get((ground.giver.id, ground.given)), _(word_of(ground.given))
        if until is None:
            return _("%(name)s handed on “%(act)s”", name=ground.giver.name, act=word)
        day = formats.full_day(formats.last_day(until))
        return _("%(name)s handed on “%(act)s” until %(day)s", name=ground.giver.name, act=word, day=day)

    def _units(self, tops: Iterable[int]) -> str:
        return formats.listed(self.above[one] for one in tops if one in self.above)


def _about(thing: Thing) -> tuple[int | None, int | None]:
    if isinstance(thing.row, Subject):
        return thing.row.person_id, thing.row.unit_id
    model: Any = type(thing.row)
    person, unit = sights()[model].about(model)
    found = select(person, unit if unit is not None else literal(None, Integer)).where(model.id == thing.id)
    row = db.session.execute(found).first()
    return (row[0], row[1]) if row else (None, None)
