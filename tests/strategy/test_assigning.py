"""Giving a company objective to people by a rule: who gets it, who is left out and why, once, and many in the background."""

from decimal import Decimal

import pytest
from sqlalchemy import func, select, update

from portal import clock, jobs
from portal.db import db
from portal.directory.models import Assignment, Person, Post, Status
from portal.goals.kinds import Shape
from portal.goals.models import Objective, ObjectiveParent
from portal.goals.states import State
from portal.journal.models import Entry
from portal.strategy import assigning
from portal.strategy.models import AssignedGoal
from tests.build import an_objective


@pytest.fixture
def goal(company):
    """In force, with a figure; 李 and 孙 are sellers of one level, 王 heads them."""
    seller = Post(name="seller", family="selling")
    db.session.add(seller)
    db.session.flush()
    sellers = Assignment.person_id.in_((company.li, company.sun))
    db.session.execute(update(Assignment).where(sellers).values(post_id=seller.id, level="P5"))
    made = an_objective(company.period, title="more orders", state=State.AGREED, accountable_id=company.zhao)
    made.measures[0].current = Decimal(3)
    db.session.commit()
    return made.id


def given(goal):
    db.session.rollback()
    found = select(Objective).join(ObjectiveParent, ObjectiveParent.child_id == Objective.id).where(ObjectiveParent.parent_id == goal)
    return db.session.scalars(found.order_by(Objective.person_id)).all()


def address(goal, **rule):
    said = "&".join(f"{name}={value}" for name, value in rule.items())
    return f"/strategy/objectives/{goal}/assignment?{said}"


def test_the_preview_says_who_gets_it_who_has_it_and_who_not(company, visit, goal):
    db.session.execute(update(Person).where(Person.id == company.sun).values(status=Status.LEAVE))
    db.session.commit()
    page = visit(company.hu).get(address(goal, department="sales", family="selling")).text
    assert "Give it to 1 person" in page and "is on leave" in page and "another post family" in page, "孙 is away, 王 sells nothing"
    shown = assigning.preview(db.session.get_one(Objective, goal), assigning.Rule(company.units.sales, "selling", "P9"))
    assert shown.counts == {"gets": 0, "has": 0, "away": 0, "leaderless": 0, "family": 1, "level": 2}


def test_it_is_given_once_as_a_plan_without_values(company, visit, goal):
    hu, rule = visit(company.hu), {"department": "sales", "family": "selling", "level": "P5"}
    page = hu.post(f"/strategy/objectives/{goal}/assignment", **rule)
    assert "2 people have it now, as a draft." in page.text and "Have it already" in page.text
    li, sun = given(goal)
    assert [(one.person_id, one.title, one.state, one.level, one.root_id) for one in (li, sun)] == [(who, "more orders", State.DRAFT, 1, goal) for who in (company.li, company.sun)]
    mine = li.id
    assert [(m.name, m.target, m.current, m.shape) for m in li.measures] == [("orders", Decimal(10), None, Shape.NUMBER)]
    assert db.session.get_one(Objective, goal).children == 2
    again = hu.post(f"/strategy/objectives/{goal}/assignment", **rule)
    assert "nothing was given" in again.text and len(given(goal)) == 2
    wider = hu.post(f"/strategy/objectives/{goal}/assignment", department="sales")
    assert "1 person has it now" in wider.text, "another rule gives it only to who does not have it"
    kinds = db.session.scalars(select(Entry.kind).order_by(Entry.n)).all()
    assert kinds == ["objective.created", "objective.created", "objective.assigned", "objective.created", "objective.assigned"]
    assert visit(company.li).get(f"/goals/{mine}/edit").status_code == 200


def test_who_set_it_themselves_has_it_and_who_took_it_back_is_not_given_it_again(company, visit, goal):
    own = an_objective(company.period, person_id=company.li)
    db.session.add(ObjectiveParent(child_id=own.id, parent_id=goal, share=10_000))
    db.session.commit()
    hu, rule = visit(company.hu), {"department": "sales", "family": "selling"}
    hu.post(f"/strategy/objectives/{goal}/assignment", **rule)
    assert [one.person_id for one in given(goal)] == [company.li, company.sun]
    db.session.execute(update(Objective).where(Objective.person_id == company.sun).values(state=State.WITHDRAWN))
    db.session.commit()
    assert "nothing was given" in hu.post(f"/strategy/objectives/{goal}/assignment", **rule).text


def test_many_are_given_it_in_the_background_with_progress(company, visit, goal, monkeypatch):
    monkeypatch.setattr(assigning, "AT_ONCE", 1)
    page = visit(company.hu).post(f"/strategy/objectives/{goal}/assignment", department="sales")
    assert "in the background" in page.text and "Being given" in page.text and given(goal) == []
    jobs.work_one()
    assert len(given(goal)) == 3 and assigning.how_far(goal) is None
    assert db.session.scalar(select(func.count()).select_from(AssignedGoal)) == 3


def test_refused(company, visit, goal):
    hu = visit(company.hu)
    assert visit(company.wang).get(address(goal)).status_code == 403
    wrong = hu.get(address(goal, department="nowhere"))
    assert wrong.status_code == 422 and "Choose a department of the list." in wrong.text and 'value="nowhere"' in wrong.text
    assert hu.post(f"/strategy/objectives/{goal}/assignment").status_code == 422
    db.session.execute(update(Objective).where(Objective.id == goal).values(state=State.CLOSED, closed_at=clock.now()))
    db.session.commit()
    late = hu.get(address(goal, department="sales"))
    assert late.status_code == 409 and "is closed" in late.text


@pytest.mark.parametrize("people", [1, 3])
def test_the_preview_costs_the_same_for_one_and_three(company, visit, goal, statements, people):
    for n in range(people):
        who = Person(name=f"worker {n}", number=f"W{n}")
        db.session.add(who)
        db.session.flush()
        db.session.add(Assignment(person_id=who.id, unit_id=company.units.research, manager_id=company.zhou, since=clock.today()))
    db.session.commit()
    hu = visit(company.hu)
    statements.clear()
    assert hu.get(address(goal, department="research")).status_code == 200
    assert len(statements) <= 10
