"""Milestones as people type them: one a line, `name | weight | day`, the last two optional. Pure."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from portal.words import N_

Step = tuple[str, int, date | None]


def read(text: str) -> tuple[Step, ...]:
    """The steps of a text. Raises ValueError with a sentence for the field."""
    steps = tuple(_step(line) for line in text.splitlines() if line.strip())
    if not steps:
        raise ValueError(N_("Write one milestone a line."))
    if len({name for name, _, _ in steps}) < len(steps):
        raise ValueError(N_("Two milestones have the same name."))
    return steps


def write(milestones: Iterable[Any]) -> str:
    """The text of stored milestones."""
    return "\n".join(_line(step) for step in milestones)


def _line(step: Any) -> str:
    due = f" | {step.due}" if step.due else ""
    return f"{step.name} | {step.weight}{due}" if due or step.weight != 1 else str(step.name)


def _step(line: str) -> Step:
    name, weight, due = ([part.strip() for part in line.split("|")] + ["", ""])[:3]
    try:
        step = (name[:200], int(weight or 1), date.fromisoformat(due) if due else None)
    except ValueError:
        raise ValueError(N_("Write name | weight | day, such as: First piece accepted | 2 | 2026-11-20")) from None
    if not name or not 0 < step[1] <= 10_000:
        raise ValueError(N_("Write name | weight | day, such as: First piece accepted | 2 | 2026-11-20"))
    return step
