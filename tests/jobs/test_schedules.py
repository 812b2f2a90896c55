"""What the clock does by itself: one worker asks, a restart asks nothing, and people decide how often."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select

from portal import clock, journal
from portal.admin.operations import change_setting
from portal.db import db
from portal.jobs import engine, registry, schedules
from portal.jobs.models import Job, Scheduled, State
from portal.jobs.queries import lines
from portal.journal.models import Payload
from portal.settings import Setting


@pytest.fixture
def clockwork(monkeypatch):
    """One schedule alone, every hour of the setting `job_days`, whose job does nothing."""
    monkeypatch.setattr(schedules, "_schedules", {})
    monkeypatch.setitem(registry._kinds, "hourly", registry.Kind("hourly", lambda _: None, "Check of the journal"))
    schedules.every("hourly", lambda: timedelta(hours=schedules.number("job_days")), "job_days")


def at(moment, ask=schedules.ask_due):
    with clock.at(moment):
        ask()
        while engine.work_one():
            pass
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(Job))


NOON = datetime(2026, 3, 2, 4, tzinfo=UTC)  # in Shanghai


def test_it_asks_when_it_is_time_however_often_workers_start(app, clockwork):
    db.session.add(Setting(name="job_days", value=2, at=NOON))
    db.session.commit()
    assert [at(NOON), at(NOON), at(NOON + timedelta(minutes=119)), at(NOON + timedelta(minutes=121))] == [1, 1, 1, 2]
    db.session.get_one(Setting, "job_days").value = 1
    db.session.commit()
    assert [at(NOON + timedelta(minutes=180)), at(NOON + timedelta(minutes=182))] == [2, 3], "a change counts at once"


def test_the_first_worker_of_a_portal_asks_at_once(app, clockwork):
    schedules.ask_due()
    assert db.session.scalar(select(Job.kind)) == "hourly"


def test_of_two_workers_that_see_it_due_one_asks(app, clockwork):
    with clock.at(NOON):
        assert [schedules._first("hourly", None) for _ in "ab"] == [True, False]
    with clock.at(NOON + timedelta(hours=3)):
        assert [schedules._first("hourly", NOON) for _ in "ab"] == [True, False]


def test_while_one_is_open_there_is_no_second(app, clockwork):
    for n in range(3):
        with clock.at(NOON + timedelta(days=100 * n)):
            schedules.ask_due()
    assert db.session.scalar(select(func.count()).select_from(Job)) == 1


def test_every_day_at_the_companys_hour(app):
    after = schedules._at_hour
    assert after(NOON, 13) == NOON + timedelta(hours=1)
    assert after(NOON, 12) == NOON + timedelta(days=1), "not twice in the hour it ran"
    clock.keep_zone("Europe/Berlin")
    try:
        assert after(datetime(2026, 3, 28, 12, tzinfo=UTC), 4) == datetime(2026, 3, 29, 2, tzinfo=UTC), "summer time began"
    finally:
        clock.keep_zone("Asia/Shanghai")


def test_all_that_the_clock_does_has_a_setting_and_a_line(app):
    found = {line.schedule.kind: line for line in lines()}
    assert {kind: line.schedule.setting for kind, line in found.items()} == {
        "directory.sync": "sync_minutes", "backup": "backup_hour", "night": "journal_hour", "goals.rebuild": "rollup_hour", "tidy": "tidy_hour", "search": "search_hour", "retention": "retention_hour", "organisation.today": "dated_minutes", "digest": "digest_hour", "news": "news_minutes", "mail": "mail_minutes",
    }  # fmt: skip
    assert all(line.named and line.name for line in found.values())


def test_a_system_administrator_changes_the_hour_and_it_is_in_the_journal(company, visit):
    hu = visit(company.hu)
    page = hu.post("/admin/jobs/schedules/night", value="5", why="backups run at two")
    assert "Every day at 05:00" in page.text
    assert db.session.scalar(select(Payload.words).order_by(Payload.entry_n.desc()).limit(1)) == {"name": "journal_hour", "before": 2, "after": 5, "why": "backups run at two"}
    assert "backups run at two" in visit(company.zheng).get("/admin/settings/changes?of=journal_hour").text
    refused = hu.post("/admin/jobs/schedules/night", value="24", why="later")
    assert refused.status_code == 422 and 'id="value-journal_hour-error"' in refused.text and 'value="24"' in refused.text and 'value="later"' in refused.text
    assert "Every day at 02:00" in hu.post("/admin/jobs/schedules/night", act="reset").text
    assert visit(company.zheng).post("/admin/jobs/schedules/night", value="5").status_code == 403


def test_run_now(company, visit):
    hu = visit(company.hu)
    assert "as soon as a worker is free" in hu.post("/admin/jobs/schedules/tidy/start").text
    hu.post("/admin/jobs/schedules/tidy/start")
    job = db.session.scalars(select(Job)).one()
    assert (job.kind, job.asked_by_id, job.args) == ("tidy", company.hu, {})
    job.run_at = clock.now() + timedelta(hours=1)
    db.session.commit()
    hu.post("/admin/jobs/schedules/tidy/start")
    assert engine.work_one() and db.session.scalar(select(Job.state)) is State.DONE, "one that waited has come forward"
    assert journal.check() == [] and "Last today" in hu.get("/admin/jobs").text
    assert hu.post("/admin/jobs/schedules/unheard/start").status_code == 404


def test_tidying_up_forgets_what_was_done_long_ago(company, visit):
    for days, state in ((100, State.DONE), (100, State.CANCELLED), (100, State.FAILED), (10, State.DONE)):
        when = clock.now() - timedelta(days=days)
        db.session.add(Job(kind="tidy", state=state, run_at=when, asked_at=when, ended_at=when, args={}))
    change_setting("job_days", "30", "", company.viewer("hu"))
    db.session.commit()
    engine.ask("tidy")
    db.session.commit()
    assert engine.work_one()
    assert sorted(db.session.scalars(select(Job.state))) == [State.DONE, State.DONE, State.FAILED]


def test_when_it_last_asked_is_kept(app, clockwork):
    at(NOON)
    assert db.session.scalars(select(Scheduled.asked_at).where(Scheduled.kind == "hourly")).all() == [NOON]
