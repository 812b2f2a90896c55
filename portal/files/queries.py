"""Reads of files. Every list starts at `visible`: a file is seen by who may see the object it stands beside."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from flask import abort, current_app
from sqlalchemy import Select, and_, bindparam, false, func, or_, select

from portal import access
from portal.access import Viewer
from portal.access.switches import enabled
from portal.db import db
from portal.directory.models import Person
from portal.files.models import StoredFile
from portal.files.places import Beside, held, place_or_404, places
from portal.settings.queries import number
from portal.workflow import NotHeld, Refused

LIST = 2_000
"""Files of one page, whatever stands on it."""


@dataclass(frozen=True)
class Shown:
    """A file in a list."""

    id: UUID
    name: str
    size: int
    sha256: str
    at: datetime
    by_id: int
    by: str
    missing: bool  # the row is there, its bytes are not


@dataclass(frozen=True)
class Stock:
    """What lies on the disk against what the table says."""

    files: int
    used: int  # bytes, by the table
    missing: tuple[UUID, ...]  # rows without bytes
    orphaned: tuple[Path, ...]  # bytes without a row; of this moment's uploads too


def visible(viewer: Viewer, kinds: Collection[str] = ()) -> Select[StoredFile]:
    """What this viewer may see, beside objects of these kinds (any, if none is named): each object's own policy is asked."""
    asked = [place for place in places() if not kinds or place.kind in kinds]
    beside = [and_(StoredFile.object_type == p.kind, p.seen(viewer, StoredFile.object_id)) for p in asked]
    return select(StoredFile).where(or_(false(), *beside))


def one_or_404(viewer: Viewer, file_id: UUID) -> StoredFile:
    """One file; 404 as well where its capability is off."""
    found: StoredFile = db.one_or_404(visible(viewer).where(StoredFile.id == file_id))
    return found if enabled(place_or_404(found.object_type).capability) else abort(404)


def of(viewer: Viewer, wanted: Mapping[str, Collection[int]]) -> dict[tuple[str, int], list[Shown]]:
    """The files beside some objects, {(kind, id): in the order they came}. One statement, or none for no object."""
    found: dict[tuple[str, int], list[Shown]] = defaultdict(list)
    asked = {kind: list(ids) for kind, ids in wanted.items() if ids}
    if asked:
        for row, name in db.session.execute(*_of(viewer, tuple(asked), **asked)):
            found[row.object_type, row.object_id].append(_shown(row, name))
    return found


@access.prepared
def _of(viewer: Viewer, kinds: tuple[str, ...]) -> Select[Any]:
    f = StoredFile
    theirs = [and_(f.object_type == kind, f.object_id.in_(bindparam(kind, expanding=True))) for kind in kinds]
    seen = visible(viewer, kinds).where(or_(*theirs)).order_by(f.at, f.id).limit(LIST)
    return seen.join(Person, Person.id == f.by_id).add_columns(Person.name)


def met(beside: Beside) -> Beside:
    """With what others hold fast in it; asked only where something could be changed."""
    why = held(beside.kind, beside.object_id) if beside.is_open else ""
    return replace(beside, closed=why) if why else beside


def beside_or_404(viewer: Viewer, kind: str, object_id: int) -> Beside:
    """An object with its files."""
    place = place_or_404(kind)
    return met(place.find(viewer, object_id)) if enabled(place.capability) else abort(404)


def to_add(viewer: Viewer, kind: str, object_id: int) -> Beside:
    """To put a file beside it: the right first, then the object's state."""
    beside = beside_or_404(viewer, kind, object_id)
    if not beside.adds:
        raise NotHeld(kind)
    if beside.closed:
        raise Refused(beside.closed)
    return beside


def to_remove(viewer: Viewer, file_id: UUID) -> tuple[StoredFile, Beside]:
    """To take a file away. The object is locked first, so the file is read again: somebody may have been faster."""
    file = one_or_404(viewer, file_id)
    beside = beside_or_404(viewer, file.object_type, file.object_id)
    if not (beside.adds and beside.owns(file.by_id)):
        raise NotHeld(file.object_type)
    if beside.closed:
        raise Refused(beside.closed)
    still = select(StoredFile).where(StoredFile.id == file_id).execution_options(populate_existing=True)
    return db.one_or_404(still), beside


def of_subject(person_id: int, viewer: Viewer | None = None) -> Sequence[StoredFile]:
    """Every file beside something about a person, the oldest first; with a `viewer` only what they may see.

    For one's own copy pass the person as the viewer: what a manager put beside an assessment that is not released is not
    theirs yet. `path_of` tells where the bytes of each lie.
    """
    found = (visible(viewer) if viewer else select(StoredFile)).where(StoredFile.person_id == person_id)
    return db.session.scalars(found.order_by(StoredFile.at, StoredFile.id)).all()


def of_objects(kind: str, ids: Collection[int]) -> Sequence[StoredFile]:
    """The files beside some objects, whoever may see them: for the portal itself (retention, a digest of a form)."""
    mine = (StoredFile.object_type == kind, StoredFile.object_id.in_(ids))
    return db.session.scalars(select(StoredFile).where(*mine).order_by(StoredFile.at, StoredFile.id)).all() if ids else []


def count_of(kind: str, object_id: int) -> int:
    """How many stand beside one object."""
    mine = (StoredFile.object_type == kind, StoredFile.object_id == object_id)
    return db.session.scalar(select(func.count()).select_from(StoredFile).where(*mine)) or 0


def used() -> int:
    """Bytes of all files."""
    return int(db.session.scalar(_USED) or 0)


def quota() -> int:
    """Bytes that all files together may have."""
    return number("files_mb") * 1_000_000


def folder() -> Path:
    """Where files lie: outside of everything that is served."""
    return Path(current_app.config["DATA_DIR"]).absolute() / "files"


def path_of(file: StoredFile) -> Path:
    """Where its bytes lie, or should."""
    return folder() / file.id.hex


def stock() -> Stock:
    """Compare the disk with the table: what a check of the installation, or a nightly look, wants to know."""
    rows = {file_id.hex: size for file_id, size in db.session.execute(select(StoredFile.id, StoredFile.size))}
    lying = {path.name: path for path in _lying()}
    missing = tuple(UUID(name) for name in sorted(rows.keys() - lying.keys()))
    orphaned = tuple(lying[name] for name in sorted(lying.keys() - rows.keys()))
    return Stock(len(rows), sum(rows.values()), missing, orphaned)


def _lying() -> Iterator[Path]:
    return (path for path in folder().glob("*") if path.is_file())


def _shown(row: StoredFile, by: str) -> Shown:
    return Shown(row.id, row.name, row.size, row.sha256, row.at, row.by_id, by, missing=not path_of(row).is_file())


_USED = select(func.coalesce(func.sum(StoredFile.size), 0))  # made once: making it costs more than asking it
