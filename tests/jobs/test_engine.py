"""Jobs: asked for in a transaction, claimed by a lease, retried, cancelled; a dead worker's job is taken over."""

from datetime import timedelta

import pytest
from sqlalchemy import delete, select, update

from portal import clock, jobs
from portal.db import db
from portal.i18n import everywhere
from portal.jobs import engine, registry
from portal.jobs.models import Job, State
from portal.jobs.worker import Beat
from portal.settings import Setting


@pytest.fixture
def ran(monkeypatch):
    """A kind that notes what it is given."""
    seen = []
    monkeypatch.setitem(registry._kinds, "note", registry.Kind("note", lambda context: seen.append(context.args["n"])))
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
        raise ValueError("no room for 李")

    monkeypatch.setitem(registry._kinds, "fails", registry.Kind("fails", fails, fails={ValueError: "No room."}))
    jobs.ask("fails")
    db.session.commit()
    for attempt in range(1, engine.ATTEMPTS + 1):
        assert jobs.work_one()
        job = the_job()
        assert job.attempts == attempt and job.why == "No room."
        job.run_at = clock.now()
        db.session.commit()
    assert (the_job().state, jobs.work_one()) == (State.FAILED, False)


def test_the_job_of_a_dead_worker_is_taken_over(app, ran):
    jobs.ask("note", {"n": 1})
    db.session.commit()
    assert engine.claim() and jobs.work_one() is False, "its lease holds"
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

    monkeypatch.setitem(registry._kinds, "long", registry.Kind("long", long))
    jobs.ask("long")
    db.session.commit()
    job = the_job()
    job.cancel = True
    db.session.commit()
    jobs.work_one()
    assert (done, the_job().state, the_job().done) == ([0], State.CANCELLED, 1)


def kind(monkeypatch, name, run, **how):
    monkeypatch.setitem(registry._kinds, name, registry.Kind(name, run, **how))


def wanted(name="note", n=1, **more):
    for k in range(n):
        jobs.ask(name, {"n": k}, **more)
    db.session.commit()


def silent():
    """Its worker has been silent for longer than its lease."""
    db.session.execute(update(Job).where(Job.state == State.RUNNING).values(lease_until=clock.now() - timedelta(seconds=1), taken_by="dead:1"))
    db.session.commit()


def effects():
    db.session.rollback()
    return sorted(db.session.scalars(select(Setting.name)))


def note(name):
    db.session.add(Setting(name=name, value=1, at=clock.now()))


def test_after_a_crash_it_goes_on_where_it_was(app, monkeypatch):
    seen = []

    def long(context):
        seen.append(context.done)
        for n in range(context.done, 4):
            note(f"step {n}")
            context.step(n + 1, 4)
            if n == 1 and len(seen) == 1:
                raise SystemExit  # kill -9: nothing of ours runs any more

    kind(monkeypatch, "long", long)
    wanted("long")
    with pytest.raises(SystemExit):
        jobs.work_one()
    db.session.rollback()
    assert jobs.work_one() is False, "its lease holds"
    silent()
    assert jobs.work_one() and seen == [0, 2]
    assert (effects(), the_job().state, the_job().done) == ([f"step {n}" for n in range(4)], State.DONE, 4)


def test_who_lost_the_lease_writes_nothing_more(app, monkeypatch):
    def taken_over(context):
        db.session.execute(update(Job).values(taken_by="another:2"))
        db.session.commit()
        note("mine")
        if context.args["n"]:
            context.step(1)

    kind(monkeypatch, "slow", taken_over)
    wanted("slow")
    assert jobs.work_one()
    assert (effects(), the_job().state, the_job().taken_by) == ([], State.RUNNING, "another:2")


def test_whose_worker_dies_three_times_asks_a_person(app, ran):
    wanted()
    for _ in range(engine.ATTEMPTS):
        engine.take_over()
        assert len(engine.claim()) == 1
        silent()
    assert (jobs.work_one(), ran) == (False, [])
    assert (the_job().state, the_job().why, the_job().attempts) == (State.FAILED, registry.DIED, engine.ATTEMPTS)


def test_what_somebody_stops_while_its_worker_is_dead_is_not_begun_again(app, ran):
    wanted()
    engine.claim()
    db.session.execute(update(Job).values(cancel=True))
    silent()
    assert (jobs.work_one(), ran, the_job().state) == (False, [], State.CANCELLED)


def test_quick_ones_share_a_transaction_and_a_bad_one_spoils_nobody(app, monkeypatch, statements):
    def write(context):
        note(f"n{context.args['n']}")
        if context.args["n"] == 3:
            raise KeyError("secret")

    kind(monkeypatch, "quick", write, quick=True)
    wanted("quick", 6)
    assert len(engine.work(100)) == 6
    assert effects() == ["n0", "n1", "n2", "n4", "n5"]
    states = db.session.scalars(select(Job.state).order_by(Job.id)).all()
    assert [n for n, state in enumerate(states) if state is State.WAITING] == [3]
    assert db.session.scalar(select(Job.why).where(Job.state == State.WAITING)) == registry.UNEXPECTED
    db.session.execute(delete(Job))
    db.session.execute(delete(Setting))
    kind(monkeypatch, "quick", lambda _: None, quick=True)
    wanted("quick", 50)
    statements.clear()
    assert len(engine.work(100)) == 50 and len(statements) <= 6


def test_only_quick_ones_are_claimed_together(app, monkeypatch, ran):
    kind(monkeypatch, "quick", lambda _: None, quick=True)
    wanted("quick", 2)
    wanted("note", 2)
    assert [len(engine.work(100)) for _ in range(4)] == [2, 1, 1, 0]


def test_the_beat_keeps_a_long_job_ours_unless_it_was_cancelled(app, ran):
    wanted(n=2)
    for cancelled in (False, True):
        job = engine.claim()[0]
        engine.held.add(job.id)
        soon = clock.now() + timedelta(seconds=1)
        db.session.execute(update(Job).where(Job.id == job.id).values(lease_until=soon, cancel=cancelled))
        db.session.commit()
        Beat(app, db.engine).renew()
        assert (db.session.scalar(select(Job.lease_until).where(Job.id == job.id)) > soon) != cancelled
        db.session.rollback()
    engine.held.clear()


def test_why_it_failed_is_a_sentence_of_ours_and_never_what_the_exception_says():
    registry.register("known", print, "A known job", {LookupError: "Not found."})
    try:
        assert registry.reason("known", KeyError("李 has 3 points")) == "Not found."
        assert registry.reason("known", ValueError("李 has 3 points")) == registry.UNEXPECTED
        assert registry.reason("known", FileNotFoundError("/data/li.pdf")) == registry.COMMON[OSError]
        assert registry.reason("unheard of", KeyError("x")) == registry.UNKNOWN
    finally:
        del registry._kinds["known"]


def test_every_kind_has_a_name_in_both_languages(app):
    assert len(registry.kinds()) >= 5
    for name, known in registry.kinds().items():
        words = set(everywhere(known.word))
        assert known.word != registry.UNNAMED and len(words) == 2, name
        assert all(len(set(everywhere(sentence))) == 2 for sentence in known.fails.values()), name


def test_a_job_of_another_version_fails_in_words(app):
    wanted("unheard of")
    assert jobs.work_one() and the_job().why == registry.UNKNOWN
