"""Pages of check-ins: the talks themselves, how often they are held, and what is asked in them."""

from portal.checkins.views import paces, prompting, talks
from portal.checkins.views.blueprint import bp

__all__ = ["bp", "paces", "prompting", "talks"]
