"""Taking a file in: size, kind and scanner are asked with no transaction open; then its row is written."""

import hashlib
import os
import shlex
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path
from typing import IO
from uuid import uuid4

from flask import current_app
from sqlalchemy import select

from portal import clock
from portal.access import Viewer
from portal.db import db
from portal.files.kinds import clean_name, kind_of
from portal.files.models import StoredFile
from portal.files.queries import MOST, folder, of, used
from portal.settings.queries import number
from portal.words import N_

LARGEST = 20_000_000
PIECE = 1 << 20
PATIENCE = 60
"""Seconds for the scanner."""
ORPHANED = 24 * 3600
"""Seconds after which bytes without a row are nobody's."""

NOTHING = N_("Choose a file first.")
EMPTY = N_("The file is empty.")
TOO_LARGE = N_("The file is larger than 20 MB.")
FULL = N_("There is no room for more files. An administrator can raise the limit in the settings.")
MANY = N_("There are %(most)s files here already; that is the most.", most=MOST)
INFECTED = N_("The virus scanner found something in this file. It was not kept.")
NOT_SCANNED = N_("The virus scanner did not answer, so the file was not kept. Try again later.")


@dataclass(frozen=True)
class Received:
    """A file that lies on the disk and has no row yet."""

    path: Path
    name: str
    kind: str
    size: int
    sha256: str


def receive(stream: IO[bytes] | None, given: str) -> Received:
    """Write the bytes under a random name and look what they are. Raises ValueError with a sentence; nothing is left then."""
    if stream is None or not given:
        raise ValueError(NOTHING)
    folder().mkdir(parents=True, exist_ok=True, mode=0o700)
    path = folder() / uuid4().hex
    try:
        size, digest = _written(stream, path)
        kind = kind_of(path)
        _scan(path)
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    return Received(path, clean_name(given, kind), kind.media, size, digest)


def keep(received: Received, object_type: str, object_id: int, by: Viewer) -> StoredFile:
    """Its row, in the caller's transaction; the object's row is locked. Raises ValueError with a sentence."""
    if used() + received.size > number("files_mb") * 1_000_000:
        raise ValueError(FULL)
    if len(of(object_type, object_id)) >= MOST:
        raise ValueError(MANY)
    plain = {"name": received.name, "kind": received.kind, "size": received.size, "sha256": received.sha256}
    row = StoredFile(
        object_type=object_type, object_id=object_id, stored=received.path.name, by_id=by.id, at=clock.now(), **plain
    )
    db.session.add(row)
    return row


def discard(received: Received) -> None:
    """It was not kept after all."""
    received.path.unlink(missing_ok=True)


def sweep() -> None:
    """Remove bytes that no row knows: of a request that died between disk and database."""
    old = time.time() - ORPHANED
    lying = [path for path in folder().glob("*") if path.is_file() and path.stat().st_mtime < old]
    for n in range(0, len(lying), 500):
        part = {path.name: path for path in lying[n : n + 500]}
        known = set(db.session.scalars(select(StoredFile.stored).where(StoredFile.stored.in_(part))))
        for name in part.keys() - known:
            part[name].unlink(missing_ok=True)


def _written(stream: IO[bytes], path: Path) -> tuple[int, str]:
    size, digest = 0, hashlib.sha256()
    with path.open("xb") as file:
        path.chmod(0o600)
        while piece := stream.read(PIECE):
            size += len(piece)
            if size > LARGEST:
                raise ValueError(TOO_LARGE)
            digest.update(piece)
            file.write(piece)
        file.flush()
        os.fsync(file.fileno())
    if not size:
        raise ValueError(EMPTY)
    return size, digest.hexdigest()


def _scan(path: Path) -> None:
    """The machine's own scanner, if it has one: 0 = clean, 1 = infected, as clamdscan and most others answer."""
    command = shlex.split(current_app.config["FILE_SCANNER"])
    if not command:
        return
    try:
        ran = subprocess.run(  # noqa: S603 - the machine's own setting, no shell
            [*command, str(path)], timeout=PATIENCE, check=False, stdin=subprocess.DEVNULL, capture_output=True
        )
        code = ran.returncode
    except (OSError, subprocess.TimeoutExpired):
        code = -1
    if code:
        current_app.logger.warning("the scanner answered %s", code)
        raise ValueError(INFECTED if code == 1 else NOT_SCANNED)
