"""What departments claimed of the company's objectives: accepted at the year's beginning, one still waits."""

from collections.abc import Mapping
from datetime import timedelta

from portal.demo.company import Company
from portal.demo.goals import Cascade
from portal.demo.loading.bulk import Bulk
from portal.demo.loading.people import Known
from portal.strategy.models import Claim
from portal.strategy.states import State


def write_claims(bulk: Bulk, made: Company, goals: Cascade, ids: Mapping[str, int], known: Known) -> None:
    """A claim for each department's objective of the year that stands under one of the company's."""
    company = {goal.code: goal for goal in goals.goals if goal.owner[0] == "company" and goal.period == "year"}
    names, seen = {unit.key: unit.name for unit in made.units}, set[tuple[str, str]]()
    for goal in goals.goals:
        above = company.get(goal.parents[0][0]) if goal.parents else None
        if goal.owner[0] != "unit" or above is None or goal.period != "year" or goal.state not in ("agreed", "proposed"):
            continue
        if (goal.owner[1], above.code) in seen:  # a department claims an objective once; what else it sets stands beside
            continue
        seen.add((goal.owner[1], above.code))
        unit, by, decides = known.units[goal.owner[1]], known.people[goal.accountable], known.people[above.accountable]
        asked = goal.created_at + timedelta(minutes=25)
        row = {"objective_id": ids[above.code], "unit_id": unit, "made_id": ids[goal.code], "by_id": by, "asked_at": asked}
        state = State.ACCEPTED if goal.agreed_at else State.ASKED
        claim = bulk.add(
            Claim, **row, state=state, decided_at=goal.agreed_at, decided_by_id=decides if goal.agreed_at else None, comment=""
        )
        words = {"title": above.title, "department": names[goal.owner[1]]}
        about, thing = ("unit", unit), ("claim", claim)
        bulk.journal.note("claim.asked", asked, by, about, thing, steps=(None, "asked"), words=words)
        if goal.agreed_at:
            bulk.journal.note("claim.accept", goal.agreed_at, decides, about, thing, steps=("asked", "accepted"), words=words)
