"""Why: the answer is that of the rules themselves, names are said to whom the thing is open, and nothing of its content."""

import html
import re

import pytest
from sqlalchemy import select

from portal import access, clock
from portal.access import Act, why
from portal.access.grants import GRANTS
from portal.access.models import Delegation, Role, RoleGrant
from portal.access.rights import grounds
from portal.db import db
from portal.goals.states import State
from tests.access.test_both_ways import fill
from tests.build import a_check_in, a_review, an_objective
from tests.company import LONG_AGO, NAMES


def text(page):
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", page.text)).split())


@pytest.fixture
def goal(company):
    made = an_objective(company.period, person_id=company.li, state=State.PROPOSED, title="SECRET-TITLE")
    db.session.commit()
    return made.id


def test_grounds_and_acts_are_one_answer(company):
    """Held exactly where the table says, for everybody on everything: each ground is checked against the table anew."""
    fill(company)
    checked = 0
    for name in NAMES:
        viewer = company.viewer(name)
        for model in access.sights():
            for thing in db.session.scalars(select(model).limit(12)):
                held = access.acts_on(viewer, thing)
                for act, ground in grounds(viewer, thing).items():
                    assert ground.held == (act in held) and held.get(act) == (ground.giver.id if ground.giver else None)
                    assert not ground.held or (ground.through and not ground.bars)
                    assert ground.bars <= GRANTS[act].bar
                    checked += 1
    assert checked > 1_000


def test_the_auditor_is_told_act_by_act_with_names(company, visit, goal):
    zheng = visit(company.zheng)
    ask = f"/access/why?person=%s&at=http://localhost/goals/{goal}"
    assert f"person={company.wang}" in zheng.get(f"/access/why?q=wang&at=/goals/{goal}").text
    page = text(zheng.get(ask % company.wang))
    assert "A goal" not in page and "a goal, no." in page and "· li" in page
    assert "see a goal because: above li in the management line; heads sales" in page
    assert "agree to a goal because: direct manager of li; heads sales" in page
    page = text(zheng.get(ask % company.qian))
    assert "see a goal because: HR partner of sales" in page and "agree to a goal no. It belongs to: direct manager, heads of the unit and above" in page
    page = text(zheng.get(ask % company.li))
    assert "see a goal because: it is about li" in page and "agree to a goal no: never on what is about oneself" in page


def test_a_delegate_is_told_who_handed_it_on_until_when(company, visit, goal):
    row = db.session.scalars(select(Delegation).where(Delegation.act == Act.AGREE_OBJECTIVE)).one()
    row.until = clock.today().replace(year=clock.today().year + 1, month=3, day=2)
    db.session.commit()
    page = text(visit(company.zheng).get(f"/access/why?person={company.feng}&at=/goals/{goal}"))
    day = f"1 Mar {clock.today().year + 1}"
    said = f"wang handed on “agree to goals” until {day}, who holds it: direct manager of li, heads sales"
    assert f"agree to a goal because: {said}" in page and f"see a goal because: {said}" in page
    assert "Acts for wang" in page


def test_a_bar_is_named_with_what_would_give_it(company, visit):
    review = a_review(company.hu, {company.hu: "self", company.zhao: "manager"})
    db.session.commit()
    page = text(visit(company.zheng).get(f"/access/why?person={company.hu}&at=/reviews/{review.id}"))
    assert "release a review no: never on what is about oneself (otherwise: HR administrator)" in page


def test_what_is_not_open_to_the_asker_is_not_named(company, visit):
    talk = a_check_in(company.li, company.wang, note="SECRET-NOTE", action="SECRET-ACTION")
    db.session.add(RoleGrant(person_id=company.sun, role=Role.SYSTEM_ADMIN, since=LONG_AGO))
    db.session.commit()
    address = f"/access/why?person={company.wang}&at=/check-ins/{talk.id}"
    for asker in ("hu", "sun"):
        page = visit(getattr(company, asker)).get(address)
        told = re.search(r'aria-labelledby="thing".*?</section>', page.text, re.S)[0]
        assert "You may not see it yourself" in told and "managers at any level" in told
        assert "SECRET" not in page.text and re.search(r"\bli\b", re.sub(r"<[^>]+>", " ", told)) is None
    page = visit(company.zheng).get(address)
    assert "above li in the management line" in text(page) and "SECRET" not in page.text


@pytest.mark.parametrize("at", ["/goals/999999", "/nowhere", "/admin/settings", "http://[", "goals", "/goals/mine", "x" * 900])
def test_an_address_of_nothing_says_so(company, visit, at):
    page = visit(company.zheng).get(f"/access/why?person={company.li}&at={at}")
    assert (page.status_code, "Nothing protected stands at this address" in page.text) == (200, True)


def test_everybody_is_told_their_own_rights_and_nothing_of_what_is_closed(company, visit, goal):
    wang, wu = visit(company.wang), visit(company.wu)
    page = text(wang.get(f"/access/mine?at=/goals/{goal}"))
    assert "agree to a goal because: direct manager of li; heads sales" in page and "Heads sales" in page
    closed, nothing = (text(wu.get(f"/access/mine?at=/goals/{n}")).replace(str(n), "") for n in (goal, 999_999))
    assert closed == nothing and "it is not open to you" in closed
    assert wu.get(f"/access/why?person={company.li}").status_code == 403
    assert "SECRET-TITLE" not in wang.get(f"/access/mine?at=/goals/{goal}").text
    assert 'href="/access/mine"' in wu.get("/more").text


def test_functions_follow_the_roles(company):
    told = {one.act: (one.held, list(one.because)) for one in why.functions(company.viewer("hu"))}
    assert told[Act.RUN_CYCLES] == (True, ["HR administrator"]) and told[Act.SEE_AUDIT] == (False, [])
    for name in NAMES:
        viewer = company.viewer(name)
        assert {one.act for one in why.functions(viewer) if one.held} == {act for act in why.ACTS[why.FUNCTIONS] if access.can(act, viewer)}


def test_it_costs_the_same_for_many_delegations(company, visit, statements, goal):
    zheng, counts = visit(company.zheng), []
    for person in (company.zhao, company.zhou):
        db.session.add(Delegation(giver_id=person, taker_id=company.feng, act=Act.AGREE_OBJECTIVE, since=LONG_AGO, reason="x"))
        db.session.commit()
        statements.clear()
        zheng.get(f"/access/why?person={company.feng}&at=/goals/{goal}")
        counts.append(len(statements))
    assert counts[0] == counts[1] <= 13
