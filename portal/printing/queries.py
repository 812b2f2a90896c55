"""Reads of printing: one's own prints, and what may be said of a paper to anybody who holds it."""

import hashlib
import hmac
from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum, auto
from typing import Any

from flask import current_app
from sqlalchemy import delete, func, insert, select

from portal import access, clock
from portal.access import Viewer
from portal.db import Own, db, own_transaction
from portal.printing.models import ArchivedCopy, Document, Look, PrintedCopy
from portal.printing.registry import Paper, kind_or_404, open_kind_or_404
from portal.workflow import NotHeld

LOOKS = 20
PER = timedelta(minutes=1)
KEPT = timedelta(days=90)


class Standing(StrEnum):
    """Whether a paper is the one that counts."""

    CURRENT = auto()
    SUPERSEDED = auto()  # a newer version was printed
    CHANGED = auto()  # the form says something else now, nobody has printed that yet


@dataclass(frozen=True)
class Known:
    """All that the check page says: nothing of what the form says."""

    standing: Standing
    number: str
    version: int
    newest: int
    sha256: str
    archived: bool

    @property
    def digest(self) -> str:
        """The file's SHA-256 in groups, so that eyes can compare it."""
        return " ".join(self.sha256[i : i + 8] for i in range(0, 64, 8))


def own_copy_or_404(viewer: Viewer, code: str) -> PrintedCopy:
    """A print by its code, to whom ordered it."""
    found = select(PrintedCopy).join(PrintedCopy.document).where(PrintedCopy.code == code)
    copy: PrintedCopy = db.one_or_404(found.where(PrintedCopy.printed_by_id == viewer.id))
    return copy


def archived_or_404(viewer: Viewer, code: str) -> tuple[ArchivedCopy, Paper]:
    """An archived file and the form it is of, to whom may archive it. Raises NotHeld."""
    there = select(ArchivedCopy).where(ArchivedCopy.code == code, ArchivedCopy.erased_at.is_(None))
    copy: ArchivedCopy = db.one_or_404(there)
    kind = open_kind_or_404(copy.document.kind)
    paper = kind.load(viewer, copy.document.object_id)
    if kind.archived_by not in access.acts_on(viewer, paper.about):
        raise NotHeld(kind.archived_by)
    return copy, paper


def newest_archived(kind: str, object_id: Any) -> str | None:
    """The code of the newest archived file of a form; whether it may be opened is asked there."""
    found = select(ArchivedCopy.code).join(ArchivedCopy.document).where(Document.kind == kind, Document.object_id == object_id)
    found = found.where(ArchivedCopy.erased_at.is_(None))
    return db.session.scalar(found.order_by(ArchivedCopy.version.desc()).limit(1))


def newest_by_object(kind: str, objects: Collection[int]) -> dict[int, str]:
    """The same of several forms of a kind, {object: code}. One statement, or none for no object."""
    found = select(Document.object_id, ArchivedCopy.code).join(ArchivedCopy.document)
    found = found.where(Document.kind == kind, Document.object_id.in_(objects), ArchivedCopy.erased_at.is_(None))
    rows = db.session.execute(found.order_by(ArchivedCopy.version)) if objects else ()
    return {row.object_id: row.code for row in rows}


def check(code: str) -> Known | None:
    """What is known of a paper; None for codes that stand on no paper we handed out."""
    copy = db.session.get(PrintedCopy, code) or db.session.get(ArchivedCopy, code)
    if copy is None or copy.sha256 is None:
        return None
    of = copy.document
    return Known(_standing(of, copy.version), of.number, copy.version, of.version, copy.sha256, isinstance(copy, ArchivedCopy))


def too_many(address: str, code: str | None) -> bool:
    """Count this look in a transaction of its own; whether there were too many from there within the last minute."""
    now, key = clock.now(), str(current_app.secret_key).encode()
    origin = hmac.new(key, f"look {address}".encode(), hashlib.sha256).hexdigest()[:32]
    recent = select(func.count()).select_from(Look).where(Look.origin == origin, Look.at > now - PER)
    with own_transaction(Own.VIEW_LOGGED) as connection:
        many = (connection.scalar(recent) or 0) >= LOOKS
        if not many:
            connection.execute(insert(Look).values(origin=origin, at=now, code=code))
            connection.execute(delete(Look).where(Look.at < now - KEPT))
    return many


def _standing(document: Document, version: int) -> Standing:
    if version != document.version:
        return Standing.SUPERSEDED
    now = kind_or_404(document.kind).fingerprint(document.object_id)
    return Standing.CURRENT if document.is_at(now) else Standing.CHANGED
