"""Finding somebody by what one types: a name, its reading or initials, an account, a number; or a department."""

from collections.abc import Iterable, Sequence
from datetime import date

from sqlalchemy import bindparam, exists, func, select

from portal import clock, search
from portal.db import db, kept
from portal.directory.lines import DAY, on
from portal.directory.models import Person, Status, Unit, UnitTerm
from portal.search import Kind

SOME = 20
"""People shown at once."""
LONGEST = 80
OFFERED = 50
"""Departments offered while one types."""


def people(words: str, *, but: int | None = None, everybody: bool = False) -> Sequence[Person]:
    """Active people with an account in whose name, reading, account or number the words stand; `but` one of them.

    `everybody` who works here: whoever is on leave, and people without an account.
    """
    wanted = search.asked(words[:LONGEST])
    if not wanted.phrases:
        return ()
    found = search.hits(Kind.PERSON, wanted).of(select(Person), Person)
    if everybody:
        found = found.where(Person.status != Status.LEFT)
    else:
        found = found.where(Person.status == Status.ACTIVE, Person.directory_key.is_not(None))
    if but is not None:
        found = found.where(Person.id != but)
    # In an order no index has: SQLite would walk everybody by it, and compare each with the few that were found.
    return db.session.scalars(found.order_by(func.lower(Person.pinyin), Person.id).limit(SOME)).all()


def departments(words: str = "") -> Sequence[str]:
    """Names of today's departments in which the words stand, the shortest first; with nothing typed the first ones."""
    found = select(Unit.name).where(exists().where(UnitTerm.unit_id == Unit.id, on(clock.today(), UnitTerm)))
    if words := words.strip()[:LONGEST]:
        found = found.where(Unit.name.icontains(words, autoescape=True)).order_by(func.length(Unit.name))
    return db.session.scalars(found.order_by(Unit.position, Unit.id).limit(OFFERED)).all()


def department(name: str, day: date) -> int | None:
    """The department of that name on a day: no two have the same one."""
    found: int | None = db.session.scalar(_DEPARTMENT, {"name": name.strip(), "day": day})
    return found


THERE = exists().where(UnitTerm.unit_id == Unit.id, on(DAY, UnitTerm))
"""SQL condition: a department is there on the day (`DAY`)."""
_DEPARTMENT = kept(select(Unit.id).where(Unit.name == bindparam("name"), THERE).order_by(Unit.id).limit(1))


def department_names(ids: Iterable[int]) -> dict[int, str]:
    """What these are called."""
    wanted = set(ids)
    return dict(db.session.execute(select(Unit.id, Unit.name).where(Unit.id.in_(wanted))).all()) if wanted else {}
