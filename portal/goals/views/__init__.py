"""Pages of goals."""

from portal.goals.views import (
    alignment,
    changes,
    editing,
    lists,
    measures,
    pictures,
    scorecards,
    scores,
    sharing,
    single,
    steps,
    trees,
)
from portal.goals.views.blueprint import bp

__all__ = [
    "alignment",
    "bp",
    "changes",
    "editing",
    "lists",
    "measures",
    "pictures",
    "scorecards",
    "scores",
    "sharing",
    "single",
    "steps",
    "trees",
]
