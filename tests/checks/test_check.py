"""`flask check`: quiet on a sound portal; each thing that is wrong is one sentence with its cure and its weight."""

import os
import tempfile
import time
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import delete, text

from portal import checks, clock, journal
from portal.access.models import Role, RoleGrant
from portal.accounts import break_glass
from portal.backup import databases
from portal.checks import machine
from portal.db import db
from portal.demo.company import NAMED
from portal.directory.ldap import Directory, Step
from portal.directory.ldap_settings import Settings, Url
from portal.directory.models import Person
from portal.jobs import schedules
from portal.jobs.models import Job, Scheduled, State
from portal.notifications.models import Message
from portal.running import volumes
from portal.settings import Setting
from portal.sync.models import State as Run
from portal.sync.models import SyncRun
from tests.build import an_objective
from tests.conftest import make_app

AGO = timedelta(minutes=30)


class Sound(Directory):
    """A directory that answers."""

    steps = ()

    def probe(self):
        return list(self.steps)


def late_mail(it):
    ago = clock.now() - timedelta(hours=3)
    return Message(person_id=it.company.li, kind="digest", day=clock.today(), run_at=ago, until=ago, key="k", made_at=ago, attempts=4, why="The mail server did not answer.")


class Sick:
    """A portal where everything is right, and a hand to break it."""

    def __init__(self, app, company, monkeypatch, data, backups):
        self.app, self.company, self.patch, self.data, self.backups = app, company, monkeypatch, data, backups
        plain = {"TESTING": False, "PUBLIC_URL": "https://portal.example", "PROXIES": 1, "FILE_SCANNER": "true", "MAIL_HOST": "mail.company.example"}
        self.set(**plain, DATA_DIR=str(data), BACKUP_DIR=str(backups), BACKUP_KEYS=("age1x",))
        self.directory = Sound(Settings((Url(True, "directory", 636),), "dc=x", "cn=x", "x"))
        monkeypatch.setitem(app.extensions, "directory", self.directory)
        self.backup()
        now = clock.now()
        db.session.add(RoleGrant(person_id=company.zhao, role=Role.SYSTEM_ADMIN, since=clock.today()))
        db.session.add(Scheduled(kind=schedules.LOOK, asked_at=now))
        db.session.add(SyncRun(began=now, ended=now, state=Run.APPLIED))
        db.session.commit()

    def set(self, **settings):
        for name, value in settings.items():
            self.patch.setitem(self.app.config, name, value)

    def backup(self, age=timedelta(0)):
        for old in self.backups.iterdir():
            old.unlink()
        (self.backups / f"portal-{clock.now() - age:%Y%m%d-%H%M%S}.tar.gz").touch(0o600)

    def add(self, *rows):
        db.session.add_all(rows)
        db.session.commit()

    def said(self, *words):
        db.session.rollback()
        done = self.app.test_cli_runner().invoke(args=["check", *words])
        return done.exit_code, done.output


@pytest.fixture
def sick(app, company, monkeypatch, tmp_path):
    with tempfile.TemporaryDirectory(dir="/dev/shm") as elsewhere:  # another disk
        yield Sick(app, company, monkeypatch, tmp_path, Path(elsewhere))


def test_nothing_to_say_and_quickly(sick):
    began = time.monotonic()
    assert sick.said() == (0, "The portal can serve.\n")
    assert time.monotonic() - began < 2
    assert sick.said("--deep") == (0, "The portal can serve.\n")


def job(**fields):
    return Job(kind="night", run_at=clock.now() - AGO, asked_at=clock.now() - AGO, **fields)


def ran(state, ago, **fields):
    at = clock.now() - ago
    return SyncRun(began=at, ended=at, state=state, **fields)


def looked(sick, ago):
    db.session.get_one(Scheduled, schedules.LOOK).asked_at = clock.now() - ago
    db.session.commit()


def leave(sick, *tables):
    for table in tables:
        db.session.execute(delete(table))
    db.session.commit()


def ahead(sick):
    goal = an_objective(sick.company.period, person_id=sick.company.li)
    with clock.at(clock.now() + timedelta(hours=3)):
        journal.write("objective.edited", goal, None)
    db.session.commit()


def a_file(sick, owner, mode):
    """The directory's password: of `owner`, and of the group that the portal runs as."""
    kept = sick.data / "kept"
    kept.write_text("secret")
    kept.chmod(mode)
    if os.geteuid() == 0:
        os.chown(kept, owner, os.getegid())
    sick.set(LDAP_BIND_PASSWORD_FILE=str(kept))


@pytest.mark.skipif(os.geteuid() != 0, reason="a file of root's")
def test_what_root_lends_to_the_portals_group_is_open_to_nobody_else(sick):
    a_file(sick, 0, 0o640)
    assert sick.said() == (0, "The portal can serve.\n")


NOTE, WARN, STOP = 0, 1, 2
WRONG = {
    "debug": (lambda it: it.set(TESTING=True), STOP, "in debug or test mode: anybody can run code"),
    "old key": (lambda it: it.set(SECRET_KEY_FALLBACKS=["old"]), NOTE, "An old secret key is still believed. Remove it"),
    "no address": (lambda it: it.set(PUBLIC_URL=""), STOP, "PUBLIC_URL is not set"),
    "no https": (lambda it: it.set(PUBLIC_URL="http://portal.example"), WARN, "PUBLIC_URL is not https: passwords travel in clear"),
    "no proxies": (lambda it: it.set(PROXIES=0), NOTE, "PUBLIC_URL is https and PROXIES is 0"),
    "no folder": (lambda it: it.set(DATA_DIR="/nowhere"), STOP, "The folder /nowhere is missing: create it"),
    "open folder": (lambda it: it.data.chmod(0o755), WARN, "run `chmod 700 {data}`"),
    "open settings": (lambda it: a_file(it, 0, 0o644), WARN, "kept can be read or changed by other accounts"),
    "settings of a stranger": (lambda it: a_file(it, 12_345, 0o640), WARN, "kept can be read or changed by other accounts"),
    "open archive": (lambda it: (it.data / "archive").mkdir(0o711), WARN, "archive can be entered by other accounts of this machine"),
    "no mail": (lambda it: it.set(MAIL_HOST=""), NOTE, "nobody is told by mail what waits"),
    "mail in clear": (lambda it: it.set(MAIL_TLS="none"), WARN, "mails travel in clear"),
    "no mail password": (lambda it: it.set(MAIL_PASSWORD_FILE="/nowhere/mail"), WARN, "/nowhere/mail is missing"),
    "mail closed": (lambda it: it.add(Setting(name="mail_open", value=False, at=clock.now())), WARN, "No mail is sent since"),
    "mail waits": (lambda it: it.add(late_mail(it)), WARN, "for more than two hours: The mail server did not answer."),
    "no scanner": (lambda it: it.set(FILE_SCANNER=""), NOTE, "uploaded files are not checked for viruses"),
    "lost scanner": (lambda it: it.set(FILE_SCANNER="clamdsacn -x"), WARN, "FILE_SCANNER names clamdsacn, which is not on this machine"),
    "no fonts": (lambda it: it.patch.setattr(machine.shutil, "which", {"fc-list": "true", "true": "true"}.get), WARN, "install fonts-noto-cjk"),
    "network": (lambda it: it.patch.setattr(machine, "volume", lambda _: volumes.Volume("/", "nfs4")), STOP, "lies on a network volume (nfs4)"),
    "plain": (lambda it: it.patch.setattr(it.directory, "settings", Settings((Url(False, "ldap.example", 389),), "", "", "")), WARN, "ldap://ldap.example:389 gets passwords in the open"),
    "no directory": (lambda it: it.patch.setitem(it.app.extensions, "directory", None), STOP, "LDAP_URL is not set: nobody can sign in."),
    "directory": (lambda it: it.patch.setattr(it.directory, "steps", [Step("connect", True, "x", 1), Step("stopped", False, "wrong certificate", 2)], raising=False), STOP, "stops at “stopped”: wrong certificate"),
    "no tools": (lambda it: it.patch.setattr(databases, "_whole", lambda name: (_ for _ in ()).throw(databases.Failed(f"{name} is missing."))), WARN, "No backup can be made or put back. pg_dump is missing."),
    "old tools": (lambda it: it.patch.setattr(databases, "major", lambda _: 9), WARN, "pg_dump is of PostgreSQL 9, the server of"),
    "two machines": (lambda it: it.add(*(job(state=State.RUNNING, taken_by=f"{name}:1", lease_until=clock.now() + AGO) for name in "ab")), STOP, "2 machines work on one SQLite database (a, b)"),
    "clock set back": (ahead, WARN, "The newest entry of the journal is 3 hours in the future"),
    "demo": (lambda it: it.add(*(Person(name=name, login=login) for login, name in NAMED.items())), WARN, "The demo company is in this database"),
    "no worker ever": (lambda it: leave(it, Scheduled), WARN, "No worker has ever run"),
    "silent worker": (lambda it: looked(it, AGO), WARN, "No worker has looked for jobs since 20"),
    "failed job": (lambda it: it.add(job(state=State.FAILED, ended_at=clock.now())), WARN, "1 jobs have failed: check of the journal (1)."),
    "waiting job": (lambda it: it.add(job()), WARN, "Jobs have been waiting since 20"),
    "one server of the directory": (lambda it: it.patch.setattr(it.directory, "steps", [Step("bind", False, "ldaps://a: refused", 1), Step("search", True, "dc=x", 2)], raising=False), WARN, "One server of the directory cannot be used, at “bind”: ldaps://a: refused. Another one answers."),
    "no sync": (lambda it: it.add(Setting(name="sync_minutes", value=0, at=clock.now())), NOTE, "“Sync with the company directory” does not run by itself"),
    "failed sync": (lambda it: it.add(ran(Run.FAILED, AGO, why="no answer")), WARN, ": no answer. The page"),
    "held sync": (lambda it: it.add(ran(Run.BRAKED, AGO, braked=True)), WARN, "would have switched off many people and waits"),
    "old sync": (lambda it: (leave(it, SyncRun), it.add(ran(Run.APPLIED, timedelta(days=2)))), WARN, "who joined or left since is not known"),
    "no backup": (lambda it: [path.unlink() for path in it.backups.iterdir()], WARN, "There is no backup in {backups}: run `flask backup`"),
    "old backup": (lambda it: it.backup(timedelta(days=3)), WARN, "The newest backup is of 20"),
    "readable backup": (lambda it: it.set(BACKUP_KEYS=()), WARN, "Backups are not encrypted: whoever gets one reads every grade"),
    "same disk": (lambda it: ((it.data / "kept").mkdir(0o700), (it.data / "kept" / "portal-29990101-000000.tar.gz").touch(), it.set(BACKUP_DIR=str(it.data / "kept"))), WARN, "The backups lie on the disk they are to replace"),
    "local": (lambda it: (break_glass.create("emergency"), it.add()), NOTE, "The local administrator emergency is switched on. Over?"),
    "nobody": (lambda it: leave(it, RoleGrant), WARN, "Nobody is HR administrator"),
    "closed": (lambda it: it.add(Setting(name="open", value=False, at=clock.now())), NOTE, "its first run waits at /setup"),
}  # fmt: skip
ONLY = {"network": "sqlite", "two machines": "sqlite", "no tools": "postgresql", "old tools": "postgresql"}
TOGETHER = {"nobody": 2}
"""Findings that another one brings along."""


@pytest.mark.parametrize("case", WRONG)
def test_each_finding_is_one_sentence_with_its_weight(sick, case):
    if ONLY.get(case, db.engine.dialect.name) != db.engine.dialect.name:
        pytest.skip("a matter of the other database")
    spoil, level, words = WRONG[case]
    spoil(sick)
    code, told = sick.said()
    lines = told.splitlines()[:-1]
    found = [line for line in lines if words.format(data=sick.data, backups=sick.backups) in line]
    assert (code, len(found), len(lines)) == (level, 1, TOGETHER.get(case, 1)), told
    assert found[0].startswith(("note: ", "warn: ", "stop: ")[level]) and found[0].endswith((".", "!"))


def at_version(number):
    db.session.execute(text("UPDATE alembic_version SET version_num = :number"), {"number": number})
    db.session.commit()


def test_versions_of_the_tables_are_told_and_nothing_else_is_asked(sick):
    for found, words in (("001", "is older (001)"), ("999", "is newer (999)")):
        was = db.session.scalar(text("SELECT version_num FROM alembic_version"))
        at_version(found)
        code, told = sick.said()
        at_version(was)
        assert (code, words in told, told.count("\n")) == (2, True, 2), told


def test_a_look_that_fails_is_said_and_the_rest_goes_on(sick):
    def odd():
        raise ValueError

    sick.patch.setattr(checks, "MACHINE", [odd, *checks.MACHINE])
    code, told = sick.said()
    assert (code, "warn: The check of odd could not be made: ValueError." in told) == (1, True)


def test_without_its_database_the_rest_is_told(tmp_path):
    app = make_app("postgresql+psycopg://portal@127.0.0.1:1/portal", DATA_DIR=str(tmp_path), TESTING=False)
    done = app.test_cli_runner().invoke(args=["check"])
    told = done.output
    assert (done.exit_code, "stop: The database does not answer" in told, "stop: PUBLIC_URL is not set" in told, "could not be made" in told) == (2, True, True, False), told


def test_a_missing_file_is_told_not_made(tmp_path):
    app = make_app(f"sqlite:///{tmp_path}/portal.db", DATA_DIR=str(tmp_path), TESTING=False)
    done = app.test_cli_runner().invoke(args=["check"])
    assert (done.exit_code, f"stop: There is no database {tmp_path}/portal.db: run `flask upgrade`" in done.output, list(tmp_path.iterdir())) == (2, True, [])


def test_a_volume_is_known_by_what_is_mounted_last(tmp_path):
    mounts = tmp_path / "mountinfo"
    lines = ["1 0 8:1 / / rw - ext4 /dev/sda1 rw", f"2 1 0:5 / {tmp_path}/my\\040data rw shared:1 - nfs4 host:/x rw", f"3 1 0:6 / {tmp_path}/other rw - fuse.sshfs host: rw"]
    mounts.write_text("\n".join(lines))
    (tmp_path / "my data").mkdir()
    kinds = [volumes.volume(tmp_path / name, mounts).kind for name in ("my data/portal.db", "my", "other/deep/er")]
    assert kinds == ["nfs4", "ext4", "ext4"], "what does not exist lies where its folder will"
    (tmp_path / "other").mkdir()
    assert [volumes.is_remote(volumes.volume(tmp_path / name, mounts).kind) for name in ("my data", "other", "my")] == [True, True, False]
    assert volumes.volume(tmp_path, tmp_path / "none").kind == ""
