"""The scorecard of a department (S3): its goals and those it shares, by perspective, each at its own weight, with the trend.

The company's own goals are nobody else's: they stand on the card of the department nothing hangs above.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import dropwhile
from typing import Any

from sqlalchemy import ColumnElement, Integer, Select, and_, bindparam, func, select, union
from sqlalchemy.orm import aliased

from portal import access
from portal.access import Viewer
from portal.db import db
from portal.directory.models import UnitLine
from portal.goals import progress
from portal.goals.cards import Card, measured, rows, with_measures
from portal.goals.kinds import Kind, Perspective
from portal.goals.models import Contribution, Objective, Theme
from portal.goals.states import Part, State
from portal.periods.models import Period

MOST = 60
"""Goals of a department in one period; nobody steers by more."""
TREND = 6
COUNTED = (State.AGREED, State.CLOSED)


@dataclass(frozen=True)
class Item:
    """One goal of the card; `shared`: another department answers for it, and this one confirmed its part."""

    card: Card
    weight: int
    result: Decimal | None
    shared: bool = False
    stated: int | None = None
    what: str = ""


@dataclass(frozen=True)
class Group:
    """The goals of one perspective; None for those that name none."""

    perspective: Perspective | None
    items: tuple[Item, ...]

    @property
    def weight(self) -> int:
        """What they weigh together."""
        return sum(item.weight for item in self.items)

    @property
    def result(self) -> Decimal | None:
        """Their weighted mean, of those with data."""
        return mean(self.items)


@dataclass(frozen=True)
class Scorecard:
    """What a department reached in a period, as far as this viewer sees it."""

    groups: tuple[Group, ...]

    @property
    def items(self) -> list[Item]:
        """All of them."""
        return [item for group in self.groups for item in group.items]

    @property
    def weight(self) -> int:
        """What they weigh together: 10,000 where the department's weights are complete."""
        return sum(item.weight for item in self.items)

    @property
    def result(self) -> Decimal | None:
        """The weighted mean of everything with data."""
        return mean(self.items)

    @property
    def silent(self) -> int:
        """Basis points without data: they are left out of the mean, and that is said."""
        return sum(item.weight for item in self.items if item.result is None)


def mean(items: Iterable[Item]) -> Decimal | None:
    """The weighted mean of results; equal weights where none are given."""
    return progress.weighted_mean((item.weight, item.result) for item in items)


def result_of(kind: Kind, score: Decimal | None, share: Decimal | None) -> Decimal | None:
    """What counts of a goal: its score once it is closed (a KPI's 100 points are 1), before that its progress."""
    if score is None:
        return share
    return score / 100 if kind is Kind.KPI else score


def of(viewer: Viewer, unit_id: int, period_id: int) -> Scorecard:
    """The card of a period. Two statements."""
    told = {row.id: row for row in db.session.execute(_OF_ONE, {"unit": unit_id, "period": period_id})}
    if not told:
        return Scorecard(())
    groups: dict[Perspective | None, list[Item]] = defaultdict(list)
    for card in with_measures(*_shown(viewer, ids=list(told))):
        row = told[card.id]
        groups[row.perspective].append(_item(card, row))
    inside = [(each, groups[each]) for each in (*Perspective, None) if each in groups]
    return Scorecard(tuple(Group(each, tuple(items)) for each, items in inside))


@access.prepared
def _shown(viewer: Viewer) -> Select[Any]:
    found = rows(viewer).where(Objective.id.in_(bindparam("ids", expanding=True)))
    return measured(viewer, found, [Objective.weight.desc(), Objective.id], MOST)


def _item(card: Card, row: Any) -> Item:
    result = result_of(row.kind, row.score, row.rolled_progress)
    return Item(card, _weight(row), result, row.part is not None, row.stated, row.what or "")


def _weight(row: Any) -> int:
    return int(row.part if row.part is not None else row.weight)


def _facts(these: Callable[[Any], ColumnElement[bool]]) -> Select[Any]:
    """The goals the `unit` answers for in a period, and those in which it confirmed a part: what is counted of each."""
    unit_id: Any = bindparam("unit", type_=Integer)
    o, c, top, own, above = Objective, Contribution, aliased(Objective), aliased(Theme), aliased(Theme)
    perspective = func.coalesce(o.perspective, own.perspective, top.perspective, above.perspective).label("perspective")
    columns: list[Any] = [o.id, o.kind, o.score, o.rolled_progress, o.weight, o.period_id, perspective, c.stated, c.what]
    mine = and_(c.objective_id == o.id, c.unit_id == unit_id, c.state == Part.CONFIRMED)
    found = select(*columns, c.weight.label("part")).outerjoin(c, mine).outerjoin(own, own.id == o.theme_id)
    found = found.outerjoin(top, top.id == o.root_id).outerjoin(above, above.id == top.theme_id)
    one = aliased(o)
    shares = select(c.objective_id).where(c.unit_id == unit_id, c.state == Part.CONFIRMED)
    company = one.person_id.is_(None), one.unit_id.is_(None), _is_top(unit_id)
    theirs = union(  # not an OR: each of them by its index
        select(one.id).where(one.unit_id == unit_id, these(one)),
        shares,
        select(one.id).where(*company, these(one)),
    )
    return found.where(o.id.in_(theirs), o.state.in_(COUNTED), these(o))


def _is_top(unit_id: Any) -> ColumnElement[bool]:
    """Nothing hangs above it, and it is there today."""
    line = select(UnitLine.upper_id).where(UnitLine.lower_id == unit_id)
    return and_(line.where(UnitLine.depth == 0).exists(), ~line.where(UnitLine.depth > 0).exists())


# made once, as these: its tables under other names cost more than asking
_OF_ONE = _facts(lambda goal: goal.period_id == bindparam("period"))
_OF_SEVERAL = _facts(lambda goal: goal.period_id.in_(bindparam("periods", expanding=True)))


def filled(unit_id: int, period: Period, every: Iterable[Period]) -> list[Period]:
    """Of the periods that share days with one, the others in which something stands on the card. One statement."""
    beside = [each for each in every if each.id != period.id and each.begins < period.ends and each.ends > period.begins]
    rows = db.session.execute(_OF_SEVERAL, {"unit": unit_id, "periods": [each.id for each in beside]})
    known = {row.period_id for row in rows}
    return [each for each in beside if each.id in known]


def counted(unit_id: int, period_id: int) -> Sequence[tuple[int, int, Decimal | None]]:
    """Goal, weight and result of everything that counts, whoever looks."""
    found = sorted(db.session.execute(_OF_ONE, {"unit": unit_id, "period": period_id}), key=lambda row: int(row.id))
    return [(row.id, _weight(row), result_of(row.kind, row.score, row.rolled_progress)) for row in found]


def trend(unit_id: int, period: Period, every: Iterable[Period]) -> Sequence[tuple[str, Decimal | None]]:
    """The result of this period and of those of its kind before it, the oldest first. One statement."""
    earlier = [each for each in every if each.kind is period.kind and each.begins <= period.begins]
    periods = sorted(earlier, key=lambda each: each.begins)[-TREND:]
    parts: dict[int, list[tuple[int, Decimal | None]]] = defaultdict(list)
    for row in db.session.execute(_OF_SEVERAL, {"unit": unit_id, "periods": [each.id for each in periods]}):
        parts[row.period_id].append((_weight(row), result_of(row.kind, row.score, row.rolled_progress)))
    course = [(each.name, progress.weighted_mean(parts.get(each.id, ()))) for each in periods]
    return list(dropwhile(lambda told: told[1] is None, course))  # before the first figure there is nothing to see
