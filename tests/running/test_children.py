"""What `make run` starts ends with it, however it ends; and nothing else does."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from portal.running.children import Children, Failed, with_us

PROJECT = Path(__file__).parent.parent.parent
STUBBORN = "import signal, sys, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('here', flush=True); time.sleep(60)"


@pytest.fixture
def children(tmp_path):
    children = Children(tmp_path, tmp_path, dict(os.environ))
    yield children
    children.stop()


def lives(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def until(condition, seconds=10.0):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(0.02)
    return False


def test_a_program_that_fails_says_what_it_said(children):
    with pytest.raises(Failed, match=r"`first` ended \(3\): no such setting See .*first.log"):
        children.run("first", [sys.executable, "-c", "import sys; print('no such setting'); sys.exit(3)"])


def test_a_program_that_is_gone_is_noticed(children):
    child = children.start("web", [sys.executable, "-c", "print('bye')"])
    child.process.wait()
    with pytest.raises(Failed, match="bye"):
        children.check()


def test_stop_ends_all_and_nothing_else(children):
    bystander = subprocess.Popen(["sleep", "60"])
    started = [children.start(name, ["sleep", "60"]) for name in ("one", "two")]
    children.stop()
    assert [child.process.returncode for child in started] == [-signal.SIGTERM, -signal.SIGTERM]
    assert bystander.poll() is None
    bystander.kill()
    bystander.wait()


def test_one_that_does_not_listen_is_ended_with_its_own_children(children, monkeypatch):
    monkeypatch.setattr("portal.running.children.GRACE", 0.5)
    script = f"import subprocess, sys; p = subprocess.Popen(['sleep', '60']); print(p.pid, flush=True); {STUBBORN}"
    child = children.start("worker", [sys.executable, "-c", script])
    assert until(lambda: "here" in child.log.read_text())
    grandchild = int(child.log.read_text().split()[0])
    children.stop()
    assert child.process.returncode == -signal.SIGKILL
    assert until(lambda: not lives(grandchild))


def test_nothing_survives_when_the_parent_is_killed(tmp_path):
    script = f"""
import os, sys, time
from pathlib import Path
from portal.running.children import Children
children = Children(Path({str(tmp_path)!r}), Path("."), dict(os.environ))
print(children.start("web", ["sleep", "60"]).process.pid, flush=True)
time.sleep(60)
"""
    parent = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True, cwd=PROJECT)
    child = int(parent.stdout.readline())
    assert until(lambda: "sleep" in Path(f"/proc/{child}/comm").read_text())
    parent.kill()
    parent.communicate()
    assert until(lambda: not lives(child))


def test_one_whose_parent_went_before_it_began_does_not_begin(tmp_path):
    started = tmp_path / "started"
    for parent, begins in ((os.getpid(), True), (1 if os.getppid() != 1 else 2, False)):
        done = subprocess.run([*with_us(parent), "touch", str(started)], check=False)
        assert (done.returncode == 0, started.exists()) == (begins, begins)
        started.unlink(missing_ok=True)


def test_nothing_survives_a_parent_killed_at_any_moment(tmp_path):
    script = f"""
import os
from pathlib import Path
from portal.running.children import Children
children = Children(Path({str(tmp_path)!r}), Path("."), dict(os.environ))
print("begins", flush=True)
while True:
    children.start("web", ["sleep", "7014"])
"""
    for moment in range(20):
        parent = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True, cwd=PROJECT)
        parent.stdout.readline()
        time.sleep(moment / 1_000)
        parent.kill()
        parent.communicate()
    assert until(lambda: subprocess.run(["pgrep", "-xf", "sleep 7014"], check=False, capture_output=True).returncode == 1)
