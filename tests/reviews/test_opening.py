"""Opening a cycle: everybody who works here, the manager of that time, the goals of the time; in seconds for thousands."""

import time
from datetime import timedelta

import pytest
from sqlalchemy import func, insert, select

from portal import clock, journal
from portal.cycles.models import SchemeVersion, SectionKind
from portal.cycles.operations import Dates
from portal.db import db
from portal.directory.models import Assignment, Person, Status
from portal.goals.models import Kind
from portal.goals.states import State as Goal
from portal.periods.models import Kind as Length
from portal.periods.models import Period
from portal.reviews.models import Assessment, Item, Part, Review, Section
from portal.reviews.opening import open_cycle
from portal.reviews.states import State
from portal.workflow import Refused
from tests.build import an_objective
from tests.company import NAMES

DAY = clock.today()
DATES = Dates(*(DAY + timedelta(days=n) for n in (10, 20, 30, 40)))


def opened(company, **fields):
    period = db.session.get_one(Period, company.period)
    found = open_cycle(period, company.viewer("hu"), "this year", DATES)
    db.session.commit()
    return found


def review_of(company, name):
    return db.session.scalars(select(Review).where(Review.person_id == getattr(company, name))).one()


def test_everybody_with_a_post_has_a_review_with_the_shipped_form(company):
    found = opened(company)
    assert (found.reviews, found.without_assessor) == (len(NAMES), (company.zhao,))
    li = review_of(company, "li")
    assert (li.state, li.assignment.manager_id) == (State.SELF_ASSESSMENT, company.wang)
    assert {(a.relation, a.assessor_id, a.weight) for a in li.assessments} == {(Part.SELF, company.li, 0), (Part.MANAGER, company.wang, 10_000)}
    assert [(s.kind, s.weight) for s in li.sections] == [("kpi", 6_000), ("okr", 0), ("competency", 4_000), ("narrative", 0)]
    assert [len(s.items) for s in li.sections] == [0, 1, 5, 4]
    assert li.weights_problem is None
    version = db.session.scalars(select(SchemeVersion)).one()
    assert version.frozen_at is not None and [g["grade"] for g in version.grades] == list("SABCD")
    assert all(len(item.definition.anchors) == 5 for item in li.sections[2].items)
    assert li.sections[2].items[0].definition.anchors[0] == "等人指出问题", "in the company's language"
    assert journal.check() == []


def test_the_manager_of_that_time_assesses(company):
    """陈 moved from 王 to 周 ten days ago; the period that ended before belongs to 王."""
    period = Period(name="before", kind=Length.MONTH, begins=DAY - timedelta(days=60), ends=company.moved_on - timedelta(days=1))
    db.session.add(period)
    open_cycle(period, company.viewer("hu"), "before", DATES)
    db.session.commit()
    chen = review_of(company, "chen")
    assert chen.assessment("manager").assessor_id == company.wang
    opened(company)
    now = db.session.scalars(select(Review).where(Review.person_id == company.chen).order_by(Review.id.desc())).first()
    assert now.assessment("manager").assessor_id == company.zhou


def test_the_page_names_the_manager_of_that_time(company, visit):
    period = Period(name="before", kind=Length.MONTH, begins=DAY - timedelta(days=60), ends=company.moved_on - timedelta(days=1))
    db.session.add(period)
    open_cycle(period, company.viewer("hu"), "before", DATES)
    db.session.commit()
    then = review_of(company, "chen").id
    opened(company)
    now = db.session.scalar(select(func.max(Review.id)).where(Review.person_id == company.chen))
    chen = visit(company.chen)
    named = [("line manager wang" in page, "line manager zhou" in page) for page in (chen.get(f"/reviews/{one}").text for one in (then, now))]
    assert named == [(True, False), (False, True)]


def test_a_manager_who_left_is_followed_by_the_manager_of_today(company):
    before = Period(name="before", kind=Length.MONTH, begins=DAY - timedelta(days=60), ends=company.moved_on - timedelta(days=1))
    db.session.add(before)
    db.session.get_one(Person, company.wang).status = Status.LEFT
    open_cycle(before, company.viewer("hu"), "before", DATES)
    db.session.commit()
    assert review_of(company, "chen").assessment("manager").assessor_id == company.zhou
    assert review_of(company, "li").assessment("manager") is None, "王 was the last one: listed, not fatal"
    assert db.session.scalar(select(func.count()).where(Review.person_id == company.wang)) == 0


def test_somebody_without_an_account_begins_with_the_manager(company):
    db.session.get_one(Person, company.sun).login = None
    opened(company)
    sun = review_of(company, "sun")
    assert (sun.state, [a.relation for a in sun.assessments]) == (State.ASSESSMENT, [Part.MANAGER])


def test_goals_of_the_time_become_items_with_shares_of_their_section(company):
    far = Period(name="long ago", kind=Length.YEAR, begins=DAY - timedelta(days=900), ends=DAY - timedelta(days=600))
    year = Period(name="the year", kind=Length.YEAR, begins=DAY - timedelta(days=200), ends=DAY + timedelta(days=165))
    db.session.add_all([far, year])
    db.session.flush()
    mine = {"person_id": company.li, "state": Goal.AGREED}
    an_objective(year.id, title="a", kind=Kind.KPI, weight=3_000, **mine)
    an_objective(company.period, title="b", kind=Kind.KPI, weight=2_000, **mine)
    an_objective(company.period, title="c", kind=Kind.KPI, weight=1_000, **mine)
    an_objective(company.period, title="o", kind=Kind.OKR_ASPIRATIONAL, weight=4_000, **mine)
    an_objective(far.id, title="old", kind=Kind.KPI, weight=4_000, **mine)
    an_objective(company.period, title="draft", kind=Kind.KPI, weight=4_000, person_id=company.li)
    db.session.commit()
    opened(company)
    li = review_of(company, "li")
    assert [(i.title, i.weight) for i in li.sections[0].items] == [("a", 5_000), ("b", 3_333), ("c", 1_667)]
    assert [(i.title, i.weight) for i in li.sections[1].items] == [("o", 0), ("贡献与收获", 0)]
    assert li.weights_problem is None


@pytest.mark.parametrize("wrong", [(20, 10, 30, 40), (10, 20, 30, 29)])
def test_phases_stand_in_order(company, wrong):
    with pytest.raises(Refused):
        open_cycle(db.session.get_one(Period, company.period), company.viewer("hu"), "x", Dates(*(DAY + timedelta(days=n) for n in wrong)))


def test_five_thousand_people_take_seconds_and_as_many_statements_as_ten(company, statements):
    statements.clear()
    opened(company)
    few = len([sql for sql in statements if not sql.startswith("INSERT INTO payload")])
    people = [{"name": f"p{n}", "login": f"p{n}", "number": f"P{n}", "pinyin": "", "kind": "staff", "status": Status.ACTIVE, "span": 0} for n in range(5_000)]
    ids = db.session.scalars(insert(Person).returning(Person.id), people).all()
    db.session.execute(insert(Assignment), [{"person_id": i, "unit_id": company.units.sales, "manager_id": company.wang, "since": DAY} for i in ids])
    db.session.commit()
    statements.clear()
    begun = time.process_time()  # what else the machine has to do does not count
    found = open_cycle(db.session.get_one(Period, company.period), company.viewer("hu"), "all", DATES)
    db.session.commit()
    assert (found.reviews, time.process_time() - begun < 25) == (5_000 + len(NAMES), True)
    assert len(statements) <= few + 40, "a handful more pages of rows, never one for each person"
    counts = [db.session.scalar(select(func.count()).select_from(model)) for model in (Section, Item, Assessment)]
    assert counts[0] == 4 * (5_000 + 2 * len(NAMES)) and counts[1] == 10 * (5_000 + 2 * len(NAMES)) and counts[2] > 10_000
    assert {kind.value for kind in SectionKind} == {"kpi", "okr", "competency", "narrative"}
