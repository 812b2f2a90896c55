"""A backup of a living portal: made while people work, checked, put back; and every way in which it must not go wrong."""

import os
import shutil
import sqlite3
import tarfile
import threading
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask_migrate import downgrade
from sqlalchemy import func, make_url, select

from portal import journal
from portal.accounts.models import LoginSession
from portal.backup import databases, making
from portal.cli import HEAD
from portal.db import db
from portal.directory.models import Person
from tests.build import a_session
from tests.company import found
from tests.conftest import DATABASES, make_app
from tests.databases import fresh_url
from tests.tables import bring_tables


@pytest.fixture(params=DATABASES)
def portal(request, tmp_path):
    """A portal with a company in a folder of its own, an archived paper and a file."""
    data = tmp_path / "data"
    for name in ("archive/2025", "files"):
        (data / name).mkdir(parents=True)
    (data / "archive/2025/JX-1.pdf").write_bytes(b"%PDF paper")
    (data / "files/ab12").write_bytes(b"evidence")
    url = f"sqlite:///{data / 'portal.db'}" if request.param == "sqlite" else fresh_url(request, request.param, tmp_path)
    app = make_app(url, DATA_DIR=str(data))
    with app.app_context():
        bring_tables()
        company = found()
        a_session(company.li)
        db.session.commit()
        db.session.remove()
        yield app
        db.session.remove()
        db.engine.dispose()


def run(app, *words):
    db.session.remove()
    done = app.test_cli_runner().invoke(args=list(words))
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    return done.exit_code, done.output


def backed_up(app):
    code, said = run(app, "backup")
    assert code == 0, said
    return Path(said.split(" (")[0])


def data_of(app):
    return Path(app.config["DATA_DIR"])


def test_everything_comes_back_as_it_was(portal):
    file = backed_up(portal)
    assert file.stat().st_mode & 0o077 == 0
    code, said = run(portal, "restore", str(file), "--check")
    assert (code, "2 files. It is whole." in said) == (0, True), said
    db.session.scalars(select(Person).where(Person.name == "li")).one().name = "changed"
    db.session.commit()
    (data_of(portal) / "files/ab12").write_bytes(b"other")
    (data_of(portal) / "files/later").write_bytes(b"later")
    code, said = run(portal, "restore", str(file))
    assert code == 0 and "Everybody has to sign in again" in said, said
    assert db.session.scalar(select(func.count()).select_from(Person).where(Person.name == "li")) == 1
    assert db.session.scalar(select(func.count()).select_from(LoginSession).where(LoginSession.revoked_at.is_(None))) == 0
    assert [path.read_bytes() for path in sorted((data_of(portal) / "files").iterdir())] == [b"evidence"]
    assert (data_of(portal) / "archive/2025/JX-1.pdf").read_bytes() == b"%PDF paper"
    before = next(data_of(portal).glob("files.before-*"))
    assert (before / "ab12").read_bytes() == b"other", "what was there is kept"
    assert journal.check() == []
    assert run(portal, "upgrade")[0] == 0


def test_it_is_made_while_people_work(portal):
    stop, wrong = threading.Event(), []

    def work():
        with portal.app_context():
            n = 0
            while not stop.is_set():
                try:
                    db.session.add(Person(name=f"new {n}", number=f"N{n}"))
                    db.session.commit()
                    n += 1
                except Exception as problem:
                    wrong.append(problem)
                    db.session.rollback()
            db.session.remove()

    people = threading.Thread(target=work)
    people.start()
    try:
        files = [backed_up(portal) for _ in range(1)]
    finally:
        stop.set()
        people.join()
    assert wrong == []
    code, said = run(portal, "restore", str(files[0]), "--check")
    assert (code, "It is whole." in said) == (0, True), said


def repacked(file, change):
    """The same backup with something in it changed, under another name."""
    folder = file.parent / "inside"
    with tarfile.open(file) as packed:
        packed.extractall(folder, filter="data")
    change(folder)
    made = file.with_name("changed.tar.gz")
    with tarfile.open(made, "w:gz") as packed:
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                packed.add(path, str(path.relative_to(folder)))
    shutil.rmtree(folder)
    return made


CHANGES = {
    "file": (lambda folder: (folder / "files/ab12").write_bytes(b"forged"), "files/ab12 is not what was saved"),
    "missing": (lambda folder: (folder / "archive/2025/JX-1.pdf").unlink(), "is missing or too much"),
    "more": (lambda folder: (folder / "files/extra").write_bytes(b"x"), "is missing or too much"),
    "manifest": (lambda folder: (folder / "manifest.json").write_text("{}"), "manifest cannot be read"),
    "newer": (
        lambda folder: (folder / "manifest.json").write_text((folder / "manifest.json").read_text().replace(f'"head": "{HEAD.read_text().strip()}"', '"head": "999"')),
        "of a newer portal (999)",
    ),
}


@pytest.mark.parametrize("case", CHANGES)
def test_a_backup_that_is_not_what_was_saved_changes_nothing(portal, case):
    change, why = CHANGES[case]
    changed = repacked(backed_up(portal), change)
    code, said = run(portal, "restore", str(changed))
    assert (code, why in said) == (1, True), said
    assert (data_of(portal) / "files/ab12").read_bytes() == b"evidence" and list(data_of(portal).glob("*.before-*")) == []


def test_what_is_no_backup_is_told(portal, tmp_path):
    for content, why in ((b"not a tar", "cannot be unpacked"), (b"", "cannot be unpacked")):
        (tmp_path / "x.tar.gz").write_bytes(content)
        code, said = run(portal, "restore", str(tmp_path / "x.tar.gz"), "--check")
        assert (code, why in said) == (1, True), said


def test_no_path_leads_out_of_it(portal, tmp_path):
    evil = tmp_path / "evil.tar.gz"
    (tmp_path / "payload").write_bytes(b"x")
    with tarfile.open(evil, "w:gz") as packed:
        packed.add(tmp_path / "payload", "../../escaped")
    code, said = run(portal, "restore", str(evil), "--check")
    assert (code, (tmp_path / "escaped").exists()) == (1, False), said


def test_a_running_portal_is_not_replaced(portal):
    if db.engine.dialect.name != "sqlite":
        pytest.skip("PostgreSQL replaces its tables in one transaction")
    file = backed_up(portal)
    with closing(sqlite3.connect(data_of(portal) / "portal.db", isolation_level=None)) as other:
        other.execute("BEGIN")
        other.execute("SELECT count(*) FROM person").fetchone()
        code, said = run(portal, "restore", str(file))
    assert (code, "stop its servers and workers first" in said) == (1, True), said
    assert db.session.scalar(select(func.count()).select_from(Person)) > 0


def test_a_full_disk_is_told_before_anything_is_written(portal, monkeypatch):
    monkeypatch.setattr(making.shutil, "disk_usage", lambda _folder: shutil._ntuple_diskusage(10, 9, 1_000_000))
    code, said = run(portal, "backup")
    assert (code, "Only 1 MB are free" in said) == (1, True)
    assert list((data_of(portal) / "backups").iterdir()) == []


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_cannot_be_written_is_told(portal, tmp_path):
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o500)
    assert run(portal, "backup", "--to", str(closed / "x"))[0] == 1


def test_an_upgrade_saves_first_and_only_when_it_changes_something(portal):
    kept = lambda: len(list((data_of(portal) / "backups").glob("portal-*")))  # noqa: E731
    assert (run(portal, "upgrade")[0], kept()) == (0, 0)
    db.session.remove()
    downgrade(revision="-1")
    code, said = run(portal, "upgrade")
    assert (code, "Saved first:" in said, kept()) == (0, True, 1), said
    (saved,) = (data_of(portal) / "backups").glob("portal-*")
    assert run(portal, "backup")[0] == 0 and saved.exists(), "the way back outlives the same day's backups"
    assert run(portal, "restore", str(saved), "--check")[0] == 0


def test_what_was_saved_before_the_last_upgrades_stays(tmp_path):
    for hour in range(12):
        mark = making.UPGRADE if hour % 2 else ""
        (tmp_path / f"portal-20261129-{hour:02}0000{mark}.tar.gz.age").touch()
    making.forget(tmp_path)
    assert sorted(file.name[16:18] for file in tmp_path.glob(making.GLOB)) == ["07", "09", "11"]
    assert making.made_at(making.newest(tmp_path)).hour == 11


def test_the_newest_of_days_weeks_and_months_stay(tmp_path):
    newest = datetime(2026, 11, 29, 3, tzinfo=UTC)
    for day in range(800):
        (tmp_path / f"portal-{newest - timedelta(days=day):%Y%m%d-%H%M%S}.tar.gz").touch()
    making.forget(tmp_path)
    kept = sorted((made.date() for made in map(making.made_at, tmp_path.glob("portal-*"))), reverse=True)
    assert kept[:7] == [newest.date() - timedelta(days=n) for n in range(7)]
    assert len({f"{day:%G%V}" for day in kept}) >= 4 and len({f"{day:%Y%m}" for day in kept}) == 12
    assert len(kept) <= 7 + 4 + 12


def test_no_link_in_the_folder_of_backups_is_followed(portal):
    """Whoever may write there could otherwise have the portal's own database written over, or the backup laid in the open."""
    place = data_of(portal) / "backups"
    place.mkdir()
    precious = data_of(portal) / "precious"
    precious.write_text("as it was")
    (place / f".{making.LIST}.part").symlink_to(precious)
    made = backed_up(portal)
    assert precious.read_text() == "as it was" and not (place / making.LIST).is_symlink()
    assert making.listed(place).keys() == {made.name}
    assert {oct(path.stat().st_mode & 0o777) for path in place.iterdir()} == {"0o600"}


@pytest.mark.parametrize("address", ["postgresql+psycopg://portal:se%40cret@db/portal", "postgresql+psycopg://portal@db/portal?password=se%40cret&sslmode=require"])
def test_no_password_stands_in_the_arguments_of_a_program(tmp_path, monkeypatch, address):
    program = tmp_path / "pg_dump"
    program.write_text('#!/bin/sh\nprintf "%s\\n" "$PGPASSWORD" "$@" >"$0.said"\n')
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    databases._run(make_url(address), "pg_dump")
    password, *arguments = (tmp_path / "pg_dump.said").read_text().splitlines()
    assert password == "se@cret" and arguments[0].startswith("--dbname=postgresql://portal@db/portal")
    assert "cret" not in " ".join(arguments)
