"""A disk that is full in the middle of something: it is told, nothing is half done, and afterwards it works."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from flask_migrate import downgrade
from sqlalchemy import delete, func, select, text

from portal.cli import bring_up_to_date
from portal.db import db
from portal.files import operations, queries
from portal.files.models import StoredFile
from portal.journal import chain
from portal.settings import Setting
from tests.build import a_check_in
from tests.company import found
from tests.conftest import make_app
from tests.files.test_files import send
from tests.tables import bring_tables
from tests.visitor import Visitor

PROJECT = Path(__file__).parents[2]


@pytest.fixture
def portal(tmp_path):
    app = make_app(f"sqlite:///{tmp_path}/portal.db", DATA_DIR=str(tmp_path))
    with app.app_context():
        bring_tables()
        yield app
        db.session.remove()
        db.engine.dispose()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root makes a small disk")
def test_an_upload_is_refused_and_leaves_nothing(portal, monkeypatch):
    company = found()
    talk = a_check_in(company.li, company.wang)
    db.session.execute(delete(Setting).where(Setting.name == "open"))
    db.session.commit()
    talk_id, who, pdf = talk.id, Visitor(portal, company.wang), b"%PDF-1.4 " + b"x" * 400_000
    queries.folder().mkdir(parents=True)
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=300k", "none", queries.folder()], check=True)
    try:
        for needed in (operations.NEEDED, 0):  # told before it is tried, and where it is found out
            monkeypatch.setattr(operations, "NEEDED", needed)
            answer = send(who, talk_id, pdf)
            assert (answer.status_code, "The server has no room for the file" in answer.text) == (422, True), answer.text
            assert list(queries.folder().iterdir()) == [] and db.session.scalar(select(func.count()).select_from(StoredFile)) == 0
    finally:
        subprocess.run(["umount", queries.folder()], check=True)
    assert send(who, talk_id, pdf).status_code == 200 and len(list(queries.folder().iterdir())) == 1


def test_an_upgrade_that_runs_out_of_room_changes_nothing(portal, tmp_path):
    """SQLite makes tables inside the transaction: all of the migrations or none. The backup made first stays."""
    company = found()
    db.session.remove()
    downgrade(revision="012")
    was = tables()
    db.session.remove()
    db.engine.dispose()
    env = {**os.environ, "DATA_DIR": str(tmp_path), "SECRET_KEY": "k" * 40}
    script = "import resource, signal, sys; signal.signal(signal.SIGXFSZ, signal.SIG_IGN); resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[1]),) * 2); sys.argv[1:] = ['--app', 'commands', 'upgrade', '--no-backup']; from flask.cli import main; main()"
    done = subprocess.run([sys.executable, "-c", script, str(40_000)], cwd=PROJECT, env=env, capture_output=True, text=True, check=False)
    assert (done.returncode, "Traceback" in done.stderr) == (1, False), done.stderr
    assert "Error: The upgrade stopped" in done.stderr and "nothing was changed" in done.stderr, done.stderr
    assert tables() == was
    bring_up_to_date()
    assert chain.check() == [] and company.li


def tables():
    with db.engine.connect() as connection:
        return connection.execute(text("SELECT name, sql FROM sqlite_schema ORDER BY name")).all(), connection.scalar(text("SELECT version_num FROM alembic_version"))


def test_before_an_upgrade_too_little_room_is_a_sentence(portal, monkeypatch):
    db.session.remove()
    downgrade(revision="-1")
    monkeypatch.setattr(shutil, "disk_usage", lambda _: shutil._ntuple_diskusage(10, 9, 1_000_000))
    done = portal.test_cli_runner().invoke(args=["upgrade", "--no-backup"])
    assert (done.exit_code, "Only 1 MB are free" in done.output) == (1, True), done.output
