"""Archived files: drawn in a job, checked, written once, and compared with their hash whenever they are read."""

import hashlib
import json
import os
import re
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from flask import current_app
from sqlalchemy import select

from portal import access, clock, jobs, journal
from portal.access import Viewer
from portal.db import db
from portal.files import unlink_at_commit
from portal.printing.imprint import typeset
from portal.printing.models import ArchivedCopy
from portal.printing.numbering import fresh_code
from portal.printing.operations import imprint_of, numbered
from portal.printing.pdf import Attachment, PrintFailed, press
from portal.printing.registry import Kind
from portal.workflow import NotHeld

JOB = "printing.archive"
PATIENCE = 300.0
NEEDS_A_FONT = "It cannot be archived before a font is installed that has these characters:"
NOT_FIT = "The file is not fit for an archive:"


@dataclass(frozen=True)
class Ready:
    """All that is needed to draw an archived copy, as plain values: no connection is held while it is drawn."""

    html: str
    attachment: Attachment
    row: ArchivedCopy
    at: datetime


class NoFont(PrintFailed):
    """It has characters that no installed font has."""


class NotFit(PrintFailed):
    """What was drawn did not pass our checks."""


class Damaged(Exception):
    """A file of the archive is not what was written: it is never handed out."""


def ask(kind: str, object_id: int, by: Viewer) -> None:
    """Want a form archived, in the caller's transaction; a second wish for the same form adds nothing."""
    jobs.ask(JOB, {"kind": kind, "object_id": object_id}, key=f"{JOB}:{kind}:{object_id}", by=by.id)


def wish(kind: Kind, object_id: int, by: Viewer) -> None:
    """Archive what a form says now, asked by hand, with an entry of the journal. Raises NotHeld."""
    paper = kind.load(by, object_id)
    held = access.acts_on(by, paper.about)
    if kind.archived_by not in held:
        raise NotHeld(kind.archived_by)
    journal.write(f"{paper.about.__tablename__}.archived", paper.about, by, behalf=held[kind.archived_by], words={})
    ask(kind.name, object_id, by)


def prepare(kind: Kind, object_id: int, by: Viewer) -> Ready | None:
    """The copy that is to be written; None when this version lies in the archive already. Raises NotHeld.

    It is written in the company's language, whoever asked.
    """
    paper = kind.load(by, object_id)
    if kind.archived_by not in access.acts_on(by, paper.about):
        raise NotHeld(kind.archived_by)
    document = numbered(kind, object_id, paper.year)
    db.session.flush()
    known = select(ArchivedCopy).where(ArchivedCopy.document_id == document.id, ArchivedCopy.version == document.version)
    if db.session.scalar(known):
        return None
    row = ArchivedCopy(code=fresh_code(), document_id=document.id, version=document.version, copy=paper.copy)
    row.archived_by_id, row.at = by.id, clock.now()
    plain = re.sub(r"[^\w-]", "_", document.number)  # HR chooses how it begins: it names a file, never a folder
    row.file = f"{paper.year}/{plain}-{document.version}.pdf"
    html, attachment = typeset(paper, imprint_of(row, paper, document.number))
    row.data = json.loads(attachment.data)
    return Ready(html, attachment, row, row.at)


def store(ready: Ready) -> None:
    """Draw, check, write the file, then add the row: a file without a row is not archived, a row without a file cannot be."""
    drawn = press.make(ready.html, ready.at, ready.attachment, patience=PATIENCE)
    if drawn.missing:
        raise NoFont(f"{NEEDS_A_FONT} {' '.join(drawn.missing)}")
    from portal.printing import checks  # noqa: PLC0415 - pikepdf, with the first paper that is kept

    if wrong := checks.problems(drawn.content):
        raise NotFit(f"{NOT_FIT} {'; '.join(wrong)}")
    _write(ready.row.file, drawn.content)
    ready.row.sha256, ready.row.size, ready.row.pages = drawn.sha256, len(drawn.content), drawn.pages
    db.session.add(ready.row)


def read(copy: ArchivedCopy) -> bytes:
    """The file's bytes. Raises Damaged when they are not those that were written."""
    file = folder() / copy.file
    content = file.read_bytes() if file.exists() else b""
    if hashlib.sha256(content).hexdigest() != copy.sha256:
        raise Damaged(copy.file)
    return content


def erase(copy: ArchivedCopy) -> None:
    """Its file and what it says go with the caller's commit; code, number and hash stay, so that a paper can be checked."""
    unlink_at_commit(folder() / copy.file)
    copy.data, copy.erased_at = {}, clock.now()


def folder() -> Path:
    """Where archived files lie: outside of everything that is served."""
    return Path(current_app.config["DATA_DIR"]) / "archive"


def _write(name: str, content: bytes) -> None:
    target = folder() / name
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    part = target.with_suffix(".part")
    part.unlink(missing_ok=True)
    with part.open("xb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    part.chmod(0o400)
    part.replace(target)
