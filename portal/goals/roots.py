"""Where a goal stands in the tree, stored: how deep it is, and which goal is the top of its path.

The path follows the parent with the largest share. A goal without a parent is its own top: then nothing is stored. Whoever
changes parents says `place`; the night repairs what was written past it.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import BindParameter, Connection, bindparam, func, select, update
from sqlalchemy.orm import aliased

from portal.db import db, kept
from portal.goals.models import Objective, ObjectiveParent

DEEPEST = 40
"""Levels that are looked at; no company has so many."""


_TABLE, _TIE, _ABOVE = Objective.metadata.tables["objective"], ObjectiveParent, aliased(Objective)
_THESE: BindParameter[Any] = bindparam("ids", expanding=True)
_PLACED = update(_TABLE).where(_TABLE.c.id == bindparam("b_id")).values(level=bindparam("b_level"), root_id=bindparam("b_root"))
_BELOW = kept(select(_TIE.child_id).where(_TIE.parent_id.in_(_THESE)).distinct())
_PARENTS = kept(
    select(_TIE.child_id, _ABOVE.id, _ABOVE.root_id, _ABOVE.level)
    .join(_ABOVE, _ABOVE.id == _TIE.parent_id)
    .where(_TIE.child_id.in_(_THESE))
    .order_by(_TIE.child_id, _TIE.share.desc(), _TIE.parent_id)
)


def place(ids: Sequence[int]) -> None:
    """Write level and top of these goals and of everything below them: three statements a level."""
    waiting = list(ids)
    while waiting:
        db.session.connection().execute(_PLACED, _places(waiting))
        waiting = list(db.session.scalars(_BELOW, {"ids": waiting}))


def _places(ids: Sequence[int]) -> list[dict[str, Any]]:
    places: dict[int, dict[str, Any]] = {i: {"b_id": i, "b_level": 0, "b_root": None} for i in ids}
    for row in db.session.execute(_PARENTS, {"ids": ids}):
        mine = places[row.child_id]
        mine["b_root"] = mine["b_root"] or row.root_id or row.id
        mine["b_level"] = max(mine["b_level"], row.level + 1)
    return list(places.values())


def repair(connection: Connection | None = None) -> int:
    """Bring the tops of all goals up to date, from the company downwards; how many were not."""
    at, wrong = connection or db.session.connection(), 0
    for level in range(DEEPEST):
        if level and not at.scalar(select(Objective.id).where(Objective.level >= level).limit(1)):
            break
        wrong += at.execute(_repaired(level)).rowcount
    return wrong


def _repaired(level: int) -> Any:
    table, tie, above = Objective.metadata.tables["objective"], ObjectiveParent, aliased(Objective)
    top = select(func.coalesce(above.root_id, above.id)).join(tie, tie.parent_id == above.id)
    top = top.where(tie.child_id == table.c.id).order_by(tie.share.desc(), tie.parent_id).limit(1).correlate(table)
    stands = top.scalar_subquery()
    return update(table).where(table.c.level == level, table.c.root_id.is_distinct_from(stands)).values(root_id=stands)
