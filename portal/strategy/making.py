"""Making many goals in one go: rows instead of objects, with the same entries, codes and figures as one by one."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from sqlalchemy import bindparam, insert, update

from portal import journal
from portal.access import Viewer
from portal.db import db, refresh_statistics
from portal.goals.models import Measure, MeasurePart, Milestone, Objective, ObjectiveParent
from portal.goals.rollup import walk_up
from portal.goals.roots import place
from portal.goals.rows import NOT_COLUMNS
from portal.goals.states import State
from portal.periods.models import Period

AT_ONCE = 1_000
Step = Callable[[int, int], None]


def _silent(_done: int, _total: int) -> None:
    """Nobody waits for it."""


@dataclass(frozen=True)
class Drafted:
    """A goal to be made: columns of the objective, and of each measure with its milestones (name, weight, day)."""

    facts: Mapping[str, Any]
    measures: Sequence[Mapping[str, Any]]
    person_id: int | None = None
    unit_id: int | None = None
    accountable_id: int | None = None
    parent_id: int | None = None  # takes all of it


@dataclass(frozen=True)
class Made:
    """An objective as the object of an entry."""

    id: int
    person_id: int | None = None
    unit_id: int | None = None
    __tablename__: str = field(default="objective", init=False)


def draft(wanted: Sequence[Drafted], periods: Mapping[int, Period], by: Viewer, step: Step = _silent) -> list[int]:
    """Drafts in the order given; their ids. In the caller's transaction, which has seen to rights and open periods."""
    made: list[int] = []
    for start in range(0, len(wanted), AT_ONCE):
        some = wanted[start : start + AT_ONCE]
        ids = _ids(insert(Objective).returning(Objective.id, sort_by_parameter_order=True), [_objective(each) for each in some])
        _name(ids, some, periods)
        _measures([(i, row, n) for i, each in zip(ids, some, strict=True) for n, row in enumerate(each.measures)])
        _align([(i, each.parent_id) for i, each in zip(ids, some, strict=True) if each.parent_id])
        for i, each in zip(ids, some, strict=True):
            words = {"title": each.facts["title"]}
            journal.write("objective.created", Made(i, each.person_id, each.unit_id), by, now=State.DRAFT, words=words)
        made += ids
        step(len(made), len(wanted))
    if aligned := [i for i, each in zip(made, wanted, strict=True) if each.parent_id]:
        place(aligned)
    if parents := {each.parent_id for each in wanted if each.parent_id}:
        walk_up(*parents)
    if len(made) > AT_ONCE:
        refresh_statistics(Objective, Measure)
    return made


def _objective(each: Drafted) -> dict[str, Any]:
    whose = {"person_id": each.person_id, "unit_id": each.unit_id, "accountable_id": each.accountable_id}
    return {"code": str(uuid4()), **each.facts, **whose, "state": State.DRAFT}


def _name(ids: Sequence[int], some: Sequence[Drafted], periods: Mapping[int, Period]) -> None:
    """The code that stays for ever, as `operations.create` gives it."""
    table = Objective.metadata.tables["objective"]
    statement = update(table).where(table.c.id == bindparam("b_id")).values(code=bindparam("b_code"))
    rows = []
    for i, each in zip(ids, some, strict=True):
        letter = "P" if each.person_id else "D" if each.unit_id else "C"
        rows.append({"b_id": i, "b_code": f"{letter}{periods[each.facts['period_id']].begins:%y}-{i:04}"})
    db.session.connection().execute(statement, rows)


def _measures(rows: Sequence[tuple[int, Mapping[str, Any], int]]) -> None:
    if not rows:
        return
    named = [{"objective_id": i, "position": n, **{k: v for k, v in row.items() if k not in NOT_COLUMNS}} for i, row, n in rows]
    ids = _ids(insert(Measure).returning(Measure.id, sort_by_parameter_order=True), named)
    steps = [
        {"measure_id": i, "name": name, "weight": weight, "due": due, "position": n}
        for i, (_, row, _) in zip(ids, rows, strict=True)
        for n, (name, weight, due) in enumerate(row.get("milestones", ()))
    ]
    if steps:
        db.session.execute(insert(Milestone), steps)
    parts = [
        {"measure_id": i, "begins": begins, "target": target}
        for i, (_, row, _) in zip(ids, rows, strict=True)
        for begins, target in row.get("targets", {}).items()
    ]
    if parts:
        db.session.execute(insert(MeasurePart), parts)


def _align(ties: Sequence[tuple[int, int | None]]) -> None:
    if ties:
        rows = [{"child_id": child, "parent_id": parent, "share": 10_000} for child, parent in ties]
        db.session.execute(insert(ObjectiveParent), rows)


def _ids(statement: Any, rows: Sequence[Mapping[str, Any]]) -> list[int]:
    found: Iterator[int] = db.session.scalars(statement, list(rows))
    return list(found)
