"""How claims are seen: by the department, and by whoever answers for the company objective."""

from typing import Any

from sqlalchemy import ColumnElement, exists
from sqlalchemy.orm import aliased

from portal import access
from portal.access import Act, Relation, Sight, Viewer, describe
from portal.access.relations import NOBODY
from portal.goals.models import Objective
from portal.strategy.models import Claim

ACTS = frozenset({Act.SEE_CLAIM, Act.MAKE_CLAIM, Act.DECIDE_CLAIM})


def _deciding(row: Any, viewer: Viewer) -> tuple[ColumnElement[bool], ...]:
    """Who answers for the company objective; where nobody does, those who keep the library."""
    above = aliased(Objective)  # a list that joins the objective itself must not stand in for it
    asked = exists().where(above.id == row.objective_id)
    mine = asked.where(above.accountable_id == viewer.id)
    if access.can(Act.KEEP_STRATEGY, viewer):
        return mine, asked.where(above.accountable_id.is_(None))
    return (mine,)


def register() -> None:
    """Called once by create_app."""
    describe(Claim, Sight(Act.SEE_CLAIM, ACTS, lambda row: (NOBODY, row.unit_id), {Relation.PARTICIPANT: _deciding}))
