"""Companies run Debian 12's own Python, whatever developers have: it lacks what came after 3.11.2."""

import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

DEBIANS = Path("/usr/bin/python3.11")
WORK = """
from commands import app
run = lambda *words: app.test_cli_runner().invoke(args=words)
with app.app_context():
    for words in (["upgrade"], ["backup"], ["check", "--deep"]):
        done = run(*words)
        print(done.output)
        assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    (saved,) = Path(os.environ["BACKUP_DIR"]).glob("portal-*")
    for words in (["--check"], []):
        done = run("restore", *words, str(saved))
        print(done.output, done.exception or "")
"""


@pytest.mark.skipif(not DEBIANS.exists() or sys.version_info[:2] != (3, 11), reason="no Debian 12, or packages of another Python")
def test_debians_own_python_makes_saves_checks_and_restores(tmp_path):
    packages = sysconfig.get_path("purelib")
    env = {
        "PATH": "/usr/bin:/bin", "PYTHONPATH": packages, "PYTHONDONTWRITEBYTECODE": "1", "LANG": "C.UTF-8", "SECRET_KEY": "k" * 40,
        "DATA_DIR": str(tmp_path), "BACKUP_DIR": str(tmp_path / "kept"),
    }  # fmt: skip
    work = [DEBIANS, "-W", "ignore", "-c", f"import os, sys\nfrom pathlib import Path\nsys.path.insert(0, '.')\n{WORK}"]
    done = subprocess.run(work, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    assert "opened and checked" in done.stdout and "It is whole." in done.stdout and "Restored." in done.stdout, done.stdout
