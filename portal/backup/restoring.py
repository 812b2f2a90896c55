"""Looking into a backup, and putting it in place of what is there."""

import shutil
import sqlite3
import tarfile
import tempfile
import zlib
from collections.abc import Collection, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import pyrage
from sqlalchemy import URL, update

from portal import clock
from portal.accounts.models import LoginSession, Why
from portal.backup import databases, making, sealing
from portal.backup.databases import Failed
from portal.backup.making import FOLDERS, MANIFEST, Manifest, digest
from portal.db import UNSYNCED, db, insert_into
from portal.settings import Setting


@dataclass(frozen=True)
class Unpacked:
    """A backup whose every file is what it was."""

    folder: Path
    manifest: Manifest


def same_file(file: Path) -> bool:
    """Whether it is what was written, as the list beside it says; False without a list. Raises Failed if it is another."""
    told = making.listed(file.parent).get(file.name)
    if told and digest(file) != told:
        raise Failed(f"{file.name} is not the file that was written: {making.LIST} beside it says another SHA-256.")
    return told is not None


@contextmanager
def unpacked(file: Path, beside: Path, identity: Path | None = None) -> Iterator[Unpacked]:
    """Unpack into a folder beside the data, compare every digest, open the copy, count its rows. Raises Failed.

    `identity` is the file of the private key; only an encrypted backup needs it.
    """
    with tempfile.TemporaryDirectory(dir=beside, prefix=".restoring-") as folder:
        inside = Path(folder)
        try:
            with sealing.opening(file, identity) as content, tarfile.open(fileobj=content, mode="r|gz") as packed:
                _take_out(packed, inside)
        except (OSError, EOFError, zlib.error, tarfile.TarError, pyrage.DecryptError) as problem:
            raise Failed(f"{file.name} cannot be unpacked: {problem}.") from None
        if not (inside / MANIFEST).is_file():
            raise Failed(f"{file.name} is no backup of the portal: it has no manifest.")
        manifest = Manifest.read((inside / MANIFEST).read_bytes())
        _compare(inside, manifest)
        yield Unpacked(inside, manifest)


def _take_out(packed: tarfile.TarFile, inside: Path) -> None:
    """Plain files below `inside` and nothing else. Not `extractall(filter=…)`: Debian 12's Python 3.11.2 has no filters."""
    for entry in packed:
        target = (inside / entry.name).resolve()
        if not entry.isreg() or not target.is_relative_to(inside.resolve()):
            raise Failed(f"This is no backup of the portal: {entry.name} is no plain file of it.")
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with packed.extractfile(entry) or BytesIO() as content, target.open("xb") as written:
            shutil.copyfileobj(content, written, 1_000_000)
        target.chmod(0o600)


def _compare(inside: Path, manifest: Manifest) -> None:
    there = {str(path.relative_to(inside)) for path in inside.rglob("*") if path.is_file()} - {MANIFEST}
    if there != manifest.files.keys():
        raise Failed(f"The backup is not whole: {sorted(there ^ manifest.files.keys())[0]} is missing or too much.")
    for name, wanted in manifest.files.items():
        if digest(inside / name) != wanted:
            raise Failed(f"The backup was changed: {name} is not what was saved.")
    copy = inside / "portal.db"
    if not copy.exists():
        return
    with closing(sqlite3.connect(f"file:{copy}?mode=ro", uri=True)) as opened:
        counted = databases.look_into(opened)
    if counted != manifest.counts:
        wrong = next(table for table in manifest.counts if counted.get(table) != manifest.counts[table])
        raise Failed(f"The backup holds {counted.get(wrong)} rows of {wrong}, not {manifest.counts[wrong]}.")


def put_back(backup: Unpacked, data: Path, known: Collection[str]) -> list[Path]:
    """In place of what is there, which is kept under another name; those names. `known` are the versions of tables that
    this program can bring up to date. Raises Failed, then nothing was changed."""
    url, manifest = db.engine.url, backup.manifest
    if manifest.head not in known:
        raise Failed(f"This backup is of a newer portal ({manifest.head}): install that version first.")
    if manifest.database != db.engine.dialect.name:
        raise Failed(f"This backup is of {manifest.database}, this portal runs on {db.engine.dialect.name}.")
    stamp = f"{datetime.now(UTC):%Y%m%d-%H%M%S}"
    kept = []
    if manifest.database == "sqlite":
        kept += _swap_database(url, backup.folder / "portal.db", stamp)
    else:
        databases.check_dump(url, backup.folder / "portal.dump")
        databases.load(url, backup.folder / "portal.dump")
    for name in FOLDERS:
        kept += _swap(data / name, backup.folder / name, stamp)
    still = update(LoginSession).where(LoginSession.revoked_at.is_(None))  # whoever was signed in then is not now
    db.session.execute(still.values(revoked_at=clock.now(), why=Why.ADMIN), execution_options=UNSYNCED)
    pause = insert_into(Setting).values(name="mail_open", value=False, at=clock.now(), version=1)  # nobody is written to twice
    db.session.execute(pause.on_conflict_do_update(index_elements=["name"], set_={"value": False, "at": clock.now()}))
    db.session.commit()
    return kept


def _swap_database(url: URL, copy: Path, stamp: str) -> list[Path]:
    place = Path(url.database or "")
    db.session.remove()
    db.engine.dispose()
    if not place.exists():
        shutil.move(copy, place)
        return []
    with closing(sqlite3.connect(place, timeout=1, isolation_level=None)) as held:
        databases.alone(held)
        held.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    before = place.with_name(f"{place.name}.before-{stamp}")
    place.rename(before)
    for rest in (f"{place}-wal", f"{place}-shm"):
        Path(rest).unlink(missing_ok=True)
    shutil.move(copy, place)
    place.chmod(0o600)
    return [before]


def _swap(place: Path, copy: Path, stamp: str) -> list[Path]:
    before = place.with_name(f"{place.name}.before-{stamp}")
    kept = []
    if place.exists():
        place.rename(before)
        kept = [before]
    if copy.exists():
        shutil.move(copy, place)
    return kept
