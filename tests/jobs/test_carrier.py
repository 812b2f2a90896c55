"""JOBS=procrastinate on a real PostgreSQL: what waits is carried, once, in the same transaction; what does not wait is not.

Two worker processes, one of which is killed: `test_machines.py`.
"""

from datetime import timedelta

import pytest
from sqlalchemy import delete, select, text, update

from portal import clock
from portal.checks.work import carried as carried_look
from portal.cli import bring_up_to_date
from portal.db import db
from portal.jobs import carrier, engine, registry, schedules
from portal.jobs.models import Job, State
from tests.conftest import make_app
from tests.databases import fresh_url
from tests.tables import bring_tables

LATER = timedelta(hours=1)
PATIENT = timedelta(seconds=1)


@pytest.fixture
def url(request, tmp_path):
    return fresh_url(request, "postgresql", tmp_path)


@pytest.fixture
def carried(url, monkeypatch):
    """An app whose jobs are carried, and two kinds that note what they are given."""
    app, seen = make_app(url, JOBS=carrier.NAME), []
    for name, quick in (("note", False), ("quick", True)):
        monkeypatch.setitem(registry._kinds, name, registry.Kind(name, lambda context: seen.append(context.job_id), quick=quick))
    with app.app_context():
        bring_tables()
        carrier.bring()
        yield seen
        db.session.remove()
        db.engine.dispose()


def on_the_way():
    """What procrastinate has to hand out: ids of rows, and when each that is not due is."""
    db.session.commit()
    rows = db.session.execute(text("SELECT (args->>'job_id')::int, scheduled_at FROM portal_carrier.procrastinate_jobs WHERE status = 'todo' ORDER BY id")).all()
    db.session.commit()
    return [tuple(row) for row in rows]


def ask(kind="note", **more):
    assert engine.ask(kind, **more)
    db.session.commit()
    return db.session.scalar(select(Job.id).order_by(Job.id.desc()).limit(1))


def hand_out():
    """What procrastinate does for a worker that has just come: the next row's id."""
    db.session.execute(text("SET LOCAL search_path TO portal_carrier"))
    come = db.session.scalar(text("SELECT worker_id FROM procrastinate_register_worker_v1()"))
    handed = db.session.scalar(text("SELECT (args->>'job_id')::int FROM procrastinate_fetch_job_v2(ARRAY['portal'], :come)"), {"come": come})
    db.session.commit()
    return handed


def test_a_wish_and_its_carrying_are_one_commit(carried):
    engine.ask("note")
    db.session.rollback()
    assert on_the_way() == [], "a wish that was rolled back carries nothing"
    first = ask(key="nightly")
    assert not engine.ask("note", key="nightly")
    at = clock.now() + LATER
    second = ask(at=at)
    assert on_the_way() == [(first, None), (second, at)], "each once, the later one later"


def test_whatever_makes_a_row_due_carries_it_and_whatever_ends_its_waiting_takes_that_back(carried):
    job_id = ask(at=clock.now() + LATER)
    db.session.execute(update(Job).values(run_at=clock.now()))
    assert on_the_way() == [(job_id, None)], "brought forward"
    db.session.execute(update(Job).values(state=State.CANCELLED, ended_at=clock.now()))
    assert on_the_way() == [], "cancelled"
    db.session.execute(update(Job).values(state=State.WAITING, ended_at=None))
    assert on_the_way() == [(job_id, None)], "goes on"
    db.session.execute(delete(Job))
    assert on_the_way() == [], "gone"


def test_what_is_handed_out_is_claimed_once_and_only_while_it_is_due(carried):
    job_id = ask()
    assert [len(engine.work_carried(job_id)) for _ in "ab"] == [1, 0], "a doubled one harms nothing"
    assert carried == [job_id]
    put_off = ask(at=clock.now() + LATER)
    assert engine.work_carried(put_off) == [] and engine.work_carried(put_off + 1) == []
    taken = ask()
    assert engine.claim() and engine.work_carried(taken) == [], "another worker looks by itself"


def test_a_quick_one_takes_others_along_that_need_not_be_handed_out_any_more(carried):
    ids = [ask("quick") for _ in range(3)]
    alone = ask()
    ids += [ask("quick") for _ in range(3)]
    assert hand_out() == ids[0]
    assert sorted(job.id for job in engine.work_carried(ids[0])) == ids
    assert on_the_way() == [(alone, None)] and carried == ids


def test_what_failed_is_carried_for_later_and_what_a_dead_worker_held_at_once(carried, monkeypatch):
    monkeypatch.setitem(registry._kinds, "fails", registry.Kind("fails", lambda _: 1 / 0))
    job_id = ask("fails")
    assert hand_out() == job_id and engine.work_carried(job_id)
    job = db.session.get_one(Job, job_id)
    assert on_the_way() == [(job_id, job.run_at)] and job.run_at > clock.now() + PATIENT
    db.session.execute(update(Job).values(run_at=clock.now()))
    db.session.commit()
    assert engine.claim() and on_the_way() == []
    db.session.execute(update(Job).values(lease_until=clock.now() - PATIENT, taken_by="dead:1"))
    db.session.commit()
    engine.take_over()
    assert on_the_way() == [(job_id, None)]


def test_what_the_clock_asks_for_is_carried(carried, monkeypatch):
    monkeypatch.setattr(schedules, "_schedules", {})
    schedules.every("note", lambda: LATER)
    schedules.ask_due()
    schedules.ask_due()
    assert on_the_way() == [(db.session.scalar(select(Job.id)), None)]


def test_a_clock_that_was_set_back_makes_no_row_wait(carried):
    with clock.at(clock.now() + LATER):
        job_id = ask()
    assert on_the_way()[0][1] > clock.now() + LATER / 2
    engine.heed_clock(clock.now())
    assert on_the_way() == [(job_id, None)]


def test_the_look_each_minute_finds_what_nothing_carries(carried):
    """A worker was handed a row and died before it claimed it; and what it was handed is not kept."""
    job_id, waits = ask(), ask(at=clock.now() + LATER)
    assert hand_out() == job_id
    living = "UPDATE portal_carrier.procrastinate_workers SET last_heartbeat = now() - make_interval(secs => :secs)"
    kept = text("SELECT count(*) FROM portal_carrier.procrastinate_jobs WHERE status = 'doing'")
    for silent, left in ((carrier.SILENT - 10, 1), (carrier.SILENT + 10, 0)):
        db.session.execute(text(living), {"secs": silent})
        db.session.commit()
        carrier.sweep()
        assert [each for each, _ in on_the_way()] == [waits, job_id], "carried again, once"
        assert db.session.scalar(kept) == left
        db.session.commit()


def test_what_waited_before_jobs_was_set_is_carried_and_upgrading_twice_changes_nothing(carried, url, monkeypatch):
    with make_app(url).app_context():
        carrier.bring()
        assert db.session.scalar(text("SELECT to_regnamespace('portal_carrier')")) is None, "JOBS is not set: nothing is left of it"
        job_id = ask()
        db.session.execute(update(Job).values(state=State.CANCELLED, ended_at=clock.now()))
        waits = ask()
        db.session.remove()
        db.engine.dispose()
    made = "SELECT to_regclass('portal_carrier.procrastinate_jobs')::oid"
    bring_up_to_date()
    first = db.session.scalar(text(made))
    assert on_the_way() == [(waits, None)] and job_id != waits
    bring_up_to_date()
    assert db.session.scalar(text(made)) == first
    monkeypatch.setattr(carrier, "CARRY", f"{carrier.CARRY}-- of a newer version")
    db.session.commit()
    assert "run `flask upgrade`" in carrier.problem()
    bring_up_to_date()
    assert db.session.scalar(text(made)) != first and on_the_way() == [(waits, None)]
    assert carrier.problem() == ""


def test_who_cannot_work_like_this_says_why(carried, url, tmp_path, monkeypatch):
    on_sqlite = make_app(f"sqlite:///{tmp_path}/p.db", JOBS=carrier.NAME)
    with on_sqlite.app_context():
        refused = on_sqlite.test_cli_runner().invoke(args=["work", "--once"])
        db.engine.dispose()
    assert (refused.exit_code, refused.output) == (1, "Error: JOBS=procrastinate needs PostgreSQL: take JOBS away, or move there with `flask move-database`.\n")
    assert carrier.problem() == "" and list(carried_look()) == []
    with monkeypatch.context() as patch:
        patch.setattr(carrier, "find_spec", lambda _: None)
        carrier.bring()
        assert "install requirements-procrastinate.txt" in carrier.problem()
    assert carrier.problem() == "", "what was there has stayed"
    with db.engine.begin() as connection:
        carrier.drop(connection)
    assert [found.sentence for found in carried_look()] == [carrier.problem()] and "run `flask upgrade`" in carrier.problem()
