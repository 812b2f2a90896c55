"""Goals in lists (boards, tree, home): plain rows in one or two statements, never one more for another goal."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from itertools import groupby
from operator import attrgetter
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, bindparam, case, func, select
from sqlalchemy.orm import aliased

from portal import access, clock
from portal.access import Act, Viewer
from portal.db import db
from portal.directory.models import Person, Unit
from portal.formats import listed, local
from portal.goals import progress
from portal.goals.kinds import Aggregation, Direction, Health, Kind, Rule, Shape, Split
from portal.goals.models import Contribution, Measure, Milestone, Objective
from portal.goals.parts import in_parts
from portal.goals.states import Part, State
from portal.periods.models import Period
from portal.settings import queries as settings

PAGE = 50
"""Goals of a level or of a list that are shown at once."""


class KeyResult(NamedTuple):
    """A measure in a list. A tuple, as `Card` is: a board makes hundreds, and a dataclass takes several times as long."""

    id: int
    name: str
    shape: Shape
    direction: Direction
    unit: str
    baseline: Decimal
    target: Decimal
    low: Decimal | None
    high: Decimal | None
    current: Decimal | None
    confidence: int | None
    veto: bool
    rule: Rule | None
    aggregation: Aggregation
    split: Split
    share: Decimal | None = None
    steps: int = 0  # milestones, and how many of them are done
    steps_done: int = 0

    @property
    def in_parts(self) -> bool:
        """Whether its parts are reported, not the figure they make."""
        return in_parts(self.aggregation, self.split)


class Card(NamedTuple):
    """An objective in a list. `place`: whose it is (company, unit, person); `owner`: who answers for it."""

    id: int
    code: str
    title: str
    kind: Kind
    state: State
    place: str
    owner: str
    owner_id: int | None
    unit: str
    weight: int
    share: Decimal | None
    confidence: int | None
    reported_at: datetime | None
    children: int
    level: int
    theme_id: int | None
    duty: bool
    shared: str  # the departments that carry it too
    period_id: int
    period: str
    elapsed: Decimal
    health: Health
    closed: bool
    may_record: bool = False
    measures: tuple[KeyResult, ...] = ()
    lately: str = ""  # what was said with the newest report, where a board asks for it

    @property
    def aligned(self) -> bool:
        """Whether it supports something above, or is an everyday duty; only what stands below the company should."""
        return self.level > 0 or self.theme_id is not None or self.place == "company" or self.duty

    def may_update(self, viewer_id: int) -> bool:
        """Whether there is something this viewer may report; what is judged, its owner may not."""
        return self.may_record and any(each.rule is not Rule.JUDGED or self.owner_id != viewer_id for each in self.measures)


def rows(viewer: Viewer) -> Select[Any]:
    """Every goal this viewer may see and that was not withdrawn, as columns of `card`."""
    return _ROWS.where(access.rows(Act.SEE_OBJECTIVE, viewer, Objective))


def _columns() -> list[Any]:
    """What `card` reads, in its order."""
    o, owner = Objective, Person
    facts = (o.id, o.code, o.title, o.kind, o.state, o.weight, o.rolled_progress, o.confidence, o.reported_at, o.agreed_at)
    place = (o.person_id, o.unit_id, o.children, o.level, o.theme_id, o.duty, o.period_id)
    names = (owner.id.label("owner_id"), owner.name.label("owner"), Unit.name.label("unit"), Period.name.label("period"))
    return [*facts, *place, *names, Period.begins, Period.ends, _shared()]


def _rows() -> Select[Any]:
    o, owner = Objective, Person
    found: Select[Any] = select(*_COLUMNS).join(Period, Period.id == o.period_id).outerjoin(Unit, Unit.id == o.unit_id)
    found = found.outerjoin(owner, owner.id == func.coalesce(o.person_id, o.accountable_id))
    return found.where(o.state != State.WITHDRAWN)


def _shared() -> Any:
    """The names of the departments that confirmed a part, of a department's goal alone."""
    other, c = aliased(Unit), Contribution
    named = select(func.aggregate_strings(other.name, "\n")).join(c, c.unit_id == other.id)
    named = named.where(c.objective_id == Objective.id, c.state == Part.CONFIRMED).correlate(Objective)
    return case((Objective.unit_id.is_not(None), named.scalar_subquery())).label("shared")


_COLUMNS = _columns()
_ROWS = _rows()  # made once: making the columns costs more than asking for them


def cards(found: Select[Any], values: Mapping[str, Any] | None = None) -> list[Card]:
    """The goals of a query made from `rows`."""
    return [card(row) for row in db.session.execute(found, values)]


def measured(viewer: Viewer, found: Select[Any], order: Sequence[Any], limit: int) -> Select[Any]:
    """A query made from `rows` with the measures of each goal, and whether the viewer may report them: for `with_measures`."""
    place = func.row_number().over(order_by=order).label("place")
    may = access.rows(Act.RECORD_VALUE, viewer, Objective).label("may_record")
    inner = found.add_columns(place, may).order_by(*order).limit(limit).subquery()
    every: Select[Any] = select(inner, *_RESULTS).outerjoin(Measure, Measure.objective_id == inner.c.id)
    return every.order_by(inner.c.place, Measure.position, Measure.id)


def with_measures(found: Select[Any], values: Mapping[str, Any] | None = None) -> list[Card]:
    """The goals of a query made by `measured`, with their measures. One statement."""
    each = groupby(db.session.execute(found, values), attrgetter("id"))
    return [_with_measures(list(lines)) for _id, lines in each]


def _with_measures(lines: Sequence[Any]) -> Card:
    first = lines[0]
    results = tuple(_key_result(line) for line in lines if line.m_id)
    return card(first, may_record=bool(first.may_record), measures=results)


def one(viewer: Viewer, objective_id: int) -> Card | None:
    """One goal's card, if it may be seen."""
    found = with_measures(*_one(viewer, id=objective_id))
    return found[0] if found else None


@access.prepared
def _one(viewer: Viewer) -> Select[Any]:
    return measured(viewer, rows(viewer).where(Objective.id == bindparam("id")), [Objective.id], 1)


def card(row: Any, *, may_record: bool = False, measures: tuple[KeyResult, ...] = ()) -> Card:
    """One row of `rows`, judged by today."""
    goal, code, title, kind, state, weight, share, confidence, reported, agreed, *more = row[: len(_COLUMNS)]
    person, of_unit, children, level, theme, duty, period_id, owner_id, owner, unit, period, begins, ends, shared = more
    today, closed = clock.today(), state is State.CLOSED
    return Card(
        id=goal,
        code=code,
        title=title,
        kind=kind,
        state=state,
        place="person" if person else "unit" if of_unit else "company",
        owner=owner or unit or "",
        owner_id=owner_id,
        unit=unit or "",
        weight=weight,
        share=share,
        confidence=confidence,
        reported_at=reported,
        children=children,
        level=level,
        theme_id=theme,
        duty=duty,
        shared=listed(sorted(shared.split("\n"))) if shared else "",
        period_id=period_id,
        period=period,
        elapsed=_elapsed(begins, ends, today),
        health=progress.health(
            closed=closed,
            agreed=local(agreed) if agreed and not reported else None,
            begins=begins,
            reported=local(reported) if reported else None,
            confidence=confidence,
            today=today,
            patience=patience(),
        ),
        closed=closed,
        may_record=may_record,
        measures=measures,
    )


@lru_cache(maxsize=100)  # there are few periods
def _elapsed(begins: date, ends: date, today: date) -> Decimal:
    gone = Decimal((today - begins).days + 1) / (ends - begins).days
    return min(max(gone, Decimal(0)), Decimal(1))


def patience() -> int:
    """Days without an update after which a goal is outdated: the rhythm and the days of grace."""
    return settings.number("rhythm_days") + settings.number("stale_grace_days")


def milestone_sums() -> Iterable[ColumnElement[Any]]:
    """Of a measure that counts milestones: weight of all and of the done ones, number of all and of the done ones."""
    stepwise, theirs = Measure.shape == Shape.MILESTONES, Milestone.measure_id == Measure.id
    done = Milestone.done_on.is_not(None)
    for name, what, which in (
        ("steps", func.sum(Milestone.weight), theirs),
        ("done", func.sum(Milestone.weight), theirs & done),
        ("many", func.count(), theirs),
        ("many_done", func.count(), theirs & done),
    ):
        yield case((stepwise, select(what).where(which).correlate(Measure).scalar_subquery())).label(name)


def _results() -> tuple[ColumnElement[Any], ...]:
    """The columns of a `KeyResult`, in the order of its fields; the rest is `milestone_sums`."""
    m = Measure
    told = (m.id, m.name, m.shape, m.direction, m.unit, m.baseline, m.target, m.low, m.high, m.current, m.confidence, m.veto)
    kept: tuple[Any, ...] = (*told, m.rule, m.aggregation, m.split)
    return *(column.label(f"m_{column.key}") for column in kept), *milestone_sums()


_RESULTS = _results()


def share_of(measure: Any, steps: int | None, done: int | None) -> Decimal | None:
    """The clamped progress of whatever has the facts of a measure, with the first two of its `milestone_sums`."""
    course = progress.Course(measure.shape, measure.direction, measure.baseline, measure.target, measure.low, measure.high)
    return _share(course, measure.current, steps, done)


def _share(course: progress.Course, current: Decimal | None, steps: int | None, done: int | None) -> Decimal | None:
    reached = done or 0
    parts = ((reached, True), (steps - reached, False)) if steps else ()
    return progress.clamped(progress.raw(course, current, parts))


def _key_result(row: Any) -> KeyResult:
    *facts, steps, done, many, many_done = row[-len(_RESULTS) :]
    _id, _name, shape, direction, _unit, baseline, target, low, high, current, *_ = facts
    share = _share(progress.Course(shape, direction, baseline, target, low, high), current, steps, done)
    return KeyResult._make((*facts, share, many or 0, many_done or 0))


def results_of(measures: Iterable[Measure]) -> tuple[KeyResult, ...]:
    """The same from loaded measures."""
    return tuple(
        KeyResult(
            **{name: getattr(each, name) for name in ("id", "name", "shape", "direction", "unit", "baseline", "target")},
            **{name: getattr(each, name) for name in ("low", "high", "current", "confidence", "veto")},
            **{name: getattr(each, name) for name in ("rule", "aggregation", "split")},
            share=each.progress,
            steps=len(each.milestones),
            steps_done=sum(step.done_on is not None for step in each.milestones),
        )
        for each in measures
    )
