"""What the journal keeps of a goal's changes: enough to be read years later without the goal. Pure.

Every entry has `title`. `objective.valued`: `measure, unit, shape, before, after, target, confidence_before, confidence,
comment, source` and, for a milestone, `milestone` and `done`. `objective.edited` and `objective.revised`: `changes`, a list of
`{field, of, before, after}` (`of` = the measure's name or ""), and `why`. `objective.aligned`: `parents`, a list of
`{id, title, share}`: a reader of this goal may see the title of those above that are open to them, and of no other. The steps
keep what was asked: `reason`, `outcome`, `lessons`, `score`. Figures are texts with every digit;
None is no data.
"""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

Changes = list[dict[str, Any]]


def figure(value: Decimal | None) -> str | None:
    """Every digit, no trailing zeros; None stays None."""
    if value is None:
        return None
    plain = f"{value:f}"
    return plain.rstrip("0").rstrip(".") if "." in plain else plain


def valued(
    measure: Any, before: Decimal | None, confidence_before: int | None, comment: str, source: str = ""
) -> dict[str, Any]:
    """A new value; `measure` already carries it."""
    return {
        "title": measure.objective.title,
        "measure": measure.name,
        "unit": measure.unit,
        "shape": measure.shape.value,
        "before": figure(before),
        "after": figure(measure.current),
        "target": figure(measure.target),
        "confidence_before": confidence_before,
        "confidence": measure.confidence,
        "comment": comment,
        "source": source,
    }


def differences(before: Mapping[tuple[str, str], Any], after: Mapping[tuple[str, str], Any]) -> Changes:
    """What differs between two sets of facts {(field, of): value}, in the order of the later one; what was taken away last."""
    keys = [*after, *(key for key in before if key not in after)]
    changed = (key for key in keys if before.get(key) != after.get(key))
    return [
        {"field": field, "of": of, "before": before.get((field, of)), "after": after.get((field, of))} for field, of in changed
    ]
