"""The clock is set back by three hours: nothing waits for them, nothing runs twice, the journal's order stays."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from portal import clock, journal
from portal.accounts import throttle
from portal.accounts.models import Counter, LoginAttempt
from portal.db import db
from portal.jobs import engine, registry, schedules
from portal.jobs.models import Job, Scheduled, State
from portal.journal.models import Entry
from tests.build import a_session, an_objective

BACK = timedelta(hours=3)


@pytest.fixture
def ran(monkeypatch):
    """One kind of job, which notes when it ran."""
    seen = []
    monkeypatch.setattr(schedules, "_schedules", {})
    monkeypatch.setitem(registry._kinds, "noted", registry.Kind("noted", lambda context: seen.append(context.job_id)))
    return seen


def state():
    db.session.rollback()
    return db.session.execute(select(Job.state, Job.attempts)).one()


def test_what_was_wanted_at_once_does_not_wait_for_the_hours_to_come_again(app, ran):
    now = clock.now()
    with clock.at(now + BACK):
        engine.ask("noted")
        db.session.commit()
    assert not engine.work_one(), "asked for in three hours, as it seems"
    schedules.ask_due()
    assert engine.work_one() and len(ran) == 1


def test_what_was_planned_for_later_still_is(app, ran):
    engine.ask("noted", at=clock.now() + BACK)
    db.session.commit()
    schedules.ask_due()
    assert not engine.work_one()


def test_a_dead_workers_job_is_free_after_one_lease_and_a_living_ones_is_not(app, ran):
    now = clock.now()
    engine.ask("noted")
    db.session.commit()
    with clock.at(now + BACK):
        (held,) = engine.claim()
    with clock.at(now):
        schedules.ask_due()
        engine.take_over()
    assert state() == (State.RUNNING, 1), "it is not taken from whoever works at it"
    with clock.at(now + engine.lease() + timedelta(seconds=1)):
        engine.take_over()
    assert state() == (State.WAITING, 1), "and not blocked for three hours"
    with pytest.raises(engine.Lost):
        engine._end([held.id], State.DONE)


def test_a_schedule_goes_on_after_its_interval(app, ran):
    schedules.every("noted", lambda: timedelta(minutes=30))
    now = clock.now()
    db.session.add(Scheduled(kind="noted", asked_at=now + BACK))
    db.session.commit()
    after = schedules.schedules()["noted"].next(now + BACK, now)
    assert after == now + timedelta(minutes=30)


def test_the_chain_does_not_go_by_the_clock(app, company):
    goal = an_objective(company.period, person_id=company.li)
    db.session.commit()
    for moment in (clock.now() + BACK, clock.now()):
        with clock.at(moment):
            journal.write("objective.edited", goal, company.viewer("li"), words={"title": "x"})
            db.session.commit()
    first, second = db.session.scalars(select(Entry).order_by(Entry.n.desc()).limit(2)).all()[::-1]
    assert first.at > second.at and (first.n + 1, journal.check()) == (second.n, [])


def test_a_session_of_the_future_is_none_and_guesses_of_the_future_count_against_nobody(app, company, visit):
    with clock.at(clock.now() + BACK):
        a_session(company.li)
        db.session.commit()
        ahead = visit(company.li, check=False)
    assert ahead.get("/").status_code == 401, "they sign in again"
    rule = throttle.Rule(Counter.DEVICE, "k", 1, throttle.WINDOW)
    db.session.add(LoginAttempt(counter=Counter.DEVICE, key="k", at=clock.now() + BACK))
    db.session.commit()
    assert throttle.count([rule], clock.now()).wait == 0
