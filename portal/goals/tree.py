"""Reads of the goal tree: roots by theme, one level by keyset, the path from strategy to a goal, what filters find."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, func, not_, or_, select
from sqlalchemy.orm import aliased

from portal import clock
from portal.access import Viewer
from portal.db import db
from portal.directory.models import Person, Unit, UnitLine
from portal.goals import progress
from portal.goals.cards import Card, card, cards, patience, rows
from portal.goals.kinds import Health, Kind, Perspective
from portal.goals.models import Objective, ObjectiveParent, Theme
from portal.goals.rollup import chain_of
from portal.goals.states import State
from portal.numbers import half_up
from portal.periods.models import Period

PAGE = 50
ROOTS = 200
"""Company objectives are few; more than this is a sign that somebody mistook them for something else."""


@dataclass(frozen=True)
class Branch:
    """A theme with the company's objectives under it; its figures are their weighted means. `name` "" = without a theme."""

    id: int
    name: str
    perspective: Perspective | None
    nodes: tuple[Card, ...]

    @property
    def share(self) -> Decimal | None:
        """Progress, of the objectives that have any."""
        return progress.weighted_mean((node.weight, node.share) for node in self.nodes)

    @property
    def confidence(self) -> int | None:
        """The mean of their owners' views."""
        views = ((node.weight, None if node.confidence is None else Decimal(node.confidence)) for node in self.nodes)
        mean = progress.weighted_mean(views)
        return None if mean is None else int(half_up(mean, 0))

    @property
    def health(self) -> Health:
        """By the mean confidence; outdated only when everything below is."""
        if self.nodes and all(node.health is Health.STALE for node in self.nodes):
            return Health.STALE
        return progress.of_confidence(self.confidence)


@dataclass(frozen=True)
class Wish:
    """What the filters ask for; with any of them the tree becomes a list."""

    kind: Kind | None = None
    health: Health | None = None
    unit: int | None = None
    loose: bool = False  # only what supports nothing above

    def __bool__(self) -> bool:
        return any((self.kind, self.health, self.unit, self.loose))


@dataclass(frozen=True)
class Path:
    """From strategy down to a goal: the theme, the steps one may see, and whether one above them is hidden."""

    theme: Theme | None
    steps: tuple[Card, ...]
    hidden: bool
    others: tuple[Card, ...] = ()  # further parents beside the main path, each with a share of its own


def meeting(period_id: int) -> ColumnElement[bool]:
    """The goal's period holds the chosen one or lies in it: a quarter is read together with its year."""
    chosen = aliased(Period)

    def meets(period: Any) -> ColumnElement[bool]:
        holds = and_(period.begins <= chosen.begins, period.ends >= chosen.ends)
        return or_(holds, and_(period.begins >= chosen.begins, period.ends <= chosen.ends))

    other = aliased(Period)
    # Said twice: by the goal's period, and as a few numbers by which an index finds the goals. SQLite takes the one
    # where it knows how large its tables are, the other where it does not.
    here = select(chosen.id).where(chosen.id == period_id, meets(Period)).correlate(Period).exists()
    few = Objective.period_id.in_(select(other.id).join(chosen, meets(other)).where(chosen.id == period_id))
    return and_(here, few)


def roots(viewer: Viewer, period_id: int) -> list[Branch]:
    """Themes in their order with the company's objectives; last what has no theme. Two statements."""
    themes, found = themes_of(period_id), cards(top(viewer, period_id))
    under: dict[int | None, list[Card]] = defaultdict(list)
    for each in found:
        under[each.theme_id].append(each)
    named = [Branch(theme.id, theme.name, theme.perspective, tuple(under.pop(theme.id, ()))) for theme in themes]
    rest = tuple(each for several in under.values() for each in several)
    return [*named, Branch(0, "", None, rest)] if rest else named


def top(viewer: Viewer, period_id: int) -> Select[Any]:
    """The company's objectives and what stands directly under a theme."""
    o = Objective
    high = or_(o.theme_id.is_not(None), and_(o.person_id.is_(None), o.unit_id.is_(None)))
    return rows(viewer).where(o.level == 0, high, meeting(period_id)).order_by(o.weight.desc(), o.id).limit(ROOTS)


def level(viewer: Viewer, period_id: int, under: int, after: int = 0) -> list[Card]:
    """What is aligned to one goal, by keyset: one more than a page holds. Hidden and unknown parents have nothing below."""
    return cards(below(viewer, period_id, under, after))


def below(viewer: Viewer, period_id: int, under: int, after: int) -> Select[Any]:
    """One level as a query."""
    found = rows(viewer).join(ObjectiveParent, ObjectiveParent.child_id == Objective.id)
    found = found.where(ObjectiveParent.parent_id == under, Objective.id > after, meeting(period_id))
    return found.order_by(Objective.id).limit(PAGE + 1)


def matching(viewer: Viewer, period_id: int, wish: Wish, after: int = 0) -> list[Card]:
    """The goals of a period that the filters ask for, by keyset: one more than a page holds."""
    o = Objective
    found = rows(viewer).where(o.period_id == period_id, o.id > after)
    if wish.kind:
        found = found.where(o.kind == wish.kind)
    if wish.health:
        found = found.where(healthy(wish.health))
    if wish.loose:
        found = found.where(o.level == 0, o.theme_id.is_(None), or_(o.person_id.is_not(None), o.unit_id.is_not(None)))
    if wish.unit:
        found = found.where(in_unit(wish.unit))
    return cards(found.order_by(o.id).limit(PAGE + 1))


def in_unit(unit_id: int) -> ColumnElement[bool]:
    """Goals of a unit, of the units below it, and of everybody who works there today."""
    units = select(UnitLine.lower_id).where(UnitLine.upper_id == unit_id)
    people = select(Person.id).where(Person.unit_id.in_(units))
    return or_(Objective.unit_id.in_(units), Objective.person_id.in_(people))


def healthy(health: Health) -> ColumnElement[bool]:
    """`progress.health` as a condition of a query made from `rows`; a test holds both together."""
    o, on = Objective, clock.today() - timedelta(days=patience())
    cutoff = datetime.combine(on, time(), clock.zone())
    silent = and_(o.reported_at.is_(None), o.agreed_at < cutoff, Period.begins < on)
    stale = and_(o.state != State.CLOSED, func.coalesce(or_(o.reported_at < cutoff, silent), False))
    match health:
        case Health.CLOSED:
            return o.state == State.CLOSED
        case Health.STALE:
            return stale
        case Health.NEW:
            view: ColumnElement[bool] = or_(o.reported_at.is_(None), o.confidence.is_(None))
        case Health.GOOD:
            view = and_(o.reported_at.is_not(None), o.confidence >= progress.SURE)
        case Health.WARN:
            view = and_(o.reported_at.is_not(None), o.confidence >= progress.DOUBTFUL, o.confidence < progress.SURE)
        case Health.BAD:
            view = and_(o.reported_at.is_not(None), o.confidence < progress.DOUBTFUL)
    return and_(o.state != State.CLOSED, not_(stale), view)


def family(viewer: Viewer, objective_id: int, after: int = 0) -> tuple[Path | None, list[Card]]:
    """The path down to a goal, and the first level below it, in one statement; no path when it may not be seen."""
    every = db.session.execute(around(viewer, objective_id, after)).all()
    known = {row.id: card(row) for row in every}
    if objective_id not in known:
        return None, []
    theme_of = {row.id: row.Theme for row in every}
    parents: dict[int, list[int]] = defaultdict(list)
    for row in every:
        if row.parent_id:
            parents[row.id].append(row.parent_id)
    children = [known[i] for i in sorted(known) if objective_id in parents[i]]
    return _path(objective_id, known, parents, theme_of), children


def around(viewer: Viewer, objective_id: int, after: int) -> Select[Any]:
    """What stands above a goal and directly below it, a row for each tie upwards."""
    tie, up = ObjectiveParent, chain_of([objective_id])
    under = (
        select(tie.child_id).where(tie.parent_id == objective_id, tie.child_id > after).order_by(tie.child_id).limit(PAGE + 1)
    )
    inside = select(up.c.id).union_all(select(under.subquery().c.child_id))
    found: Select[Any] = rows(viewer).add_columns(Theme, tie.parent_id, tie.share.label("part"))
    found = found.outerjoin(Theme, Theme.id == Objective.theme_id).outerjoin(tie, tie.child_id == Objective.id)
    return found.where(Objective.id.in_(inside)).order_by(Objective.id, tie.share.desc(), tie.parent_id)


def _path(objective_id: int, known: dict[int, Card], parents: dict[int, list[int]], theme_of: dict[int, Theme | None]) -> Path:
    """Up by the largest share."""
    steps, at, hidden = [known[objective_id]], objective_id, False
    while above := parents[at]:
        seen = next((parent for parent in above if parent in known), None)
        if seen is None:
            hidden = True
            break
        at = seen
        steps.append(known[at])
    main = steps[1].id if len(steps) > 1 else None
    others = tuple(known[parent] for parent in parents[objective_id] if parent in known and parent != main)
    return Path(theme_of[at], tuple(reversed(steps)), hidden, others)


def themes_of(period_id: int) -> Sequence[Theme]:
    """The themes of a period and of those that hold it, in their order."""
    chosen = aliased(Period)
    told = select(Theme).join(chosen, chosen.id == period_id).join(Period, Period.id == Theme.period_id)
    told = told.where(Period.begins <= chosen.begins, Period.ends >= chosen.ends)
    return db.session.scalars(told.order_by(Theme.position, Theme.id)).all()


def departments() -> list[tuple[int, str]]:
    """The company and what hangs directly below it: the choice of the filter."""
    deep = exists().where(UnitLine.lower_id == Unit.id, UnitLine.depth >= 2)
    placed = exists().where(UnitLine.lower_id == Unit.id)
    found = select(Unit.id, Unit.name).where(placed, ~deep).order_by(Unit.position, Unit.id).limit(100)
    return [(row.id, row.name) for row in db.session.execute(found)]
