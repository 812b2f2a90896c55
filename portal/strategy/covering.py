"""What nobody carries: company objectives without a department, and targets that come to less than the company's.

Read from the company's objectives and what stands directly below them, never from the whole tree.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby
from typing import Any

from sqlalchemy import Select, and_, bindparam, case, exists, func, or_, select
from sqlalchemy.orm import aliased

from portal import access
from portal.access import Act, Viewer
from portal.db import db
from portal.directory.models import Unit, UnitLine
from portal.goals.cards import Card, cards
from portal.goals.kinds import Aggregation, Direction, Rule, Shape
from portal.goals.models import Measure, Objective, ObjectiveParent, Theme
from portal.goals.states import State
from portal.goals.tree import themes_of
from portal.periods.models import Period
from portal.strategy import shelf
from portal.strategy.apart import Reach, reach
from portal.strategy.models import Claim
from portal.strategy.states import State as Claiming

CARRIES = (State.PROPOSED, State.AGREED, State.CLOSED)
"""What a department has at least put forward; drafts are its own business."""
COUNTS = (State.AGREED, State.CLOSED)
"""Company objectives that are in force."""
TERMS = 6
"""Figures of a sum that are written out."""
NAMED = 5
IDS: Any = bindparam("ids", expanding=True)


@dataclass(frozen=True)
class Term:
    """One department's figure in a sum."""

    unit: str
    target: Decimal


@dataclass(frozen=True)
class Sum:
    """A measure of the company against what departments have taken of it, in the same unit: added up, or side by side."""

    measure_id: int
    name: str
    unit: str
    target: Decimal
    terms: tuple[Term, ...]  # the largest ones; side by side the weakest
    count: int
    taken: Decimal
    direction: Direction = Direction.UP
    beside: bool = False  # not added up
    rate: bool = False  # a share or a ratio: the whole lies between the weakest and the best
    best: Decimal | None = None

    @property
    def missing(self) -> Decimal:
        """What nobody has taken yet."""
        return Decimal(0) if self.beside else max(self.target - self.taken, Decimal(0))

    @property
    def reach(self) -> Reach | None:
        """What figures side by side say about the company's; None where they are added, or nobody set one."""
        if not self.beside or not self.terms or self.best is None:
            return None
        return reach(self.terms[0].target, self.best, self.target, self.direction)

    @property
    def short(self) -> bool:
        """Departments set figures, and for certain too little of it."""
        return bool(self.count) and (self.missing > 0 or self.reach is Reach.NONE)

    @property
    def rest(self) -> tuple[int, Decimal]:
        """How many further figures there are, and what they come to."""
        return self.count - len(self.terms), self.taken - sum((term.target for term in self.terms), Decimal(0))


@dataclass(frozen=True)
class Line:
    """A company objective with who carries it."""

    card: Card
    units: int
    people: int
    asked: int  # claims that wait for a decision
    sums: tuple[Sum, ...]

    @property
    def bare(self) -> bool:
        """No department has taken any of it."""
        return not self.units

    @property
    def short(self) -> bool:
        """Departments have taken it, and too little of it."""
        return not self.bare and any(each.short for each in self.sums)


@dataclass(frozen=True)
class Part:
    """A theme with its lines; `theme` None = without one."""

    theme: Theme | None
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class Coverage:
    """All of it, by theme in their order."""

    parts: tuple[Part, ...]
    cut: bool

    @property
    def lines(self) -> list[Line]:
        """Every company objective in force."""
        return [line for part in self.parts for line in part.lines]

    @property
    def bare(self) -> int:
        """How many no department carries."""
        return sum(line.bare for line in self.lines)

    @property
    def short(self) -> int:
        """How many are taken in part only."""
        return sum(line.short for line in self.lines)


@dataclass(frozen=True)
class Department:
    """What a department and those below it carry: (objective's id, title) of the first few, how many, how many asked."""

    id: int
    name: str
    titles: tuple[tuple[int, str], ...]
    count: int
    asked: int


def may_see(viewer: Viewer) -> bool:
    """Whether the coverage is open: to those who keep or audit the strategy, and to heads of departments."""
    return access.can(Act.SEE_COVERAGE, viewer) or access.may_hold(Act.SEE_COVERAGE, viewer)


def of(viewer: Viewer, period: Period, every: Sequence[Period]) -> Coverage:
    """The coverage of a period, by theme. Four statements."""
    several = cards(*_in_force(viewer, periods=shelf.inside(period, every)))
    under: dict[int | None, list[Line]] = defaultdict(list)
    for line in lines(several[: shelf.MOST]):
        under[line.card.theme_id].append(line)
    parts = [Part(theme, tuple(under.pop(theme.id))) for theme in themes_of(period.id) if theme.id in under]
    rest = tuple(line for several_ in under.values() for line in several_)
    return Coverage((*parts, *((Part(None, rest),) if rest else ())), len(several) > shelf.MOST)


@access.prepared
def _in_force(viewer: Viewer) -> Select[Any]:
    o = Objective
    found = shelf.ours(viewer).where(o.period_id.in_(bindparam("periods", expanding=True)), o.state.in_(COUNTS))
    return found.order_by(o.weight.desc(), o.id).limit(shelf.MOST + 1)


def lines(several: Sequence[Card]) -> list[Line]:
    """Company objectives with who carries them. Two statements."""
    ids = [card.id for card in several]
    carried, added = _carried(ids), sums(ids)
    return [Line(card, *carried.get(card.id, (0, 0, 0)), tuple(added.get(card.id, ()))) for card in several]


def open_ones(viewer: Viewer, spans: Collection[int], after: int) -> list[Card]:
    """Company objectives in force of these periods, by keyset: one more than a page holds."""
    found = shelf.ours(viewer).where(Objective.period_id.in_(spans), Objective.state == State.AGREED, Objective.id > after)
    return cards(found.order_by(Objective.id).limit(shelf.PAGE + 1))


def _carried(ids: Collection[int]) -> dict[int, tuple[int, int, int]]:
    """{objective: (departments, people directly, claims that wait)}; what is claimed always has something below it."""
    return {parent: (n, m, k) for parent, n, m, k in db.session.execute(_CARRIED, {"ids": list(ids)})} if ids else {}


def _carriers() -> Select[Any]:
    child, tie = aliased(Objective), ObjectiveParent
    asked = select(func.count()).where(Claim.objective_id == tie.parent_id, Claim.state == Claiming.ASKED)
    units, people = func.count(child.unit_id.distinct()), func.count(child.person_id.distinct())
    columns: tuple[Any, ...] = (tie.parent_id, units, people, asked.correlate(tie).scalar_subquery())
    found: Select[Any] = select(*columns).join(child, child.id == tie.child_id)
    return found.where(tie.parent_id.in_(IDS), child.state.in_(CARRIES)).group_by(tie.parent_id)


def sums(ids: Collection[int]) -> dict[int, list[Sum]]:
    """{objective: its measures that can be added up or compared, with figures of departments}. One statement."""
    if not ids:
        return {}
    made: dict[int, list[Sum]] = defaultdict(list)
    for _id, several in groupby(db.session.execute(ADDED, {"ids": list(ids)}), key=lambda row: row.id):
        row, *rest = several
        terms = tuple(Term(each.name_of, each.part) for each in (row, *rest) if each.part is not None)
        unit = row.unit or ("%" if row.shape is Shape.PERCENT else "")
        whole = (row.many or 0, row.taken or Decimal(0), row.direction, not row.adds, bool(row.rate), row.best)
        made[row.objective_id].append(Sum(row.id, row.name, unit, row.target, terms, *whole))
    return made


def _added() -> Select[Any]:
    """Of each measure with a figure: those that departments set for it, how many there are, their sum and the best of them.

    Counts and amounts that should rise are added, the largest come first; shares in per cent, ratios and what should fall
    stand beside each other, the weakest first; bands, ratings and the like are left out. A department's
    figure is that of its measure of the same name; of what is added also, where the company has one measure in that unit,
    that of the same unit. Two shares in per cent of other things say nothing of each other.
    What it set for a part of the time (a quarter of the year) counts only where it set nothing for the whole of it.
    """
    lib, own, other = aliased(Measure), aliased(Measure), aliased(Measure)
    above, child, tie = aliased(Objective), aliased(Objective), ObjectiveParent
    alone = (
        ~select(other.id)
        .where(other.objective_id == lib.objective_id, other.id != lib.id, other.shape == lib.shape, other.unit == lib.unit)
        .exists()
    )
    same = and_(own.objective_id == child.id, own.shape == lib.shape, own.unit == lib.unit, own.direction == lib.direction)
    best = func.row_number().over(
        partition_by=(lib.id, child.id), order_by=((own.name == lib.name).desc(), own.position, own.id)
    )
    whole_time = case((child.period_id == above.period_id, 1), else_=0)
    longest = func.max(whole_time).over(partition_by=(lib.id, child.unit_id))
    columns: tuple[Any, ...] = (child.unit_id, own.target, best.label("best"), whole_time.label("whole_time"))
    columns = (*columns, longest.label("longest"), case((_weak_is_small(lib), own.target), else_=-own.target).label("weak"))
    pairs = select(lib.id.label("lib"), *columns).join(above, above.id == lib.objective_id)
    pairs = pairs.join(tie, tie.parent_id == lib.objective_id).join(child, child.id == tie.child_id).join(own, same)
    pairs = pairs.where(lib.objective_id.in_(IDS), child.unit_id.is_not(None), child.state.in_(CARRIES), _compares(lib))
    pair = pairs.where(or_(own.name == lib.name, and_(alone, _adds(lib)))).subquery()
    place = func.row_number().over(partition_by=pair.c.lib, order_by=(pair.c.weak, pair.c.unit_id))
    strong = func.first_value(pair.c.target, type_=pair.c.target.type).over(
        partition_by=pair.c.lib, order_by=(pair.c.weak.desc(), pair.c.unit_id)
    )
    whole = func.sum(pair.c.target).over(partition_by=pair.c.lib, range_=(None, None))
    many = func.count().over(partition_by=pair.c.lib)
    each = (place.label("place"), whole.label("whole"), many.label("many"), strong.label("strong"))
    ranked = select(pair.c.lib, pair.c.unit_id, pair.c.target, *each)
    one = ranked.where(pair.c.best == 1, pair.c.whole_time == pair.c.longest).subquery()
    shown = (lib.id, lib.objective_id, lib.name, lib.unit, lib.target, lib.shape, lib.direction, Unit.name.label("name_of"))
    taken = (one.c.target.label("part"), one.c.whole.label("taken"), one.c.many, one.c.strong.label("best"))
    found: Select[Any] = select(*shown, *taken, _adds(lib).label("adds"), _rate(lib).label("rate"))
    found = found.outerjoin(one, and_(one.c.lib == lib.id, one.c.place <= TERMS)).outerjoin(Unit, Unit.id == one.c.unit_id)
    return found.where(lib.objective_id.in_(IDS), _compares(lib)).order_by(lib.objective_id, lib.position, lib.id, one.c.place)


def _compares(lib: Any) -> Any:
    """What has one figure that departments can set too: no band, no rating, no deduction, no milestones, no yes."""
    figure = lib.shape.in_((Shape.NUMBER, Shape.CURRENCY, Shape.PERCENT)), lib.direction != Direction.BAND
    return and_(*figure, or_(lib.rule.is_(None), lib.rule.not_in((Rule.JUDGED, Rule.DEDUCTION))))


def _rate(lib: Any) -> Any:
    """A share or a ratio: that of the whole lies between the lowest and the highest."""
    return or_(lib.shape == Shape.PERCENT, lib.unit.in_(("%", "％")), lib.aggregation == Aggregation.RATIO)


def _adds(lib: Any) -> Any:
    return and_(~_rate(lib), lib.direction == Direction.UP)


def _weak_is_small(lib: Any) -> Any:
    """Whether figures begin with the smallest: of what stands side by side and should rise."""
    return and_(_rate(lib), lib.direction == Direction.UP)


_CARRIED, ADDED = _carriers(), _added()  # made once: making them costs more than asking them


def by_department(ids: Collection[int], titles: dict[int, str]) -> list[Department]:
    """Departments directly below the company, each with what it and those below it carry of these. Three statements."""
    tops = _departments()
    known: dict[int, list[int]] = defaultdict(list)
    for unit, parent in db.session.execute(_pairs([i for i, _ in tops], ids)) if ids else ():
        known[unit].append(parent)
    asked = select(UnitLine.upper_id, func.count()).join(Claim, Claim.unit_id == UnitLine.lower_id)
    asked = asked.where(Claim.state == Claiming.ASKED, Claim.objective_id.in_(ids), UnitLine.upper_id.in_([i for i, _ in tops]))
    waiting = dict(db.session.execute(asked.group_by(UnitLine.upper_id)).all()) if ids else {}
    return [
        Department(i, name, tuple((parent, titles[parent]) for parent in known[i][:NAMED]), len(known[i]), waiting.get(i, 0))
        for i, name in tops
    ]


def _departments() -> list[tuple[int, str]]:
    """The company and what hangs directly below it."""
    deep = exists().where(UnitLine.lower_id == Unit.id, UnitLine.depth >= 2)
    placed = exists().where(UnitLine.lower_id == Unit.id)
    found = select(Unit.id, Unit.name).where(placed, ~deep).order_by(Unit.position, Unit.id).limit(100)
    return [(row.id, row.name) for row in db.session.execute(found)]


def _pairs(tops: Iterable[int], ids: Collection[int]) -> Select[Any]:
    child, tie = aliased(Objective), ObjectiveParent
    columns: tuple[Any, ...] = (UnitLine.upper_id, tie.parent_id)
    found: Select[Any] = select(*columns).select_from(tie).join(child, child.id == tie.child_id)
    found = found.join(UnitLine, UnitLine.lower_id == child.unit_id)
    found = found.where(tie.parent_id.in_(ids), child.state.in_(CARRIES), UnitLine.upper_id.in_(tops))
    return found.distinct().order_by(UnitLine.upper_id, tie.parent_id)


def claims_on(viewer: Viewer, objective_id: int, after: int = 0) -> Sequence[Any]:
    """(claim, department) of one company objective, as far as the viewer may see them."""
    seen = access.rows(Act.SEE_CLAIM, viewer, Claim, one=True)
    found = select(Claim, Unit.name).join(Unit, Unit.id == Claim.unit_id)
    found = found.where(Claim.objective_id == objective_id, Claim.state != Claiming.WITHDRAWN, Claim.id > after, seen)
    return db.session.execute(found.order_by(Claim.id).limit(shelf.PAGE + 1)).all()


def claims_of(unit_id: int, ids: Collection[int]) -> dict[int, Claim]:
    """{objective: a department's open claim of it}."""
    found = select(Claim).where(Claim.unit_id == unit_id, Claim.objective_id.in_(ids), Claim.state != Claiming.WITHDRAWN)
    return {claim.objective_id: claim for claim in db.session.scalars(found)} if ids else {}
