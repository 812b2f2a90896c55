"""The page of jobs: what people read there, what they may do, and what never stands there."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from portal import clock, journal
from portal.access.models import Role, RoleGrant
from portal.db import db
from portal.jobs import engine, registry
from portal.jobs.models import Job, State
from portal.journal.models import Entry
from tests.company import LONG_AGO


def a_job(state, **more):
    now = clock.now()
    given = {"kind": "directory.sync", "args": {"person": "张三 secret"}, "run_at": now, "asked_at": now, "state": state, **more}
    if state is State.RUNNING:
        given |= {"lease_until": now + timedelta(minutes=2), "taken_by": "machine-1:77", "began_at": now}
    if state in (State.DONE, State.FAILED, State.CANCELLED):
        given = {"ended_at": now, **given}
    job = Job(**given)
    db.session.add(job)
    db.session.commit()
    return job.id


def state(job_id):
    db.session.rollback()
    return db.session.scalar(select(Job.state).where(Job.id == job_id))


def entries():
    return db.session.scalars(select(Entry.kind).where(Entry.object_type == "job").order_by(Entry.n)).all()


def test_what_runs_waits_failed_and_was_done_in_words(company, visit):
    a_job(State.RUNNING, done=3, total=12, asked_by_id=company.hu)
    a_job(State.WAITING, run_at=clock.now() + timedelta(days=1), why=registry.TROUBLES["busy"], kind="tidy", key="schedule:tidy")
    a_job(State.FAILED, why=registry.DIED, attempts=3, kind="night")
    a_job(State.DONE, kind="goals.rebuild")
    page = visit(company.hu).get("/admin/jobs").text
    text = " ".join(re.sub(r"<[^>]*>", " ", page).split())
    for said in (
        "Sync with the company directory", "3 of 12", "worker machine-1:77", "asked for by hu", "waits until tomorrow", "by the clock",
        "The worker ended in the middle of it, three times.", "3 attempts", "Check of the goal tree&#39;s progress", "Tried before: The database was too busy.",
    ):  # fmt: skip
        assert said in text, said
    assert not re.search("secret|张三", page), "never what a job was given"


def test_chinese(company, visit):
    a_job(State.FAILED, why=registry.UNEXPECTED)
    visitor = visit(company.hu)
    visitor.post("/language", language="zh", follow=False)
    page = visitor.get("/admin/jobs").text
    assert "同步公司目录" in page and "出了意外。" in page and "需要人来处理" in page


def test_it_refreshes_by_itself_only_while_something_happens(company, visit):
    hu = visit(company.hu)
    assert 'hx-trigger="every' not in hu.get("/admin/jobs").text
    a_job(State.RUNNING)
    assert 'hx-trigger="every 3s, click"' in hu.get("/admin/jobs").text
    part = hu.get("/admin/jobs", "live").text
    assert part.lstrip().startswith('<div id="live"') and "By the clock" not in part


def test_a_waiting_one_is_cancelled_and_goes_on(company, visit):
    hu, job = visit(company.hu), a_job(State.WAITING, done=2, total=5)
    hu.post(f"/admin/jobs/{job}/cancel")
    assert state(job) is State.CANCELLED and engine.work_one() is False
    assert hu.post(f"/admin/jobs/{job}/cancel").status_code == 409
    hu.post(f"/admin/jobs/{job}/again")
    assert state(job) is State.WAITING and db.session.scalar(select(Job.done)) == 2, "from where it was"
    assert hu.post(f"/admin/jobs/{job}/again").status_code == 409
    assert entries() == ["job.cancelled", "job.resumed"] and journal.check() == []


def test_a_running_one_stops_at_its_next_step(company, visit, monkeypatch):
    hu, steps = visit(company.hu), []

    def long(context):
        for n in range(5):
            steps.append(n)
            if n == 1:
                assert "after the step" in hu.post(f"/admin/jobs/{context.job_id}/cancel").text
            context.step(n + 1, 5)

    monkeypatch.setitem(registry._kinds, "long", registry.Kind("long", long))
    job = a_job(State.WAITING, kind="long")
    assert engine.work_one() and (steps, state(job)) == ([0, 1], State.CANCELLED)
    assert hu.post(f"/admin/jobs/{job}/cancel").status_code == 409


def test_a_failed_one_is_tried_again_with_all_its_attempts_or_given_up(company, visit):
    hu = visit(company.hu)
    job, other = (a_job(State.FAILED, attempts=3, why=registry.DIED, run_at=clock.now() - timedelta(days=1)) for _ in "ab")
    hu.post(f"/admin/jobs/{job}/again")
    row = db.session.get_one(Job, job)
    assert (row.state, row.attempts, row.why) == (State.WAITING, 0, "") and row.ended_at is None
    hu.post(f"/admin/jobs/{other}/cancel")
    assert state(other) is State.CANCELLED and entries() == ["job.retried", "job.cancelled"]


def test_what_was_asked_for_again_meanwhile_is_not_doubled(company, visit):
    job = a_job(State.FAILED, key="night")
    engine.ask("directory.sync", key="night")
    db.session.commit()
    refused = visit(company.hu).post(f"/admin/jobs/{job}/again")
    assert refused.status_code == 409 and "asked for again in the meantime" in refused.text and state(job) is State.FAILED


def test_what_is_done_stays_done(company, visit):
    job = a_job(State.DONE)
    assert [visit(company.hu).post(f"/admin/jobs/{job}/{act}").status_code for act in ("again", "cancel")] == [409, 409]


def test_who_sees_and_who_acts(company, visit):
    db.session.add(RoleGrant(person_id=company.chen, role=Role.SYSTEM_ADMIN, since=LONG_AGO))
    job = a_job(State.WAITING)
    assert [visit(getattr(company, name)).get("/admin/jobs").status_code for name in ("hu", "chen", "zheng", "wang", "li")] == [200, 200, 200, 403, 403]
    assert "/cancel" not in visit(company.zheng).get("/admin/jobs").text and "/start" not in visit(company.zheng).get("/admin/jobs").text
    for path in (f"{job}/cancel", f"{job}/again", "schedules/tidy/start"):
        assert visit(company.zheng).post(f"/admin/jobs/{path}").status_code == 403
    assert visit(company.chen).post(f"/admin/jobs/{job}/cancel").status_code == 200


def test_nobody_works(company, visit):
    a_job(State.WAITING, run_at=clock.now() - timedelta(minutes=5))
    assert "Look whether a worker is running" in visit(company.hu).get("/admin/jobs").text


@pytest.mark.parametrize(("which", "kind"), [("waiting", State.WAITING), ("failed", State.FAILED), ("ended", State.DONE)])
def test_a_list_goes_on_page_by_page_without_a_gap(company, visit, which, kind):
    now = clock.now()
    made = [a_job(kind, run_at=now - timedelta(seconds=n // 3)) for n in range(120)]
    hu, seen, address = visit(company.hu), [], f"/admin/jobs?of={which}"
    assert f'of={which}&amp;after=' in hu.get("/admin/jobs").text
    for _ in range(3):
        page = hu.get(address).text
        seen += re.findall(r"number (\d+)", page)
        more = re.search(r'href="(/admin/jobs\?of=[^"]*after[^"]*)"', page)
        address = more[1].replace("&amp;", "&") if more else ""
    assert address == "" and sorted(map(int, seen)) == sorted(made)
    assert hu.get(f"/admin/jobs?of={which}&after=nonsense").status_code == 200
