"""A capability that is switched off is nowhere: no page leads to it, no paper of it is handed out (S31)."""

import pytest

from portal import clock
from portal.db import db
from tests.attacks.crawl import read, walk
from tests.build import a_check_in, an_objective
from tests.reviews.forms import a_case, handed_in

OF = {"goals": ("/goals",), "checkins": ("/check-ins",), "reviews": ("/reviews", "/cycles", "/print/review")}


@pytest.fixture
def year(company, visit):
    """李's year with something of everything in the time line; 王 owes a talk and an assessment."""
    case = a_case(company)
    goal = an_objective(company.period, person_id=company.li, title="lines")
    a_check_in(company.li, company.wang, held_on=clock.today())
    db.session.commit()
    li, wang = visit(company.li), visit(company.wang)
    assert li.post(f"/goals/{goal.id}/proposal", follow=False).status_code == 303
    record = f"/check-ins/people/{company.li}/record"
    assert wang.post(record, follow=False, act="share", progress="words", rows="1", held_on=str(clock.today()), kind="check_in").status_code == 303
    handed_in(case, li)
    return case


def switch_off(company, visit, capability):
    assert visit(company.hu).post(f"/admin/switches/{capability}", state="off", why="").status_code == 200


@pytest.mark.parametrize("capability", OF)
def test_no_page_leads_to_what_is_off(company, visit, year, capability):
    def leading(name):
        found = set()
        for here, text, forms in walk(visit(getattr(company, name)), "/", f"/people/{company.li}", "/team", most=25):
            found |= {(here, link) for link in [*read(text).links, *(form.action for form in forms)] if link.startswith(OF[capability])}
        return found

    assert leading("wang"), "while it is on it is everywhere"
    switch_off(company, visit, capability)
    assert leading("wang") == set() == leading("li")


def test_the_time_line_tells_what_is_on(company, visit, year):
    def told():
        page = visit(company.wang).get(f"/people/{company.li}").text
        return {word for word in ("handed in", "recorded a check-in", "proposed") if word in page}, {w for w in ("Talks", "Goal changes", "Review steps") if f">{w}</a>" in page.partition("Filter by kind")[2]}

    assert told() == ({"handed in", "recorded a check-in", "proposed"}, {"Talks", "Goal changes", "Review steps"})
    left = {"reviews": ({"recorded a check-in", "proposed"}, {"Talks", "Goal changes"}), "goals": ({"recorded a check-in"}, {"Talks"}), "checkins": (set(), set())}
    for capability, expected in left.items():
        switch_off(company, visit, capability)
        assert told() == expected


def test_a_talk_asks_for_no_goals_where_there_are_none(company, visit, year):
    record = f"/check-ins/people/{company.li}/record"
    assert "How do the goals stand?" in visit(company.wang).get(record).text
    switch_off(company, visit, "goals")
    assert "How do the goals stand?" not in visit(company.wang).get(record).text


def test_no_paper_of_a_capability_that_is_off(company, visit, year):
    li = visit(company.li)
    ordered = li.post(f"/print/review/{year.id}", follow=False)
    assert ordered.status_code == 303
    switch_off(company, visit, "reviews")
    assert (li.post(f"/print/review/{year.id}", follow=False).status_code, li.get(ordered.location).status_code) == (404, 404)
