"""Files beside a check-in: either side puts them there while the record is open, and takes away what its own side put."""

from typing import Any

from flask import url_for
from sqlalchemy import ColumnElement, exists

from portal import access, files
from portal.access import Act, Held, Viewer
from portal.checkins import queries
from portal.checkins.models import CheckIn, State
from portal.files import Beside, Place
from portal.formats import day
from portal.i18n import gettext as _
from portal.words import N_

KIND = CheckIn.__tablename__
SIDES = frozenset({Act.RECORD_CHECK_IN, Act.ADD_OWN_VIEW})


def register() -> None:
    """Called once by create_app."""
    files.stand_beside(Place(KIND, "checkins", _seen, _find))


def beside(check_in: CheckIn, acts: Held) -> Beside:
    """A record with its files, as who holds these acts meets it."""

    def owns(by_id: int) -> bool:
        """The person's files are the person's; the others were put there by who managed then, or acted for them."""
        return (Act.ADD_OWN_VIEW if by_id == check_in.person_id else Act.RECORD_CHECK_IN) in acts

    title, url = _("Check-in of %(day)s", day=day(check_in.held_on)), url_for("checkins.show", check_in_id=check_in.id)
    adds, behalf = bool(SIDES & acts.keys()), acts.get(Act.RECORD_CHECK_IN)
    return Beside(KIND, check_in.id, check_in, title, url, adds, _closed(check_in), behalf, owns)


def _closed(check_in: CheckIn) -> str:
    if check_in.state is State.DRAFT:
        return N_("Files can be added once the check-in is shared.")
    return "" if check_in.state is State.SHARED else N_("The record is confirmed: its files stay as they are.")


def _seen(viewer: Viewer, object_id: Any) -> ColumnElement[bool]:
    return exists().where(CheckIn.id == object_id, access.rows(Act.SEE_CHECK_IN, viewer, CheckIn, one=True))


def _find(viewer: Viewer, check_in_id: int) -> Beside:
    found, acts = queries.locked(viewer, check_in_id)
    return beside(found, acts)
