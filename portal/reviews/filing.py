"""Files beside a part of a form: its author's while it is written, and seen by whoever may read that part.

What a handed-in assessment rests on (pinned talks and values) keeps its files as they were.
"""

from collections.abc import Iterable
from typing import Any

from flask import abort, url_for
from sqlalchemy import ColumnElement, exists, select

from portal import access, files
from portal.access import Act, Viewer
from portal.db import db
from portal.files import Beside, Place
from portal.i18n import gettext as _
from portal.reviews import queries
from portal.reviews.evidence import Record
from portal.reviews.models import Assessment, Evidence, Part, Pin, Review
from portal.words import N_

KIND = Assessment.__tablename__
STANDS = {Evidence.CHECK_IN: "check_in", Evidence.VALUE: "measure_value"}
"""Beside what the files of a piece of evidence stand; feedback has none."""
PINNED = {kind: evidence for evidence, kind in STANDS.items()}


def register() -> None:
    """Called once by create_app."""
    files.stand_beside(Place(KIND, "reviews", _seen, _find))
    files.hold(KIND, _rested_on)


def beside(review: Review, own: Assessment) -> Beside:
    """A part of a form with its files, as its author meets it."""
    writes = queries.writable(review, own)
    url = url_for("reviews.form" if writes else "reviews.show", review_id=review.id)
    title = _("Self-assessment") if own.relation is Part.SELF else _("Assessment of %(name)s", name=review.person.name)
    closed = "" if writes else N_("This part was handed in and cannot be changed any more.")
    return Beside(KIND, own.id, own, title, url, adds=True, closed=closed)


def beside_records(found: Iterable[Record]) -> dict[str, list[int]]:
    """Beside what the files of some evidence stand, as `files.of` asks."""
    wanted: dict[str, list[int]] = {kind: [] for kind in STANDS.values()}
    for record in found:
        if record.kind in STANDS:
            wanted[STANDS[record.kind]].append(record.id)
    return wanted


def _seen(viewer: Viewer, object_id: Any) -> ColumnElement[bool]:
    return exists().where(Assessment.id == object_id, access.rows(Act.SEE_ASSESSMENT, viewer, Assessment, one=True))


def _find(viewer: Viewer, assessment_id: int) -> Beside:
    seen = select(Assessment.review_id).where(Assessment.id == assessment_id)
    review_id = db.session.scalar(seen.where(access.rows(Act.SEE_ASSESSMENT, viewer, Assessment, one=True))) or abort(404)
    review = queries.locked(viewer, review_id)
    part = db.session.get_one(Assessment, assessment_id)
    if Act.WRITE_ASSESSMENT in access.acts_on(viewer, part):
        return beside(review, part)
    url = url_for("reviews.show", review_id=review_id)
    return Beside(KIND, assessment_id, part, review.person.name, url, adds=False)


def _rested_on(kind: str, object_id: int) -> str:
    if kind not in PINNED:
        return ""
    pins = select(Pin.id).join(Assessment, Assessment.id == Pin.assessment_id)
    pins = pins.where(Pin.kind == PINNED[kind], Pin.evidence_id == object_id, Assessment.in_at.is_not(None))
    found = db.session.scalar(pins.limit(1))
    return N_("An assessment that was handed in rests on it: its files stay as they are.") if found else ""
