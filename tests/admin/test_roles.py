"""Roles: found, given, ended; what nobody may do; what the journal keeps."""

from datetime import date, timedelta

import pytest
from sqlalchemy import func, select, update

from portal import clock, journal
from portal.access import Relation
from portal.access.models import Role, RoleGrant
from portal.access.viewer import load
from portal.db import db
from portal.directory.models import Person, Status
from portal.journal.models import Entry, Payload


def days(n):
    return clock.today() + timedelta(days=n)


def last():
    found = select(Entry, Payload.words).join(Payload, Payload.entry_n == Entry.n).order_by(Entry.n.desc()).limit(1)
    entry, words = db.session.execute(found).one()
    return entry.kind, entry.actor_id, entry.subject_id, entry.was or entry.now, words


def grant_of(person, role):
    return db.session.scalars(select(RoleGrant.id).where(RoleGrant.person_id == person, RoleGrant.role == role)).one()


def give(visitor, person, named, follow=True, **more):
    fields = {"person": str(person), "role": named, "unit": "", "since": days(0).isoformat(), "last": "", "reason": "covers for 胡", "password": "right"}
    return visitor.post("/admin/roles/new", follow=follow, **{**fields, **more})


def end(visitor, grant, follow=True, **more):
    fields = {"last": days(3).isoformat(), "reason": "over", "password": "right", "seen": ""}
    return visitor.post(f"/admin/roles/{grant}/end", follow=follow, **{**fields, **more})


def test_somebody_is_found_and_given_a_role_for_a_time(company, visit):
    hu = visit(company.hu)
    assert "Nobody fits" in hu.get("/admin/roles/new?q=nobody-like-this").text
    assert f"person={company.wu}" in hu.get("/admin/roles/new?q=wu").text
    assert "<h1>Give a role</h1>" in hu.get(f"/admin/roles/new?person={company.wu}").text
    page = give(hu, company.wu, "auditor", since=days(1).isoformat(), last=days(30).isoformat())
    assert all(words in page.text for words in ("The role is given.", "to come", "covers for 胡"))
    kind, actor, subject, role, words = last()
    assert (kind, actor, subject, role) == ("role.granted", company.hu, company.wu, "auditor")
    assert words == {"unit": None, "since": days(1).isoformat(), "until": days(31).isoformat(), "why": "covers for 胡"}
    held = [load(company.wu, days(n)).has(Relation.AUDITOR) for n in (0, 1, 30, 31)]
    assert held == [False, True, True, False]


def test_an_hr_partner_needs_a_department_and_only_they_get_one(company, visit):
    hu = visit(company.hu)
    page = give(hu, company.wu, "hrbp")
    assert page.status_code == 422 and 'id="unit-error"' in page.text and "covers for 胡" in page.text
    give(hu, company.wu, "hrbp", unit="research")
    give(hu, company.wu, "executive", unit="research")
    units = select(RoleGrant.role, RoleGrant.unit_id).where(RoleGrant.person_id == company.wu)
    assert dict(db.session.execute(units).all()) == {Role.HRBP: company.units.research, Role.EXECUTIVE: None}
    assert "research" in hu.get("/admin/roles?role=hrbp").text


@pytest.mark.parametrize(("field", "value"), [("since", "2020-01-01"), ("since", ""), ("last", "2020-01-01"), ("since", "9999-01-01"), ("reason", " "), ("role", "king")])
def test_what_is_wrong_is_told_at_its_field(company, visit, field, value):
    page = give(visit(company.hu), company.wu, "auditor", **{field: value})
    assert page.status_code == 422 and f'id="{field}-error"' in page.text
    assert db.session.scalar(select(func.count()).select_from(Entry)) == 0


def test_nobody_gives_themselves_a_role_nor_twice_nor_to_whom_has_left(company, visit):
    hu = visit(company.hu)
    assert give(hu, company.hu, "auditor").status_code == 409
    assert give(hu, company.zheng, "auditor").status_code == 409, "held already"
    give(hu, company.wu, "auditor", since=days(10).isoformat(), last=days(20).isoformat())
    assert give(hu, company.wu, "auditor").status_code == 409, "it would overlap"
    assert give(hu, company.wu, "auditor", last=days(9).isoformat(), follow=False).status_code == 303, "it ends the day before"
    db.session.execute(update(Person).where(Person.id == company.sun).values(status=Status.LEFT))
    db.session.commit()
    assert give(hu, company.sun, "auditor").status_code == 409
    assert give(hu, 999_999, "auditor").status_code == 404


def test_without_the_password_no_right_changes(company, visit):
    hu = visit(company.hu)
    assert give(hu, company.wu, "auditor", password="wrong").status_code == 422
    assert end(hu, grant_of(company.zheng, Role.AUDITOR), password="").status_code == 422
    assert db.session.scalar(select(func.count()).select_from(Entry)) == 0


def test_a_role_ends_after_a_day_or_at_once(company, visit):
    hu, grant = visit(company.hu), grant_of(company.zheng, Role.AUDITOR)
    assert "The end is set." in end(hu, grant).text
    assert last() == ("role.ended", company.hu, company.zheng, "auditor", {"unit": None, "before": None, "after": days(4).isoformat(), "why": "over"})
    assert [load(company.zheng, days(n)).has(Relation.AUDITOR) for n in (3, 4)] == [True, False]
    assert visit(company.zheng).get("/admin/roles").status_code == 200
    assert end(hu, grant).status_code == 409, "the form was opened before somebody else set the end"
    assert "The role is not held any more." in end(hu, grant, act="now", seen=days(4).isoformat()).text
    assert visit(company.zheng).get("/admin/roles").status_code == 403
    assert hu.get(f"/admin/roles/{grant}/end").status_code == 404, "nothing to end any more"
    assert journal.check() == []


def test_a_role_to_come_can_be_taken_back_before_it_begins(company, visit):
    hu = visit(company.hu)
    give(hu, company.wu, "auditor", since=days(5).isoformat())
    end(hu, grant_of(company.wu, Role.AUDITOR), act="now")
    assert not any(load(company.wu, days(n)).has(Relation.AUDITOR) for n in (0, 5, 50))
    assert ">wu</span>" not in hu.get("/admin/roles").text
    assert give(hu, company.wu, "auditor", follow=False).status_code == 303


def test_the_last_hr_administrator_stays(company, visit):
    hu, grant = visit(company.hu), grant_of(company.hu, Role.HR_ADMIN)
    page = end(hu, grant)
    assert page.status_code == 409 and "the last HR administrator" in page.text
    give(hu, company.wu, "hr_admin", last=days(90).isoformat())
    assert end(hu, grant).status_code == 409, "the other one ends by itself"
    give(hu, company.sun, "hr_admin", since=days(10).isoformat())
    assert end(hu, grant).status_code == 409, "the other one begins too late"
    assert end(hu, grant, last=days(9).isoformat(), follow=False).status_code == 303
    db.session.execute(update(Person).where(Person.id == company.hu).values(status=Status.LEFT))
    db.session.commit()
    assert end(visit(company.wu), grant_of(company.sun, Role.HR_ADMIN), act="now").status_code == 409


def test_a_role_of_a_directory_group_is_ended_there(company, visit):
    db.session.add(RoleGrant(person_id=company.wu, role=Role.EXECUTIVE, since=date(2024, 1, 1), source="directory"))
    db.session.commit()
    hu, grant = visit(company.hu), grant_of(company.wu, Role.EXECUTIVE)
    page = hu.get("/admin/roles?role=executive").text
    assert "through a group of the directory" in page and "ends in the directory" in page and f"/{grant}/end" not in page
    assert hu.get(f"/admin/roles/{grant}/end").status_code == end(hu, grant).status_code == 409
    assert db.session.get(RoleGrant, grant).until is None


def test_the_list_is_filtered_paged_and_leaves_out_what_is_over(company, visit, monkeypatch):
    zheng = visit(company.zheng)
    page = zheng.get("/admin/roles").text
    assert all(f">{name}</span>" in page for name in ("hu", "qian", "zheng")) and "/end" not in page and "Give a role" not in page, "an auditor reads"
    found = zheng.get("/admin/roles?role=auditor&q=zhe").text
    assert ">zheng</span>" in found and ">hu</span>" not in found
    assert ">qian</span>" in zheng.get("/admin/roles?q=sales").text, "by department"
    assert "Nobody fits" in zheng.get("/admin/roles?q=%25").text
    db.session.execute(update(RoleGrant).where(RoleGrant.person_id == company.qian).values(until=days(0)))
    db.session.commit()
    assert ">qian</span>" not in zheng.get("/admin/roles").text
    monkeypatch.setattr("portal.admin.roles.PAGE", 1)
    first = zheng.get("/admin/roles").text
    after = first.split("after=")[1].split('"')[0]
    second = zheng.get(f"/admin/roles?after={after}").text
    assert [(">hu</span>" in one, ">zheng</span>" in one) for one in (first, second)] == [(True, False), (False, True)]
    assert '>more</a>' in first and '>more</a>' not in second
