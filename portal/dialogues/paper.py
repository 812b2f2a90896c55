"""What the printed sheet of agreed goals says: plain values its reader may see, texts in the reader's language."""

from dataclasses import dataclass
from datetime import datetime

Fact = tuple[str, str]
"""A label and its value."""


@dataclass(frozen=True)
class Measure:
    """衡量 One line below a goal."""

    name: str
    start: str
    target: str
    rule: str
    weight: str


@dataclass(frozen=True)
class Goal:
    """目标 One agreed goal; `supports` are the titles above that this reader may see."""

    kind: str
    title: str
    why: str
    weight: str
    supports: tuple[str, ...]
    measures: tuple[Measure, ...]
    revised: tuple[str, ...] = ()


@dataclass(frozen=True)
class Side:
    """One of the two who agreed, or an empty box."""

    role: str
    name: str
    at: datetime | None
    on_behalf: str = ""


@dataclass(frozen=True)
class GoalSheet:
    """目标责任书 The agreed goals of one person for one period."""

    title: str
    subject: str
    facts: tuple[Fact, ...]
    goals: tuple[Goal, ...]
    sides: tuple[Side, ...]
    total: str
