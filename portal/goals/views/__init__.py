"""Pages of goals."""

from portal.goals.views import editing, lists, single, steps
from portal.goals.views.blueprint import bp

__all__ = ["bp", "editing", "lists", "single", "steps"]
