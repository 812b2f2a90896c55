"""Making a backup: the database, the archive and the files in one tar, with a manifest that says what must be in it."""

import gzip
import hashlib
import json
import shlex
import shutil
import sqlite3
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import IO

import pyrage
from flask import current_app

from portal.backup import databases, sealing
from portal.backup.databases import Failed
from portal.db import db
from portal.files import settle

FOLDERS = ("archive", "files")
"""What lies beside the database and belongs to it."""
MANIFEST, SUFFIX, GLOB, LIST = "manifest.json", ".tar.gz", "portal-*.tar.gz*", "SHA256SUMS"
SPARE = 500_000_000
"""Bytes that stay free whatever a backup takes."""
PATIENCE = 3_600
"""Seconds for the command that brings a backup away."""
DAYS, WEEKS, MONTHS = 7, 4, 12
"""How many of the newest of each day, week and month are kept."""
UPGRADE, UPGRADES = ".before-upgrade", 3
"""In the name of what was saved before an upgrade, and how many of those are kept: the way back leads through them."""


class NoRoom(Failed):
    """A disk is too full."""


class NotBrought(Failed):
    """The backup lies here, and nowhere else."""


@dataclass(frozen=True)
class Manifest:
    """What a backup holds: the tables' version and rows, and the digest of every file."""

    made: str
    head: str
    database: str
    counts: dict[str, int]
    files: dict[str, str] = field(default_factory=dict)

    @classmethod
    def read(cls, text: bytes) -> "Manifest":
        """From its file. Raises Failed for one that is none."""
        try:
            return cls(**json.loads(text))
        except (ValueError, TypeError):
            raise Failed("This is no backup of the portal: its manifest cannot be read.") from None


def folder() -> Path:
    """Where backups lie when nobody says otherwise."""
    return Path(current_app.config["BACKUP_DIR"] or Path(current_app.config["DATA_DIR"]) / "backups")


def make(data: Path, target: Path, head: str, mark: str = "") -> Path:
    """A backup of the folder `data` and of the database, in the folder `target`; where it lies. Raises Failed.

    `mark` stands in its name: UPGRADE for one that the backups of the same day must not drop.

    It is written under another name and gets its own when it is whole and on the disk; nobody but its owner can read it.
    With `BACKUP_KEYS` nothing readable leaves the folder `data`.
    """
    keys = current_app.config["BACKUP_KEYS"]
    at = datetime.now(UTC)
    whole = target / f"portal-{at:%Y%m%d-%H%M%S}{mark}{SUFFIX}{sealing.SEALED if keys else ''}"
    part = whole.with_name(f".{whole.name}.part")
    try:
        target.mkdir(parents=True, exist_ok=True, mode=0o700)
        _room(data, target)
        with tempfile.TemporaryDirectory(dir=data, prefix=".making-") as place:
            copy = Path(place) / databases.name_of(db.engine.url)
            copy.touch(mode=0o600)
            counts = databases.dump(db.engine.url, copy)
            if copy.suffix == ".dump":
                databases.check_dump(db.engine.url, copy)
            sources = {copy.name: copy, **{str(file.relative_to(data)): file for file in _files(data)}}
            _fresh(part)
            with sealing.sealing(part, keys) as out:
                _pack(out, sources, Manifest(at.isoformat(), head, db.engine.dialect.name, dict(counts)))
        _list(target, whole.name, digest(part))
        part.rename(whole)
        settle(target)
    except OSError as problem:
        raise Failed(f"The backup was not made: {problem.strerror} ({problem.filename or target}).") from None
    except (sqlite3.Error, pyrage.EncryptError) as problem:
        raise Failed(f"The backup was not made: {problem}.") from None
    finally:
        part.unlink(missing_ok=True)
    return whole


def bring_away(made: Path) -> None:
    """Hand a backup to the machine's own command (BACKUP_COMMAND), which copies it elsewhere. Raises NotBrought."""
    command = shlex.split(current_app.config["BACKUP_COMMAND"])
    if not command:
        return
    try:
        ran = subprocess.run(  # noqa: S603 - the machine's own setting, no shell
            [*command, str(made)], timeout=PATIENCE, check=False, stdin=subprocess.DEVNULL, capture_output=True, text=True
        )
    except (OSError, subprocess.TimeoutExpired) as problem:
        raise NotBrought(f"{made} was made, but {command[0]} did not bring it away: {type(problem).__name__}.") from None
    if ran.returncode:
        last = (ran.stderr.strip().splitlines() or [f"it ended with {ran.returncode}"])[-1]
        raise NotBrought(f"{made} was made, but {command[0]} did not bring it away: {last}")


def _room(data: Path, target: Path) -> None:
    """Room for the copy of the database beside the data, and for the packed whole where backups lie."""
    files, database = sum(file.stat().st_size for file in _files(data)), databases.size(db.engine.url)
    needs = [(data, database), (target, database + files)]
    if data.stat().st_dev == target.stat().st_dev:
        needs = [(target, 2 * database + files)]
    for place, needed in needs:
        if (free := shutil.disk_usage(place).free) < needed + SPARE:
            told = f"Only {free // 1_000_000} MB are free in {place}; this backup may need {(needed + SPARE) // 1_000_000} MB."
            raise NoRoom(told)


def _files(data: Path) -> Iterator[Path]:
    for name in FOLDERS:
        for file in sorted((data / name).rglob("*")):
            if file.is_file() and not file.is_symlink() and not file.name.endswith(".part"):
                yield file


def _pack(out: IO[bytes], sources: dict[str, Path], manifest: Manifest) -> None:
    with gzip.open(out, "wb", compresslevel=1) as zipped, tarfile.open(fileobj=zipped, mode="w|") as packed:
        for name, file in sources.items():
            try:
                manifest.files[name] = digest(file)
                packed.add(file, name, recursive=False)
            except FileNotFoundError:  # dropped while we went through: the database has forgotten it too
                manifest.files.pop(name, None)
        told = json.dumps(asdict(manifest), indent=1).encode()
        entry = tarfile.TarInfo(MANIFEST)
        entry.size = len(told)
        packed.addfile(entry, BytesIO(told))


def digest(file: Path) -> str:
    """SHA-256 of a file."""
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


def listed(target: Path) -> dict[str, str]:
    """The digests of the backups of a folder, by name, as `sha256sum -c` reads them too."""
    try:
        lines = (target / LIST).read_text().splitlines()
    except FileNotFoundError:
        return {}
    return {name: told for told, _, name in (line.partition("  ") for line in lines) if name}


def _list(target: Path, name: str, told: str) -> None:
    known = {**listed(target), name: told}
    _keep_list(target, {one: told for one, told in known.items() if one == name or (target / one).exists()})


def _keep_list(target: Path, known: dict[str, str]) -> None:
    part = target / f".{LIST}.part"
    _fresh(part)
    part.write_text("".join(f"{told}  {name}\n" for name, told in sorted(known.items())))
    part.replace(target / LIST)


def _fresh(part: Path) -> None:
    """An empty file of our own: what lies under its name, be it a link that somebody else laid there, is not written to."""
    part.unlink(missing_ok=True)
    part.touch(mode=0o600, exist_ok=False)


def forget(target: Path) -> list[Path]:
    """Drop old backups: the newest of 7 days, 4 weeks and 12 months stay, and those before upgrades. What was dropped."""
    found = sorted(target.glob(GLOB), reverse=True)
    kept: set[Path] = {*found[:1], *[file for file in found if UPGRADE in file.name][:UPGRADES]}
    for most, key in ((DAYS, "%Y%m%d"), (WEEKS, "%G%V"), (MONTHS, "%Y%m")):
        seen: dict[str, Path] = {}
        for file in found:
            seen.setdefault(made_at(file).strftime(key), file)
        kept |= set(list(seen.values())[:most])
    dropped = [file for file in found if file not in kept]
    for file in dropped:
        file.unlink()
    if dropped:
        _keep_list(target, {name: told for name, told in listed(target).items() if (target / name).exists()})
    return dropped


def made_at(file: Path) -> datetime:
    """When a backup was made, from its name."""
    return datetime.strptime(file.name.removeprefix("portal-").partition(".")[0], "%Y%m%d-%H%M%S").replace(tzinfo=UTC)


def newest(target: Path) -> Path | None:
    """The newest backup; None where there is none."""
    return max(target.glob(GLOB), default=None)
