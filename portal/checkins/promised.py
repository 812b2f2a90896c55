"""A check-in as the place where something was promised."""

from collections.abc import Mapping, Sequence

from flask import url_for
from sqlalchemy import select

from portal import access, formats
from portal.access import Act, Viewer
from portal.access.switches import enabled
from portal.actions.sources import Source, promised_in
from portal.checkins.models import CheckIn
from portal.db import db
from portal.i18n import gettext as _


def register() -> None:
    """Called once by create_app."""
    promised_in(CheckIn.__tablename__, _find)


def _find(viewer: Viewer, ids: Sequence[int]) -> Mapping[int, Source]:
    if not enabled("checkins"):
        return {}
    seen = access.rows(Act.SEE_CHECK_IN, viewer, CheckIn, one=True)
    found = db.session.execute(select(CheckIn.id, CheckIn.held_on).where(CheckIn.id.in_(ids), seen))
    return {
        row.id: Source(_("Check-in of %(day)s", day=formats.day(row.held_on)), url_for("checkins.show", check_in_id=row.id))
        for row in found
    }
