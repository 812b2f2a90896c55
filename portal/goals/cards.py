"""Goals in lists (boards, tree, home): plain rows in one or two statements, never one more for another goal."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

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


@dataclass(frozen=True)
class KeyResult:
    """A measure in a list."""

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
    share: Decimal | None
    steps: int  # milestones, and how many of them are done
    steps_done: int
    veto: bool
    rule: Rule | None
    aggregation: Aggregation
    split: Split

    @property
    def in_parts(self) -> bool:
        """Whether its parts are reported, not the figure they make."""
        return in_parts(self.aggregation, self.split)


@dataclass(frozen=True)
class Card:
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


def _rows() -> Select[Any]:
    o, owner = Objective, Person
    facts = (o.id, o.code, o.title, o.kind, o.state, o.weight, o.rolled_progress, o.confidence, o.reported_at, o.agreed_at)
    place = (o.person_id, o.unit_id, o.children, o.level, o.theme_id, o.duty, o.period_id)
    names = (owner.id.label("owner_id"), owner.name.label("owner"), Unit.name.label("unit"), Period.name.label("period"))
    columns: list[Any] = [*facts, *place, *names, Period.begins, Period.ends, _shared()]
    found: Select[Any] = select(*columns).join(Period, Period.id == o.period_id).outerjoin(Unit, Unit.id == o.unit_id)
    found = found.outerjoin(owner, owner.id == func.coalesce(o.person_id, o.accountable_id))
    return found.where(o.state != State.WITHDRAWN)


def _shared() -> Any:
    """The names of the departments that confirmed a part, of a department's goal alone."""
    other, c = aliased(Unit), Contribution
    named = select(func.aggregate_strings(other.name, "\n")).join(c, c.unit_id == other.id)
    named = named.where(c.objective_id == Objective.id, c.state == Part.CONFIRMED).correlate(Objective)
    return case((Objective.unit_id.is_not(None), named.scalar_subquery())).label("shared")


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
    made: dict[int, tuple[Card, list[KeyResult]]] = {}
    for row in db.session.execute(found, values):
        if row.id not in made:
            made[row.id] = (replace(card(row), may_record=bool(row.may_record)), [])
        if row.m_id:
            made[row.id][1].append(_key_result(row))
    return [replace(each, measures=tuple(results)) for each, results in made.values()]


def one(viewer: Viewer, objective_id: int) -> Card | None:
    """One goal's card, if it may be seen."""
    found = with_measures(*_one(viewer, id=objective_id))
    return found[0] if found else None


@access.prepared
def _one(viewer: Viewer) -> Select[Any]:
    return measured(viewer, rows(viewer).where(Objective.id == bindparam("id")), [Objective.id], 1)


def card(row: Any) -> Card:
    """One row of `rows`, judged by today."""
    today = clock.today()
    begins, ends = row.begins, row.ends
    days = Decimal((today - begins).days + 1)
    return Card(
        id=row.id,
        code=row.code,
        title=row.title,
        kind=row.kind,
        state=row.state,
        place="person" if row.person_id else "unit" if row.unit_id else "company",
        owner=row.owner or row.unit or "",
        owner_id=row.owner_id,
        unit=row.unit or "",
        weight=row.weight,
        share=row.rolled_progress,
        confidence=row.confidence,
        reported_at=row.reported_at,
        children=row.children,
        level=row.level,
        theme_id=row.theme_id,
        duty=row.duty,
        shared=listed(sorted(row.shared.split("\n"))) if row.shared else "",
        period_id=row.period_id,
        period=row.period,
        elapsed=min(max(days / (ends - begins).days, Decimal(0)), Decimal(1)),
        health=_health(row, today),
        closed=row.state is State.CLOSED,
    )


def patience() -> int:
    """Days without an update after which a goal is outdated: the rhythm and the days of grace."""
    return settings.number("rhythm_days") + settings.number("stale_grace_days")


def _health(row: Any, today: date) -> Health:
    return progress.health(
        closed=row.state is State.CLOSED,
        agreed=local(row.agreed_at) if row.agreed_at else None,
        begins=row.begins,
        reported=local(row.reported_at) if row.reported_at else None,
        confidence=row.confidence,
        today=today,
        patience=patience(),
    )


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
    m = Measure
    told = (m.id, m.name, m.shape, m.direction, m.unit, m.baseline, m.target, m.low, m.high, m.current, m.confidence, m.veto)
    kept: tuple[Any, ...] = (*told, m.rule, m.aggregation, m.split)
    return *(column.label(f"m_{column.key}") for column in kept), *milestone_sums()


_RESULTS = _results()


def share_of(row: Any, mark: str = "") -> Decimal | None:
    """The clamped progress of a row with the facts of a measure (their names after `mark`) and its `milestone_sums`."""
    shape, direction, *figures = (
        getattr(row, mark + name) for name in ("shape", "direction", "baseline", "target", "low", "high")
    )
    done = row.done or 0
    steps = ((done, True), (row.steps - done, False)) if row.steps else ()
    return progress.clamped(progress.raw(progress.Course(shape, direction, *figures), getattr(row, f"{mark}current"), steps))


def _key_result(row: Any) -> KeyResult:
    return KeyResult(
        id=row.m_id,
        name=row.m_name,
        shape=row.m_shape,
        direction=row.m_direction,
        unit=row.m_unit,
        baseline=row.m_baseline,
        target=row.m_target,
        low=row.m_low,
        high=row.m_high,
        current=row.m_current,
        confidence=row.m_confidence,
        share=share_of(row, "m_"),
        steps=row.many or 0,
        steps_done=row.many_done or 0,
        veto=row.m_veto,
        rule=row.m_rule,
        aggregation=row.m_aggregation,
        split=row.m_split,
    )


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
