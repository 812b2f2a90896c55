"""Two worker processes on one database, one of them killed in the middle of a job: every effect happens once.

Each in three ways: on SQLite, on PostgreSQL, and there with JOBS=procrastinate (`carried`).
"""

import os
import signal
import socket
import statistics
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
from portal.jobs import carrier
from portal.jobs.models import Job, State
from portal.jobs.worker import IDLE
from tests.conftest import DATABASES, make_app
from tests.databases import fresh_url
from tests.jobs import STEPS
from tests.tables import bring_tables

PROJECT = Path(__file__).parent.parent.parent
LONG, QUICK, LEASE = 24, 400, 5
PATIENCE = 90.0


CARRIED = "carried"


@pytest.fixture(params=[*DATABASES, CARRIED])
def work(request, tmp_path):
    """Starts a worker process; the database is new, with a table of effects."""
    carried = request.param == CARRIED
    url = fresh_url(request, "postgresql" if carried else request.param, tmp_path)
    app = make_app(url, JOBS=carrier.NAME if carried else "")
    ours = {"DATA_DIR": str(tmp_path), "DATABASE_URL": url, "SECRET_KEY": app.secret_key, "JOB_LEASE": str(LEASE), "LANGUAGE": "en", "JOBS": app.config["JOBS"]}
    running = []

    def start(*words):
        command = [sys.executable, "-m", "flask", "--app", "tests.jobs.counting", "work", *words]
        with (tmp_path / "workers.log").open("ab") as log:
            running.append(subprocess.Popen(command, cwd=PROJECT, env={**os.environ, **ours}, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True))
        return running[-1]

    with app.app_context():
        bring_tables()
        carrier.bring()
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
    if carrier.chosen():
        assert nothing_carried(), "neither what was done nor what the dead worker was handed is kept"


def nothing_carried():
    """Whether procrastinate's tables are as empty as they were, after a look for what dead workers were handed."""
    ended = "SELECT count(*) FROM portal_carrier.procrastinate_jobs WHERE status NOT IN ('todo', 'doing')"
    assert db.session.scalar(text(ended)) == 0, "what is done is not kept until somebody looks"
    db.session.execute(text("UPDATE portal_carrier.procrastinate_workers SET last_heartbeat = now() - interval '1 minute'"))
    db.session.commit()
    carrier.sweep()
    names = ("jobs", "events", "workers")
    return [db.session.scalar(text(f"SELECT count(*) FROM portal_carrier.procrastinate_{name}")) for name in names] == [0, 0, 0]  # noqa: S608 - our own names


def test_a_worker_finishes_the_job_at_hand_then_leaves_and_another_goes_on(work):
    for _ in range(3):
        jobs.ask("count")
    db.session.commit()
    first = work()
    until(of(first))
    first.send_signal(signal.SIGTERM)
    assert first.wait(20) == 0
    assert [n for (n,) in db.session.execute(text("SELECT count(*) FROM effect GROUP BY job_id"))] == [STEPS]
    counted = select(func.count()).select_from(Job).where(Job.kind == "count", Job.state == State.DONE)
    assert (db.session.scalar(counted), db.session.scalar(select(func.count()).select_from(Job).where(Job.state == State.RUNNING))) == (1, 0)
    db.session.rollback()
    assert work("--once").wait(60) == 0
    assert db.session.scalar(counted) == 3
    assert db.session.execute(text("SELECT count(*), count(DISTINCT (job_id * 100 + n)) FROM effect")).one() == (3 * STEPS, 3 * STEPS)


def test_what_somebody_stops_while_it_runs_goes_on_later_from_where_it_was(work):
    jobs.ask("count")
    db.session.commit()
    worker = work()
    job_id = until(of(worker))
    db.session.get_one(Job, job_id, with_for_update=True).cancel = True
    db.session.commit()
    until(lambda: db.session.get_one(Job, job_id).state is State.CANCELLED)
    stopped = db.session.scalar(text("SELECT count(*) FROM effect"))
    assert 2 <= stopped < STEPS
    job = db.session.get_one(Job, job_id)
    job.state, job.run_at, job.ended_at, job.attempts, job.cancel = State.WAITING, clock.now(), None, 0, False
    db.session.commit()
    until(lambda: db.session.get_one(Job, job_id).state is State.DONE)
    effects = [tuple(row) for row in db.session.execute(text("SELECT job_id, n FROM effect ORDER BY n"))]
    assert effects == [(job_id, n) for n in range(STEPS)], "none again and none left out"


@pytest.mark.parametrize("work", [CARRIED], indirect=True)
def test_who_is_told_what_is_due_begins_sooner_than_who_looks(work):
    worker, waits = work(), []
    jobs.ask("tick")
    db.session.commit()
    until(lambda: db.session.scalar(select(Job.state).where(Job.kind == "tick")) is State.DONE)
    until(lambda: not db.session.scalar(select(Job.id).where(Job.state != State.DONE).limit(1)))  # what the clock asks of a new portal
    for _ in range(15):
        time.sleep(IDLE / 5)
        jobs.ask("tick")
        db.session.commit()
        asked = time.monotonic()
        job_id = db.session.scalar(select(func.max(Job.id)))
        until(lambda: db.session.get_one(Job, job_id).state is State.DONE)  # noqa: B023 - asked at once
        waits.append(time.monotonic() - asked)
    assert statistics.median(waits) < IDLE / 2, "half of all wait longer than that for a worker that looks"
    worker.send_signal(signal.SIGTERM)
    assert worker.wait(20) == 0
