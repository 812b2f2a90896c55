"""What carries jobs (JOBS=procrastinate) through a backup, a restore and the move to PostgreSQL: the rows come, and with them
what is to be carried, whatever was there before.
"""

import pytest
from sqlalchemy import select, text

from portal import jobs
from portal.backup import making
from portal.db import db
from portal.jobs import carrier
from portal.jobs.models import Job, State
from tests.conftest import make_app
from tests.databases import fresh_url
from tests.tables import bring_tables

OF_ANOTHER_VERSION = "COMMENT ON SCHEMA portal_carrier IS 'older'; CREATE TABLE portal_carrier.older (id integer)"


def run(app, *words):
    db.session.remove()
    done = app.test_cli_runner().invoke(args=list(words))
    assert (done.exit_code, done.exception) == (0, None), done.output
    return done.output


def carried():
    """The rows that wait, and those that are carried; None where nothing can be."""
    waiting = db.session.scalars(select(Job.id).where(Job.state == State.WAITING).order_by(Job.id)).all()
    there = db.session.scalar(text("SELECT to_regclass('portal_carrier.procrastinate_jobs')"))
    ids = "SELECT (args->>'job_id')::int FROM portal_carrier.procrastinate_jobs WHERE status = 'todo' ORDER BY id"
    found = waiting, db.session.scalars(text(ids)).all() if there else None
    db.session.rollback()
    return found


def two_jobs():
    jobs.ask("tidy")
    jobs.ask("search")
    db.session.commit()


@pytest.fixture
def saved(request, tmp_path):
    """A portal whose jobs are carried, two of which wait; and its backup."""
    data = tmp_path / "original"
    data.mkdir()
    app = make_app(fresh_url(request, "postgresql", tmp_path, "original"), DATA_DIR=str(data), JOBS=carrier.NAME)
    with app.app_context():
        bring_tables()
        carrier.bring()
        two_jobs()
        run(app, "backup")
        yield app, next((data / "backups").glob(making.GLOB))
        db.session.remove()
        db.engine.dispose()


@pytest.mark.parametrize("set_to", [carrier.NAME, ""], ids=["set", "not set"])
@pytest.mark.parametrize("before", [OF_ANOTHER_VERSION, ""], ids=["over another version", "into an empty one"])
def test_what_waited_is_carried_where_jobs_is_set_and_nothing_is_left_of_it_elsewhere(saved, request, tmp_path, before, set_to):
    _, file = saved
    place = tmp_path / "restored"
    place.mkdir()
    there = make_app(fresh_url(request, "postgresql", tmp_path, "restored"), DATA_DIR=str(place), JOBS=set_to)
    with there.app_context():
        if before:
            there.config["JOBS"] = carrier.NAME
            bring_tables()
            carrier.bring()
            db.session.execute(text(before))
            db.session.commit()
            there.config["JOBS"] = set_to
        assert "Restored." in run(there, "restore", str(file))
        run(there, "upgrade", "--no-backup")
        assert carried() == ([1, 2], [1, 2] if set_to else None)
        two_jobs()
        assert carried() == ([1, 2, 3, 4], [1, 2, 3, 4] if set_to else None)
        db.session.remove()
        db.engine.dispose()


@pytest.mark.parametrize("prepared", [True, False], ids=["upgraded before", "empty"])
def test_what_waited_on_sqlite_is_carried_on_postgresql(request, tmp_path, prepared):
    url = fresh_url(request, "postgresql", tmp_path)
    source, target = make_app(f"sqlite:///{tmp_path}/portal.db", DATA_DIR=str(tmp_path)), make_app(url, DATA_DIR=str(tmp_path), JOBS=carrier.NAME)
    with target.app_context():
        if prepared:
            run(target, "upgrade", "--no-backup")
        db.engine.dispose()
    with source.app_context():
        bring_tables()
        two_jobs()
        run(source, "move-database", url)
        db.engine.dispose()
    with target.app_context():
        run(target, "upgrade", "--no-backup")
        assert carried() == ([1, 2], [1, 2])
        db.session.remove()
        db.engine.dispose()
