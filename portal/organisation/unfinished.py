"""What waits on people who left, or are about to: counted for each, and listed where HR hands it over."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum, auto
from functools import cache
from typing import Any

from sqlalchemy import CompoundSelect, Date, Integer, Select, String, bindparam, func, literal, or_, select, union_all
from sqlalchemy.orm import aliased, joinedload

from portal import clock
from portal.access.models import Delegation, RoleGrant
from portal.actions.models import Action
from portal.actions.models import State as Promised
from portal.checkins.models import CheckIn
from portal.checkins.models import State as Held
from portal.cycles.models import Cycle
from portal.cycles.models import State as Running
from portal.db import db, kept
from portal.directory.lines import on
from portal.directory.models import Assignment, Person, Status, Unit, UnitTerm
from portal.drafts.models import Draft
from portal.goals.models import Objective
from portal.goals.states import State as Goal
from portal.periods.models import Period
from portal.reviews.models import Assessment, Part, Review
from portal.reviews.states import State as Judging

PAGE = 50
SOME = 20
"""Reports and departments named on somebody's page."""
DAY: Any = bindparam("day", type_=Date)


class Left(StrEnum):
    """What can wait on somebody; in the order in which it is told."""

    ASSESSMENTS = auto()
    GOALS = auto()  # of a department or the company, which they answer for
    REPORTS = auto()
    HEADED = auto()
    PROMISES = auto()
    DELEGATIONS = auto()
    ROLES = auto()
    OWN_GOALS = auto()
    DRAFTS = auto()


HANDED = (Left.ASSESSMENTS, Left.GOALS, Left.PROMISES)
"""What HR hands over to a successor by one press."""
PLACED = (Left.REPORTS, Left.HEADED, Left.DELEGATIONS, Left.ROLES)
"""What HR puts right on the page of the person, the department, the delegations or the roles."""
OPEN_GOALS = (Goal.DRAFT, Goal.PROPOSED, Goal.AGREED)

Counts = Mapping[Left, int]


@dataclass(frozen=True)
class _Arm:
    """Rows that wait on whoever stands in the column `owner`."""

    what: Left
    owner: Any
    rows: Any  # a select from the owner's table, with its conditions

    def counted(self) -> Select[Any]:
        """(what, who, how many) of the people asked about."""
        asked = self.owner.in_(bindparam("people", expanding=True, type_=Integer))
        columns = (literal(self.what.value, String).label("what"), self.owner.label("who"), func.count().label("n"))
        found: Select[Any] = self.rows.where(asked).group_by(self.owner)
        return found.with_only_columns(*columns, maintain_column_froms=True)

    def of(self, person: Any) -> Any:
        """Whether anything of it waits on the person in a column."""
        return self.rows.with_only_columns(literal(1), maintain_column_froms=True).where(self.owner == person).exists()


def _arms() -> Iterator[_Arm]:
    a, o, d, report = Assessment, Objective, Delegation, aliased(Person)
    owed = select(a).join(Review, Review.id == a.review_id).join(Cycle, Cycle.id == Review.cycle_id)
    owed = owed.where(a.relation != Part.SELF, a.in_at.is_(None), Cycle.state == Running.RUNNING)
    yield _Arm(Left.ASSESSMENTS, a.assessor_id, owed.where(Review.state.in_((Judging.SELF_ASSESSMENT, Judging.ASSESSMENT))))
    goals = select(o).join(Period, Period.id == o.period_id).where(o.state.in_(OPEN_GOALS), Period.closed.is_(False))
    yield _Arm(Left.GOALS, o.accountable_id, goals.where(o.person_id.is_(None)))
    yield _Arm(Left.OWN_GOALS, o.person_id, goals)
    led = select(Assignment).join(report, report.id == Assignment.person_id)
    led = led.where(Assignment.primary, on(DAY, Assignment), report.status != Status.LEFT)
    yield _Arm(Left.REPORTS, Assignment.manager_id, led)
    yield _Arm(Left.HEADED, UnitTerm.head_id, select(UnitTerm).where(on(DAY, UnitTerm)))
    # What one promised oneself goes with oneself.
    promised = select(Action).where(Action.state == Promised.OPEN, Action.person_id != Action.owner_id)
    yield _Arm(Left.PROMISES, Action.owner_id, promised)
    for side in (d.giver_id, d.taker_id):
        yield _Arm(Left.DELEGATIONS, side, select(d).where(or_(d.until.is_(None), d.until > DAY)))
    yield _Arm(Left.ROLES, RoleGrant.person_id, select(RoleGrant).where(or_(RoleGrant.until.is_(None), RoleGrant.until > DAY)))
    yield _Arm(Left.DRAFTS, Draft.person_id, select(Draft))
    yield _Arm(Left.DRAFTS, CheckIn.recorded_by_id, select(CheckIn).where(CheckIn.state == Held.DRAFT))


@cache
def _counted() -> CompoundSelect[Any]:
    return kept(union_all(*(arm.counted() for arm in _arms())))


def counts(people: Collection[int], day: date | None = None) -> Mapping[int, Counts]:
    """What waits on each of these people, as many as there are of each kind. One statement."""
    found: dict[int, dict[Left, int]] = defaultdict(lambda: defaultdict(int))
    rows = db.session.execute(_counted(), {"people": list(people), "day": day or clock.today()}) if people else ()
    for row in rows:
        found[row.who][Left(row.what)] += row.n
    return {who: {what: theirs[what] for what in Left if what in theirs} for who, theirs in found.items()}


@dataclass(frozen=True)
class Leaver:
    """Somebody who left, and what of theirs is to be handed over or put right."""

    id: int
    name: str
    number: str | None
    left_on: date | None
    counts: Counts


@dataclass(frozen=True)
class Leavers:
    """One page of them, the latest first, and where it goes on."""

    leavers: Sequence[Leaver]
    more: int | None


def leavers(after: int = 0) -> Leavers:
    """People who left and on whom something waits that HR hands over or puts right. Two statements."""
    rows = db.session.execute(_leavers(), {"after": after, "day": clock.today()}).all()
    shown = rows[:PAGE]
    waits = counts([row.id for row in shown])
    told = {who: {what: n for what, n in theirs.items() if what in (*HANDED, *PLACED)} for who, theirs in waits.items()}
    found = [Leaver(row.id, row.name, row.number, row.left_on, told.get(row.id, {})) for row in shown]
    return Leavers(found, after + PAGE if len(rows) > PAGE else None)


@cache
def _leavers() -> Select[Any]:
    waits = (arm.of(Person.id) for arm in _arms() if arm.what in (*HANDED, *PLACED))
    columns: tuple[Any, ...] = (Person.id, Person.name, Person.number, Person.left_on)
    found: Select[Any] = select(*columns).where(Person.status == Status.LEFT, or_(*waits))
    found = found.order_by(Person.left_on.desc(), Person.id.desc()).limit(PAGE + 1)
    return kept(found.offset(bindparam("after", type_=Integer)))


@dataclass(frozen=True)
class Unfinished:
    """What waits on one person; of what is put right elsewhere the first few, by name."""

    counts: Counts
    reports: Sequence[tuple[int, str]] = field(default=())
    units: Sequence[tuple[int, str]] = field(default=())


def of(person_id: int) -> Unfinished:
    """Everything that waits on somebody, with the names of their reports and departments."""
    today, found = clock.today(), counts([person_id]).get(person_id, {})
    report = select(Person.id, Person.name).join(Assignment, Assignment.person_id == Person.id)
    report = report.where(Assignment.manager_id == person_id, Assignment.primary, on(today, Assignment))
    report = report.where(Person.status != Status.LEFT).order_by(Person.pinyin, Person.id).limit(SOME)
    unit = select(Unit.id, Unit.name).join(UnitTerm, UnitTerm.unit_id == Unit.id)
    unit = unit.where(UnitTerm.head_id == person_id, on(today, UnitTerm)).order_by(Unit.position, Unit.id).limit(SOME)
    reports = [(row.id, row.name) for row in db.session.execute(report)] if Left.REPORTS in found else ()
    return Unfinished(found, reports, [(row.id, row.name) for row in db.session.execute(unit)] if Left.HEADED in found else ())


def to_hand_over(what: Left, person_id: int) -> Sequence[Any]:
    """The rows of a kind that wait on somebody, locked, in the order in which everybody locks them."""
    arm = next(arm for arm in _arms() if arm.what is what)
    model: Any = arm.owner.class_
    found = arm.rows.where(arm.owner == person_id).order_by(model.id).with_for_update(of=model, key_share=True)
    if model is Assessment:
        found = found.options(joinedload(Assessment.review).selectinload(Review.assessments))
    return db.session.scalars(found, {"day": clock.today()}).all()
