"""Judged measures: rated by those who lead whoever answers for them, and by nobody for themselves."""

from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select, update

from portal import access, clock
from portal.access import Act
from portal.access.models import Role, RoleGrant
from portal.db import db
from portal.directory.models import UnitTerm
from portal.goals.kinds import Kind, Rule
from portal.goals.models import Measure, MeasureValue
from portal.goals.states import State
from portal.periods.models import Period
from portal.waiting import queries
from tests.build import a_check_in, an_objective
from tests.company import LONG_AGO, NAMES
from tests.goals.pages import sent

D = Decimal
TABLE = {"table": ["40", "80", "110"], "words": ["with help", "alone", "teaches others"]}
OWN = "Nobody rates their own"


def a_judged(company, *others, **fields):
    """A goal with a judged measure, and with these beside it."""
    known = {"person_id": company.li, "kind": Kind.KPI, "state": State.AGREED, "title": "teaching", "measures": 0}
    made = an_objective(company.period, **{**known, **fields})
    made.measures = [Measure(name="how well", rule=Rule.JUDGED, target=D(3), rule_values=TABLE), *others]
    db.session.commit()
    return made.id, made.measures[0].id


def rated():
    return db.session.scalars(select(Measure.current).order_by(Measure.id)).all()


WHO = {  # written by hand: whose goal, and who may rate it
    "li": ({"person_id": "li"}, {"wang", "zhao"}),
    "the head's own": ({"person_id": "wang"}, {"zhao"}),
    "a department's, its head answers": ({"unit_id": "sales", "accountable_id": "wang"}, {"zhao"}),
    "a department's, somebody of it answers": ({"unit_id": "sales", "accountable_id": "li"}, {"wang", "zhao"}),
    "a department's, nobody answers": ({"unit_id": "research"}, {"zhou", "zhao"}),
    "the company's, HR answers": ({"accountable_id": "hu"}, {"zhao", "qian"}),
    "the company's, nobody answers": ({}, {"hu", "qian"}),
    "the top department's, its head runs the company": ({"unit_id": "all", "accountable_id": "zhao"}, {"hu", "qian"}),
    "the top department's, somebody below answers": ({"unit_id": "all", "accountable_id": "hu"}, {"zhao"}),
    "the top department's, nobody answers": ({"unit_id": "all"}, {"zhao"}),
    "of who runs the company": ({"person_id": "zhao"}, {"hu", "qian"}),
}


@pytest.mark.parametrize("whose", WHO)
def test_who_rates(company, whose):
    """钱 is an executive here: who keeps the library rates the company's own, not what they answer for."""
    db.session.add(RoleGrant(person_id=company.qian, role=Role.EXECUTIVE, since=LONG_AGO))
    owner, expected = WHO[whose]
    owner = {key: vars(company.units)[value] if key == "unit_id" else getattr(company, value) for key, value in owner.items()}
    goal, measure = a_judged(company, **{"person_id": None, **owner})
    thing, listed = db.session.get_one(Measure, measure), access.rows
    held = {name for name in NAMES if Act.JUDGE_MEASURE in access.acts_on(company.viewer(name), thing)}
    found = {name for name in NAMES if db.session.scalar(select(Measure.id).where(listed(Act.JUDGE_MEASURE, company.viewer(name), Measure)))}
    assert held == found == expected


def test_where_nobody_is_above_hr_rates_the_page_offers_it_and_it_waits(company, visit):
    """赵 runs the company and heads its top department; 钱 would be asked if the role were given."""
    goal, measure = a_judged(company, person_id=None, unit_id=company.units.all, accountable_id=company.zhao, audience="company")
    zhao, hu, told = visit(company.zhao), visit(company.hu), "zhao: rate what is judged"
    assert told not in hu.get("/").text, "not before its period ends"
    db.session.execute(update(Period).values(ends=clock.today() + timedelta(3)))
    db.session.commit()
    home = hu.get("/").text
    assert told in home and f'href="/goals/{goal}/update"' in home
    assert told not in zhao.get("/").text and OWN in zhao.get(f"/goals/{goal}/update").text
    assert zhao.post(f"/goals/measures/{measure}/values", value="3").status_code == 403 and rated() == [None]
    assert "2 · alone · 80 points" in hu.get(f"/goals/{goal}/update").text
    assert visit(company.qian).post(f"/goals/measures/{measure}/values", value="3").status_code == 403, "a partner keeps no library"
    assert hu.post(f"/goals/measures/{measure}/values", value="2").status_code == 200 and rated() == [D(2)]
    assert told not in hu.get("/").text


WAITS = {  # written by hand: whose goal, and for whom its rating waits
    "li": ({"person_id": "li"}, {"wang"}),
    "a department's, its head answers": ({"unit_id": "sales", "accountable_id": "wang"}, {"zhao"}),
    "a department's, nobody answers": ({"unit_id": "research"}, {"zhou"}),
    "the company's, HR answers": ({"accountable_id": "hu"}, {"zhao"}),
    "the company's, nobody answers": ({}, {"hu"}),
    "the top department's": ({"unit_id": "all", "accountable_id": "zhao"}, {"hu"}),
    "of who runs the company": ({"person_id": "zhao"}, {"hu"}),
}


@pytest.mark.parametrize("whose", WAITS)
def test_a_missing_rating_waits_for_the_next_above(company, whose):
    owner, expected = WAITS[whose]
    owner = {key: vars(company.units)[value] if key == "unit_id" else getattr(company, value) for key, value in owner.items()}
    goal, measure = a_judged(company, **{"person_id": None, **owner})
    db.session.execute(update(Period).values(ends=clock.today() - timedelta(2)))
    db.session.commit()

    def waits():
        every = queries.between(1, max(getattr(company, name) for name in NAMES), clock.today())
        return {name for name in NAMES for one in every.get(getattr(company, name), ()) if one.key == ("rate", goal)}

    assert waits() == expected
    db.session.execute(update(Measure).values(current=D(2)))
    db.session.commit()
    assert waits() == set()


def test_the_owner_is_told_and_the_manager_chooses_a_rating_by_its_words(company, visit):
    goal, measure = a_judged(company)
    li, wang = visit(company.li), visit(company.wang)
    assert "Update progress" not in li.get(f"/goals/{goal}").text and f"/goals/{goal}/update" not in li.get("/goals/board").text
    for refused in (li.get(f"/goals/{goal}/update"), li.post(f"/goals/measures/{measure}/values", value="3")):
        assert refused.status_code == 403 and OWN in refused.text
    assert rated() == [None]
    page = wang.get(f"/goals/{goal}").text
    assert f"/goals/{goal}/update" in page
    form = wang.get(f"/goals/{goal}/update").text
    assert "2 · alone · 80 points" in form and 'name="value" inputmode' not in form
    wrong = wang.post(f"/goals/measures/{measure}/values", value="4", comment="kept words")
    assert wrong.status_code == 422 and "A whole rating from 1 to 3" in wrong.text and "kept words" in wrong.text
    assert wang.post(f"/goals/measures/{measure}/values", value="2").status_code == 200
    assert rated() == [D(2)] and "80.00 points" in li.get(f"/goals/{goal}").text


def test_a_manager_of_the_manager_rates_too_and_a_colleague_does_not(company, visit):
    goal, measure = a_judged(company)
    zhao, sun = visit(company.zhao), visit(company.sun)
    assert f"/goals/{goal}/update" in zhao.get(f"/goals/{goal}").text
    assert zhao.post(f"/goals/measures/{measure}/values", value="3").status_code == 200 and rated() == [D(3)]
    assert sun.post(f"/goals/measures/{measure}/values", value="1").status_code == 404
    assert visit(company.hu).post(f"/goals/measures/{measure}/values", value="1").status_code == 403


def test_beside_a_counted_measure_each_reports_what_is_theirs(company, visit):
    goal, measure = a_judged(company, Measure(name="orders", rule=Rule.RATIO_UP, target=D(10)))
    li, counted = visit(company.li), measure + 1
    form = li.get(f"/goals/{goal}/update").text
    assert f"/goals/measures/{counted}/values" in form and f"/goals/measures/{measure}/values" not in form and OWN in form
    assert li.post(f"/goals/measures/{counted}/values", value="4").status_code == 200
    assert li.post(f"/goals/measures/{measure}/values", value="3").status_code == 403
    assert rated() == [None, D(4)]
    assert f"/goals/{goal}/update" in li.get("/goals/board").text and "Update progress" in li.get(f"/goals/{goal}").text


def test_a_manager_above_who_heads_nothing_rates_and_reports_no_figures(company, visit):
    goal, measure = a_judged(company, Measure(name="orders", rule=Rule.RATIO_UP, target=D(10)))
    db.session.execute(update(UnitTerm).where(UnitTerm.unit_id == company.units.all).values(head_id=None))
    db.session.commit()
    zhao = visit(company.zhao)
    form = zhao.get(f"/goals/{goal}/update").text
    assert f"/goals/measures/{measure}/values" in form and f"/goals/measures/{measure + 1}/values" not in form
    assert "Somebody else reports this measure." in form and OWN not in form
    assert [zhao.post(f"/goals/measures/{n}/values", value="2").status_code for n in (measure, measure + 1)] == [200, 403]
    assert rated() == [D(2), None]


def test_what_was_reported_before_is_no_rating(company, visit):
    made = an_objective(company.period, person_id=company.li, kind=Kind.KPI, title="teaching", measures=0)
    made.measures = [Measure(name="how well", rule=Rule.RATIO_UP, target=D(3), current=D(3))]
    db.session.flush()
    measure = made.measures[0].id
    db.session.add(MeasureValue(measure_id=measure, value=D(3), by_id=company.li, at=clock.now()))
    db.session.commit()
    li, address = visit(company.li), f"/goals/measures/{measure}/edit"
    form = li.get(address).text
    assert li.post(address, **sent(form, form="measure-form", rule="judged", scale="40 | a\n100 | b")).status_code == 200
    assert (rated(), db.session.scalar(select(MeasureValue.value))) == ([None], D(3)), "it stays in the history"


def test_a_check_in_offers_no_figure_for_it(company, visit):
    goal, measure = a_judged(company)
    a_check_in(company.li, company.wang)
    db.session.commit()
    address = f"/check-ins/people/{company.li}/record"
    page = visit(company.wang).get(address).text
    assert "how well" in page and f"value_{measure}" not in page and "Rated on the goal" in page
