"""Reads of own copies: only ever one's own."""

from dataclasses import dataclass

from flask import abort
from sqlalchemy import select

from portal.access import Viewer
from portal.db import db
from portal.jobs.models import OPEN, Job, State
from portal.owncopy.models import OwnCopy
from portal.owncopy.operations import JOB, folder


@dataclass(frozen=True)
class Making:
    """A copy that is being made, and how far it is; `stuck` when a person has to look."""

    done: int
    total: int | None
    stuck: bool


def there(viewer: Viewer) -> OwnCopy | None:
    """The one that can be fetched."""
    mine = select(OwnCopy).where(OwnCopy.person_id == viewer.id, OwnCopy.file.is_not(None))
    return db.session.scalar(mine.order_by(OwnCopy.id.desc()).limit(1))


def making(viewer: Viewer) -> Making | None:
    """The job of the copy that was asked for last, while it is open; a failed one as long as it is the last word."""
    newest = select(OwnCopy.ready_at).where(OwnCopy.person_id == viewer.id).order_by(OwnCopy.id.desc()).limit(1)
    asked = db.session.execute(newest).first()
    if asked is None or asked.ready_at:
        return None
    mine = select(Job).where(Job.kind == JOB, Job.asked_by_id == viewer.id).order_by(Job.id.desc()).limit(1)
    job = db.session.scalar(mine)
    if job is None or job.state not in (*OPEN, State.FAILED):
        return None
    return Making(job.done, job.total, job.state is State.FAILED)


def own_or_404(viewer: Viewer, copy_id: int) -> OwnCopy:
    """One of one's own whose file is there."""
    found: OwnCopy | None = db.session.get(OwnCopy, copy_id)
    if found is None or found.person_id != viewer.id or found.file is None or not (folder() / found.file).is_file():
        abort(404)
    return found
