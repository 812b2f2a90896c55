"""Making a backup: the database, the archive and the files in one tar, with a manifest that says what must be in it."""

import hashlib
import json
import shutil
import tarfile
import tempfile
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path

from portal.backup import databases
from portal.backup.databases import Failed
from portal.db import db

FOLDERS = ("archive", "files")
"""What lies beside the database and belongs to it."""
MANIFEST, SUFFIX = "manifest.json", ".tar.gz"
SPARE = 500_000_000
"""Bytes that stay free whatever a backup takes."""
DAYS, WEEKS, MONTHS = 7, 4, 12
"""How many of the newest of each day, week and month are kept."""


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


def make(data: Path, target: Path, head: str) -> Path:
    """A backup of the folder `data` and of the database, in the folder `target`; where it lies. Raises Failed.

    It is written under another name and gets its own when it is whole; nobody but its owner can read it.
    """
    target.mkdir(parents=True, exist_ok=True, mode=0o700)
    _room(data, target)
    at = datetime.now(UTC)
    whole = target / f"portal-{at:%Y%m%d-%H%M%S}{SUFFIX}"
    part = whole.with_name(f".{whole.name}.part")
    try:
        with tempfile.TemporaryDirectory(dir=target, prefix=".making-") as folder:
            copy = Path(folder) / databases.name_of(db.engine.url)
            copy.touch(mode=0o600)
            counts = databases.dump(db.engine.url, copy)
            if copy.suffix == ".dump":
                databases.check_dump(db.engine.url, copy)
            sources = {copy.name: copy, **{str(file.relative_to(data)): file for file in _files(data)}}
            _pack(part, sources, Manifest(at.isoformat(), head, db.engine.dialect.name, dict(counts)))
        part.rename(whole)
    except OSError as problem:
        raise Failed(f"The backup was not made: {problem.strerror} ({problem.filename or target}).") from None
    finally:
        part.unlink(missing_ok=True)
    return whole


def _room(data: Path, target: Path) -> None:
    url = db.engine.url
    sizes = [file.stat().st_size for file in _files(data)]
    database = Path(url.database or "").stat().st_size if url.get_backend_name() == "sqlite" else 0
    needed = 2 * (sum(sizes) + database) + SPARE
    free = shutil.disk_usage(target).free
    if free < needed:
        raise Failed(f"Only {free // 1_000_000} MB are free in {target}; this backup may need {needed // 1_000_000} MB.")


def _files(data: Path) -> Iterator[Path]:
    for name in FOLDERS:
        for file in sorted((data / name).rglob("*")):
            if file.is_file() and not file.is_symlink() and not file.name.endswith(".part"):
                yield file


def _pack(part: Path, sources: dict[str, Path], manifest: Manifest) -> None:
    part.touch(mode=0o600)
    with tarfile.open(part, "w:gz", compresslevel=1) as packed:
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


def forget(target: Path) -> list[Path]:
    """Drop old backups: the newest of 7 days, 4 weeks and 12 months stay. What was dropped."""
    found = sorted(target.glob(f"portal-*{SUFFIX}"), reverse=True)
    kept: set[Path] = set(found[:1])
    for most, key in ((DAYS, "%Y%m%d"), (WEEKS, "%G%V"), (MONTHS, "%Y%m")):
        seen: dict[str, Path] = {}
        for file in found:
            seen.setdefault(made_at(file).strftime(key), file)
        kept |= set(list(seen.values())[:most])
    dropped = [file for file in found if file not in kept]
    for file in dropped:
        file.unlink()
    return dropped


def made_at(file: Path) -> datetime:
    """When a backup was made, from its name."""
    return datetime.strptime(file.name.removeprefix("portal-").removesuffix(SUFFIX), "%Y%m%d-%H%M%S").replace(tzinfo=UTC)


def age(target: Path) -> timedelta | None:
    """How old the newest backup is; None where there is none."""
    found = sorted(target.glob(f"portal-*{SUFFIX}"))
    return datetime.now(UTC) - made_at(found[-1]) if found else None
