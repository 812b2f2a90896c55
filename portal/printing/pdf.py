"""HTML in, an archive PDF out (PDF/A-3a and PDF/UA-1), drawn by a small process of our own with limits.

The process (`press.py`) is started when the first document is printed. It is another program, not a fork of the web
server, whose threads and open connections no fork survives. One document at a time: a second one waits, then is told.
"""

import atexit
import hashlib
import json
import os
import select
import signal
import struct
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

from portal.words import N_

STYLESHEET = Path(__file__).parents[2] / "static" / "css" / "print.css"
INHERITED = ("PATH", "HOME", "XDG_CACHE_HOME", "FONTCONFIG_FILE")
_LENGTH = struct.Struct(">Q")

REASONS = {
    "slow": N_("This form took too long to draw and was stopped. Very long texts can be the cause."),
    "large": N_("This form needs more memory than one document may have. Very long texts can be the cause."),
    "nested": N_("This form is nested too deeply to be drawn."),
    "address": N_("This form points to a file or an address. Nothing is fetched while printing."),
    "crashed": N_("The drawing program stopped in the middle of this form. Nothing else was affected."),
    "gone": N_("The drawing program could not be reached. Try again; it is started anew."),
}
NO_FONT = N_("Chinese text cannot be printed on this machine: install fonts-noto-cjk.")
NO_START = N_("Printing does not work on this machine: the drawing program does not start.")


class PrintFailed(Exception):
    """No PDF came out; `reason` is a sentence for the user."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class PrintBusy(PrintFailed):
    """Somebody else's document is being drawn and it lasts: try again in a moment."""


@dataclass(frozen=True)
class Limits:
    """What one document may use: seconds of CPU and of waiting, bytes of memory."""

    cpu: int = 60
    wall: float = 120
    memory: int = 1_500_000_000


@dataclass(frozen=True)
class Attachment:
    """The form as data (JSON), embedded as the source of the pages: build it from what the pages show."""

    name: str
    description: str
    data: str


@dataclass(frozen=True)
class Pdf:
    """A file, and what must be known of it."""

    content: bytes
    pages: int
    missing: tuple[str, ...]  # characters no font could draw: such a file may not be archived
    said: tuple[str, ...]  # every other complaint of the renderer

    @property
    def sha256(self) -> str:
        """The file's fingerprint, as hexadecimal text."""
        return hashlib.sha256(self.content).hexdigest()


def _unprintable() -> dict[int, None]:
    controls = [*range(0x09), 0x0B, 0x0C, *range(0x0E, 0x20), *range(0x7F, 0xA0)]
    turning = [0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A)]  # they make 100 read as 001
    no_characters = [*range(0xD800, 0xE000), *range(0xFDD0, 0xFDF0), 0xFFFE, 0xFFFF]
    return dict.fromkeys([*controls, *turning, *no_characters, 0xFEFF])


_UNPRINTABLE = _unprintable()


def clean(text: str) -> str:
    """Without control characters, marks that turn the reading direction, and code points that are no characters."""
    return text.translate(_UNPRINTABLE)


class Press:
    """Our end of the drawing process."""

    def __init__(self, stylesheet: Path = STYLESHEET) -> None:
        self.stylesheet = stylesheet
        self._process: subprocess.Popen[bytes] | None = None
        self._turn = threading.Lock()

    def make(
        self, html: str, at: datetime, attachment: Attachment | None = None, limits: Limits = Limits(), patience: float = 10
    ) -> Pdf:
        """Draw `html`, dated `at`. The same input gives the same bytes with the same WeasyPrint and fonts.

        Raises PrintBusy when it is not our turn after `patience` seconds, PrintFailed with the reason.
        """
        if at.tzinfo is None:
            raise ValueError("a naive datetime is no moment")
        job: dict[str, Any] = {"html": clean(html), "at": at.astimezone(UTC).isoformat(), **vars(limits)}
        if attachment:
            job |= {key: clean(text) for key, text in vars(attachment).items()}
        if not self._turn.acquire(timeout=patience):
            raise PrintBusy(N_("Other forms are being printed right now. Try again in a moment."))
        try:
            answer, content = self._ask(json.dumps(job).encode(), limits.wall + 10)
        finally:
            self._turn.release()
        if "error" in answer:
            raise PrintFailed(REASONS[answer["error"]])
        return Pdf(content, answer["pages"], tuple(answer["missing"]), tuple(answer["said"]))

    @property
    def pid(self) -> int | None:
        """The process that draws, when it runs."""
        return self._process.pid if self._process else None

    def close(self) -> None:
        """End the process, and the child it may have, by id."""
        if self._process is not None:
            if self._process.poll() is None:
                os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
            for pipe in (self._process.stdin, self._process.stdout):
                if pipe:
                    pipe.close()
            self._process = None

    def forget(self) -> None:
        """After a fork: the process belongs to the parent, and nobody may hold its lock here."""
        self._process, self._turn = None, threading.Lock()

    def _ask(self, job: bytes, seconds: float) -> tuple[dict[str, Any], bytes]:
        until = time.monotonic() + seconds
        try:
            process = self._running()
            self._send(process, _LENGTH.pack(len(job)) + job, until)
            return json.loads(self._frame(process, until)), self._frame(process, until)
        except (OSError, EOFError, TimeoutError) as error:
            self.close()
            raise PrintFailed(REASONS["gone"]) from error

    def _running(self) -> subprocess.Popen[bytes]:
        if self._process is not None and self._process.poll() is not None:
            self.close()
        if self._process is None:
            # Isolated (-P, few variables): what the press loads does not depend on where or by whom it is started.
            known = {name: os.environ[name] for name in INHERITED if name in os.environ}
            self._process = subprocess.Popen(  # noqa: S603 - our own file
                [sys.executable, "-P", str(Path(__file__).with_name("press.py")), str(self.stylesheet)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                env={**known, "PYTHONHASHSEED": "0", "LC_ALL": "C.UTF-8"},
                start_new_session=True,
                bufsize=0,
            )
            os.set_blocking(_end(self._process.stdin), False)
        return self._process

    @staticmethod
    def _send(process: subprocess.Popen[bytes], frame: bytes, until: float) -> None:
        target, rest = _end(process.stdin), memoryview(frame)
        while rest:
            _wait_for(target, select.POLLOUT, until)
            rest = rest[os.write(target, rest) :]

    @classmethod
    def _frame(cls, process: subprocess.Popen[bytes], until: float) -> bytes:
        source = _end(process.stdout)
        return cls._bytes(source, _LENGTH.unpack(cls._bytes(source, _LENGTH.size, until))[0], until)

    @staticmethod
    def _bytes(source: int, size: int, until: float) -> bytes:
        parts = bytearray()
        while len(parts) < size:
            _wait_for(source, select.POLLIN, until)
            part = os.read(source, min(size - len(parts), 1 << 20))
            if not part:
                raise EOFError
            parts += part
        return bytes(parts)


def _end(pipe: IO[bytes] | None) -> int:
    if pipe is None:
        raise OSError("the press has no pipe")
    return pipe.fileno()


def _wait_for(pipe: int, event: int, until: float) -> None:
    poll = select.poll()  # select() refuses descriptors above 1023, which a busy server has
    poll.register(pipe, event)
    if not poll.poll(max(0, until - time.monotonic()) * 1000):
        raise TimeoutError


press = Press()
"""The one of this process (web or worker)."""

atexit.register(press.close)
os.register_at_fork(after_in_child=press.forget)

PROBE = '<html lang="zh-CN"><title>{0}</title><p>绩效评估𠮷㐂䶮<b>绩效评估</b></p><p class="prose">绩效评估</p></html>'


def problem(press: Press = press) -> str | None:
    """For `flask check` and the worker's start: one sentence when Chinese forms cannot be printed here."""
    try:
        drawn = press.make(PROBE.format("绩效"), datetime(2000, 1, 1, tzinfo=UTC))
    except PrintFailed:
        return NO_START
    return NO_FONT if set(drawn.missing) & set("绩效评估") else None
