"""Reads of retention: the rule of each kind, what is due by it (reading removes nothing), past runs, one person's rows."""

from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from flask import abort
from sqlalchemy import ColumnElement, and_, exists, func, literal, or_, select, union_all
from sqlalchemy.orm import aliased

from portal import clock
from portal.accounts.models import BreakGlass
from portal.db import db
from portal.directory.finding import LONGEST, SOME
from portal.directory.models import Person, Status
from portal.jobs.models import OPEN, Job, State
from portal.retention.erasing import not_held
from portal.retention.kept import KINDS, Kind, Unit
from portal.retention.models import Erasure, Hold, RetentionRule, RetentionRun

MANY = 10_000
"""Beyond that a dry run does not count."""
SHOWN = 5
"""Rows of a sample."""
RUNS = 20
ERASE = "retention.erase"
"""The job that erases one person's content."""


@dataclass(frozen=True)
class Rule:
    """How long one kind is kept: for ever, or so many of its unit after an event. `chosen` False: the default."""

    kind: Kind
    event: str
    keep: int | None
    chosen: bool = False

    @property
    def boundary(self) -> date | None:
        """What happened before this day is due today."""
        if self.keep is None:
            return None
        today = clock.today()
        return today - timedelta(days=self.keep) if self.kind.unit is Unit.DAYS else months_before(today, self.keep)

    @property
    def due(self) -> ColumnElement[bool] | None:
        """SQL condition on the kind's rows; None when nothing ever is."""
        if (boundary := self.boundary) is None:
            return None
        begins = clock.midnight(boundary).astimezone(UTC)
        free = literal(True) if self.kind.about is None else not_held(self.kind.about)
        return and_(self.kind.gone(self.event, boundary, begins), free)


@dataclass(frozen=True)
class Example:
    """One row that is due: whom it is about (if anybody), and since when its time runs."""

    name: str
    at: date | datetime


@dataclass(frozen=True)
class Line:
    """One kind as the page lists it."""

    rule: Rule
    due: int
    last: RetentionRun | None


def months_before(day: date, months: int) -> date:
    """The same day so many months earlier, or the last of a shorter month."""
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def rules() -> dict[str, Rule]:
    """The rule in force of every kind. One statement."""
    chosen = {row.kind: row for row in db.session.scalars(select(RetentionRule))}
    return {name: _rule(kind, chosen.get(name)) for name, kind in KINDS.items()}


def rule_of(kind: Kind) -> Rule:
    """The rule in force of one kind."""
    return _rule(kind, db.session.get(RetentionRule, kind.name))


def kind_or_404(name: str) -> Kind:
    return KINDS.get(name) or abort(404)


def lines() -> list[Line]:
    """Every kind with its rule, what is due by it today, and its last run. Three statements."""
    every = rules()
    asked = [_counted(rule.kind, due) for rule in every.values() if (due := rule.due) is not None]
    found = db.session.execute(union_all(*asked))
    counts = {row.name: row.n for row in found}
    newest = [select(func.max(RetentionRun.id)).where(RetentionRun.kind == name).scalar_subquery() for name in every]
    ran = select(RetentionRun).where(or_(*(RetentionRun.id == one for one in newest)))
    last = {run.kind: run for run in db.session.scalars(ran)}
    return [Line(rule, counts.get(name, 0), last.get(name)) for name, rule in every.items()]


def count(rule: Rule) -> int:
    """How many rows are due today, up to MANY."""
    due = rule.due
    return 0 if due is None else int(db.session.execute(_counted(rule.kind, due)).one().n)


def sample(rule: Rule) -> list[Example]:
    """Some of what is due, the oldest first: whom it is about and when. Never what it says."""
    if (due := rule.due) is None:
        return []
    at = rule.kind.events[rule.event].at
    name = literal("") if rule.kind.about is None else _name(rule.kind.about)
    found = select(name, at).select_from(rule.kind.key.class_).where(due).order_by(at, rule.kind.key).limit(SHOWN)
    return [Example(row[0] or "", row[1]) for row in db.session.execute(found)]


def batch(rule: Rule, most: int) -> Sequence[Any]:
    """Keys of rows that are due."""
    due = rule.due
    return [] if due is None else db.session.scalars(select(rule.kind.key).where(due).limit(most)).all()


def runs(kind: Kind) -> Sequence[RetentionRun]:
    """The last runs, the newest first."""
    mine = select(RetentionRun).where(RetentionRun.kind == kind.name)
    return db.session.scalars(mine.order_by(RetentionRun.id.desc()).limit(RUNS)).all()


def leavers(words: str) -> Sequence[Person]:
    """People who have left in whose name, reading, account or number the words stand; without words the latest."""
    words = words.strip()[:LONGEST]
    gone = select(Person).where(*_erasable())
    if words:
        spellings = (Person.name, Person.login, Person.number, func.replace(Person.pinyin, " ", ""))
        gone = gone.where(or_(*(spelling.icontains(words, autoescape=True) for spelling in spellings)))
    return db.session.scalars(gone.order_by(Person.left_on.desc(), Person.id.desc()).limit(SOME)).all()


def person_or_404(person_id: int) -> Person:
    """Somebody whose data can be held or erased: a person of the company, working here or not."""
    found = select(Person).where(Person.id == person_id, ~exists().where(BreakGlass.person_id == Person.id))
    person: Person = db.one_or_404(found)
    return person


def lock(person_id: int) -> None:
    """One decision at a time about the same person's data: the second waits here, and then sees what the first decided."""
    db.session.get(Person, person_id, with_for_update={"key_share": True}, populate_existing=True)


def held(person_id: int) -> Hold | None:
    """The hold that is in force."""
    return db.session.scalar(select(Hold).where(Hold.person_id == person_id, Hold.lifted_at.is_(None)))


def holds() -> list[tuple[Hold, str, str]]:
    """Every hold in force: with whose data it is, and who asked for it."""
    found = select(Hold, Person.name, _name(Hold.by_id)).join(Person, Person.id == Hold.person_id)
    found = found.where(Hold.lifted_at.is_(None))
    return [(row[0], row[1], row[2]) for row in db.session.execute(found.order_by(Hold.id))]


def erasures(person_id: int) -> Sequence[Erasure]:
    """What was asked for about one person, the newest first."""
    return db.session.scalars(select(Erasure).where(Erasure.person_id == person_id).order_by(Erasure.id.desc())).all()


def job_key(person_id: int) -> str:
    """By which one erasure of a person is wanted once."""
    return f"{ERASE}:{person_id}"


def being_erased(person_id: int) -> bool:
    """Whether a job works on it, or failed and waits for somebody; one that was given up can be asked for again."""
    under_way = exists().where(Job.key == job_key(person_id), Job.state.in_((*OPEN, State.FAILED)))
    return bool(db.session.scalar(select(under_way)))


def about(person_id: int) -> dict[str, int]:
    """How many rows of each kind an erasure would clear. One statement."""
    every = [kind for kind in KINDS.values() if kind.about is not None]
    found = db.session.execute(union_all(*(_counted(kind, of(kind, person_id)) for kind in every)))
    return {row.name: row.n for row in found if row.n}


def of(kind: Kind, person_id: int) -> ColumnElement[bool]:
    """Rows of a kind that are about somebody and have something to remove."""
    about: Any = kind.about
    mine: ColumnElement[bool] = and_(kind.filled, about == person_id)
    return mine


def _rule(kind: Kind, row: RetentionRule | None) -> Rule:
    if row is None or row.event not in kind.events:
        return Rule(kind, kind.usual, kind.default)
    return Rule(kind, row.event, row.keep, chosen=True)


def _counted(kind: Kind, condition: ColumnElement[bool]) -> Any:
    some = select(kind.key).where(condition).limit(MANY).subquery()
    counted: Any = select(literal(kind.name).label("name"), func.count().label("n")).select_from(some)
    return counted


def _name(person_id: Any) -> Any:
    somebody = aliased(Person)
    return select(somebody.name).where(somebody.id == person_id).scalar_subquery()


def _erasable() -> tuple[ColumnElement[bool], ...]:
    return Person.status == Status.LEFT, ~exists().where(BreakGlass.person_id == Person.id)
