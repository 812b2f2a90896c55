"""What stands there now, read whole in a few statements: an import compares thousands of rows with it."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import or_, select

from portal.db import db
from portal.directory.lines import on
from portal.directory.models import Absence, Assignment, Person, Post, Status, Unit, UnitTerm
from portal.organisation.operations import Standing


@dataclass
class Stretch:
    """A first post of somebody: as the table has it, or as it would be (`id` None)."""

    id: int | None
    unit: str
    post: str
    level: str
    manager_id: int | None
    held: bool
    since: date
    until: date | None

    def holds(self, day: date) -> bool:
        """Whether it holds on that day."""
        return self.since <= day and (self.until is None or self.until > day)

    @property
    def facts(self) -> tuple[str, str, str, int | None, bool]:
        """Everything but its time."""
        return (self.unit, self.post, self.level, self.manager_id, self.held)


@dataclass
class Known:
    """Somebody of ours."""

    id: int | None
    name: str
    number: str | None
    login: str | None
    kind: str
    hired_on: date | None
    bare: bool
    stretches: list[Stretch] = field(default_factory=list)

    def at(self, day: date) -> Stretch | None:
        """The first post of that day."""
        return next((one for one in self.stretches if one.holds(day)), None)

    @property
    def called(self) -> str:
        """What a workbook calls them: the number, else the account."""
        return self.number or self.login or ""


@dataclass
class Snapshot:
    """The company as HR keeps it, with what is planned."""

    day: date
    units: dict[str, tuple[int, Standing]]  # by name
    people: dict[int, Known]
    leaves: dict[int, list[tuple[str, date, date | None]]]
    seconds: dict[int, list[tuple[str, str, str, int | None, int, date, date | None]]]

    def __post_init__(self) -> None:
        self.by_key = {key: one for one in self.people.values() for key in (one.login, one.number) if key}
        self.unit_names = {i: name for name, (i, _) in self.units.items()}

    def meant(self, words: object) -> Known | None:
        """Who is meant by a number or an account."""
        return self.by_key.get(str(words).strip()) if words is not None else None


def taken(day: date) -> Snapshot:
    """Read it."""
    running = or_(Assignment.until.is_(None), Assignment.until > day)
    terms = select(Unit.id, Unit.name, UnitTerm.parent_id, UnitTerm.head_id).join(UnitTerm, UnitTerm.unit_id == Unit.id)
    units = {
        row.name: (row.id, Standing(row.name, row.parent_id, row.head_id))
        for row in db.session.execute(terms.where(on(day, UnitTerm)).order_by(Unit.position, Unit.id))
    }
    columns = (
        Person.id,
        Person.name,
        Person.number,
        Person.login,
        Person.kind,
        Person.hired_on,
        Person.directory_key.is_(None),
    )
    here = select(*columns).where(Person.status != Status.LEFT).order_by(Person.id)
    people = {row[0]: Known(*row) for row in db.session.execute(here)}
    place = (Unit.name, Post.name, Assignment.level, Assignment.manager_id)
    more = (Assignment.pinned, Assignment.since, Assignment.until, Assignment.primary, Assignment.share)
    rows: Any = select(Assignment.id, Assignment.person_id, *place, *more).join(Unit, Unit.id == Assignment.unit_id)
    rows = rows.outerjoin(Post, Post.id == Assignment.post_id).where(running).order_by(Assignment.since)
    seconds: dict[int, list[Any]] = defaultdict(list)
    for i, person, unit, post, level, manager, held, since, until, primary, share in db.session.execute(rows):
        if person in people and primary:
            people[person].stretches.append(Stretch(i, unit, post or "", level, manager, held, since, until))
        elif person in people:
            seconds[person].append((unit, post or "", level, manager, share, since, until))
    leaves: dict[int, list[Any]] = defaultdict(list)
    away = select(Absence.person_id, Absence.kind, Absence.since, Absence.until)
    for person, kind, since, until in db.session.execute(away.where(or_(Absence.until.is_(None), Absence.until > day))):
        leaves[person].append((kind, since, until))
    return Snapshot(day, units, people, leaves, seconds)
