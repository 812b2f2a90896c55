"""Taking a file in and away: what is slow is done with no transaction open; bytes go only after the row's end is committed."""

import errno
import hashlib
import os
import shlex
import shutil
import signal
import subprocess
import time
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO
from uuid import UUID, uuid4

from flask import current_app
from sqlalchemy import event, func, select
from sqlalchemy.orm import Session

from portal import clock, journal
from portal.access import Viewer
from portal.db import Own, db, own_transaction
from portal.files.kinds import clean_name, kind_of
from portal.files.models import StoredFile
from portal.files.places import Beside
from portal.files.queries import Stock, count_of, folder, path_of, quota, stock, used
from portal.health import NEEDED
from portal.settings.queries import number
from portal.words import N_

PIECE = 1 << 20
PATIENCE = 45
"""Seconds for the scanner: less than a web server in front waits for us."""
ORPHANED = 24 * 3600
"""Seconds after which bytes without a row are nobody's."""
TURN = 7_020_417
"""The name of the lock under which room is given out: PostgreSQL's writers do not stand in a queue by themselves."""
NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})

NOTHING = N_("Choose a file first.")
EMPTY = N_("The file is empty.")
FULL = N_("There is no room for more files. An administrator can raise the limit in the settings.")
DISK = N_("The server has no room for the file. Nothing was kept; tell an administrator.")
INFECTED = N_("The virus scanner found something in this file. It was not kept.")
NOT_SCANNED = N_("The virus scanner did not answer, so the file was not kept. Try again later.")


class Infected(ValueError):
    """The scanner found something."""


@dataclass(frozen=True)
class Received:
    """A file that lies on the disk and has no row yet."""

    path: Path
    name: str
    kind: str
    size: int
    sha256: str


def receive(stream: IO[bytes] | None, given: str, by: Viewer, beside: str) -> Received:
    """Write the bytes under a random name and look what they are. Raises ValueError with a sentence; nothing is left then.

    What the scanner finds is told to the journal: `by` whom, and `beside` what kind of object it was to stand.
    """
    if stream is None or not given:
        raise ValueError(NOTHING)
    path = folder() / uuid4().hex
    try:
        size, digest = _written(stream, path)
        kind = kind_of(path)
        _scan(path)
    except Infected:
        path.unlink(missing_ok=True)
        _tell(given, digest, by, beside)
        raise
    except BaseException as problem:
        path.unlink(missing_ok=True)
        if isinstance(problem, OSError) and problem.errno in NO_ROOM:
            current_app.logger.critical("no room for a file: %s", problem.strerror)
            raise ValueError(DISK) from None
        raise
    return Received(path, clean_name(given, kind), kind.media, size, digest)


def add(received: Received, beside: Beside, by: Viewer) -> StoredFile:
    """Its row and its entry, in the caller's transaction; the object's row is locked. Raises ValueError with a sentence."""
    if db.engine.dialect.name == "postgresql":
        db.session.execute(select(func.pg_advisory_xact_lock(TURN)))
    if used() + received.size > quota():
        raise ValueError(FULL)
    most = number("files_each")
    if count_of(beside.kind, beside.object_id) >= most:
        raise ValueError(N_("There are %(most)s files here already; that is the most.", most=most))
    plain = {"name": received.name, "kind": received.kind, "size": received.size, "sha256": received.sha256}
    place = {"object_type": beside.kind, "object_id": beside.object_id}
    person = getattr(beside.about, "person_id", None)
    row = StoredFile(id=UUID(received.path.name), person_id=person, by_id=by.id, at=clock.now(), **place, **plain)
    db.session.add(row)
    _note("filed", row, beside, by)
    return row


def remove(file: StoredFile, beside: Beside, by: Viewer) -> None:
    """Its row goes, the entry says which file it was; the bytes follow the commit."""
    _note("unfiled", file, beside, by)
    erase([file])


def erase(found: Iterable[StoredFile]) -> int:
    """Forget files for good, whatever state their objects are in: for retention and erasure; how many.

    Rows in the caller's transaction, bytes after its commit: a transaction that fails keeps both. No entry is written, and
    those that were name each file (`what`) and its digest: who erases decides about their words as well.
    """
    gone = [(file, path_of(file)) for file in found]
    for file, path in gone:
        db.session.delete(file)
        unlink_at_commit(path)
    return len(gone)


def unlink_at_commit(path: Path) -> None:
    """Remove bytes once the transaction that forgets them is written; never before, for it may be rolled back."""
    db.session().info.setdefault("files gone", []).append(path)


def discard(received: Received) -> None:
    """It was not kept after all."""
    received.path.unlink(missing_ok=True)


def sweep() -> Stock:
    """Drop bytes that no row knows, of a request that died between disk and database; tell them and what is missing."""
    found, old, dropped = stock(), time.time() - ORPHANED, 0
    for path in found.orphaned:
        with suppress(OSError):  # somebody may drop it at the same moment
            if path.stat().st_mtime < old:
                path.unlink()
                dropped += 1
    if dropped:
        current_app.logger.warning("files: %d without a row were dropped", dropped)
    for file_id in found.missing:
        current_app.logger.critical("files: the bytes of %s are missing; a backup may have them", file_id)
    return found


@event.listens_for(Session, "after_commit")
def _follow(session: Session) -> None:
    for path in session.info.pop("files gone", ()):
        try:
            path.unlink(missing_ok=True)
        except OSError as problem:  # the row is gone: the nightly look drops the rest
            current_app.logger.warning("files: %s could not be dropped: %s", path.name, problem.strerror)


@event.listens_for(Session, "after_rollback")
def _keep(session: Session) -> None:
    session.info.pop("files gone", None)


def _note(what: str, file: StoredFile, beside: Beside, by: Viewer) -> None:
    words = {"what": file.name, "size": file.size, "sha256": file.sha256}
    journal.write(f"{beside.about.__tablename__}.{what}", beside.about, by, behalf=beside.behalf, words=words)


def _tell(given: str, digest: str, by: Viewer, beside: str) -> None:
    """Beside the request's transaction (docs/adr/011): what is refused commits nothing."""
    words = {"what": given[:200], "sha256": digest, "thing": beside}
    with own_transaction(Own.FILE_REFUSED) as connection, Session(connection) as aside:
        journal.write_about("file.refused", "file", by, words=words, into=aside)
        aside.commit()


def _written(stream: IO[bytes], path: Path) -> tuple[int, str]:
    size, digest, most = 0, hashlib.sha256(), number("file_mb")
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    if shutil.disk_usage(path.parent).free < NEEDED:
        raise OSError(errno.ENOSPC, "below what must stay free")
    with path.open("xb") as file:
        path.chmod(0o600)
        while piece := stream.read(PIECE):
            size += len(piece)
            if size > most * 1_000_000:
                raise ValueError(N_("The file is larger than %(most)s MB.", most=most))
            digest.update(piece)
            file.write(piece)
        file.flush()
        os.fsync(file.fileno())
    if not size:
        raise ValueError(EMPTY)
    settle(path.parent)  # or a power cut keeps the row and forgets the name
    return size, digest.hexdigest()


def settle(folder: Path) -> None:
    """What was renamed in a folder is on the disk."""
    opened = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)


def _scan(path: Path) -> None:
    """The machine's own scanner, if it has one: 0 = clean, 1 = infected, as clamdscan and most others answer."""
    if not current_app.config["FILE_SCANNER"].strip():
        return
    try:
        code = _answer([*shlex.split(current_app.config["FILE_SCANNER"]), str(path)])
    except (OSError, ValueError, subprocess.TimeoutExpired) as problem:  # missing, misspelt, or it hangs
        current_app.logger.critical("the scanner does not answer: %s", type(problem).__name__)
        raise ValueError(NOT_SCANNED) from None
    if code:
        current_app.logger.warning("the scanner answered %s", code)
        raise Infected(INFECTED) if code == 1 else ValueError(NOT_SCANNED)


def _answer(command: list[str]) -> int:
    """What a program says by its code; with whatever it started it ends when our patience does."""
    nothing = subprocess.DEVNULL  # a pipe would be waited for as long as anything it started holds it open
    program = subprocess.Popen(  # noqa: S603 - the machine's own setting, no shell
        command, stdin=nothing, stdout=nothing, stderr=nothing, start_new_session=True
    )
    try:
        return program.wait(PATIENCE)
    except BaseException:
        with suppress(ProcessLookupError):
            os.killpg(program.pid, signal.SIGKILL)
        program.wait()
        raise
