"""What was read is what is answered: words that change under a page are not agreed to, accepted or confirmed by it."""

from sqlalchemy import select

from portal.checkins.models import CheckIn
from portal.checkins.models import State as Talk
from portal.db import db
from portal.goals.models import Objective
from portal.goals.states import State
from portal.strategy.models import Claim
from portal.strategy.states import State as Claiming
from tests.build import a_check_in, an_objective
from tests.goals.pages import sent
from tests.strategy.test_claims import claimed, of_the_company


def shown(page: str) -> str:
    return page.split('name="version" value="')[1].split('"', maxsplit=1)[0]


def edited(visitor, goal, **fields):
    address = f"/goals/{goal}/edit"
    assert visitor.post(address, follow=False, **sent(visitor.get(address).text, **fields)).status_code == 303


def test_a_goal_that_moves_while_the_manager_reads(company, visit):
    goal = an_objective(company.period, person_id=company.li, state=State.PROPOSED).id
    db.session.commit()
    wang, li = visit(company.wang), visit(company.li)
    read = shown(wang.get(f"/goals/{goal}").text)
    edited(li, goal, **{"measures-0-target": "2"})
    for version in (read, "", "x", "9" * 30):
        late = wang.post(f"/goals/{goal}/agreement", version=version)
        assert (late.status_code, "has changed since you opened the page" in late.text) == (409, True), version
    assert db.session.get_one(Objective, goal, populate_existing=True).state is State.PROPOSED
    assert wang.post(f"/goals/{goal}/agreement", version=shown(wang.get(f"/goals/{goal}").text)).status_code == 200
    assert db.session.get_one(Objective, goal, populate_existing=True).state is State.AGREED


def test_a_departments_part_that_moves_while_its_claim_is_read(company, visit):
    claim = claimed(company, visit, of_the_company(company))
    zhao, address = visit(company.zhao), f"/strategy/claims/{claim}"
    read = shown(zhao.get(address).text)
    edited(visit(company.wang), db.session.get_one(Claim, claim).made_id, **{"measures-0-target": "2"})
    for version in (read, ""):
        late = zhao.post(f"{address}/acceptance", version=version)
        assert (late.status_code, "has changed since you opened the page" in late.text) == (409, True)
    assert db.session.get_one(Claim, claim, populate_existing=True).state is Claiming.ASKED
    assert zhao.post(f"{address}/acceptance", version=shown(zhao.get(address).text)).status_code == 200


def test_a_record_that_moves_while_it_is_read(company, visit):
    talk = a_check_in(company.li, company.wang).id
    db.session.commit()
    li, wang, address = visit(company.li), visit(company.wang), f"/check-ins/{talk}"
    read = shown(li.get(address).text)
    assert wang.post(f"{address}/words", follow=False, progress="another story", version=read).status_code == 303
    for version in (read, ""):
        assert li.post(f"{address}/confirmation", version=version).status_code == 409
        assert li.post(f"{address}/view", act="confirm", text="", version=version).status_code == 409
    assert db.session.scalars(select(CheckIn.state)).one() is Talk.SHARED
    assert li.post(f"{address}/view", act="confirm", text="", version=shown(li.get(address).text)).status_code == 200
    assert db.session.get_one(CheckIn, talk, populate_existing=True).state is Talk.CONFIRMED


def test_a_view_that_is_refused_goes_on_from_what_was_read(company, visit):
    """The manager's words stand outside the part that is drawn anew: the form must not learn of their newer version."""
    talk = a_check_in(company.li, company.wang).id
    db.session.commit()
    li, address = visit(company.li), f"/check-ins/{talk}"
    visit(company.wang).post(f"{address}/words", progress="another story", version="1")
    again = li.post(f"{address}/view", target="view", act="save", text="", version="1")
    assert (again.status_code, shown(again.text)) == (422, "1")
