"""Jobs: asked for in a transaction, claimed by a lease, retried, cancelled; a dead worker's job is taken over."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from portal import clock, jobs
from portal.db import db
from portal.jobs import engine
from portal.jobs.models import Job, State


@pytest.fixture
def ran(monkeypatch):
    """A kind that notes what it is given."""
    seen = []
    monkeypatch.setitem(engine._kinds, "note", lambda context: seen.append(context.args["n"]))
    return seen


def the_job():
    db.session.expire_all()
    return db.session.scalars(select(Job)).one()


def test_it_runs_once_and_is_kept(app, ran):
    jobs.ask("note", {"n": 1})
    db.session.commit()
    assert [jobs.work_one(), jobs.work_one()] == [True, False]
    assert (ran, the_job().state) == ([1], State.DONE)


def test_what_is_rolled_back_is_not_wanted(app, ran):
    jobs.ask("note", {"n": 1})
    db.session.rollback()
    assert jobs.work_one() is False


def test_a_key_is_wanted_once_until_it_is_done(app, ran):
    for n in (1, 2):
        jobs.ask("note", {"n": n}, key="nightly")
    db.session.commit()
    while jobs.work_one():
        pass
    jobs.ask("note", {"n": 3}, key="nightly")
    db.session.commit()
    while jobs.work_one():
        pass
    assert ran == [1, 3]


def test_later_is_later(app, ran):
    jobs.ask("note", {"n": 1}, at=clock.now() + timedelta(hours=1))
    db.session.commit()
    assert jobs.work_one() is False


def test_a_failure_is_retried_later_and_then_a_person_is_asked(app, monkeypatch):
    def fails(_context):
        raise ValueError("no room")

    monkeypatch.setitem(engine._kinds, "fails", fails)
    jobs.ask("fails")
    db.session.commit()
    for attempt in range(1, engine.ATTEMPTS + 1):
        assert jobs.work_one()
        job = the_job()
        assert job.attempts == attempt and "no room" in job.why
        job.run_at = clock.now()
        db.session.commit()
    assert (the_job().state, jobs.work_one()) == (State.FAILED, False)


def test_the_job_of_a_dead_worker_is_taken_over(app, ran):
    jobs.ask("note", {"n": 1})
    db.session.commit()
    claimed = engine.claim()
    assert claimed and jobs.work_one() is False, "its lease holds"
    job = the_job()
    job.lease_until, job.taken_by = clock.now() - timedelta(seconds=1), "dead:1"
    db.session.commit()
    assert jobs.work_one() and ran == [1] and the_job().attempts == 2


def test_a_job_can_be_stopped_between_its_steps(app, monkeypatch):
    done = []

    def long(context):
        for n in range(5):
            done.append(n)
            context.step(n + 1, 5)

    monkeypatch.setitem(engine._kinds, "long", long)
    jobs.ask("long")
    db.session.commit()
    job = the_job()
    job.cancel = True
    db.session.commit()
    jobs.work_one()
    assert (done, the_job().state, the_job().done) == ([0], State.CANCELLED, 1)
