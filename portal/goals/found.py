"""Goals and lessons in the index: what stands in it, who may see it, how a hit is shown."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from flask import url_for
from sqlalchemy import ColumnElement, Select, bindparam, or_, select

from portal import access, formats, search
from portal.access import Act, Viewer
from portal.access.switches import enabled
from portal.db import db
from portal.directory.models import Person, Unit
from portal.goals import names
from portal.goals.models import Measure, Objective
from portal.goals.states import State
from portal.i18n import gettext as _
from portal.periods.models import Period
from portal.search import Group, Kind, Row, Source, Watched, Words
from portal.words import N_


def register() -> None:
    """Called once by create_app."""
    goal = {
        Objective: Watched(frozenset({"title", "why", "code"})),
        Measure: Watched(frozenset({"name", "objective_id"}), lambda measure: measure.objective_id),
    }
    search.describe(Source(Kind.GOAL, Objective, _goals, goal))
    search.describe(Source(Kind.LESSON, Objective, _lessons, {Objective: Watched(frozenset({"outcome", "lessons"}))}))
    common: dict[str, Any] = {"model": Objective, "seen": _seen, "on": lambda: enabled("goals")}
    search.show(Group(Kind.GOAL, N_("Goals"), "target", rows=_goal_rows, **common))
    search.show(Group(Kind.LESSON, N_("Lessons"), "history", rows=_lesson_rows, **common))


def _goals(ids: Sequence[int]) -> Mapping[int, Words]:
    found = select(Objective.id, Objective.title, Objective.code, Objective.why).where(Objective.id.in_(ids))
    texts = {row.id: [*row[1:]] for row in db.session.execute(found)}
    measures = select(Measure.objective_id, Measure.name).where(Measure.objective_id.in_(ids))
    for owner, name in db.session.execute(measures.order_by(Measure.objective_id, Measure.position, Measure.id)):
        texts[owner].append(name)
    return {one: Words(every) for one, every in texts.items()}


def _lessons(ids: Sequence[int]) -> Mapping[int, Words]:
    said = or_(Objective.outcome != "", Objective.lessons != "")
    found = select(Objective.id, Objective.outcome, Objective.lessons).where(Objective.id.in_(ids), said)
    return {row.id: Words(row[1:]) for row in db.session.execute(found)}


def _seen(viewer: Viewer) -> ColumnElement[bool]:
    return access.rows(Act.SEE_OBJECTIVE, viewer, Objective)


def _made() -> Select[Any]:
    o, place = Objective, (Person.name.label("person"), Unit.name.label("unit"), Period.name.label("period"))
    columns: list[Any] = [o.id, o.title, o.state, o.code, o.why, o.lessons, o.outcome, *place]
    found: Select[Any] = select(*columns).join(Period, Period.id == o.period_id)
    return found.outerjoin(Person, Person.id == o.person_id).outerjoin(Unit, Unit.id == o.unit_id)


_LESSONS = _made()  # made once: making it costs more than asking it
_GOALS = _LESSONS.add_columns(Measure.name.label("measure")).outerjoin(Measure, Measure.objective_id == Objective.id)
_GOALS = _GOALS.order_by(Measure.position, Measure.id)


@access.prepared
def _shown(viewer: Viewer, kind: Kind) -> Select[Any]:
    found = _GOALS if kind is Kind.GOAL else _LESSONS
    return found.where(Objective.id.in_(bindparam("ids", expanding=True)), _seen(viewer))


def _goal_rows(viewer: Viewer, ids: Sequence[int]) -> list[Row]:
    measures: dict[int, list[str]] = defaultdict(list)
    rows: dict[int, Any] = {}
    for row in db.session.execute(*_shown(viewer, Kind.GOAL, ids=ids)):
        rows[row.id] = row
        measures[row.id].append(row.measure or "")
    return [_row(row, (*measures[one], row.why), row.code) for one, row in rows.items()]


def _lesson_rows(viewer: Viewer, ids: Sequence[int]) -> list[Row]:
    found = db.session.execute(*_shown(viewer, Kind.LESSON, ids=ids))
    return [_row(row, (row.lessons, row.outcome)) for row in found]


def _row(row: Any, texts: Sequence[str], code: str = "") -> Row:
    company = names.PLACE["company"]
    whose = row.person or row.unit or _(company)
    state = "" if row.state is State.AGREED else _(names.STATE[row.state])
    facts = [fact for fact in (whose, formats.period_name(row.period), code) if fact]
    return Row(row.id, row.title, url_for("goals.show", objective_id=row.id), facts, texts, tag=state)
