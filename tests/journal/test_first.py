"""The page of a conflict says who was first, where its reader may know it."""

import re

from flask import g

from portal import clock, journal
from portal.access.models import Role, RoleGrant
from portal.checkins.models import CheckIn
from portal.db import db
from portal.journal.first import who_was_first
from tests.build import a_check_in, an_objective
from tests.company import LONG_AGO
from tests.goals.pages import sent


def test_a_goal_says_who_changed_it_first(company, visit):
    goal = an_objective(company.period, person_id=company.li, title="open the branch")
    db.session.commit()
    at = f"/goals/{goal.id}/edit"
    wang, li = visit(company.wang), visit(company.li)
    form = {name: text for name, text in sent(wang.get(at).text).items() if name != "once"}
    assert wang.post(at, follow=False, **{**form, "title": "open two branches"}).status_code == 303
    page = li.post(at, follow=False, **{**form, "title": "open a branch"})
    assert page.status_code == 409
    told = re.search(r"wang changed this today (\d\d:\d\d)\.", page.text)
    assert told and told[1][:2] == f"{clock.now().astimezone(clock.zone()):%H}"
    assert "You changed this yourself today" in wang.post(at, follow=False, **{**form, "title": "open no branch"}).text
    li.post("/language", language="zh", follow=False)
    assert "，wang改过这里。" in li.post(at, follow=False, **{**form, "title": "open a branch"}).text


def test_a_record_says_who_changed_it_first_and_a_printed_copy_changes_nothing(company, visit):
    talk = a_check_in(company.li, company.wang)
    db.session.commit()
    number = talk.id
    at = f"/check-ins/{number}"
    assert visit(company.wang).post(f"{at}/words", follow=False, progress="corrected", version="1").status_code == 303
    journal.write("check_in.printed", db.session.get(CheckIn, number), company.viewer("zhao"))
    db.session.commit()
    page = visit(company.li).post(f"{at}/view", follow=False, text="my view", version="1")
    assert page.status_code == 409 and "wang changed this today" in page.text and "zhao" not in page.text
    refused = visit(company.li).post(f"{at}/confirmation", follow=False, version="1")
    assert refused.status_code == 409 and "wang changed this today" in refused.text


def test_a_department_says_who_changed_it_first(company, visit):
    db.session.add(RoleGrant(person_id=company.zhou, role=Role.HR_ADMIN, since=LONG_AGO))
    db.session.commit()
    at, known = f"/organisation/units/{company.units.sales}", {"parent": "all", "head": "wang", "since": clock.today().isoformat(), "version": "1"}
    assert visit(company.zhou).post(at, follow=False, name="sales north", **known).status_code == 303
    page = visit(company.hu).post(at, follow=False, name="sales south", **known)
    assert page.status_code == 409 and "zhou changed this today" in page.text


def test_nobody_is_named_to_whom_the_change_is_not_open(company, app):
    goal = an_objective(company.period, person_id=company.li, title="open the branch")
    journal.write("objective.edited", goal, company.viewer("wang"))
    db.session.commit()
    with app.test_request_context("/"):
        g.viewer = company.viewer("li")
        assert who_was_first(("objective", goal.id)).startswith("wang changed this")
        g.viewer = company.viewer("wu")
        assert who_was_first(("objective", goal.id)) == "" == who_was_first(None) == who_was_first(("robot", 1))
