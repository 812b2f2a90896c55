"""`deploy/setup.sh` on machines that this one is not: nothing installed, not root, no Debian. The machine's own
programs are played by scripts that note how they were called; the script is the real one."""

import fcntl
import os
import shutil
import subprocess
from pathlib import Path

import pytest

PROJECT = Path(__file__).parent.parent.parent
DPKG = """#!/bin/sh
case " $ABSENT " in *" $4 "*) [ -e "$NOTES/installed" ] || exit 1 ;; esac
printf installed
"""
APT = """#!/bin/sh
echo "apt-get $*" >>"$NOTES/calls"
[ "$1" = install ] || exit 0
"$POLICY"; echo "policy $?" >>"$NOTES/calls"
[ -z "$APT_FAILS" ] || exit 100
touch "$NOTES/installed"
"""
NOTE = '#!/bin/sh\necho "${0##*/} $*" >>"$NOTES/calls"\n'
PYTHON = """#!/bin/sh
echo "python $*" >>"$NOTES/calls"
case "$*" in
    *ensurepip*) exit ${NO_ENSUREPIP:-0} ;;
    *version_info*) exit ${OLD_PYTHON:-0} ;;
    *sys.version*) echo "3.11 ${PREFIX_OF_PYTHON:-/usr}" ;;
    *"-m venv"*) [ -z "$VENV_FAILS" ] || { echo "no room"; exit 1; }; for last in "$@"; do :; done; rm -rf "$last"; mkdir -p "$last/bin"; cp "$0" "$last/bin/python" ;;
    *"-m pip"*) exit ${PIP_FAILS:-0} ;;
esac
"""


class Machine:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.bin, self.project = folder / "bin", folder / "project"
        (self.project / "deploy").mkdir(parents=True)
        self.bin.mkdir()
        for name in ("deploy/setup.sh", "deploy/packages.txt", "requirements.txt", "requirements-dev.txt"):
            shutil.copy(PROJECT / name, self.project / name)
        for name in ("sh", "awk", "cat", "sha256sum", "cut", "dirname", "rm", "mv", "cp", "mktemp", "chmod", "touch", "mkdir", "flock"):
            (self.bin / name).symlink_to(shutil.which(name))
        programs = {"dpkg-query": DPKG, "apt-get": APT, "update-rc.d": NOTE, "python3": PYTHON, "id": "#!/bin/sh\necho ${UID_:-0}\n"}
        for name, text in programs.items():
            (self.bin / name).write_text(text)
            (self.bin / name).chmod(0o755)
        self.policy = folder / "policy-rc.d"

    def setup(self, purpose="run", **env):
        known = {"PATH": str(self.bin), "NOTES": str(self.folder), "POLICY": str(self.policy), "TMPDIR": str(self.folder), **env}
        (self.folder / "calls").write_text("")
        done = subprocess.run([str(self.project / "deploy/setup.sh"), purpose], env=known, capture_output=True, text=True, check=False)
        self.said, self.calls = done.stderr, (self.folder / "calls").read_text().splitlines()
        return done.returncode

    def called(self, start: str) -> list[str]:
        return [call for call in self.calls if call.startswith(start)]


@pytest.fixture
def machine(tmp_path):
    return Machine(tmp_path)


def test_nothing_missing_makes_the_environment_once(machine):
    assert machine.setup() == 0
    assert machine.called("apt-get") == []
    assert len(machine.called("python -m venv")) == 1
    assert "--require-hashes -r requirements.txt" in machine.called("python -m pip")[0]
    assert machine.setup() == 0
    assert machine.called("python -m") == []


def test_the_environment_grows_for_tests_and_serves_both(machine):
    machine.setup("run")
    machine.setup("test")
    assert machine.called("python -m venv") == []
    assert "-r requirements-dev.txt" in machine.called("python -m pip")[0]
    machine.setup("run")
    assert machine.called("python -m") == []


@pytest.mark.parametrize("change", ["lock", "python"])
def test_the_environment_is_made_anew(machine, change):
    machine.setup("test")
    if change == "lock":
        with (machine.project / "requirements.txt").open("a") as lock:
            lock.write("another==1.0\n")
    machine.setup("test", **({"PREFIX_OF_PYTHON": "/elsewhere"} if change == "python" else {}))
    assert len(machine.called("python -m venv")) == len(machine.called("python -m pip")) == 1


def test_missing_packages_are_installed_by_root_and_start_nothing(machine):
    assert machine.setup("test", ABSENT="nginx slapd postgresql-15 chromium-headless-shell") == 0
    assert machine.called("apt-get install") == ["apt-get install -q -y --no-install-recommends nginx slapd postgresql-15 chromium-headless-shell"]
    assert machine.called("policy") == ["policy 101"]
    assert not machine.policy.exists()
    assert machine.called("update-rc.d") == [f"update-rc.d {service} disable" for service in ("slapd", "postgresql", "nginx")]


def test_only_tests_need_what_only_tests_need(machine):
    assert machine.setup("run", ABSENT="nginx postgresql-client-15 postgresql-15 chromium-headless-shell", UID_="1000") == 0


@pytest.mark.parametrize("fails", ["", "1"])
def test_a_policy_of_the_machine_comes_back(machine, fails):
    machine.policy.write_text("#!/bin/sh\nexit 104\n")
    machine.policy.chmod(0o700)
    assert machine.setup(ABSENT="slapd", APT_FAILS=fails) == (1 if fails else 0)
    assert (machine.policy.read_text(), machine.policy.stat().st_mode & 0o777) == ("#!/bin/sh\nexit 104\n", 0o700)


def one_sentence(machine) -> str:
    lines = [line for line in machine.said.splitlines() if line.startswith("setup: ") and not line.endswith("...")]
    assert len(lines) == 1
    return lines[0]


def test_without_root_it_names_what_is_missing(machine):
    assert machine.setup(ABSENT="slapd fontconfig", UID_="1000") == 1
    assert one_sentence(machine) == (
        "setup: these Debian packages are missing: slapd fontconfig. Install them as root: apt-get install slapd fontconfig"
    )
    assert machine.called("apt-get") == machine.called("python -m") == []


def test_a_python_with_its_own_ensurepip_needs_no_package(machine):
    assert machine.setup(ABSENT="python3-venv", UID_="1000") == 0
    assert machine.setup(ABSENT="python3-venv", UID_="1000", NO_ENSUREPIP="1") == 1
    assert "missing: python3-venv." in one_sentence(machine)


def test_packages_that_cannot_be_had(machine):
    assert machine.setup(ABSENT="slapd", APT_FAILS="1") == 1
    assert one_sentence(machine) == "setup: these Debian packages could not be installed: slapd."


def test_no_debian(machine):
    (machine.bin / "dpkg-query").unlink()
    assert machine.setup() == 1
    assert one_sentence(machine).startswith("setup: this is no Debian")


def test_an_old_python(machine):
    assert machine.setup(OLD_PYTHON="1") == 1
    assert one_sentence(machine) == "setup: python3 is no Python 3.11 or newer: set PYTHON=, for example PYTHON=python3.11."


def test_python_packages_that_cannot_be_had_are_tried_again(machine):
    assert machine.setup(PIP_FAILS="1") == 1
    assert one_sentence(machine) == "setup: the Python packages of requirements.txt could not be installed."
    assert machine.setup() == 0
    assert machine.called("python -m pip") != []


def test_an_environment_that_cannot_be_made(machine):
    assert machine.setup(VENV_FAILS="1") == 1
    assert one_sentence(machine) == "setup: no Python environment can be made in .venv: no room"


def test_a_second_one_in_the_same_folder_waits(machine):
    folder = os.open(machine.project, os.O_RDONLY)
    fcntl.flock(folder, fcntl.LOCK_EX)
    second = subprocess.Popen(
        [machine.project / "deploy/setup.sh", "run"],
        env={"PATH": str(machine.bin), "NOTES": str(machine.folder)}, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert "waiting" in second.stderr.readline()
    assert not (machine.project / ".venv").exists()
    os.close(folder)
    second.communicate(timeout=30)
    assert second.returncode == 0 and (machine.project / ".venv/made-for").exists()


def test_the_locks_name_no_host():
    for name in ("requirements.txt", "requirements-dev.txt"):
        text = (PROJECT / name).read_text()
        assert "://" not in text and "index" not in text
        wanted = [line for line in text.splitlines() if line[:1].isalnum()]
        assert len(wanted) > 40 and all("==" in line for line in wanted)
        assert text.count("--hash=sha256:") >= len(wanted)


@pytest.mark.skipif(os.geteuid() != 0, reason="as root on a real Debian")
def test_the_list_names_packages_that_exist():
    names = [line.split()[0] for line in (PROJECT / "deploy/packages.txt").read_text().splitlines() if line and line[0] != "#"]
    found = subprocess.run(["dpkg-query", "-W", "-f", "${Package}\n", *names], capture_output=True, text=True, check=False)
    assert sorted(found.stdout.split()) == sorted(names)
