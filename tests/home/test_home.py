"""What waits for me, from every source, and nothing that cannot be found."""

import re
from datetime import timedelta

import pytest

from portal import clock
from portal.actions.models import Action
from portal.db import db
from portal.goals.states import State
from portal.periods.models import Period
from tests.build import a_check_in, an_objective


def test_everything_that_waits_is_there_and_leads_somewhere(company, visit):
    a_check_in(company.li, company.wang, held_on=clock.today() - timedelta(20))
    an_objective(company.period, person_id=company.sun, state=State.PROPOSED, title="开拓三家客户")
    db.session.add(
        Action(what="给样件", person_id=company.li, owner_id=company.wang, due=clock.today() - timedelta(2), source_type="check_in", source_id=1)
    )
    db.session.commit()
    wang = visit(company.wang)
    home = wang.get("/").text
    for words in ("Check-in with li", "6 days late", "开拓三家客户", "sun proposes this goal", "给样件", "2 days late"):
        assert words in home.replace('<span class="nowrap">', "").replace("</span>", ""), words
    assert f"/check-ins/people/{company.li}/record" in home


def test_a_promise_is_shown_some_days_before_its_day(company, visit):
    talk = a_check_in(company.li, company.wang).id
    for what, days in (("写大纲", 3), ("交初稿", 4)):
        due = clock.today() + timedelta(days)
        db.session.add(Action(what=what, person_id=company.li, owner_id=company.li, due=due, source_type="check_in", source_id=talk))
    db.session.commit()
    home = visit(company.li).get("/").text.replace('<span class="nowrap">', "").replace("</span>", "")
    assert "写大纲" in home and "交初稿" not in home


def test_home_tells_when_the_own_next_talk_is(company, visit):
    for person, days in ((company.li, 14), (company.sun, 17)):
        a_check_in(person, company.wang, held_on=clock.today() - timedelta(days))
    db.session.commit()
    li = visit(company.li)
    assert "My next check-in: <b>today</b>" in li.get("/").text
    assert 'My next check-in: <b class="late">3 days late</b>' in visit(company.sun).get("/").text
    li.post("/check-ins/preparation", text="想聊夜班", version="0")
    assert "Look at what I prepared" in li.get("/").text
    assert "My next check-in" not in visit(company.zhao).get("/").text, "nobody leads them"


def test_an_empty_home_says_what_will_be_here(company, visit):
    home = visit(company.zheng).get("/").text
    assert "Nothing waits for you" in home and "No goals yet" in home


def test_home_costs_the_same_for_one_and_three(company, visit, statements):
    counts = []
    for n in (1, 3):
        for _ in range(n):
            an_objective(company.period, person_id=company.wang, state=State.AGREED)
            a_check_in(company.li, company.wang)
        db.session.commit()
        visitor = visit(company.wang)
        statements.clear()
        visitor.get("/")
        counts.append(len(statements))
    assert counts[0] == counts[1] <= 10, statements


def test_home_shows_the_weeks_with_talks_and_what_supports_something(company, visit):
    quarter = db.session.get_one(Period, company.period)
    name, begins, weeks = quarter.name, quarter.begins, round((quarter.ends - quarter.begins).days / 7)
    an_objective(company.period, person_id=company.wang, state=State.AGREED, level=1)
    an_objective(company.period, person_id=company.wang, state=State.AGREED)
    a_check_in(company.li, company.wang, held_on=clock.today())
    a_check_in(company.li, company.wang, held_on=begins - timedelta(1))
    db.session.commit()
    home = visit(company.wang).get("/").text
    now = (clock.today() - begins).days // 7 + 1
    for words in (f"week {now} of {name}", f"{weeks} weeks, now the one numbered {now}; check-ins in 1 of them", "1 of 2 goals support a goal above"):
        assert words in home, words
    assert 'class="w' not in visit(company.wu).get(f"/people/{company.wu}", "recent").text


def test_the_count_of_what_waits_stands_in_the_navigation(company, visit):
    an_objective(company.period, person_id=company.sun, state=State.PROPOSED)
    db.session.commit()
    wang = visit(company.wang)
    home = wang.get("/").text
    count = re.search(r'<span class="count">(\d+)<', home).group(1)
    assert f"{count} thing" in home and f'<span class="dot">{count}<' in home
    assert f'<span class="count">{count}<' in wang.get("/team").text, "as home has counted it, without asking again"
    wang.post(f"/check-ins/people/{company.li}/record", act="draft", version="0", progress="x")
    assert 'class="count"' not in wang.get("/team").text, "something was saved: perhaps it was one of them"
    assert f'<span class="count">{count}<' in wang.get("/").text


@pytest.mark.parametrize("goals", [1, 3])
def test_my_team_tells_how_goals_stand_in_the_same_statements(company, visit, statements, goals):
    for _ in range(goals):
        an_objective(company.period, person_id=company.li, state=State.AGREED, confidence=2, reported_at=clock.now())
    db.session.commit()
    wang = visit(company.wang)
    statements.clear()
    team = wang.get("/team").text
    assert f"Off track {goals}" in team and f"/check-ins/people/{company.li}/record" in team
    assert len(statements) == 5, statements


def test_a_person_has_their_goals_beside_the_time_line(company, visit, statements):
    an_objective(company.period, person_id=company.li, state=State.AGREED, title="三条产线")
    db.session.commit()
    wang = visit(company.wang)
    statements.clear()
    page = wang.get(f"/people/{company.li}").text
    assert "三条产线" in page.replace('<span class="nowrap">', "").replace("</span>", "") and len(statements) <= 10, statements
    assert f"/check-ins/people/{company.li}/record" in page
    assert f"/check-ins/people/{company.li}/record" not in visit(company.li).get(f"/people/{company.li}").text


def test_a_shared_record_waits_until_it_is_confirmed_or_too_late(company, visit):
    talk = a_check_in(company.li, company.wang).id
    a_check_in(company.li, company.wang, held_on=clock.today() - timedelta(days=8))
    db.session.commit()
    li = visit(company.li)
    home = li.get("/").text
    assert (home.count("Confirm the record of"), f'href="/check-ins/{talk}"' in home) == (1, True)
    assert "Confirm the record of" not in visit(company.wang).get("/").text
    li.post(f"/check-ins/{talk}/confirmation", version="1")
    assert "Confirm the record of" not in li.get("/").text
