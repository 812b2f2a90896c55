"""Pages of the goal dialogue."""

from portal.dialogues.views import around, single
from portal.dialogues.views.blueprint import bp

__all__ = ["around", "bp", "single"]
