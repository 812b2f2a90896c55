"""Asking for a copy, making it in the background as the person who asked, fetching it, letting it go."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from uuid import uuid4

from flask import current_app
from flask_babel import force_locale
from sqlalchemy import select, text

from portal import clock, jobs, journal
from portal.access import Viewer
from portal.access.viewer import load
from portal.db import db, reading
from portal.files import unlink_at_commit
from portal.i18n import language
from portal.jobs import Context
from portal.owncopy.models import OwnCopy
from portal.owncopy.packing import SECTIONS, Packer
from portal.words import N_
from portal.workflow import Refused

JOB = "owncopy"
ORPHANED = timedelta(days=1)
BEING_MADE = N_("Your copy is being made already.")


def ask(by: Viewer) -> OwnCopy:
    """Want a copy of everything about oneself. Raises Refused while one is being made."""
    row = OwnCopy(person_id=by.id, language=language(), asked_at=clock.now())
    db.session.add(row)
    db.session.flush()
    if not jobs.ask(JOB, {"copy_id": row.id}, key=f"{JOB}:{by.id}", by=by.id):
        raise Refused(BEING_MADE)
    journal.write("own_copy.asked", row, by)
    return row


def fetched(copy: OwnCopy, by: Viewer) -> None:
    """Note that it leaves the portal."""
    journal.write("own_copy.fetched", copy, by)


def make(context: Context) -> None:
    """The job. What may be seen is asked now, for whoever asked, section by section; those made before are dropped."""
    row = db.session.get(OwnCopy, context.args["copy_id"])
    if row is None or row.ready_at is not None:
        return
    person_id, tongue = row.person_id, row.language
    folder().mkdir(parents=True, exist_ok=True, mode=0o700)
    name = uuid4().hex
    part = folder() / f"{name}.part"
    try:
        with force_locale(tongue):
            _pack(part, person_id, context)
        part.chmod(0o600)
        _kept(context.args["copy_id"], person_id, name, part)
    except BaseException:
        part.unlink(missing_ok=True)
        raise


def drop(copy: OwnCopy) -> None:
    """Its file goes with the caller's commit."""
    if copy.file:
        unlink_at_commit(folder() / copy.file)
    copy.file = None


def sweep(at: datetime) -> None:
    """Files that no row knows: of a worker that died in the middle."""
    known = set(db.session.scalars(select(OwnCopy.file).where(OwnCopy.file.is_not(None))))
    for path in folder().glob("*"):
        if path.name not in known and path.stat().st_mtime < (at - ORPHANED).timestamp():
            path.unlink(missing_ok=True)


def folder() -> Path:
    """Where copies lie: outside of everything that is served, and of every backup."""
    return Path(current_app.config["DATA_DIR"]).absolute() / "copies"


def _pack(part: Path, person_id: int, context: Context) -> None:
    with _as_reader():
        viewer = load(person_id, clock.today())
        packer = Packer(part, viewer)
    for n, section in enumerate(SECTIONS, 1):
        with _as_reader():
            packer.add(section)
        context.step(n, len(SECTIONS) + 1)
    with _as_reader():
        packer.close(clock.now())


def _kept(copy_id: int, person_id: int, name: str, part: Path) -> None:
    """The file first, then its row; older ones go."""
    with part.open("rb+") as file:
        os.fsync(file.fileno())
    part.rename(folder() / name)
    for old in db.session.scalars(select(OwnCopy).where(OwnCopy.person_id == person_id, OwnCopy.file.is_not(None))):
        drop(old)
    row = db.session.get_one(OwnCopy, copy_id)
    row.file, row.size, row.ready_at = name, (folder() / name).stat().st_size, clock.now()


@contextmanager
def _as_reader() -> Iterator[None]:
    """One look at the database: long reading keeps nobody from writing, and sees one moment."""
    db.session.rollback()
    token = reading.set(True)
    try:
        if db.engine.dialect.name == "postgresql":
            db.session.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ"))
        yield
    finally:
        db.session.rollback()
        db.session.expunge_all()
        reading.reset(token)
