"""How printed years are seen: as the time line they are of; HR archives them, never its own."""

from portal.access import Act, Sight, describe
from portal.access.relations import NOBODY
from portal.home.models import YearSheet


def register() -> None:
    """Called once by create_app."""
    acts = frozenset({Act.SEE_TIME_LINE, Act.ARCHIVE_FORM})
    describe(YearSheet, Sight(Act.SEE_TIME_LINE, acts, lambda row: (row.person_id, NOBODY)))
