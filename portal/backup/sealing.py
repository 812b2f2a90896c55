"""Encrypting a backup to keys whose other half is not on this machine: the age format, which `age` opens everywhere.

What is written runs through a pipe: nothing readable is laid where backups are kept.
"""

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Thread
from typing import IO, Any

import pyrage

from portal.backup.databases import Failed

SEALED = ".age"


@contextmanager
def sealing(file: Path, keys: Sequence[str]) -> Iterator[IO[bytes]]:
    """What is written arrives in `file`, which only the holder of one of the keys can read; without keys, as it is."""
    with file.open("wb") as out:
        if not keys:
            yield out
        else:
            recipients = [pyrage.x25519.Recipient.from_str(key) for key in keys]
            source, inside = _pipe()
            with _beside(lambda end: pyrage.encrypt_io(end, out, recipients), inside, source):
                yield inside
        out.flush()
        os.fsync(out.fileno())


@contextmanager
def opening(file: Path, identity: Path | None) -> Iterator[IO[bytes]]:
    """What is inside. Raises Failed without the key, or with another one."""
    if file.suffix != SEALED:
        with file.open("rb") as plain:
            yield plain
        return
    identities = _identities(identity, file)
    inside, out = _pipe()
    with file.open("rb") as sealed, _beside(lambda end: pyrage.decrypt_io(sealed, end, identities), inside, out):
        yield inside


def _identities(identity: Path | None, file: Path) -> list[Any]:
    if identity is None:
        raise Failed(f"{file.name} is encrypted: give the file of the private key with --identity.")
    lines = [line.strip() for line in identity.read_text().splitlines()]
    try:
        return [pyrage.x25519.Identity.from_str(line) for line in lines if line and not line.startswith("#")]
    except pyrage.IdentityError:
        raise Failed(f"{identity} holds no private key as `age-keygen` writes it.") from None


@contextmanager
def _beside(work: Callable[[IO[bytes]], None], ours: IO[bytes], theirs: IO[bytes]) -> Iterator[IO[bytes]]:
    """`work` with its end of a pipe in a thread while we are at ours; what went wrong there is raised here."""
    wrong: list[Exception] = []

    def run() -> None:
        try:
            with theirs:
                work(theirs)
        except Exception as problem:
            wrong.append(problem)

    thread = Thread(target=run, name="seal")
    thread.start()
    try:
        try:
            yield ours
        finally:
            with suppress(BrokenPipeError):
                ours.close()
            thread.join()
    except Exception:
        if wrong and "Broken pipe" not in str(wrong[0]):  # the other side failed first; else it failed because we did
            raise wrong[0] from None
        raise
    if wrong:
        raise wrong[0]


def _pipe() -> tuple[IO[bytes], IO[bytes]]:
    reading, writing = os.pipe()
    return os.fdopen(reading, "rb"), os.fdopen(writing, "wb")
