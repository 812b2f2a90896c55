"""What the journal keeps of a goal's changes: enough to be read years later without the goal. Pure.

Every entry has `title`. `objective.valued`: `measure, unit, shape, before, after, target, confidence_before, confidence,
comment, source` and, for a milestone, `milestone` and `done`,
for a part of the period `part`, `part_value` and `part_base`. `objective.edited` and `objective.revised`: `changes`, a list of
`{field, of, before, after}` (`of` = the measure's name or ""), and `why`. `objective.aligned`: `parents`, a list of
`{id, title, share}`: a reader of this goal may see the title of those above that are open to them, and of no other. The steps
keep what was asked: `reason`, `outcome`, `lessons`, `score`. Figures are texts with every digit;
None is no data.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

Changes = list[dict[str, Any]]


def figure(value: Decimal | None) -> str | None:
    """Every digit, no trailing zeros; None stays None."""
    if value is None:
        return None
    plain = f"{value:f}"
    return plain.rstrip("0").rstrip(".") if "." in plain else plain


def targets(parts: Iterable[Any]) -> str:
    """The targets of the parts in one line, with the day each part begins."""
    return "; ".join(f"{part.begins}: {figure(part.target)}" for part in parts if part.target is not None)


def of_part(begins: date, value: Decimal, base: Decimal | None) -> dict[str, Any]:
    """Which part was reported, beside the figure that all of them make."""
    return {"part": begins.isoformat(), "part_value": figure(value), "part_base": figure(base)}


def listed(value: Any) -> Any:
    """A parameter of a rule as it is told: the points of a curve or a scale in one line."""
    if not isinstance(value, list):
        return value
    return "; ".join(" | ".join(each) if isinstance(each, list) else str(each) for each in value)


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
