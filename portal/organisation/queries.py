"""What HR's pages of the organisation show, on any day."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Select, and_, func, literal, or_, select, union_all
from sqlalchemy.orm import InstrumentedAttribute, aliased, joinedload

from portal import clock
from portal.db import db
from portal.directory.lines import on
from portal.directory.models import Absence, Assignment, Person, Post, Status, Unit, UnitTerm
from portal.organisation.operations import Wrong
from portal.words import N_

PAGE = 50
OFFERED = 300
"""Words offered for a field at most."""
LEVELS = 2
"""Levels of units shown below where one stands; the rest is a step further."""


@dataclass(frozen=True)
class Node:
    """A unit on a day: who heads it, how many people sit in it, what hangs below (as far as it is shown)."""

    id: int
    name: str
    head_id: int | None
    head: str | None
    people: int
    below: tuple["Node", ...]
    deeper: int  # units below that are not shown here


def tree(day: date, top: int | None = None) -> list[Node]:
    """The units below `top` (or all that hang below none) on a day. One statement."""
    head = aliased(Person)
    there = select(func.count()).where(Assignment.unit_id == Unit.id, Assignment.primary, on(day, Assignment))
    sitting = there.correlate(Unit).scalar_subquery()
    found = select(Unit.id, Unit.name, UnitTerm.parent_id, UnitTerm.head_id, head.name, sitting)
    found = found.join(UnitTerm, UnitTerm.unit_id == Unit.id).outerjoin(head, head.id == UnitTerm.head_id)
    rows = db.session.execute(found.where(on(day, UnitTerm)).order_by(Unit.position, Unit.id)).all()
    below: dict[int | None, list[Any]] = defaultdict(list)
    for row in rows:
        below[row.parent_id].append(row)
    return [_node(row, below, LEVELS) for row in below[top]]


def _node(row: Any, below: Mapping[int | None, list[Any]], levels: int) -> Node:
    inside = [_node(each, below, levels - 1) for each in below[row[0]]] if row[0] in below else []
    people = row[5] + sum(each.people for each in inside)
    shown = tuple(inside) if levels else ()
    return Node(row[0], row[1], row[3], row[4], people, shown, 0 if levels else len(inside))


def unit_or_404(unit_id: int) -> Unit:
    """To show or change it."""
    found: Unit = db.get_or_404(Unit, unit_id)
    return found


def term(unit_id: int, day: date) -> tuple[UnitTerm | None, Person | None]:
    """Where a unit hangs on a day, and who heads it. A unit that does not exist then has neither."""
    found = select(UnitTerm, Person).outerjoin(Person, Person.id == UnitTerm.head_id)
    row = db.session.execute(found.where(UnitTerm.unit_id == unit_id, on(day, UnitTerm))).first()
    return (row[0], row[1]) if row else (None, None)


@dataclass(frozen=True)
class Term:
    """One stretch of a unit's history, with names."""

    parent: str | None
    head: str | None
    since: date
    until: date | None


def terms(unit_id: int) -> list[Term]:
    """The unit's whole history, planned changes included, the latest first."""
    parent, head = aliased(Unit), aliased(Person)
    found = select(parent.name, head.name, UnitTerm.since, UnitTerm.until).select_from(UnitTerm)
    found = found.outerjoin(parent, parent.id == UnitTerm.parent_id).outerjoin(head, head.id == UnitTerm.head_id)
    return [Term(*row) for row in db.session.execute(found.where(UnitTerm.unit_id == unit_id).order_by(UnitTerm.since.desc()))]


def units(day: date) -> list[tuple[int, str]]:
    """(id, name) of every unit there is on that day, for a choice."""
    found = select(Unit.id, Unit.name).join(UnitTerm, UnitTerm.unit_id == Unit.id).where(on(day, UnitTerm))
    return [(row.id, row.name) for row in db.session.execute(found.order_by(Unit.position, Unit.id))]


@dataclass(frozen=True)
class Worker:
    """Somebody at a place on a day."""

    id: int
    name: str
    number: str | None
    login: str | None
    status: Status
    unit_id: int | None
    unit: str | None
    post: str | None
    level: str
    manager: str | None
    primary: bool
    held: bool


@dataclass(frozen=True)
class People:
    """One page of people and where it goes on."""

    people: Sequence[Worker]
    more: int | None


def _workers(day: date) -> Select[*tuple[Any, ...]]:
    manager = aliased(Person)
    columns = (Person.id, Person.name, Person.number, Person.login, Person.status, Unit.id, Unit.name, Post.name)
    found = select(*columns, Assignment.level, manager.name, Assignment.primary, Assignment.pinned).select_from(Person)
    found = found.outerjoin(Assignment, and_(Assignment.person_id == Person.id, on(day, Assignment)))
    found = found.outerjoin(Unit, Unit.id == Assignment.unit_id).outerjoin(Post, Post.id == Assignment.post_id)
    return found.outerjoin(manager, manager.id == Assignment.manager_id)


def sitting_in(unit_id: int, day: date, after: int = 0) -> People:
    """Who sits in a unit itself on a day, second posts included."""
    found = _workers(day).where(Assignment.unit_id == unit_id, Person.id > after)
    return _page(db.session.execute(found.order_by(Person.id, Assignment.id).limit(PAGE + 1)).all())


def search(words: str, day: date, *, without_account: bool = False, after: int = 0) -> People:
    """People by name, reading, account or number; with nothing typed, everybody."""
    found = _workers(day).where(Person.id > after, or_(Assignment.primary.is_(None), Assignment.primary))
    if words:
        begins = (Person.number, Person.login, Person.pinyin, func.replace(Person.pinyin, " ", ""))
        fits = (column.istartswith(words, autoescape=True) for column in begins)
        found = found.where(or_(Person.name.contains(words, autoescape=True), *fits))
    if without_account:
        found = found.where(Person.directory_key.is_(None))
    if not words:
        found = found.where(Person.status != Status.LEFT)
    return _page(db.session.execute(found.order_by(Person.id).limit(PAGE + 1)).all())


def _page(rows: Sequence[Any]) -> People:
    people = [_worker(row) for row in rows[:PAGE]]
    return People(people, people[-1].id if len(rows) > PAGE else None)


def _worker(row: Any) -> Worker:
    level, manager, primary, held = row[8:]
    seat: dict[str, Any] = {"level": level or "", "manager": manager, "held": bool(held)}
    names = ("id", "name", "number", "login", "status", "unit_id", "unit", "post")
    return Worker(**dict(zip(names, row[:8], strict=True)), **seat, primary=primary is not False)


def person_or_404(person_id: int) -> Person:
    """To show or change."""
    found: Person = db.get_or_404(Person, person_id)
    return found


def assignments(person_id: int) -> Sequence[Assignment]:
    """All of somebody's, planned ones included, the latest first."""
    found = select(Assignment).where(Assignment.person_id == person_id).order_by(Assignment.since.desc(), Assignment.id.desc())
    return db.session.scalars(
        found.options(joinedload(Assignment.unit), joinedload(Assignment.post), joinedload(Assignment.manager))
    ).all()


def absences(person_id: int) -> Sequence[Absence]:
    """Somebody's leaves, the latest first."""
    return db.session.scalars(select(Absence).where(Absence.person_id == person_id).order_by(Absence.since.desc())).all()


def second_or_404(person_id: int, assignment_id: int) -> Assignment:
    """A second post of somebody."""
    mine = (Assignment.id == assignment_id, Assignment.person_id == person_id, Assignment.primary.is_(False))
    found: Assignment = db.one_or_404(select(Assignment).where(*mine))
    return found


def absence_or_404(person_id: int, absence_id: int) -> Absence:
    """A leave of somebody."""
    found: Absence = db.one_or_404(select(Absence).where(Absence.id == absence_id, Absence.person_id == person_id))
    return found


def posts() -> list[tuple[Post, int]]:
    """Every post with how many people have it today, by family and name."""
    held = select(func.count()).where(Assignment.post_id == Post.id, on(clock.today(), Assignment))
    found = select(Post, held.correlate(Post).scalar_subquery()).order_by(Post.family, Post.name)
    return [(post, n) for post, n in db.session.execute(found)]


def post_or_404(post_id: int) -> Post:
    """To change it."""
    found: Post = db.get_or_404(Post, post_id)
    return found


def words_in_use() -> dict[str, list[str]]:
    """Levels, person types, post names and families that stand somewhere: offered while one types. One statement."""
    asked = [_different("levels", Assignment.level), _different("kinds", Person.kind)]
    for name, column in (("posts", Post.name), ("families", Post.family)):
        asked.append(select(literal(name), column).where(column != "").distinct())
    found: dict[str, list[str]] = {"levels": [], "kinds": [], "posts": [], "families": []}
    for name, word in db.session.execute(union_all(*asked).limit(OFFERED)):
        found[name].append(word)
    return {name: sorted(words) for name, words in found.items()}


def _different(name: str, column: InstrumentedAttribute[str]) -> Select[*tuple[Any, ...]]:
    """The values of an indexed column, from one to the next: as many steps as there are values, not rows."""
    line = select(func.min(column).label("word")).where(column > "").cte(f"different_{name}", recursive=True)
    following = select(func.min(column)).where(column > line.c.word).correlate(line).scalar_subquery()
    line = line.union_all(select(following).where(line.c.word.is_not(None)))
    return select(literal(name), line.c.word).where(line.c.word.is_not(None))


def one_person(field: str, words: str) -> int | None:
    """Who is meant by a number, an account or a name; None for nothing typed. Raises Wrong for nobody or several."""
    words = words.strip().rpartition("·")[2].strip()
    if not words:
        return None
    meant = or_(Person.number == words, Person.login == words, Person.name == words)
    found = db.session.scalars(select(Person.id).where(meant, Person.status != Status.LEFT).limit(2)).all()
    if not found:
        raise Wrong(field, N_("Nobody of this name, account or number works here."))
    if len(found) > 1:
        raise Wrong(field, N_("Several people have this name: write the employee number."))
    return found[0]


def called(person: Person | None) -> str:
    """How a form shows somebody: the name with what makes it certain."""
    return f"{person.name} · {person.number or person.login}" if person else ""
