"""Two worker processes on one database, one of them killed in the middle of a job: every effect happens once."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select, text

from portal import clock, jobs
from portal.db import db
from portal.jobs.models import Job, State
from tests.conftest import DATABASES, make_app
from tests.databases import fresh_url
from tests.jobs import STEPS
from tests.tables import bring_tables

PROJECT = Path(__file__).parent.parent.parent
LONG, QUICK, LEASE = 24, 400, 5
PATIENCE = 90.0


@pytest.fixture(params=DATABASES)
def work(request, tmp_path):
    """Starts a worker process; the database is new, with a table of effects."""
    url = fresh_url(request, request.param, tmp_path)
    app = make_app(url)
    ours = {"DATA_DIR": str(tmp_path), "DATABASE_URL": url, "SECRET_KEY": app.secret_key, "JOB_LEASE": str(LEASE), "LANGUAGE": "en"}
    running = []

    def start():
        command = [sys.executable, "-m", "flask", "--app", "tests.jobs.counting", "work"]
        with (tmp_path / "workers.log").open("ab") as log:
            running.append(subprocess.Popen(command, cwd=PROJECT, env={**os.environ, **ours}, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True))
        return running[-1]

    with app.app_context():
        bring_tables()
        db.session.execute(text("CREATE TABLE effect (job_id INTEGER NOT NULL, n INTEGER NOT NULL, worker INTEGER NOT NULL)"))
        db.session.commit()
        yield start
        for process in running:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
        db.session.remove()
        db.engine.dispose()


def until(asked):
    """Wait for a true answer of the database."""
    ends = time.monotonic() + PATIENCE
    while time.monotonic() < ends:
        db.session.rollback()
        db.session.expire_all()
        if found := asked():
            db.session.rollback()
            return found
        db.session.rollback()
        time.sleep(0.01)
    raise AssertionError("it did not happen in time")


def of(process):
    """The job that a worker has in its hands, with two of its steps done."""
    mine = select(Job.id).where(Job.kind == "count", Job.taken_by == f"{socket.gethostname()}:{process.pid}", Job.state == State.RUNNING, Job.done == 2)
    return lambda: db.session.scalar(mine.limit(1))


def test_one_of_two_workers_is_killed_in_the_middle_of_a_job(work):
    for _ in range(LONG):
        jobs.ask("count")
    for _ in range(QUICK):
        jobs.ask("tick", at=clock.now() + timedelta(seconds=1))
    db.session.commit()
    doomed, other = work(), work()
    until(of(other))
    until(of(doomed))
    os.killpg(doomed.pid, signal.SIGKILL)
    doomed.wait()
    db.session.rollback()
    left = db.session.execute(select(Job.id, Job.done, Job.lease_until).where(Job.taken_by == f"{socket.gethostname()}:{doomed.pid}", Job.state == State.RUNNING)).all()
    assert len(left) >= 1, "it was killed with nothing in its hands: this test tests nothing"
    kinds = ("count", "tick")
    until(lambda: not db.session.scalar(select(func.count()).select_from(Job).where(Job.kind.in_(kinds), Job.state != State.DONE)))
    effects = db.session.execute(text("SELECT job_id, n, worker FROM effect")).all()
    done = {kind: set(db.session.scalars(select(Job.id).where(Job.kind == kind))) for kind in kinds}
    assert Counter((job, n) for job, n, _ in effects) == Counter([(job, n) for job in done["count"] for n in range(STEPS)] + [(job, 0) for job in done["tick"]])
    assert {worker for *_, worker in effects} == {doomed.pid, other.pid}, "both worked"
    for job, came, lease_until in left:
        row = db.session.get_one(Job, job)
        assert (row.attempts, row.done >= came) == (2, True) and row.began_at >= lease_until, "taken over once, after its lease"
        assert {worker for of_job, n, worker in effects if of_job == job and n >= came} == {other.pid}
    assert db.session.scalar(select(func.count()).select_from(Job).where(Job.kind == "night")) == 1, "one of the two asked by the clock"
    db.session.rollback()
    other.send_signal(signal.SIGTERM)
    assert other.wait(20) == 0
