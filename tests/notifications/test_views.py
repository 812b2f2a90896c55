"""What comes to me by mail, the log, HR's counts and the work days."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from portal import clock
from portal.access.models import Role, RoleGrant
from portal.db import db
from portal.directory.models import Person
from portal.journal.models import Entry
from portal.notifications import workdays
from portal.notifications.models import Message, Preference, State
from tests.build import a_check_in
from tests.company import LONG_AGO
from tests.notifications.conftest import at, work


def test_somebody_chooses_what_comes_by_mail_and_in_which_language(staff, visit):
    wang = visit(staff.wang)
    page = wang.get("/account/notifications").text
    assert "What waits for you is told in the digest in any case" in page and "Nothing yet" in page
    wang.post("/account/notifications", version=0, informs="y", language="zh")
    row = db.session.get_one(Preference, staff.wang)
    assert (row.at_once, row.informs, db.session.get_one(Person, staff.wang).language) == (False, True, "zh")
    assert wang.post("/account/notifications", version=0, language="en", follow=False).status_code == 409
    assert wang.post("/account/notifications", version=1, language="xx", follow=False).status_code == 422
    assert "/account/notifications" in wang.get("/more").text


def test_what_was_sent_is_on_the_own_page_and_in_the_log_without_a_word_of_it(staff, sink, visit):
    a_check_in(staff.li, staff.wang, held_on=clock.today() - timedelta(30))
    db.session.commit()
    work("digest", "mail")
    wang, hu = visit(staff.wang), visit(staff.hu)
    assert "2 things" in wang.get("/account/notifications").text
    log = hu.get("/admin/mail").text
    assert "wang" in log and "2 things" in log and "Check-in with" not in log
    message = db.session.scalars(select(Message.id).where(Message.state == State.SENT)).first()
    assert hu.post(f"/admin/mail/{message}/again", follow=False).status_code == 409
    assert visit(staff.wang).get("/admin/mail").status_code == 403


@pytest.mark.parametrize("reader", ["hu", "qian", "zheng", "wang", "admin"])
def test_hr_sees_how_much_waits_as_far_as_its_scope_reaches(staff, sink, visit, reader):
    db.session.add(RoleGrant(person_id=staff.sun, role=Role.SYSTEM_ADMIN, since=LONG_AGO))
    db.session.commit()
    work("digest")
    page = visit(staff.sun if reader == "admin" else getattr(staff, reader)).get("/waiting")
    if reader in ("wang", "admin"):
        assert page.status_code == 403, "no manager, and no system administrator"
        return
    text = page.text
    assert "Check-ins to hold" in text and "sales" in text
    assert ("research" in text) == (reader != "qian"), "the HR partner of sales"
    people = visit(getattr(staff, reader)).get(f"/waiting?unit={staff.units.sales}").text
    assert "wang" in people and "late: 2" in people
    assert ("zhou" in visit(getattr(staff, reader)).get(f"/waiting?unit={staff.units.research}").text) == (reader != "qian")


def test_hr_keeps_the_work_days_and_the_journal_knows(company, visit):
    hu, day = visit(company.hu), clock.today() + timedelta(3)
    assert visit(company.zheng).get("/admin/work-days").status_code == 200
    assert visit(company.zheng).post("/admin/work-days", day=day.isoformat(), works="off", follow=False).status_code == 403
    before = workdays.is_worked(day)
    page = hu.post("/admin/work-days", day=day.isoformat(), works="off" if before else "on", name="盘点").text
    assert "盘点" in page and workdays.is_worked(day) != before
    assert hu.post("/admin/work-days", day="tomorrow", works="off", follow=False).status_code == 422
    hu.post("/admin/work-days/remove", day=day.isoformat())
    assert workdays.is_worked(day) == before
    assert hu.post("/admin/work-days/remove", day="x", follow=False).status_code == 400
    assert len(db.session.scalars(select(Entry).where(Entry.kind == "work_day.changed")).all()) == 2


@pytest.mark.parametrize("rows", [1, 3])
def test_the_pages_cost_the_same_for_one_row_and_for_three(staff, sink, visit, statements, rows):
    for n in range(rows):
        db.session.add(Message(person_id=staff.hu, kind="digest", day=clock.today() + timedelta(n), run_at=at(), until=at(), key=f"k{n}", made_at=at()))
    db.session.commit()
    work("digest")
    hu, costs = visit(staff.hu), {}
    for url in ("/account/notifications", "/admin/mail", "/waiting", f"/waiting?unit={staff.units.sales}", "/admin/work-days"):
        statements.clear()
        assert hu.get(url).status_code == 200
        costs[url] = len(statements)
    assert list(costs.values()) == [5, 4, 5, 5, 3], costs
