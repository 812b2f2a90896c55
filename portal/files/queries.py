"""The files beside an object. Whoever asks has asked about the object first."""

from collections.abc import Sequence
from pathlib import Path

from flask import abort, current_app
from sqlalchemy import func, select

from portal.db import db
from portal.files.models import StoredFile

MOST = 20
"""Files beside one object."""


def of(object_type: str, object_id: int) -> Sequence[StoredFile]:
    """In the order they came."""
    mine = (StoredFile.object_type == object_type, StoredFile.object_id == object_id)
    return db.session.scalars(select(StoredFile).where(*mine).order_by(StoredFile.id).limit(MOST)).all()


def one_or_404(object_type: str, object_id: int, file_id: int) -> StoredFile:
    """One file of an object."""
    found = db.session.get(StoredFile, file_id)
    return found if found and (found.object_type, found.object_id) == (object_type, object_id) else abort(404)


def used() -> int:
    """Bytes of all files."""
    return int(db.session.scalar(select(func.coalesce(func.sum(StoredFile.size), 0))) or 0)


def folder() -> Path:
    """Where files lie: outside of everything that is served."""
    return Path(current_app.config["DATA_DIR"]).absolute() / "files"


def path_of(file: StoredFile) -> Path:
    """Where its bytes lie; 404 when they are gone."""
    path = folder() / file.stored
    if not path.is_file():
        current_app.logger.critical("the bytes of file %s are gone", file.id)
        abort(404)
    return path
