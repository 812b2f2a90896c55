"""What HR's pages of the organisation show, on any day."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Date, Integer, Select, and_, bindparam, case, func, literal, or_, select, union_all
from sqlalchemy.orm import InstrumentedAttribute, aliased, joinedload

from portal import clock
from portal.db import db, kept
from portal.directory import finding
from portal.directory.lines import on
from portal.directory.models import Absence, Assignment, Person, Post, Status, Unit, UnitLine, UnitTerm
from portal.organisation.operations import Wrong
from portal.search import Kind, asked, hits
from portal.words import N_

PAGE = 50
OFFERED = 300
"""Words offered for a field at most."""
LEVELS = 2
"""Levels of units shown below where one stands; the rest is a step further."""
MANY = 40
"""Where more would be shown at once, the lowest level is only counted, then the one above it."""


@dataclass(frozen=True)
class Node:
    """A unit on a day: who heads it, how many people sit in it, what hangs below (as far as it is shown)."""

    id: int
    name: str
    head_id: int | None
    head: str | None
    people: int  # and below
    below: tuple["Node", ...]
    deeper: int  # units below that are not shown here

    @property
    def shown(self) -> int:
        """How many lines it takes, with those below."""
        return 1 + sum(node.shown for node in self.below)


def tree(day: date, top: int | None = None) -> list[Node]:
    """The units below `top` (or all that hang below none) on a day. One statement.

    Of today only those are read that can be shown, with the people that are counted already; of another day all of them,
    and everybody is counted.
    """
    rows: Iterable[_Row]
    if day == clock.today():
        rows = (_Row(*row) for row in db.session.execute(_today(top is not None), {"day": day, "top": top, "many": MANY}))
    else:
        rows = _summed([_Row(*row) for row in db.session.execute(_then(), {"day": day})])
    below: dict[int | None, list[_Row]] = defaultdict(list)
    for row in rows:
        below[row.parent_id].append(row)
    for levels in range(LEVELS, -1, -1):
        nodes = [_node(row, below, levels) for row in below[top]]
        if sum(node.shown for node in nodes) <= MANY:
            break
    return nodes


_DAY: Any = bindparam("day", type_=Date)


class _Row(NamedTuple):
    """A unit as it is read: `people` with those below, and how many units hang right below it."""

    id: int
    name: str
    parent_id: int | None
    head_id: int | None
    head: str | None
    people: int
    children: int


def _node(row: _Row, below: Mapping[int | None, list[_Row]], levels: int) -> Node:
    shown = tuple(_node(each, below, levels - 1) for each in below.get(row.id, ())) if levels else ()
    return Node(row.id, row.name, row.head_id, row.head, row.people, shown, 0 if shown else row.children)


def _summed(rows: Sequence[_Row]) -> list[_Row]:
    """The same rows, which tell only who sits in each unit itself, with those below."""
    inside: dict[int | None, list[_Row]] = defaultdict(list)
    for row in rows:
        inside[row.parent_id].append(row)

    def people(row: _Row) -> int:
        return row.people + sum(map(people, inside.get(row.id, ())))

    return [row._replace(people=people(row), children=len(inside.get(row.id, ()))) for row in rows]


def _units(*counted: Any) -> Select[Any]:
    """Every unit of a day with its place and its head, in the order of HR."""
    head = aliased(Person)
    found = select(Unit.id, Unit.name, UnitTerm.parent_id, UnitTerm.head_id, head.name, *counted)
    found = found.join(UnitTerm, UnitTerm.unit_id == Unit.id).outerjoin(head, head.id == UnitTerm.head_id)
    return found.where(on(_DAY, UnitTerm)).order_by(Unit.position, Unit.id)


@cache
def _today(below: bool) -> Select[Any]:
    """As many levels as fit, below one unit or from the top: no more than these are read."""
    line, child, fits = aliased(UnitLine), aliased(UnitLine), aliased(UnitLine)
    children = select(func.count()).where(child.upper_id == Unit.id, child.depth == 1).correlate(Unit).scalar_subquery()
    top = aliased(UnitTerm)
    tops = select(top.unit_id).where(top.parent_id.is_(None), on(_DAY, top))
    first = 1 if below else 0

    def near(row: Any, levels: Any) -> tuple[Any, ...]:
        above = row.upper_id == bindparam("top", type_=Integer) if below else row.upper_id.in_(tops)
        return above, row.depth.between(first, levels)

    def lines(levels: int) -> Any:
        return select(func.count()).select_from(fits).where(*near(fits, first + levels)).scalar_subquery()

    deepest = case(
        *((lines(levels) <= bindparam("many", type_=Integer), first + levels) for levels in range(LEVELS, 0, -1)), else_=first
    )
    return _units(Unit.people, children).join(line, line.lower_id == Unit.id).where(*near(line, deepest))


@cache
def _then() -> Select[Any]:
    there = select(func.count()).where(Assignment.unit_id == Unit.id, Assignment.primary, on(_DAY, Assignment))
    return _units(there.correlate(Unit).scalar_subquery(), literal(0))


def unit_or_404(unit_id: int) -> Unit:
    """To show or change it."""
    found: Unit = db.get_or_404(Unit, unit_id)
    return found


def term(unit_id: int, day: date) -> tuple[UnitTerm | None, Person | None]:
    """Where a unit hangs on a day, and who heads it. A unit that does not exist then has neither."""
    row = db.session.execute(_TERM, {"unit": unit_id, "day": day}).first()
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
    return [Term(*row) for row in db.session.execute(_terms(), {"unit": unit_id})]


_OF_UNIT: Any = UnitTerm.unit_id == bindparam("unit", type_=Integer)
_HEADED = select(UnitTerm, Person).outerjoin(Person, Person.id == UnitTerm.head_id)
_TERM = kept(_HEADED.where(_OF_UNIT, on(_DAY, UnitTerm)))


@cache
def _terms() -> Select[*tuple[Any, ...]]:
    parent, head = aliased(Unit), aliased(Person)
    found: Select[*tuple[Any, ...]] = select(parent.name, head.name, UnitTerm.since, UnitTerm.until).select_from(UnitTerm)
    found = found.outerjoin(parent, parent.id == UnitTerm.parent_id).outerjoin(head, head.id == UnitTerm.head_id)
    return found.where(_OF_UNIT).order_by(UnitTerm.since.desc())


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


@cache  # made once: with its aliases it costs more to make than to ask
def _workers() -> Select[*tuple[Any, ...]]:
    manager = aliased(Person)
    columns = (Person.id, Person.name, Person.number, Person.login, Person.status, Unit.id, Unit.name, Post.name)
    found = select(*columns, Assignment.level, manager.name, Assignment.primary, Assignment.pinned).select_from(Person)
    found = found.outerjoin(Assignment, and_(Assignment.person_id == Person.id, on(_DAY, Assignment)))
    found = found.outerjoin(Unit, Unit.id == Assignment.unit_id).outerjoin(Post, Post.id == Assignment.post_id)
    return found.outerjoin(manager, manager.id == Assignment.manager_id)


def sitting_in(unit_id: int, day: date, after: int = 0) -> People:
    """Who sits in a unit itself on a day, second posts included."""
    return _page(db.session.execute(_sitting(), {"unit": unit_id, "day": day, "after": after}).all())


_AFTER = Person.id > bindparam("after", type_=Integer)


@cache
def _sitting() -> Select[*tuple[Any, ...]]:
    inside = Assignment.unit_id == bindparam("unit", type_=Integer)
    return _workers().where(inside, _AFTER).order_by(Person.id, Assignment.id).limit(PAGE + 1)


def search(words: str, day: date, *, without_account: bool = False, after: int = 0) -> People:
    """People by name, reading, account or number; with nothing typed, everybody who has not left."""
    found = _everybody(without_account).where(_called(words) if words else Person.status != Status.LEFT)
    return _page(db.session.execute(found, {"day": day, "after": after}).all())


@cache
def _everybody(without_account: bool) -> Select[*tuple[Any, ...]]:
    found = _workers().where(_AFTER, or_(Assignment.primary.is_(None), Assignment.primary))
    found = found.where(Person.directory_key.is_(None)) if without_account else found
    return found.order_by(Person.id).limit(PAGE + 1)


def _called(words: str) -> ColumnElement[bool]:
    """Whom the words mean: the index of search knows who works here; those who have left, and a single letter, it does not."""
    begins = (Person.number, Person.login, Person.pinyin, func.replace(Person.pinyin, " ", ""))
    fits = (column.istartswith(words, autoescape=True) for column in begins)
    spelt = or_(Person.name.contains(words, autoescape=True), *fits)
    wanted = asked(words)
    if not wanted.looks:
        return spelt
    # Whoever has left did so on a day: told that, SQLite takes the index of both instead of walking through everybody.
    left = select(Person.id).where(Person.status == Status.LEFT, Person.left_on > date.min, spelt)
    return Person.id.in_(union_all(hits(Kind.PERSON, wanted).ids(), left))


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
    return db.session.scalars(_assignments(), {"person": person_id}).all()


@cache
def _assignments() -> Select[Any]:
    found = select(Assignment).where(Assignment.person_id == bindparam("person", type_=Integer))
    found = found.options(joinedload(Assignment.unit), joinedload(Assignment.post), joinedload(Assignment.manager))
    return found.order_by(Assignment.since.desc(), Assignment.id.desc())


def absences(person_id: int) -> Sequence[Absence]:
    """Somebody's leaves, the latest first."""
    return db.session.scalars(_ABSENCES, {"person": person_id}).all()


_ABSENCES = select(Absence).where(Absence.person_id == bindparam("person", type_=Integer)).order_by(Absence.since.desc())


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
    return [(post, post.people) for post in db.session.scalars(_POSTS)]


_POSTS = select(Post).order_by(Post.family, Post.name)


def post_or_404(post_id: int) -> Post:
    """To change it."""
    found: Post = db.get_or_404(Post, post_id)
    return found


def words_in_use() -> dict[str, list[str]]:
    """Levels, person types, post names and families that stand somewhere: offered while one types. One statement."""
    found: dict[str, list[str]] = {"levels": [], "kinds": [], "posts": [], "families": []}
    for name, word in db.session.execute(_in_use()):
        found[name].append(word)
    return {name: sorted(words) for name, words in found.items()}


@cache
def _in_use() -> Any:
    parts = [_different("levels", Assignment.level), _different("kinds", Person.kind)]
    for name, column in (("posts", Post.name), ("families", Post.family)):
        parts.append(select(literal(name), column).where(column != "").distinct())
    return union_all(*parts).limit(OFFERED)


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
    found = db.session.scalars(_MEANT, {"words": words}).all()
    if not found:
        raise Wrong(field, N_("Nobody of this name, account or number works here."))
    if len(found) > 1:
        raise Wrong(field, N_("Several people have this name: write the employee number."))
    return int(found[0])


_CALLED = or_(*(name == bindparam("words") for name in (Person.number, Person.login, Person.name)))
_MEANT = kept(select(Person.id).where(_CALLED, Person.status != Status.LEFT).limit(2))


def one_unit(field: str, name: str, day: date | None) -> int | None:
    """The department of that name on a day (today); None for nothing typed. Raises Wrong for one there is not."""
    if not name:
        return None
    found = finding.department(name, day or clock.today())
    if found is None:
        raise Wrong(field, N_("There is no department of this name on that day."))
    return found


def called(person: Person | None) -> str:
    """How a form shows somebody: the name with what makes it certain."""
    return f"{person.name} · {person.number or person.login}" if person else ""
