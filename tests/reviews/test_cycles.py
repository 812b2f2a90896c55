"""HR's pages of cycles: starting one, one from above, releasing many."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import delete, select

from portal import clock
from portal.cycles.models import Cycle
from portal.db import db
from portal.periods.models import Kind, Period
from portal.reviews import overview
from portal.reviews.models import Assessment, Review
from portal.reviews.states import State
from tests.reviews.forms import a_case, case_of, handed_in, state_of

DAY = clock.today()


def fields(company, **changes):
    ends = {name: str(DAY + timedelta(days=n)) for name, n in (("self_due", 10), ("assessment_due", 20), ("release_due", 30), ("acknowledge_due", 40))}
    return {"name": "the year", "period": company.period, **ends, **changes}


def test_hr_starts_a_cycle(company, visit):
    hu = visit(company.hu)
    page = hu.get("/cycles/new").text
    assert page.count('type="date"') == 4 and "this quarter" in page
    page = hu.post("/cycles/new", **fields(company)).text
    assert "Started: 11 reviews are open." in page and "Nobody assesses them" in page and "zhao" in page
    assert "the year" in hu.get("/cycles").text


@pytest.mark.parametrize(
    ("changes", "said"),
    [({"name": " "}, "Fill this in"), ({"acknowledge_due": str(DAY)}, "Each phase must end on or after"), ({"self_due": "soon"}, "Choose a day"), ({"period": "9999"}, "Choose one of the list")],
)
def test_a_wrong_start_says_what_to_cure_and_starts_nothing(company, visit, changes, said):
    answer = visit(company.hu).post("/cycles/new", **fields(company, **changes))
    assert (answer.status_code, said in answer.text) == (422, True)
    assert db.session.scalars(select(Cycle)).all() == []


def test_two_cycles_of_one_name(company, visit):
    hu = visit(company.hu)
    hu.post("/cycles/new", **fields(company))
    assert "There is a cycle of this name already." in hu.post("/cycles/new", **fields(company)).text


def test_a_period_that_has_not_begun_is_no_choice(company, visit):
    db.session.add(Period(name="next year", kind=Kind.YEAR, begins=DAY + timedelta(days=30), ends=DAY + timedelta(days=395)))
    db.session.commit()
    assert "next year" not in visit(company.hu).get("/cycles/new").text


def test_one_cycle_from_above(company, visit, statements):
    case = a_case(company)
    handed_in(case, visit(company.li))
    hu = visit(company.hu)
    cycle = db.session.scalars(select(Cycle.id)).one()
    statements.clear()
    page = hu.get(f"/cycles/{cycle}").text
    assert len(statements) <= 14, statements
    assert "sales" in page and "research" in page and "<b>33%</b>" in page and "<b>9<small>%" in page
    assert "1 assessment<" in page and "wang</span>" in page
    narrow = hu.get(f"/cycles/{cycle}?unit={company.units.sales}&state=assessment").text
    people = narrow.split('id="people"')[1].split("</section>")[0]
    assert ">li<" in people and ">sun<" not in people and ">wu<" not in people
    assert hu.get(f"/cycles/{cycle}?unit=9999&state=nonsense").status_code == 200


def test_a_large_cycle_is_counted_when_somebody_looks(company, visit, monkeypatch):
    a_case(company)
    hu, cycle = visit(company.hu), db.session.scalars(select(Cycle.id)).one()
    monkeypatch.setattr(overview, "LARGE", 0)
    pages = {address: hu.get(address).text for address in (f"/cycles/{cycle}", f"/cycles/{cycle}?counted=1", "/cycles", "/cycles?counted=1")}
    assert [f'hx-get="{address}?counted=1"' in pages[address] for address in (f"/cycles/{cycle}", "/cycles")] == [True, True]
    assert ["reviews" in pages["/cycles"].split('id="cycles"')[1], "11 reviews" in pages["/cycles?counted=1"]] == [True, True]
    table = hu.get(f"/cycles/{cycle}?counted=1", target="figures").text
    assert "sales" in table and "matrix" in table and "matrix" not in pages[f"/cycles/{cycle}"] and "matrix" in pages[f"/cycles/{cycle}?counted=1"]
    people = hu.get(f"/cycles/{cycle}?unit={company.units.sales}").text.split('id="people"')[1].split("</section>")[0]
    assert ">li<" in people


def test_who_may_see_cycles(company, visit):
    a_case(company)
    cycle = db.session.scalars(select(Cycle.id)).one()
    db.session.rollback()
    for name, see, run in (("hu", 200, 200), ("zheng", 200, 403), ("qian", 403, 403), ("zhao", 403, 403), ("li", 403, 403)):
        visitor = visit(getattr(company, name))
        assert (visitor.get(f"/cycles/{cycle}").status_code, visitor.get("/cycles").status_code, visitor.get("/cycles/new").status_code) == (see, see, run)
    assert "Start a cycle" not in visit(company.zheng).get("/cycles").text
    assert visit(company.zheng).post(f"/cycles/{cycle}/release", password="right").status_code == 403


def test_release_all_that_is_ready_of_one_department_or_of_all(company, visit):
    case = a_case(company)
    other = case_of(company, "wu")
    for one, who, boss in ((case, "li", "wang"), (other, "wu", "zhou")):
        handed_in(one, visit(getattr(company, who)))
        if one is case:
            handed_in(one, visit(getattr(company, boss)), "manager")
    cycle = db.session.scalars(select(Cycle.id)).one()
    db.session.rollback()
    hu = visit(company.hu)
    assert "1 result is ready" in hu.get(f"/cycles/{cycle}").text
    assert hu.post(f"/cycles/{cycle}/release", password="wrong").status_code == 422
    assert "0 reviews are released" in hu.post(f"/cycles/{cycle}/release", password="right", unit=company.units.research).text
    assert "1 review is released" in hu.post(f"/cycles/{cycle}/release", password="right").text
    assert (state_of(case), state_of(other)) == (State.RELEASED, State.ASSESSMENT)


def test_nobody_names_who_assesses_them(company, visit):
    a_case(company)
    mine, cycle = db.session.execute(select(Review.id, Review.cycle_id).where(Review.person_id == company.hu)).one()
    db.session.execute(delete(Assessment).where(Assessment.review_id == mine, Assessment.relation == "manager"))
    db.session.commit()
    hu = visit(company.hu)
    assert f'name="review" value="{mine}"' not in hu.get(f"/cycles/{cycle}").text
    answer = hu.post(f"/cycles/{cycle}/assessors", review=str(mine), who="li")
    assert (answer.status_code, "Nobody chooses who assesses them" in answer.text) == (409, True)


def test_hr_names_who_assesses(company, visit):
    a_case(company)
    hu, cycle = visit(company.hu), db.session.scalars(select(Cycle.id)).one()
    zhao = db.session.scalars(select(Review.id).where(Review.person_id == company.zhao)).one()
    db.session.rollback()
    address = f"/cycles/{cycle}/assessors"
    assert hu.post(address, review=zhao, who="nobody").status_code == 409
    assert hu.post(address, review=zhao, who="zhao").status_code == 409
    assert "hu assesses now." in hu.post(address, review=zhao, who="hu").text
    assert hu.post(address, review=zhao, who="li").status_code == 409
    assert db.session.scalars(select(Assessment.assessor_id).where(Assessment.review_id == zhao, Assessment.relation == "manager")).one() == company.hu


def test_a_large_cycle_counts_its_talks_apart_from_the_page(company, visit, monkeypatch):
    hu = visit(company.hu)
    hu.post("/cycles/new", **fields(company))
    address = f"/cycles/{db.session.scalar(select(Cycle.id))}"
    assert 'href="' + address + '?basis' not in hu.get(address).text
    monkeypatch.setattr("portal.reviews.overview.AT_ONCE", 3)
    assert f'hx-get="{address}?basis=1" hx-trigger="load"' in hu.get(address).text
    part = hu.get(f"{address}?basis=1", target="basis").text
    assert "<h1>" not in part and re.search(r"<b>1?[0-9]<small>reviews</small></b>", part)
    assert re.search(r"<b>1?[0-9]<small>reviews</small></b>", hu.get(f"{address}?basis=1").text), "without scripts"
