"""The portal as `make run` starts it, for journeys: real directory, demo company, web server and worker."""

import fcntl
import os
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest

PROJECT = Path(__file__).parent.parent
FIRST_START = 240.0
ARCHIVING = "FROM job WHERE kind = 'printing.archive'"


@dataclass
class Live:
    """A running portal: where it is, its folder, its process."""

    url: str
    folder: Path
    process: subprocess.Popen[str]

    @classmethod
    def start(cls, folder: Path, **env: str) -> "Live":
        """Start in `folder`, on a free port. Fails with what it printed."""
        known = {**os.environ, "DEMO": str(folder), "PORT": "0", "HOST": "127.0.0.1", **env}
        process = subprocess.Popen(
            [sys.executable, "-m", "portal.demo.run"],
            cwd=PROJECT, env=known, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        )
        said, found, until = [], None, time.monotonic() + FIRST_START
        for line in process.stdout:
            said.append(line)
            found = found or re.search(r"is open at (http://\S+)", line)
            if (found and "Ctrl-C" in line) or time.monotonic() > until:
                break
        if not found:
            process.kill()
            raise RuntimeError("".join(said))
        return cls(found[1], folder, process)

    def stop(self) -> int:
        """Ask it to end, as Ctrl-C would; what it returned."""
        self.process.send_signal(signal.SIGINT)
        try:
            self.process.communicate(timeout=40)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.communicate()
        return self.process.returncode


def shared(factory: pytest.TempPathFactory) -> Path:
    """A folder that all test processes of this run have in common."""
    base = factory.getbasetemp()
    return base.parent if "PYTEST_XDIST_WORKER" in os.environ else base


def prepared(shared: Path) -> Path:
    """A demo folder after its first start, made once for all test processes of a run; copy it."""
    whole = shared / "demo"
    with (shared / "demo.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (whole / "made").exists():
            shutil.rmtree(whole, ignore_errors=True)
            portal = Live.start(whole)
            _archive_two(whole / "portal.db")
            portal.stop()
    return whole


def _archive_two(database: Path) -> None:
    """Let the worker draw two of last year's forms for the archive now; the rest would keep journeys waiting later."""
    two = f"SELECT id {ARCHIVING} ORDER BY id LIMIT 2"
    with closing(sqlite3.connect(database, timeout=30)) as connection:
        with connection:
            connection.execute(f"DELETE {ARCHIVING} AND state = 'waiting' AND id NOT IN ({two})")
            connection.execute(f"UPDATE job SET run_at = asked_at WHERE id IN ({two})")  # noqa: S608
        until = time.monotonic() + FIRST_START
        while time.monotonic() < until and connection.execute(f"SELECT count(*) {ARCHIVING} AND ended_at IS NULL").fetchone()[0]:
            time.sleep(0.2)
