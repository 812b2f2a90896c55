"""`make run` itself: what it starts, stops and says."""

import os
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from tests.live import ARCHIVING, PROJECT, Live, prepared, shared
from tests.running.test_children import lives, until


@pytest.fixture
def folder(tmp_path, tmp_path_factory):
    shutil.copytree(prepared(shared(tmp_path_factory)), tmp_path / "demo")
    (tmp_path / "demo/directory/ports").unlink(missing_ok=True)
    return tmp_path / "demo"


def run(folder, *options, **env) -> tuple[int, str]:
    known = {**os.environ, "DEMO": str(folder), **env}
    command = [sys.executable, "-m", "portal.demo.run", *options]
    done = subprocess.run(command, cwd=PROJECT, env=known, capture_output=True, text=True, timeout=60, check=False)
    return done.returncode, done.stdout + done.stderr


def family(pid: int) -> set[int]:
    """Everything that descends from a process."""
    parents = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            parents[int(stat.parent.name)] = int(stat.read_text().rpartition(")")[2].split()[1])
        except (FileNotFoundError, ProcessLookupError):
            continue
    found, grown = {pid}, set()
    while found != grown:
        grown = set(found)
        found |= {child for child, parent in parents.items() if parent in found}
    return found - {pid}


def workers(pid: int) -> list[int]:
    """Those of its family that do the jobs."""
    return [one for one in family(pid) if b"work\0" in Path(f"/proc/{one}/cmdline").read_bytes()]


def seconds(pid: int) -> float:
    """CPU that a process and its ended children have taken so far."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return sum(map(int, fields[11:15])) / os.sysconf("SC_CLK_TCK")


def yardstick() -> float:
    """CPU that a bare process takes on this machine, now, to load what the portal stands on."""
    before = os.times()
    subprocess.run([sys.executable, "-c", "import sqlalchemy.orm, flask, flask_babel, openpyxl"], check=True)
    after = os.times()
    return after.children_user + after.children_system - before.children_user - before.children_system


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_it_starts_quickly_and_leaves_nothing(folder, number):
    bare = yardstick()
    portal = Live.start(folder)
    started = family(portal.process.pid)
    spent = sum(map(seconds, {portal.process.pid, *started}))
    portal.process.send_signal(number)
    portal.process.communicate(timeout=40)
    assert len(started) >= 5  # slapd, gunicorn and its two workers, the worker of jobs
    assert until(lambda: not any(map(lives, started)), 20)
    assert portal.process.returncode == (-signal.SIGKILL if number == signal.SIGKILL else 0)
    assert spent / bare < 12, "the portal loads three times, and slapd starts"


def test_one_sentence_for_what_is_wrong(folder):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        in_use = f"portal: Port {port} is in use: stop what listens there, or choose another, PORT={int(port) + 1}.\n"
        assert run(folder, PORT=port) == (1, in_use)
    assert run(folder, PORT="http") == (1, "portal: PORT=http is no port: give a number from 1 to 65535.\n")
    (folder / "file").touch()
    assert run(folder / "file", PORT="0") == (
        1,
        f"portal: {folder / 'file'} cannot be used (File exists): say where the data may lie, `DEMO=/folder make run`.\n",
    )
    for options in ((), ("--reset",)):
        assert run(folder / "directory", *options, PORT="0") == (
            1,
            f"portal: {folder / 'directory'} holds something that is no demo: say an empty folder, `DEMO=/folder make run`.\n",
        )
    assert (folder / "directory/slapd.conf").exists()
    (folder / "secret.key").write_text("short")
    code, said = run(folder, PORT="0")
    assert (code, "key" in said, "Traceback" in said, len(said.splitlines())) == (1, True, False, 1)


def test_one_demo_in_one_folder(folder):
    portal = Live.start(folder)
    try:
        code, said = run(folder, PORT="0")
        assert (code, said) == (1, f"portal: the demo in {folder} is running already: stop that one first.\n")
        assert run(folder, "--reset")[0] == 1
        assert lives(portal.process.pid)
    finally:
        portal.stop()


def test_reset_forgets_everything(folder):
    assert run(folder, "--reset") == (0, "The demo is empty: the next `make run` begins anew.\n")
    assert [path.name for path in folder.iterdir()] == ["lock"]


def test_last_years_forms_get_into_the_archive(folder):
    with closing(sqlite3.connect(folder / "portal.db")) as database:
        done, asked, why = database.execute(f"SELECT sum(state = 'done'), count(*), group_concat(why, '') {ARCHIVING}").fetchone()
        files = {file for (file,) in database.execute("SELECT file FROM archived_copy")}
    assert (done, why) == (asked, "") and done >= 2
    assert {str(file.relative_to(folder / "archive")) for file in (folder / "archive").rglob("*.pdf")} == files
    assert len(files) == done


def test_a_part_that_dies_ends_the_rest_with_its_name(folder):
    portal = Live.start(folder)
    assert until(lambda: workers(portal.process.pid), 20)  # it is started last, and is another program until then
    started = family(portal.process.pid)
    os.kill(workers(portal.process.pid)[0], signal.SIGKILL)
    said, _ = portal.process.communicate(timeout=40)
    assert portal.process.returncode == 1 and "`worker` ended (-9)" in said
    assert until(lambda: not any(map(lives, started)), 20)
