"""Programs that live as long as we do: each in a session of its own, none left behind, none of anybody else's touched."""

import os
import signal
import subprocess
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

GRACE = 10.0
"""Seconds between asking a program to end and ending it."""


class Failed(Exception):
    """A program ended that should not have; the text says which, and its last words."""


@dataclass
class Child:
    """One program, its log and its process."""

    name: str
    process: subprocess.Popen[bytes]
    log: Path

    def failed(self) -> Failed:
        """What to tell: one sentence, and where the rest is."""
        lines = [line for line in self.log.read_text(errors="replace").splitlines() if line.strip()]
        return Failed(
            f"`{self.name}` ended ({self.process.returncode}): {lines[-1] if lines else 'without a word'} See {self.log}."
        )


@dataclass
class Children:
    """Everything that was started in `folder` with `env`; `stop` ends all of it, last started first."""

    logs: Path
    folder: Path
    env: dict[str, str]
    started: list[Child] = field(default_factory=list)

    def start(self, name: str, command: Sequence[str], keep: Sequence[int] = ()) -> Child:
        """Start `command`; its output goes to `<name>.log`. `keep` are file descriptors it inherits."""
        log = self.logs / f"{name}.log"
        with log.open("wb") as out:
            process = subprocess.Popen(  # noqa: S603 - our own commands, no shell
                [*with_us(os.getpid()), *command],
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
                cwd=self.folder,
                env=self.env,
                pass_fds=tuple(keep),
                start_new_session=True,
            )
        child = Child(name, process, log)
        self.started.append(child)
        return child

    def run(self, name: str, command: Sequence[str]) -> None:
        """Start `command` and wait for its end. Raises Failed when it did not succeed."""
        child = self.start(name, command)
        if child.process.wait():
            raise child.failed()
        self.started.remove(child)

    def check(self) -> None:
        """Raises Failed when one is no longer there."""
        for child in self.started:
            if child.process.poll() is not None:
                raise child.failed()

    def stop(self) -> None:
        """Ask each, wait, then end what is left of its session."""
        for child in reversed(self.started):
            _signal(child, signal.SIGTERM)
        until = time.monotonic() + GRACE
        for child in reversed(self.started):
            try:
                child.process.wait(max(0.1, until - time.monotonic()))
            except subprocess.TimeoutExpired:
                _signal(child, signal.SIGKILL, whole=True)
                child.process.wait()
        self.started.clear()


def with_us(parent: int) -> Sequence[str]:
    """What goes before a command of the process `parent`: the kernel ends the program when that one is gone, however it
    went. Gone before the kernel was asked, nobody would be told: then the program does not begin."""
    return ("setpriv", "--pdeathsig", "TERM", "--", "sh", "-c", '[ "$PPID" = "$0" ] && exec "$@"', str(parent))


def _signal(child: Child, number: signal.Signals, *, whole: bool = False) -> None:
    # Until it is waited for, its number and its session's stay its own.
    if child.process.poll() is None:
        (os.killpg if whole else os.kill)(child.process.pid, number)
