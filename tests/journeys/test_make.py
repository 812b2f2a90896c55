"""The commands themselves, as they are typed."""

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.journeys.test_run import PROJECT, family, folder  # noqa: F401 - a fixture
from tests.running.test_children import lives, until

pytestmark = pytest.mark.skipif(not shutil.which("make"), reason="make is not installed")


@pytest.fixture
def make(folder):  # noqa: F811
    """`make run` in a session of its own; the environment is the one that runs these tests."""
    started = []

    def run(until_it_says="Ctrl-C") -> subprocess.Popen[str]:
        known = {**os.environ, "DEMO": str(folder), "PORT": "0", "VENV": sys.prefix, "PYTHON": sys.executable}
        command = ["make", "--no-print-directory", "--assume-old=setup", "run"]
        process = subprocess.Popen(command, cwd=PROJECT, env=known, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True)
        started.append(process)
        while until_it_says and until_it_says not in process.stdout.readline():
            assert process.poll() is None
        return process

    yield run
    for process in started:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.communicate()


@pytest.mark.parametrize(
    ("number", "group"),
    [*((number, False) for number in (signal.SIGINT, signal.SIGHUP, signal.SIGTERM, signal.SIGKILL)), (signal.SIGINT, True)],
)
def test_however_make_ends_nothing_is_left(make, number, group):
    process = make()
    started = family(process.pid)
    assert len(started) >= 6 and all(map(lives, started))
    (os.killpg if group else os.kill)(process.pid, number)
    process.communicate(timeout=40)
    assert until(lambda: not any(map(lives, started)), 20)


@pytest.mark.parametrize(("number", "group"), [(signal.SIGINT, True), (signal.SIGHUP, False)])
def test_ended_before_it_listens(make, number, group):
    process = make(until_it_says="")
    assert until(lambda: family(process.pid))
    (os.killpg if group else os.kill)(process.pid, number)
    said, _ = process.communicate(timeout=60)
    assert "Traceback" not in said and "open at" not in said


def test_make_alone_tells_the_commands():
    said = subprocess.run(["make", "--no-print-directory"], cwd=PROJECT, capture_output=True, text=True, check=True).stdout
    for command in ("run", "test", "check", "reset", "sweep", "bench", "bench-full", "lock", "format"):
        assert f"\n{command} " in f"\n{said}"


def test_ci_does_what_make_test_does():
    assert "make test" in Path(PROJECT, ".ci/run").read_text() and os.access(Path(PROJECT, ".ci/run"), os.X_OK)
