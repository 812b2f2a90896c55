"""Pages of strategy."""

from portal.strategy.views import assign, claims, cover, keep, show
from portal.strategy.views.blueprint import bp

__all__ = ["assign", "bp", "claims", "cover", "keep", "show"]
