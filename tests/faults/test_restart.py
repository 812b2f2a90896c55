"""PostgreSQL is restarted, and crashes, while people save and jobs run: pages answer or say so, and all of it heals by itself.

Also where workers are told what is due: JOBS=procrastinate.
"""

import os
import shutil
import socket
import tempfile
import time
from collections import Counter
from decimal import Decimal
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import delete, func, select, text
from sqlalchemy.exc import OperationalError

from portal import jobs, once
from portal.cli import bring_up_to_date
from portal.db import Trouble, db, trouble
from portal.goals.models import MeasureValue
from portal.jobs.models import Job, State
from portal.journal import chain
from portal.once import Once
from portal.settings import Setting
from tests.build import an_objective
from tests.company import found
from tests.conftest import make_app
from tests.databases import Postgres
from tests.faults.test_kill import PATIENCE, Person, Servers
from tests.jobs import STEPS
from tests.visitor import Visitor

SAVES, PEOPLE, JOBS = 80, 4, 12


@pytest.fixture
def server():
    """A PostgreSQL of this test alone."""
    folder = Path(tempfile.mkdtemp(prefix="portal-"))
    folder.chmod(0o755)
    own = Postgres(folder)
    yield own
    own.stop()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(params=["", "procrastinate"], ids=["looking", "told"])
def servers(request, server, tmp_path):
    app = make_app(server.fresh("portal"), DATA_DIR=str(tmp_path), JOBS=request.param)
    with app.app_context():
        bring_up_to_date()
        db.session.execute(delete(Setting).where(Setting.name == "open"))
        db.session.execute(text("CREATE TABLE effect (job_id INTEGER NOT NULL, n INTEGER NOT NULL, worker INTEGER NOT NULL)"))
        db.session.commit()
        listening = socket.create_server(("127.0.0.1", 0), backlog=64)
        ours = {"DATA_DIR": str(tmp_path), "DATABASE_URL": server.url.replace("/postgres?", "/portal?"), "SECRET_KEY": app.secret_key, "WEB_BIND": f"fd://{listening.fileno()}",
                "ORIGINS": f"http://127.0.0.1:{listening.getsockname()[1]}", "LANGUAGE": "en", "JOB_LEASE": "5", "JOBS": request.param}  # fmt: skip
        running = Servers(app, {**os.environ, **ours}, listening, tmp_path)
        yield running
        running.kill()
        listening.close()
        db.session.remove()
        db.engine.dispose()


def test_everything_heals_and_nothing_is_lost_or_doubled(server, servers):
    app, company = servers.app, found()
    measures = [an_objective(company.period, person_id=company.li).measures[0].id for _ in range(PEOPLE)]
    for _ in range(JOBS):
        jobs.ask("count")
    db.session.commit()
    share = SAVES // PEOPLE
    cookie = Visitor(app, company.li).client.get_cookie("portal").value
    people = [Person(servers.port, cookie, f"/goals/measures/{measure}/values", range(n * share + 1, (n + 1) * share + 1)) for n, measure in enumerate(measures)]
    db.session.remove()
    servers.start("tests.jobs.counting")
    for person in people:
        person.start()
    for part, mode in enumerate(("fast", "immediate"), 1):
        ends = time.monotonic() + PATIENCE
        while sum(len(p.acknowledged) for p in people) < part * SAVES // 3 and time.monotonic() < ends:
            time.sleep(0.005)
        server.restart(mode)
    for person in people:
        person.join()
    assert [person.trouble for person in people] == [""] * PEOPLE
    assert {status for person in people for status in person.refused} <= {503}, "what was not saved is told as that"
    acknowledged = [value for person in people for value in person.acknowledged]
    assert sorted(acknowledged) == list(range(1, SAVES + 1))
    assert settled(lambda: Counter(db.session.scalars(select(MeasureValue.value))) == Counter(map(Decimal, acknowledged)))
    assert db.session.scalar(select(func.count()).select_from(Once)) == SAVES and chain.check() == []
    assert settled(lambda: db.session.scalar(select(func.count()).where(Job.kind == "count", Job.state == State.DONE)) == JOBS)
    effects = db.session.execute(text("SELECT count(*), count(DISTINCT (job_id, n)) FROM effect")).one()
    assert effects == (JOBS * STEPS, JOBS * STEPS), "every effect once"
    assert [process.poll() for process in servers.running] == [None, None], "neither the web server nor the worker ended"


def test_a_worker_outlives_a_database_that_is_away_for_long(server, servers):
    """Longer than anything in it waits for a connection."""
    db.session.remove()
    servers.start("tests.jobs.counting")
    for _ in "ab":
        jobs.ask("tick")
        db.session.commit()
        assert settled(lambda: not db.session.scalar(select(Job.id).where(Job.state != State.DONE).limit(1)))
        db.session.remove()
        db.engine.dispose()
        server.stop()
        time.sleep(12)
        server.restart("fast")
    assert [process.poll() for process in servers.running] == [None, None]
    worker = servers.running.pop()
    worker.terminate()
    assert worker.wait(30) == 0


def settled(asked):
    ends = time.monotonic() + PATIENCE
    while time.monotonic() < ends:
        db.session.rollback()
        if asked():
            return True
        time.sleep(0.2)
    return False


def test_a_page_meanwhile_is_a_designed_one_and_the_next_is_right(server, tmp_path):
    """No worker and no web server of its own: what one process says, before, meanwhile and after."""
    app = make_app(server.fresh("one"), DATA_DIR=str(tmp_path))
    with app.app_context():
        bring_up_to_date()
        db.session.execute(delete(Setting).where(Setting.name == "open"))
        company = found()
        li = Visitor(app, company.li).client

        def said(ask, path="/", **more):
            db.session.remove()  # as after any request; here they share the context of this test
            return ask(path, **more)

        assert said(li.get).status_code == 200
        for mode in ("fast", "immediate"):
            server.restart(mode)
            assert said(li.get).status_code == 200, "the pool has noticed by itself"
        server.stop()
        saving = {"data": {"once": once.fresh()}, "headers": {"Origin": "http://localhost"}}
        for answer in (said(li.get), said(li.post, **saving)):
            assert (answer.status_code, answer.headers["Retry-After"], "<h1" in answer.text) == (503, "10", True)
        asking = app.test_client().get
        assert (said(asking, "/healthz").status_code, said(asking, "/readyz").status_code) == (200, 503)
        server.restart("fast")
        assert said(li.get).status_code == 200
        db.session.remove()
        db.engine.dispose()


def test_no_connection_has_many_names():
    """psycopg calls it by more than one class; each of them is no mistake of ours."""
    for kind in (psycopg.OperationalError, psycopg.errors.ConnectionTimeout, psycopg.errors.AdminShutdown, psycopg.errors.CannotConnectNow):
        assert trouble(OperationalError("SELECT 1", {}, kind("gone"))) is Trouble.AWAY
