"""HR and the directory do not agree: a list, a decision each, and what the next sync makes of it."""

from datetime import date

import pytest
from sqlalchemy import select

from portal import clock
from portal.db import db
from portal.directory.lines import on
from portal.directory.models import Assignment, Person, Status
from portal.journal.models import Entry
from portal.organisation.models import KeptDifference
from portal.sync.lines import Kind
from portal.sync.models import State, SyncLine, SyncRun


def a_run(company, *lines):
    run = SyncRun(began=clock.now(), ended=clock.now(), state=State.APPLIED)
    db.session.add(run)
    db.session.flush()
    for n, (kind, field, was, now) in enumerate(lines, 1):
        db.session.add(SyncLine(run_id=run.id, n=n, kind=kind, person_id=company.li, name="li", number="E3", field=field, was=was, now=now))
    db.session.commit()
    return run.id


def decide(hu, run, n, act):
    return hu.post(f"/organisation/differences/{run}/{n}", follow=False, act=act)


def test_ours_is_kept_until_the_directory_changes(company, visit):
    hu, run = visit(company.hu), a_run(company, (Kind.HELD_BY_HR, "unit", "sales", "research"))
    assert "research" in hu.get("/organisation/differences").text
    assert decide(hu, run, 1, "keep").status_code == 303
    assert "Nothing to decide" in hu.get("/organisation/differences").text and "is kept" in hu.get("/organisation/differences?which=all").text
    a_run(company, (Kind.HELD_BY_HR, "unit", "sales", "research"))
    assert "Nothing to decide" in hu.get("/organisation/differences").text
    a_run(company, (Kind.HELD_BY_HR, "unit", "sales", "lab"))
    assert "lab" in hu.get("/organisation/differences").text
    assert db.session.scalars(select(KeptDifference.by_id)).one() == company.hu


@pytest.mark.parametrize("field", ["unit", "post", "manager"])
def test_theirs_is_taken_by_letting_the_directory_decide_again(company, visit, field):
    db.session.scalars(select(Assignment).where(Assignment.person_id == company.li)).one().pinned = True
    run = a_run(company, (Kind.HELD_BY_HR, field, "a", "b"))
    assert decide(visit(company.hu), run, 1, "take").status_code == 303
    held = select(Assignment.pinned).where(Assignment.person_id == company.li, on(clock.today(), Assignment))
    assert db.session.scalars(held).one() is False
    assert db.session.scalars(select(Entry.kind)).all() == ["person.decided"]


def test_a_day_and_a_return_are_taken_at_once(company, visit):
    person = db.session.get(Person, company.li)
    person.status, person.left_on, person.hired_on = Status.LEFT, date(2026, 1, 1), date(2020, 1, 1)
    run = a_run(company, (Kind.HELD_BY_HR, "hired_on", "2020-01-01", "2019-06-01"), (Kind.STILL_THERE, "", "", ""))
    hu = visit(company.hu)
    assert "2019-06-01" in hu.get("/organisation/differences").text and "has left" in hu.get("/organisation/differences").text
    decide(hu, run, 1, "take")
    decide(hu, run, 2, "take")
    person = db.session.get(Person, company.li)
    assert (person.hired_on, person.status, person.left_on) == (date(2019, 6, 1), Status.ACTIVE, None)


def test_an_old_difference_is_decided_by_nobody(company, visit):
    run = a_run(company, (Kind.HELD_BY_HR, "unit", "sales", "research"))
    a_run(company)
    assert decide(visit(company.hu), run, 1, "take").status_code == 409
    assert decide(visit(company.zheng), run, 1, "take").status_code == 403
