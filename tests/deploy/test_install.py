"""`deploy/install.sh` and `deploy/switch.sh` below another folder: the scripts are the real ones, so is what they lay down;
the machine's own programs (apt, systemd, users, pip) are played by scripts that note how they were called."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).parent.parent.parent
NOTE = '#!/bin/sh\necho "${0##*/} $*" >>"$NOTES/calls"\n'
PROGRAMS = {
    "id": "#!/bin/sh\necho ${UID_:-0}\n",
    "getent": '#!/bin/sh\n[ -e "$NOTES/user" ]\n',
    "useradd": NOTE + 'touch "$NOTES/user"\n',
    "dpkg-query": '#!/bin/sh\ncase " $ABSENT " in *" $4 "*) exit 1 ;; esac\nprintf installed\n',
    "apt-get": NOTE,
    "chown": NOTE + '[ -z "$CHOWN_FAILS" ] || [ "$1" != portal:portal ]\n',
    "runuser": '#!/bin/sh\n[ "$*" = "-u portal -- $(command -v python3) -c " ] && [ -z "$PYTHON_HIDDEN" ]\n',
    "stat": '#!/bin/sh\necho ${OWNER:-root:755}\n',
    "systemctl": NOTE + 'case "$*" in *is-active*$NOT_ACTIVE) [ -z "$NOT_ACTIVE" ] ;; esac\n',
    "python3": f"""#!/bin/sh
case "$*" in
    *"-m venv"*) echo venv >>"$NOTES/calls"; mkdir -p "$3/bin"; ln -s "$0" "$3/bin/python" ;;
    *"-m pip"*) echo "pip $*" >>"$NOTES/calls"; exit ${{PIP_FAILS:-0}} ;;
    *) exec {sys.executable} "$@" ;;
esac
""",
}


class Machine:
    def __init__(self, folder: Path) -> None:
        self.folder, self.root, self.source = folder, folder / "root", folder / "portal-1"
        (folder / "bin").mkdir()
        for name, text in PROGRAMS.items():
            (folder / "bin" / name).write_text(text)
            (folder / "bin" / name).chmod(0o755)
        self.source.mkdir()
        for name in ("portal/catalogue.py", "portal/__init__.py", "portal/words.py"):
            self.lay(name)
        for name in ("static/icon.svg", "templates/base.html", "migrations/.current-head", "docs/backup.md", "commands.py", "wsgi.py"):
            self.lay(name)
        for name in ("requirements.txt", "requirements-procrastinate.txt", "README.md", "README.zh-CN.md", "CHANGELOG.md", "LICENSE", "NOTICE"):
            self.lay(name)
        shutil.copytree(PROJECT / "portal/translations", self.source / "portal/translations")
        shutil.copytree(PROJECT / "deploy", self.source / "deploy")

    def lay(self, name):
        (self.source / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(PROJECT / name, self.source / name)

    def run(self, script, *words, **env):
        known = {"PATH": f"{self.folder / 'bin'}:/usr/bin:/bin", "NOTES": str(self.folder), "ROOT": str(self.root), **env}
        (self.folder / "calls").write_text("")
        done = subprocess.run(["sh", script, *words], env=known, capture_output=True, text=True, check=False, umask=0o077)
        self.said, self.calls = done.stdout + done.stderr, (self.folder / "calls").read_text().splitlines()
        return done.returncode

    def install(self, *words, **env):
        return self.run(self.source / "deploy/install.sh", *words, **env)

    def releases(self):
        return sorted((self.root / "opt/portal/releases").iterdir())

    def current(self):
        return (self.root / "opt/portal/current").resolve()

    def mode(self, name):
        return oct((self.root / name).stat().st_mode & 0o777)

    def files(self):
        return {path: path.lstat().st_mtime_ns for path in self.root.rglob("*")}


@pytest.fixture
def machine(tmp_path):
    return Machine(tmp_path)


def test_the_first_time(machine):
    assert machine.install("sqlite", "openldap") == 0, machine.said
    (release,) = machine.releases()
    assert machine.current() == release and (release / "installed").exists()
    assert (machine.root / "etc/portal.env").read_text() == "".join(
        (PROJECT / f"deploy/samples/{part}.env").read_text() for part in ("sqlite", "openldap")
    )
    modes = {name: machine.mode(name) for name in ("etc/portal.env", "etc/portal", "var/lib/portal", "usr/local/bin/portal")}
    assert modes == {"etc/portal.env": "0o640", "etc/portal": "0o750", "var/lib/portal": "0o700", "usr/local/bin/portal": "0o755"}
    owners = [call for call in machine.calls if call.startswith("chown")]
    root = machine.root
    assert owners == [f"chown root:portal {root}/etc/portal", f"chown portal:portal {root}/var/lib/portal", f"chown portal:portal {root}/var/backups/portal", f"chown root:portal {root}/etc/portal.env.new"]
    assert (release / "portal/translations/zh/LC_MESSAGES/messages.mo").exists(), "whoever serves can write nothing here"
    assert (release / "portal/static").exists() is False and (release / "static/icon.svg").exists()
    assert all(path.stat().st_mode & 0o022 == 0 and path.stat().st_mode & 0o004 for path in release.rglob("*") if not path.is_symlink())
    units = {path.name for path in (PROJECT / "deploy/systemd").iterdir()}
    assert {path.name for path in (machine.root / "etc/systemd/system").iterdir()} == units
    assert "systemctl -q enable portal-web.socket" in machine.calls
    assert not [call for call in machine.calls if call.startswith("systemctl start")], "nothing starts with a company.example"
    assert "--require-hashes -r requirements.txt" in next(call for call in machine.calls if call.startswith("pip"))


def test_again_it_changes_nothing(machine):
    machine.install("sqlite", "openldap")
    (machine.root / "etc/portal.env").write_text("DATA_DIR=/var/lib/portal\n")
    before = machine.files()
    assert machine.install() == 0
    assert machine.install("sqlite", "openldap") == 0
    assert machine.files() == before
    assert not [call for call in machine.calls if call.startswith(("venv", "pip", "useradd", "systemctl"))]


def test_what_jobs_needs_comes_when_it_is_set(machine):
    machine.install("postgresql", "openldap")
    assert "procrastinate" not in str(machine.calls)
    settings = machine.root / "etc/portal.env"
    settings.write_text(settings.read_text().replace("#JOBS=", "JOBS="))
    assert machine.install(PIP_FAILS="1") == 1 and "requirements-procrastinate.txt could not be installed" in machine.said
    for wanted in (1, 0):
        assert machine.install() == 0 and len(machine.releases()) == 1
        assert [call.split()[-2:] for call in machine.calls if call.startswith("pip")] == [["-r", "requirements-procrastinate.txt"]] * wanted


def test_a_newer_version_waits_until_it_is_switched_to_and_back(machine):
    machine.install("sqlite", "openldap")
    (old,) = machine.releases()
    (machine.source / "wsgi.py").write_text("# newer\n")
    assert machine.install() == 0
    new = next(release for release in machine.releases() if release != old)
    assert machine.current() == old and f"{new}/deploy/switch.sh" in machine.said
    assert machine.run(new / "deploy/switch.sh") == 0
    assert machine.current() == new
    stopped = next(n for n, call in enumerate(machine.calls) if call.startswith("systemctl stop portal.target"))
    assert stopped < machine.calls.index("systemctl daemon-reload") < machine.calls.index("systemctl start portal.target")
    assert machine.run(old / "deploy/switch.sh", "--no-start") == 0
    assert machine.current() == old and "systemctl start portal.target" not in machine.calls


def test_a_python_that_the_account_may_not_run_is_told_before_anything_is_laid_down(machine):
    assert machine.install("sqlite", "openldap", PYTHON_HIDDEN="1") == 1
    assert f"the account portal may not run {machine.folder}/bin/python3" in machine.said and not machine.root.exists()


def test_what_was_broken_off_is_begun_again(machine):
    assert machine.install("sqlite", "openldap", PIP_FAILS="1") == 1
    assert "could not be installed" in machine.said and not (machine.root / "opt/portal/current").exists()
    assert machine.install() == 0
    assert len(machine.releases()) == 1 and (machine.current() / "installed").exists()


@pytest.mark.parametrize("env", [{"OWNER": "portal:700"}, {"CHOWN_FAILS": "1"}], ids=["right already", "not root's to change"])
def test_a_network_volume_is_left_as_it_is(machine, env):
    assert machine.install("sqlite", "openldap", **env) == 0, machine.said
    assert ("make it so where the volume lies" in machine.said) == ("CHOWN_FAILS" in env)
    assert ("chown portal:portal" in str(machine.calls)) == ("CHOWN_FAILS" in env)
    assert (machine.current() / "installed").exists()


def test_two_machines_have_no_socket_in_between(machine):
    machine.install("postgresql", "active-directory")
    assert "systemctl -q disable portal-web.socket" in machine.calls


@pytest.mark.parametrize(
    ("words", "env", "said"),
    [
        ((), {}, "the first time say which database"),
        (("sqlite", "novell"), {}, "novell is no sample"),
        (("sqlite", "openldap"), {"UID_": "1000"}, "run this as root"),
    ],
)
def test_what_it_needs_to_know(machine, words, env, said):
    assert machine.install(*words, **env) == 1
    assert said in machine.said and not machine.root.exists()


def test_missing_packages_are_those_of_an_installation(machine):
    machine.install("sqlite", "openldap", ABSENT="nginx slapd chromium-headless-shell fontconfig")
    assert machine.calls[1] == "apt-get install -q -y --no-install-recommends nginx fontconfig"


@pytest.mark.parametrize("unit", ["portal-web.service", "portal-worker.service"])
def test_a_portal_that_does_not_start_says_where_to_look(machine, unit):
    """The target stands although what it wants has failed: systemd says nothing of it."""
    machine.install("sqlite", "openldap")
    for script, words in ((machine.current() / "deploy/switch.sh", ()), (machine.root / "usr/local/bin/portal", ("start",))):
        assert machine.run(script, *words, NOT_ACTIVE=unit) == 1
        assert "journalctl -u portal-upgrade" in machine.said and "serves" not in machine.said
        assert machine.run(script, *words) == 0, machine.said


def test_stopping_waits_for_each_service_and_not_for_the_target_alone(machine):
    machine.install("sqlite", "openldap")
    assert machine.run(machine.root / "usr/local/bin/portal", "stop") == 0
    (call,) = machine.calls
    services = {path.name for path in (PROJECT / "deploy/systemd").glob("*.service")} - {"portal-backup.service"}
    assert {*call.split()} == {"systemctl", "stop", "portal.target", "portal-web.socket", *services}
    machine.run(machine.root / "usr/local/bin/portal", "restart")
    assert machine.calls[:2] == [call, "systemctl start portal.target"]


@pytest.mark.parametrize("script", ["install.sh", "switch.sh", "portal"])
def test_scripts_can_be_run(script):
    assert os.access(PROJECT / "deploy" / script, os.X_OK)
    subprocess.run(["sh", "-n", PROJECT / "deploy" / script], check=True)
