"""Pages of feedback."""

from portal.feedback.views import asking, giving, handling, keeping, reading
from portal.feedback.views.blueprint import bp

__all__ = ["asking", "bp", "giving", "handling", "keeping", "reading"]
