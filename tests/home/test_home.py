"""What waits for me, from every source, and nothing that cannot be found."""

from datetime import timedelta

from portal import clock
from portal.actions.models import Action
from portal.db import db
from portal.goals.states import State
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
    for words in ("Talk with li", "6 days late", "开拓三家客户", "sun proposes this goal", "给样件", "2 days late"):
        assert words in home.replace('<span class="nowrap">', "").replace("</span>", ""), words
    assert f"/check-ins/people/{company.li}/record" in home


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
