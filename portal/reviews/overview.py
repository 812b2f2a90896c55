"""One cycle from above, for HR: how far each department is, who is waited for, where the basis is thin."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache, cached_property
from typing import Any

from flask import abort
from sqlalchemy import ColumnElement, Date, Integer, ScalarSelect, Select, bindparam, func, select
from sqlalchemy.orm import joinedload

from portal import access, clock
from portal.access import Act, Viewer
from portal.cycles.models import Cycle
from portal.db import db
from portal.directory.lines import on
from portal.directory.models import Person, Unit, UnitLine, UnitTerm
from portal.reviews import evidence, queries
from portal.reviews.models import Assessment, Part, Review
from portal.reviews.opening import unassessed
from portal.reviews.states import State
from portal.settings.queries import number
from portal.words import N_

PAGE = 50
LARGE = 2_000
"""Reviews that are counted with the page; a larger cycle is shown at once, and counted when somebody looks."""
AT_ONCE = 200
"""Reviews whose talks are counted with the page: there are many for each. In a larger cycle somebody looks first."""
PHASES = (
    (N_("Self-assessment"), frozenset({State.SELF_ASSESSMENT})),
    (N_("Assessment"), frozenset({State.SELF_ASSESSMENT, State.ASSESSMENT})),
    (N_("Release"), frozenset({State.SELF_ASSESSMENT, State.ASSESSMENT, State.READY})),
    (N_("Acknowledgement"), frozenset({State.SELF_ASSESSMENT, State.ASSESSMENT, State.READY, State.RELEASED})),
)
"""Each phase with the states in which it is not over."""
OPEN = (State.SELF_ASSESSMENT, State.ASSESSMENT, State.READY, State.RELEASED)


@dataclass(frozen=True)
class Cell:
    """How much of a phase is done in a department; `left` is what is missing; `state` the one to look at."""

    share: int
    left: int
    state: State

    @property
    def tone(self) -> int:
        """One of four steps of one hue, little to much."""
        return 0 if self.share < 25 else 1 if self.share < 60 else 2 if self.share < 90 else 3


@dataclass(frozen=True)
class Row:
    """One department with all below it."""

    unit_id: int
    name: str
    people: int
    cells: tuple[Cell, ...]


@dataclass(frozen=True)
class Waited:
    """Somebody in whose hands assessments lie."""

    person_id: int
    name: str
    unit: str
    count: int


class Overview:
    """The page of a cycle. `unit` and `state` narrow the list of people below the table.

    A large one is counted only when it is asked for: `counted` all but the talks, `whole` these too.
    """

    def __init__(
        self, viewer: Viewer, cycle_id: int, unit: int | None = None, state: str = "", *, counted: bool, whole: bool
    ) -> None:
        self.cycle, many = _sized(cycle_id)
        self.viewer, self.whole, self.large = viewer, whole, many and not counted and not whole
        self.counts: dict[int, Counter[State]] = defaultdict(Counter)
        self.unit, self.state = unit, next((each for each in State if each == state), None)
        self.names, self.parents = _units(clock.today()) if unit or not self.large else ({}, {})
        if not self.large:
            self._count()

    def _count(self) -> None:
        for unit_id, at, n in db.session.execute(*_standing(self.viewer, cycle=self.cycle.id)):
            self.counts[self._department(unit_id)][at] += n

    @cached_property
    def states(self) -> Counter[State]:
        """How many reviews stand where."""
        return sum(self.counts.values(), Counter())

    @property
    def people(self) -> int:
        """Everybody in it."""
        return sum(self.states.values())

    def done(self, phase: int) -> Cell:
        """A phase over the whole cycle."""
        return _cell(self.states, phase)

    @property
    def rows(self) -> list[Row]:
        """The departments in their own order."""
        order = {unit_id: place for place, unit_id in enumerate(self.names)}
        rows = []
        for unit_id in sorted(self.counts, key=lambda one: order.get(one, -1)):
            counts = self.counts[unit_id]
            cells = tuple(_cell(counts, n) for n in range(len(PHASES)))
            rows.append(Row(unit_id, self.names.get(unit_id, "–"), sum(counts.values()), cells))
        return rows

    @property
    def waited_for(self) -> list[Waited]:
        """Who has the most assessments to write, where the person is done."""
        rows = db.session.execute(_waited_for(), {"cycle": self.cycle.id})
        return [Waited(row[0], row[1], row[2] or "", row[3]) for row in rows]

    @property
    def thin(self) -> int | None:
        """In how many reviews the judgement rests on too few check-ins; None where the page would wait for it."""
        if self.people > AT_ONCE and not self.whole:
            return None
        talks, enough = evidence.dialogues(self.cycle.id, self.cycle.period), number("few_dialogues")
        return self.people - sum(1 for n in talks.values() if n >= enough)

    @property
    def unassessed(self) -> Sequence[Review]:
        """Whom nobody assesses: HR names somebody."""
        return db.session.scalars(*_unassessed(self.viewer, cycle=self.cycle.id)).all()

    @property
    def listed(self) -> Sequence[Review]:
        """The people behind a cell of the table."""
        found = queries.visible(self.viewer).where(Review.cycle_id == self.cycle.id)
        if self.state:
            found = found.where(Review.state == self.state)
        if self.unit:
            found = found.where(Review.person_id.in_(below(self.unit)))
        return db.session.scalars(found.options(joinedload(Review.person)).order_by(Review.id).limit(PAGE)).all()

    def _department(self, unit_id: int | None) -> int:
        """The unit right below the top one, or the top one itself."""
        here = unit_id or 0
        while (above := self.parents.get(here)) and self.parents.get(above):
            here = above
        return here


_CYCLE: Any = bindparam("cycle", type_=Integer)


@access.prepared
def _standing(viewer: Viewer) -> Select[int | None, State, int]:
    found = select(Person.unit_id, Review.state, func.count()).join(Person, Person.id == Review.person_id)
    found = found.where(Review.cycle_id == _CYCLE, access.rows(Act.SEE_REVIEW, viewer, Review))
    return found.group_by(Person.unit_id, Review.state)


@access.prepared
def _unassessed(viewer: Viewer) -> Select[Any]:
    theirs = queries.visible(viewer).where(Review.person_id.in_(unassessed(_CYCLE)), Review.state.in_(OPEN[:2]))
    theirs = theirs.where(Review.cycle_id == _CYCLE).options(joinedload(Review.person))
    return theirs.order_by(Review.id).limit(PAGE)


@cache  # made once: making it costs more than asking it
def _waited_for() -> Select[int, str, str, int]:
    return (
        select(Person.id, Person.name, Unit.name, func.count())
        .join(Assessment, Assessment.assessor_id == Person.id)
        .join(Review, Review.id == Assessment.review_id)
        .outerjoin(Unit, Unit.id == Person.unit_id)
        .where(Review.cycle_id == _CYCLE)
        .where(Review.state == State.ASSESSMENT, Assessment.relation == Part.MANAGER)
        .group_by(Person.id, Person.name, Unit.name)
        .order_by(func.count().desc(), Person.id)
        .limit(PAGE)
    )


def below(unit_id: int) -> Select[int]:
    """Ids of the people of a unit and of all units below it."""
    units = select(UnitLine.lower_id).where(UnitLine.upper_id == unit_id)
    return select(Person.id).where(Person.unit_id.in_(units))


def cycle_or_404(cycle_id: int) -> Cycle:
    """One cycle; who may see cycles at all is asked by the view."""
    found: Cycle = db.one_or_404(select(Cycle).where(Cycle.id == cycle_id).options(joinedload(Cycle.period)))
    return found


def _sized(cycle_id: int) -> tuple[Cycle, bool]:
    """One cycle, and whether it is too large to be counted with the page."""
    row = db.session.execute(_one_cycle(), {"cycle": cycle_id}).first() or abort(404)
    return row[0], row[1] > LARGE


@cache
def _one_cycle() -> Select[Cycle, int]:
    size = _up_to(LARGE + 1, Review.cycle_id == _CYCLE)
    return select(Cycle, size).where(Cycle.id == _CYCLE).options(joinedload(Cycle.period))


def _up_to(most: int, *where: ColumnElement[bool]) -> ScalarSelect[int]:
    """How many reviews there are, but nobody counts beyond that."""
    few = select(Review.id).where(*where).limit(most).correlate(Cycle).subquery()
    return select(func.count()).select_from(few).scalar_subquery()


def everything(*, counted: bool) -> tuple[list[Cycle], dict[int, Counter[State]] | None]:
    """All cycles, newest first, and how many reviews of each stand where; None where that is not `counted` by itself."""
    rows = db.session.execute(_every_cycle()).all()
    cycles = [row[0] for row in rows]
    if sum(row[1] for row in rows) > LARGE and not counted:
        return cycles, None
    counts: dict[int, Counter[State]] = {cycle.id: Counter() for cycle in cycles}
    states = select(Review.cycle_id, Review.state, func.count()).group_by(Review.cycle_id, Review.state)
    for cycle_id, state, n in db.session.execute(states):
        counts.setdefault(cycle_id, Counter())[state] = n
    return cycles, counts


@cache
def _every_cycle() -> Select[Cycle, int]:
    found = select(Cycle, _up_to(LARGE + 1, Review.cycle_id == Cycle.id)).options(joinedload(Cycle.period))
    return found.order_by(Cycle.id.desc()).limit(PAGE)


def _cell(counts: Counter[State], phase: int) -> Cell:
    before = PHASES[phase][1]
    left, whole = sum(counts[state] for state in before), sum(counts.values())
    share = round(Decimal(100 * (whole - left)) / whole) if whole else 0
    return Cell(min(share, 99) if left else share, left, OPEN[phase])  # the last one missing is still seen


def _units(day: date) -> tuple[dict[int, str], dict[int, int | None]]:
    rows = db.session.execute(_every_unit(), {"day": day}).all()
    return {row.id: row.name for row in rows}, {row.id: row.parent_id for row in rows}


@cache
def _every_unit() -> Select[*tuple[Any, ...]]:
    day: Any = bindparam("day", type_=Date)
    here = (UnitTerm.unit_id == Unit.id) & on(day, UnitTerm)
    return select(Unit.id, Unit.name, UnitTerm.parent_id).outerjoin(UnitTerm, here).order_by(Unit.position, Unit.id)
