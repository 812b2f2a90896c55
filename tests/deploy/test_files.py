"""The files of deploy/ against the portal and against each other: units, samples, containers."""

import re
import shutil
import subprocess
import threading
from configparser import RawConfigParser
from itertools import product
from pathlib import Path

import pyrage
import pytest
import yaml

from portal import config
from portal.cli import register
from portal.db import db
from portal.directory.ldap import Settings, SettingsWrong
from tests.conftest import make_app

DEPLOY = Path("deploy")
UNITS = DEPLOY / "systemd"
PYTHON = "/opt/portal/current/.venv/bin/python"
SAMPLES = [*product(("sqlite", "postgresql"), ("openldap", "active-directory"))]


class Unit(RawConfigParser):
    """One unit; what is said several times is a list, as in systemd."""

    def __init__(self, file):
        super().__init__(strict=False, comment_prefixes=("#",))
        self.optionxform = str
        self.read(file)
        self.name = file.name


SERVICES = {file.stem: Unit(file) for file in sorted(UNITS.glob("*.service"))}


def test_systemd_takes_every_unit(tmp_path):
    if not shutil.which("systemd-analyze"):
        pytest.skip("systemd is not installed")
    for file in UNITS.iterdir():  # it wants programs and folders that exist
        text = file.read_text().replace(PYTHON, shutil.which("python3")).replace("/opt/portal/current", "/")
        (tmp_path / file.name).write_text(text.replace("User=portal\nGroup=portal\n", ""))
    verified = subprocess.run(["systemd-analyze", "verify", *tmp_path.iterdir()], capture_output=True, text=True, check=False)
    assert (verified.returncode, verified.stderr.strip()) == (0, "")
    for name in SERVICES:
        judged = subprocess.run(
            ["systemd-analyze", "security", "--offline=true", "--no-pager", f"--threshold={16}", UNITS / f"{name}.service"],
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert judged.returncode == 0, judged.stdout[-200:]


def test_every_service_is_closed_in_the_same_way():
    def walls(unit):
        own = {"Type", "ExecStart", "TimeoutStartSec", "TimeoutStopSec", "KillMode", "Restart", "RestartSec", "OOMPolicy"}
        return {key: value for key, value in unit["Service"].items() if key not in own | {"RemainAfterExit", "NotifyAccess", "Nice", "IOSchedulingClass"}}

    assert len(SERVICES) == 4
    for unit in SERVICES.values():
        assert walls(unit) == walls(SERVICES["portal-web"])
    closed = walls(SERVICES["portal-web"])
    assert (closed["User"], closed["NoNewPrivileges"], closed["ProtectSystem"], closed["PrivateTmp"]) == ("portal", "yes", "strict", "yes")
    assert (closed["ReadWritePaths"], closed["CapabilityBoundingSet"], closed["UMask"]) == ("/var/lib/portal -/var/backups/portal", "", "0077")
    for name in ("portal-web", "portal-worker"):
        assert SERVICES[name]["Unit"]["Requires"] == SERVICES[name]["Unit"]["After"] == "portal-upgrade.service"


def test_what_the_units_run_exists(tmp_path):
    app = make_app(f"sqlite:///{tmp_path}/x.db")
    register(app)
    for unit in SERVICES.values():
        words = unit["Service"]["ExecStart"].split()
        assert words[0] == PYTHON
        if "flask" in words:
            known = app.cli.commands[words[5]]
            assert {word for word in words[6:] if word.startswith("--")} <= {name for option in known.params for name in option.opts}
        else:
            assert words[1:] == ["-m", "gunicorn", "-c", "deploy/gunicorn.conf.py"]


def of_sample(parts, tmp_path):
    """A sample as its administrator would fill it in, in a folder of this test."""
    text = "\n".join((DEPLOY / "samples" / f"{part}.env").read_text() for part in parts)
    for name in ("directory-password", "web.crt", "web.key", "directory-ca.crt"):
        (tmp_path / name).write_text("secret\n")
    file = tmp_path / "portal.env"
    file.write_text(text.replace("/etc/portal/", f"{tmp_path}/").replace("/var/lib/portal", str(tmp_path)).replace("/var/backups", str(tmp_path)))
    return file


@pytest.mark.parametrize("optional", [False, True], ids=["as it stands", "with every comment"])
@pytest.mark.parametrize("parts", SAMPLES, ids="+".join)
def test_samples_name_settings_that_exist_and_lack_none(parts, optional, tmp_path):
    file = of_sample(parts, tmp_path)
    if optional:
        key = pyrage.x25519.Identity.generate().to_public()  # the sample's own is no key: nobody would have its other half
        file.write_text(re.sub(r"(?m)^#([A-Z_]+=)", r"\1", file.read_text()).replace("age1...", str(key)))
    found = config.prepare({"SETTINGS_FILE": str(file)})
    Settings.from_config(found)
    assert found["PUBLIC_URL"].startswith("https://") and found["REQUIRE_HTTPS"] and found["PROXIES"] == 1
    assert found["SQLALCHEMY_DATABASE_URI"].startswith(parts[0])
    names = [line.split("=")[0] for line in file.read_text().splitlines() if re.match(r"[A-Z_]+=", line)]
    assert len(names) == len(set(names))


@pytest.mark.parametrize("name", ["LDAP_URL", "LDAP_BASE", "LDAP_BIND_DN", "LDAP_BIND_PASSWORD_FILE", "PUBLIC_URL"])
def test_a_sample_without_what_is_needed_would_be_noticed(name, tmp_path):
    file = of_sample(("sqlite", "openldap"), tmp_path)
    file.write_text(re.sub(rf"(?m)^{name}=.*$", "", file.read_text()))
    with pytest.raises((SettingsWrong, config.Wrong)):
        Settings.from_config(config.prepare({"SETTINGS_FILE": str(file)}))


def test_a_certificate_needs_its_key(tmp_path):
    with pytest.raises(config.Wrong, match="WEB_CERTIFICATE and WEB_KEY belong together"):
        config.prepare({"DATA_DIR": str(tmp_path), "WEB_KEY": "/etc/portal/web.key"})


COMPOSE = yaml.safe_load((DEPLOY / "compose.yaml").read_text())
OURS = {name: service for name, service in COMPOSE["services"].items() if service.get("image") == "portal:local"}


def test_containers_run_what_the_units_run():
    units = {name: unit["Service"]["ExecStart"].split() for name, unit in SERVICES.items()}
    for name, unit in {"web1": "web", "web2": "web", "worker": "worker", "upgrade": "upgrade", "backup": "backup"}.items():
        assert OURS[name]["command"] == units[f"portal-{unit}"]
    assert set(COMPOSE["services"]) == {"database", "key", "upgrade", "web1", "web2", "worker", "backup", "front"}
    done = {"condition": "service_completed_successfully"}
    for name in ("web1", "web2", "worker"):  # as the units wait for portal-upgrade.service
        assert OURS[name]["depends_on"] == {"upgrade": done} and OURS[name]["restart"] == "unless-stopped"
    assert OURS["upgrade"]["depends_on"] == {"key": done, "database": {"condition": "service_healthy"}}
    for name in ("key", "upgrade", "backup"):
        assert OURS[name]["restart"] == "no"


def test_containers_are_as_closed_as_the_units():
    for service in OURS.values():
        assert service["read_only"] and service["cap_drop"] == ["ALL"] and service["security_opt"] == ["no-new-privileges:true"]
        writable = [volume for volume in service["volumes"] if not volume.endswith(":ro")]
        assert [volume.split(":")[1] for volume in writable] == SERVICES["portal-web"]["Service"]["ReadWritePaths"].replace("-", "").split()
        assert "ports" not in service
    for name, volume in ((n, v) for n, s in COMPOSE["services"].items() for v in s.get("volumes", [])):
        source = volume.split(":")[0]
        assert source.startswith("./") or source in COMPOSE["volumes"], name
    assert set(COMPOSE["secrets"]) == {*COMPOSE["services"]["database"]["secrets"]}


def test_the_image_holds_what_an_installation_holds():
    text = (DEPLOY / "Dockerfile").read_text()
    installed = re.search(r'^parts="(.*)"', (DEPLOY / "install.sh").read_text(), re.MULTILINE)[1].split()
    copied = {word for line in re.findall(r"(?m)^COPY (.*) \S+$", text) for word in line.split()}
    assert {part for part in installed if not re.search(r"docs|README|CHANGELOG|LICENSE|NOTICE", part)} <= copied
    assert all(Path(part).exists() for part in copied | {*installed})
    ignored = (DEPLOY / "Dockerfile.dockerignore").read_text().split()
    assert {part.split("/")[0] for part in copied} <= {line[1:] for line in ignored if line.startswith("!")}
    targets = re.findall(r"(?m)^FROM debian:12-slim AS (\w+)$", text)
    assert targets == ["portal", "front"]
    assert {service["build"]["target"] for service in COMPOSE["services"].values() if "build" in service} == {*targets}
    assert f'CMD {str(OURS["web1"]["command"]).replace(chr(39), chr(34))}' in text


def test_an_upgrade_waits_for_a_database_that_starts_with_the_machine(tmp_path):
    """A volume that is not mounted yet stands for a server that does not answer yet: both are refused at first."""
    volume = tmp_path / "volume"
    app = make_app(f"sqlite:///{volume}/portal.db")
    register(app)
    run = app.test_cli_runner().invoke
    with app.app_context():
        said = run(args=["upgrade"])
        assert (said.exit_code, "The database cannot be used" in said.output) == (1, True)
        threading.Timer(0.3, volume.mkdir).start()
        assert run(args=["upgrade", "--wait", "20"]).output == "The database is up to date.\n"
        db.engine.dispose()
