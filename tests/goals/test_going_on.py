"""What a board tells since the last look, what a closed goal leaves to the next period, and who sees a period's new goals."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import func, select, update

from portal import clock
from portal.db import db
from portal.goals import copying
from portal.goals.kinds import Aggregation, Split
from portal.goals.models import Audience, BoardVisit, Measure, MeasurePart, MeasureValue, Objective
from portal.goals.states import State
from portal.periods.models import Kind, Period
from tests.build import an_objective


@pytest.fixture
def goal(company):
    made = an_objective(company.period, person_id=company.li, state=State.AGREED, audience=Audience.COMPANY, kind="okr_aspirational")
    db.session.commit()
    return made.id, made.measures[0].id


def report(company, goal, value, minutes=0, by=None):
    row = MeasureValue(measure_id=goal[1], value=Decimal(value), by_id=by or company.li, at=clock.now() - timedelta(minutes=minutes))
    db.session.add(row)
    db.session.execute(update(Measure).where(Measure.id == goal[1]).values(current=Decimal(value), reported_at=clock.now()))
    db.session.commit()


def looked(minutes):
    db.session.execute(update(BoardVisit).values(at=clock.now() - timedelta(minutes=minutes)))
    db.session.commit()


def test_a_board_tells_what_others_reported_since_the_last_visit(company, visit, goal):
    board, wang = f"/goals/board?of=person-{company.li}", visit(company.wang)
    report(company, goal, 2, minutes=300)
    assert "since your last visit" not in wang.get(board).text, "a first look has nothing before it"
    looked(120)
    report(company, goal, 5)
    page = wang.get(board).text
    assert "1 change since your last visit" in page and "5" in page
    assert "1 change since your last visit" in wang.get(board).text, "still the same visit"
    looked(40)
    db.session.execute(update(MeasureValue).values(at=clock.now() - timedelta(minutes=50)))
    db.session.commit()
    assert "since your last visit" not in wang.get(board).text, "it was seen in the visit before"


def test_one_s_own_reports_are_no_news(company, visit, goal):
    board, li = "/goals/board", visit(company.li)
    li.get(board)
    looked(120)
    report(company, goal, 5)
    assert "since your last visit" not in li.get(board).text


def test_a_look_is_one_row_for_a_board_and_period(company, visit, goal):
    for _ in range(3):
        visit(company.li).get("/goals/board")
        looked(60)
    visit(company.li).get("/goals/board?of=company")
    assert db.session.scalar(select(func.count()).select_from(BoardVisit)) == 2


def test_the_company_has_a_board(company, visit):
    an_objective(company.period, title="company goal", audience=Audience.COMPANY, state=State.AGREED)
    an_objective(company.period, person_id=company.li, title="somebody", audience=Audience.COMPANY, state=State.AGREED)
    db.session.commit()
    page = visit(company.wu).get("/goals/board?of=company").text
    assert "company goal" in page and "somebody" not in page


@pytest.fixture
def ahead(company):
    row = Period(name="next quarter", kind=Kind.QUARTER, begins=clock.today() + timedelta(50), ends=clock.today() + timedelta(140))
    db.session.add(row)
    db.session.commit()
    return row.id


def close(visitor, goal, **more):
    return visitor.post(f"/goals/{goal[0]}/close", **{"grades-0": "0.6", "outcome": "差一点", "lessons": "早点开始", **more})


def test_what_goes_on_becomes_a_draft_without_values(company, visit, goal, ahead):
    report(company, goal, 6)
    li = visit(company.li)
    assert "next quarter" in li.get(f"/goals/{goal[0]}/close").text
    page = close(li, goal, carry=str(ahead))
    assert page.status_code == 200 and "Went on in" in page.text
    made = db.session.scalars(select(Objective).where(Objective.carried_from_id == goal[0])).one()
    assert (made.state, made.period_id, made.score, made.lessons) == (State.DRAFT, ahead, None, "")
    assert [(m.name, m.target, m.current, m.grade) for m in made.measures] == [("orders", 10, None, None)]
    assert "Carried over from" in li.get(f"/goals/{made.id}").text


def test_a_plan_in_quarters_goes_on_quarter_by_quarter(company, visit):
    """Targets of the parts of a year stand in the same parts of the next one; what was reported does not come along."""
    years = [Period(name=f"year {n}", kind=Kind.YEAR, begins=date(n, 1, 1), ends=date(n + 1, 1, 1)) for n in (2020, 2021)]
    db.session.add_all(years)
    db.session.flush()
    source = an_objective(years[0].id, person_id=company.li, state=State.AGREED)
    source.measures[0].aggregation, source.measures[0].split = Aggregation.SUM, Split.QUARTER
    source.measures[0].parts = [MeasurePart(begins=date(2020, 3 * n + 1, 1), target=Decimal(n), value=Decimal(9)) for n in range(4)]
    db.session.commit()
    made = copying.again(source, years[1].id, company.viewer("li"))
    db.session.commit()
    assert [(p.begins, p.target, p.value) for p in made.measures[0].parts] == [(date(2021, 3 * n + 1, 1), n, None) for n in range(4)]


def test_closing_carries_nothing_unless_asked(company, visit, goal, ahead):
    assert close(visit(company.li), goal).status_code == 200
    assert db.session.scalar(select(func.count()).select_from(Objective)) == 1
    assert db.session.get(Objective, goal[0]).state is State.CLOSED


def test_into_a_closed_or_unknown_period_nothing_goes(company, visit, goal, ahead):
    db.session.get(Period, ahead).closed = True
    db.session.commit()
    refused = close(visit(company.li), goal, carry=str(ahead))
    assert refused.status_code == 422 and "差一点" in refused.text
    assert db.session.get(Objective, goal[0]).state is State.AGREED


def test_a_key_result_has_its_burn_up(company, visit, goal):
    report(company, goal, 2, minutes=60 * 24 * 9)
    report(company, goal, 4)
    assert "burn-up" in visit(company.li).get(f"/goals/{goal[0]}").text


def draft(visitor, company, kind):
    told = {"title": f"new {kind}", "kind": kind, "period": str(company.period), "measures-0-name": "n", "measures-0-shape": "number", "measures-0-way": "way", "measures-0-baseline": "0", "measures-0-target": "9", "version": "0"}
    assert visitor.post("/goals/new", follow=False, **told).status_code == 303
    return db.session.scalars(select(Objective.audience).where(Objective.title == f"new {kind}").order_by(Objective.id.desc())).first()


def test_a_period_may_open_its_new_goals_to_others_than_the_company_does(company, visit):
    li, hu, address = visit(company.li), visit(company.hu), f"/admin/periods/{company.period}/audience"
    assert (draft(li, company, "okr_committed"), draft(li, company, "kpi")) == (Audience.COMPANY, Audience.LINE)
    assert "its own" in hu.post(address, okr_audience="line", kpi_audience="unit").text
    assert (draft(li, company, "okr_committed"), draft(li, company, "kpi")) == (Audience.LINE, Audience.UNIT)
    hu.post(address, okr_audience="", kpi_audience="")
    assert draft(li, company, "okr_committed") is Audience.COMPANY
    assert hu.post(address, okr_audience="nobody", kpi_audience="").status_code == 400
    assert visit(company.zheng).get("/admin/periods").status_code == 200
