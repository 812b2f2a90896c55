"""Measures written from the rows of a form: columns, milestones by name, the parts of the period."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import delete

from portal.db import db
from portal.goals import parts as partly
from portal.goals.kinds import Rule
from portal.goals.models import Measure, MeasurePart, Milestone, Objective
from portal.goals.wording import Row
from portal.words import N_
from portal.workflow import Refused

NOT_COLUMNS = frozenset({"id", "mark", "milestones", "targets"})


def replace(objective: Objective, rows: Sequence[Row]) -> list[Measure]:
    """The objective's measures as these rows say, in their order. Raises Refused: one with reported values taken away."""
    known = {measure.id: measure for measure in objective.measures}
    kept = [write(known.pop(row["id"]) if row.get("id") in known else Measure(), row, n) for n, row in enumerate(rows)]
    if any(measure.current is not None for measure in known.values()):
        raise Refused(N_("A measure with reported values cannot be taken away; lower its weight instead."))
    for gone in known.values():
        db.session.execute(delete(Milestone).where(Milestone.measure_id == gone.id))
        db.session.execute(delete(MeasurePart).where(MeasurePart.measure_id == gone.id))
        objective.measures.remove(gone)
        db.session.delete(gone)
    for measure in kept:
        if measure not in objective.measures:
            objective.measures.append(measure)
    return kept


def write(measure: Measure, row: Row, position: int) -> Measure:
    """One measure as its row says."""
    if row.get("rule") is Rule.JUDGED and measure.rule is not Rule.JUDGED:
        measure.current = None  # what its owner reported is no rating; it stays in the history
    for name, value in row.items():
        if name not in NOT_COLUMNS:
            setattr(measure, name, value)
    measure.position = position
    steps = {step.name: step for step in measure.milestones}
    measure.milestones = []
    for n, (name, weight, due) in enumerate(row.get("milestones", ())):
        step = steps.pop(name, None) or Milestone(name=name)
        step.weight, step.due, step.position = weight, due, n
        measure.milestones.append(step)
    if "targets" in row:
        _split(measure, row["targets"])
    return measure


def _split(measure: Measure, targets: Mapping[date, Decimal | None]) -> None:
    """The parts as the form says them; one with a result stays, or what was reported would be gone."""
    known = {part.begins: part for part in measure.parts}
    wanted = targets if partly.in_parts(measure.aggregation, measure.split) else {}
    if any(part.value is not None for begins, part in known.items() if begins not in wanted):
        raise Refused(N_("Parts with reported values cannot be taken away: keep how it is reported."))
    for begins, part in known.items():
        if begins not in wanted:
            measure.parts.remove(part)
    for begins, target in wanted.items():
        part = known.get(begins) or MeasurePart(begins=begins)
        part.target = target
        if begins not in known:
            measure.parts.append(part)
    if known and measure.parts and measure.current is not None:
        measure.current = measure.together  # put together in another way


def figures_of(measure: Any, names: Sequence[str]) -> dict[str, Any]:
    """Some columns of a measure as they stand."""
    return {name: getattr(measure, name) for name in names}
