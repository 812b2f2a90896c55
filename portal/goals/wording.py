"""What an objective shall be, as a form says it or as it stands: the columns, the measures by their rows, the parents. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from portal.goals.kinds import Aggregation, Split

Shares = Mapping[int, int]
"""{parent's id: basis points}."""
Row = Mapping[str, Any]

FACTS = ("title", "why", "kind", "period_id", "theme_id", "perspective", "weight", "audience", "duty")
COLUMNS = (
    *("name", "shape", "direction", "unit", "weight", "rule", "rule_values", "veto", "aggregation", "split"),
    *("baseline", "target", "low", "high", "threshold", "stretch"),
)


@dataclass(frozen=True)
class Wording:
    """The whole of it; measures without an id are new."""

    facts: Mapping[str, Any]
    measures: tuple[Row, ...]
    shares: Shares
    why_changed: str = ""
    whole: bool = False  # new figures count for the whole period, not by days

    def with_measure(self, row: Row, why: str, *, whole: bool = False) -> "Wording":
        """The same with one measure in other words (its `id`), or with one more (no id)."""
        kept = [row if row.get("id") and row["id"] == each["id"] else each for each in self.measures]
        return replace(self, measures=tuple(kept if row.get("id") else [*kept, row]), why_changed=why, whole=whole)


NEW: Row = {
    "rule": None,
    "rule_values": {},
    "veto": False,
    "threshold": None,
    "stretch": None,
    "aggregation": Aggregation.LAST,
    "split": Split.WHOLE,
    "targets": {},
    "milestones": (),
}
"""What a new measure is where its form does not ask."""


def completed(asked: Wording, stands: Wording) -> Wording:
    """What a form asks, with what it does not ask as it stands."""
    known = {row["id"]: row for row in stands.measures}
    rows = tuple(
        {**known[row["id"]], **row} if row.get("id") in known else {**NEW, **row, "id": None} for row in asked.measures
    )
    marked = tuple(row if row["id"] else {**row, "mark": f"new{n}"} for n, row in enumerate(rows, 1))
    return replace(asked, facts={**stands.facts, **asked.facts}, measures=marked)


def wording_of(objective: Any, shares: Shares) -> Wording:
    """As it stands."""
    facts = {name: getattr(objective, name) for name in FACTS}
    return Wording(facts, tuple(row_of(measure) for measure in objective.measures), shares)


def row_of(measure: Any) -> dict[str, Any]:
    """A measure as a form would say it."""
    known = {name: getattr(measure, name) for name in COLUMNS}
    steps = tuple((step.name, step.weight, step.due) for step in measure.milestones)
    targets = {part.begins: part.target for part in measure.parts}
    return {"id": measure.id, **known, "milestones": steps, "targets": targets}
