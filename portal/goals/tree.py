"""Reads of the goal tree: roots by theme, one level by keyset, a whole subtree, the path from strategy to a goal."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import Integer, Select, and_, bindparam, or_, select
from sqlalchemy.orm import aliased

from portal import access
from portal.access import Act, Viewer
from portal.db import db
from portal.goals import progress
from portal.goals.cards import PAGE, Card, card, cards, rows
from portal.goals.kinds import Health, Perspective
from portal.goals.models import Objective, ObjectiveParent, Theme
from portal.goals.narrowing import Wish, meeting
from portal.goals.rollup import chain_of
from portal.goals.states import State
from portal.numbers import half_up
from portal.periods.models import Period

MOST = 300
"""Goals of a subtree that are shown at once."""
PERIOD: Any = bindparam("period", type_=Integer)
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
class Path:
    """From strategy down to a goal: the theme, the steps one may see, and whether one above them is hidden."""

    theme: Theme | None
    steps: tuple[Card, ...]
    hidden: bool
    others: tuple[Card, ...] = ()  # further parents beside the main path, each with a share of its own


@dataclass(frozen=True)
class Subtree:
    """What stands below each goal; `more`: there is more than is shown at once."""

    below: Mapping[int, Sequence[Card]]
    more: bool = False


def roots(viewer: Viewer, period_id: int, themes: Sequence[Theme], wish: Wish | None = None) -> list[Branch]:
    """Themes in their order with the company's objectives; last what has no theme. One statement.

    Where a theme or a perspective is asked for, only the branches of that one.
    """
    found = cards(*top(viewer, period=period_id))
    under: dict[int | None, list[Card]] = defaultdict(list)
    for each in found:
        under[each.theme_id].append(each)
    kept = [theme for theme in themes if theme.retired_at is None or theme.id in under]
    named = [Branch(theme.id, theme.name, theme.perspective, tuple(under.pop(theme.id, ()))) for theme in kept]
    rest = tuple(each for several in under.values() for each in several)
    every = [*named, Branch(0, "", None, rest)] if rest else named
    if wish is None:
        return every
    return [each for each in every if wish.theme in (None, each.id) and wish.perspective in (None, each.perspective)]


@access.prepared
def top(viewer: Viewer) -> Select[Any]:
    """The company's objectives and what stands directly under a theme."""
    o = Objective
    high = or_(o.theme_id.is_not(None), and_(o.person_id.is_(None), o.unit_id.is_(None)))
    return rows(viewer).where(o.level == 0, high, meeting(PERIOD)).order_by(o.weight.desc(), o.id).limit(ROOTS)


def level(viewer: Viewer, period_id: int, under: int, after: int = 0) -> list[Card]:
    """What is aligned to one goal, by keyset: one more than a page holds. Hidden and unknown parents have nothing below."""
    return cards(*below(viewer, period=period_id, under=under, after=after))


@access.prepared
def below(viewer: Viewer) -> Select[Any]:
    tie, o = ObjectiveParent, Objective
    found = rows(viewer).join(tie, tie.child_id == o.id)
    found = found.where(tie.parent_id == bindparam("under"), o.id > bindparam("after"), meeting(PERIOD))
    return found.order_by(o.id).limit(PAGE + 1)


def subtree(viewer: Viewer, period_id: int, tops: Sequence[int], most: int = MOST) -> Subtree:
    """Everything below some goals that may be seen and reached level by level. Two statements, whatever the depth."""
    edges = db.session.execute(*descent(viewer, period=period_id, tops=tops, most=most + 1)).all()
    ids = {row.child_id for row in edges[:most]}
    known = {each.id: each for each in cards(*_named(viewer, ids=list(ids)))} if ids else {}
    below: dict[int, list[Card]] = defaultdict(list)
    for row in sorted(edges[:most], key=lambda row: row.child_id):
        if row.child_id in known:
            below[row.parent_id].append(known[row.child_id])
    return Subtree(dict(below), len(edges) > most)


@access.prepared
def _named(viewer: Viewer) -> Select[Any]:
    return rows(viewer).where(Objective.id.in_(bindparam("ids", expanding=True)))


@access.prepared
def descent(viewer: Viewer) -> Select[Any]:
    """The ties below some goals, the nearest level first; below what one may not see nothing is reached."""
    tie, o = ObjectiveParent, Objective
    seen = and_(access.rows(Act.SEE_OBJECTIVE, viewer, o), meeting(PERIOD), o.state != State.WITHDRAWN)
    step = select(tie.parent_id, tie.child_id).join(o, o.id == tie.child_id).join(Period, Period.id == o.period_id).where(seen)
    first = step.where(tie.parent_id.in_(bindparam("tops", expanding=True))).cte("descent", recursive=True)
    every = first.union(step.where(tie.parent_id == first.c.child_id))
    found: Select[Any] = select(every.c.parent_id, every.c.child_id)
    return found.limit(bindparam("most", type_=Integer))


def family(viewer: Viewer, objective_id: int, after: int = 0) -> tuple[Path | None, list[Card]]:
    """The path down to a goal, and the first level below it, in one statement; no path when it may not be seen."""
    every = db.session.execute(*around(viewer, id=objective_id, after=after)).all()
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


@access.prepared
def around(viewer: Viewer) -> Select[Any]:
    """What stands above a goal and directly below it, a row for each tie upwards."""
    one: Any = bindparam("id", type_=Integer)
    tie, up = ObjectiveParent, chain_of([one])
    under = select(tie.child_id).where(tie.parent_id == one, tie.child_id > bindparam("after"))
    under = under.order_by(tie.child_id).limit(PAGE + 1)
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
    return db.session.scalars(_THEMES, {"period": period_id}).all()


def _themes() -> Select[Theme]:
    chosen = aliased(Period)
    told = select(Theme).join(chosen, chosen.id == PERIOD).join(Period, Period.id == Theme.period_id)
    told = told.where(Period.begins <= chosen.begins, Period.ends >= chosen.ends)
    return told.order_by(Theme.position, Theme.id)


_THEMES = _themes()  # made once: making it costs more than asking it
