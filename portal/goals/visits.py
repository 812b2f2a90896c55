"""When somebody last looked at a board, and what was reported on it since: told once a visit, not once a click."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from flask import current_app
from sqlalchemy import Select, bindparam, select
from sqlalchemy.exc import SQLAlchemyError

from portal import clock
from portal.access import Viewer
from portal.db import Own, db, insert_into, kept, own_transaction
from portal.directory.models import Person
from portal.goals.cards import Card
from portal.goals.models import BoardVisit, Measure, MeasureValue

ONE_VISIT = timedelta(minutes=30)
"""Looks within this time are one visit: what is new stays new while one works on it."""
MOST = 30


@dataclass(frozen=True)
class News:
    """One report since the last visit; `before` is None where it was the first."""

    objective_id: int
    measure: Any
    before: Decimal | None
    after: Decimal
    confidence: int | None
    comment: str
    who: str
    at: datetime


def since(viewer: Viewer, board: str, period_id: int) -> datetime | None:
    """Note this look, and answer when the visit before it was; None for a first one."""
    now, v = clock.now(), BoardVisit
    key = {"person_id": viewer.id, "board": board, "period_id": period_id}
    row = db.session.execute(_LAST, key).first()
    if row and now - row.at < ONE_VISIT:
        known: datetime | None = row.since
        return known
    before: datetime | None = row.at if row else None
    made = insert_into(v).values(**key, at=now, since=before)
    try:
        with own_transaction(Own.VISITED) as connection:
            connection.execute(made.on_conflict_do_update(index_elements=list(key), set_={"at": now, "since": before}))
    except SQLAlchemyError as error:  # a board is not refused because the look could not be noted
        current_app.logger.warning("look not noted: %s", type(error).__name__)
    return before


def _last() -> Select[Any]:
    v, keys = BoardVisit, ("person_id", "board", "period_id")
    columns: tuple[Any, ...] = (v.at, v.since)
    return select(*columns).where(*(getattr(v, name) == bindparam(name) for name in keys))


_LAST = kept(_last())  # made once: making it costs more than asking it


def news(viewer: Viewer, cards: Sequence[Card], moment: datetime | None) -> list[News]:
    """What others reported of these goals since then, the newest first; the cards are what the viewer may see anyway."""
    if moment is None or not cards:
        return []
    v, m = MeasureValue, Measure
    older = select(v.value).where(v.measure_id == m.id, v.at <= moment).order_by(v.at.desc(), v.id.desc()).limit(1)
    found = select(m, v, Person.name, older.correlate(m).scalar_subquery().label("before"))
    found = found.join(v, v.measure_id == m.id).outerjoin(Person, Person.id == v.by_id)
    found = found.where(m.objective_id.in_([card.id for card in cards]), v.at > moment, v.by_id.is_distinct_from(viewer.id))
    newest: dict[int, News] = {}
    for measure, value, who, before in db.session.execute(found.order_by(v.at.desc(), v.id.desc()).limit(MOST)):
        told = News(measure.objective_id, measure, before, value.value, value.confidence, value.comment, who or "", value.at)
        newest.setdefault(measure.id, told)
    return list(newest.values())
