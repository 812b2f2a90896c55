"""What ends with somebody's last day, however it became known: posts and roles, each role with its entry in the journal."""

from collections.abc import Sequence
from datetime import date, timedelta

from sqlalchemy import delete, or_, select, update

from portal import journal
from portal.access import Viewer
from portal.access.models import RoleGrant
from portal.db import UNSYNCED, db
from portal.directory.lines import on
from portal.directory.models import Assignment

PART = 500
"""SQL takes only so many values at a time."""


def leave(ids: Sequence[int], day: date, by: Viewer | None) -> None:
    """These people are gone from `day` on; what was planned for later is gone too. `by` None: the directory said so."""
    running = or_(Assignment.until.is_(None), Assignment.until > day)
    for start in range(0, len(ids), PART):
        part = ids[start : start + PART]
        mine = Assignment.person_id.in_(part)
        db.session.execute(delete(Assignment).where(mine, Assignment.since > day), execution_options=UNSYNCED)
        # A post that began on this very day was held for it: no row is empty.
        for begun, until in ((Assignment.since < day, day), (Assignment.since == day, day + timedelta(days=1))):
            change = update(Assignment).where(mine, running, begun).values(until=until)
            db.session.execute(change, execution_options=UNSYNCED)
        for grant in db.session.scalars(select(RoleGrant).where(RoleGrant.person_id.in_(part), on(day, RoleGrant))):
            end_role(grant, day, by)


def end_role(grant: RoleGrant, day: date, by: Viewer | None) -> None:
    """A role that ends with what it came from, not by somebody's decision about it."""
    grant.until = day
    journal.write("role.ended", grant, by, was=grant.role.value, words={"source": grant.source})
