"""One list: what home shows somebody is what is found for them among everybody, and each thing opens."""

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal

import pytest
from flask import Flask, g
from sqlalchemy import delete, select

from portal import clock
from portal.access import Act
from portal.access import viewer as viewers
from portal.access.models import Delegation, Pilot, Role, RoleGrant, Switch
from portal.actions.models import Action
from portal.checkins import queries as checkins
from portal.checkins.models import Pause
from portal.db import db
from portal.directory import lines
from portal.directory.models import Absence, Assignment, Person, Status, UnitTerm
from portal.goals.kinds import Rule
from portal.goals.models import Contribution, Measure, ObjectiveParent, Revision
from portal.goals.states import RevisionState, State
from portal.periods.models import Period
from portal.strategy.models import Claim
from portal.waiting import queries, telling
from portal.waiting.kinds import What
from tests.access.test_both_ways import fill
from tests.build import a_check_in, a_cycle, a_dialogue, a_report, a_review, an_objective, feedback
from tests.company import LONG_AGO, NAMES
from tests.conftest import DATABASES, with_demo
from tests.visitor import Visitor


def of_one(person: int) -> list[queries.Item]:
    """As the page of home asks."""
    today, asked = clock.today(), viewers.ask(person, clock.today())
    g.off = asked.off
    people = checkins.people(asked.viewer, today) if "checkins" not in asked.off else []
    return queries.of(asked.viewer, today, people)


def of_everybody() -> dict[int, list[queries.Item]]:
    """As reminders ask, in batches of seven."""
    found: dict[int, list[queries.Item]] = {}
    for low, high in queries.batches(7):
        found |= queries.between(low, high, clock.today())
    return found


def compare(app: Flask, *, opens: bool) -> set[What]:
    """Everybody's two lists, and whether everything opens; which kinds there were."""
    everybody, kinds = of_everybody(), set()
    people = db.session.execute(select(Person.id, Person.name, Person.status).order_by(Person.id)).all()
    for person, name, status in people:
        alone = of_one(person)
        assert everybody.get(person, []) == alone, name
        kinds |= {item.what for item in alone}
        if opens and alone and status is not Status.LEFT:
            visitor = Visitor(app, person, check=False)
            with app.test_request_context():
                addresses = [line.url for item in alone for line in telling.lines([item])]
                assert len(telling.lines(alone)) == telling.count(alone)
            answers = {url: visitor.get(url.partition("#")[0]).status_code for url in dict.fromkeys(addresses)}
            assert set(answers.values()) <= {200}, (name, answers)
    return kinds


def of_every_kind(company):
    """One thing of each kind at least, and whoever acts for somebody."""
    fill(company)
    db.session.execute(delete(Pause).where(Pause.person_id != company.wu))  # all but one talk
    today, li, wang = clock.today(), company.li, company.wang
    an_objective(company.period, person_id=li, state=State.PROPOSED)
    an_objective(company.period, person_id=company.zhao, state=State.PROPOSED)
    an_objective(company.period, unit_id=company.units.sales, state=State.PROPOSED)
    an_objective(company.period, unit_id=company.units.all, state=State.PROPOSED)
    an_objective(company.period, accountable_id=company.zhou, state=State.PROPOSED)
    an_objective(company.period, state=State.PROPOSED)
    for state, by in ((RevisionState.WAITING, li), (RevisionState.RETURNED, li), (RevisionState.RETURNED, wang)):
        changed = an_objective(company.period, person_id=li, state=State.AGREED)
        answered = None if state is RevisionState.WAITING else clock.now()
        db.session.add(Revision(objective_id=changed.id, n=1, before={}, after={}, by_id=by, at=clock.now(), state=state, answered_at=answered))
    goal = an_objective(company.period, unit_id=company.units.research, state=State.AGREED)
    db.session.add(Contribution(objective_id=goal.id, unit_id=company.units.sales, stated=2_000))
    for state, accountable in (("asked", company.zhou), ("returned", None), ("asked", None)):
        above = an_objective(company.period, state=State.AGREED, accountable_id=accountable)
        below = an_objective(company.period, unit_id=company.units.sales, state=State.PROPOSED, weight=0)
        decided = clock.now() if state == "returned" else None
        claim = Claim(objective_id=above.id, unit_id=company.units.sales, made_id=below.id, by_id=wang, asked_at=clock.now(), state=state, decided_at=decided)
        db.session.add_all([claim, ObjectiveParent(child_id=below.id, parent_id=above.id, share=10_000)])
    other = Period(name="next", kind="quarter", begins=today + timedelta(60), ends=today + timedelta(150))
    db.session.add(other)
    db.session.flush()
    for person in (li, company.sun, company.chen):
        a_dialogue(person, other.id, wang, state="proposed", proposed_at=clock.now())
    over = Period(name="over", kind="quarter", begins=today - timedelta(120), ends=today - timedelta(9))
    db.session.add(over)
    db.session.flush()
    for whose in ({"person_id": li}, {"person_id": company.zhao}, {"unit_id": company.units.sales}, {"unit_id": company.units.all, "accountable_id": company.zhao}, {}):
        judged = an_objective(over.id, **{"person_id": None, **whose}, state=State.AGREED, measures=0)
        judged.measures = [Measure(name="how well", rule=Rule.JUDGED, target=Decimal(3))]
    for days in (-3, 1, 3, 4, None):
        due = None if days is None else today + timedelta(days)
        db.session.add(Action(what="promise", person_id=li, owner_id=wang, due=due, source_type="check_in", source_id=1))
    for state in ("kept", "hidden"):
        a_report(feedback(li, company.sun, public=True), wang, state=state, decided_at=clock.now(), decided_by_id=company.hu)
    cycle = a_cycle(company.period, state="running", self_due=today, assessment_due=today + timedelta(5), acknowledge_due=today)
    for person, state in ((li, "self_assessment"), (company.sun, "assessment"), (company.chen, "assessment"), (company.wu, "released")):
        known = {"ready_at": clock.now(), "released_at": clock.now()} if state == "released" else {}
        a_review(person, {person: "self", wang: "manager"}, cycle, state=state, **known)
    a_check_in(company.sun, wang, held_on=today - timedelta(20))
    db.session.add(RoleGrant(person_id=company.sun, role=Role.SYSTEM_ADMIN, since=LONG_AGO))  # another administrator than 胡
    db.session.add(Absence(person_id=company.sun, kind="leave", since=today, until=today + timedelta(9)))
    db.session.add(Delegation(giver_id=wang, taker_id=company.zheng, act=Act.RECORD_CHECK_IN, since=LONG_AGO, reason="leave"))
    db.session.add(Delegation(giver_id=company.zhao, taker_id=company.qian, act=Act.AGREE_OBJECTIVE, since=LONG_AGO, reason="leave"))
    db.session.commit()


def test_home_and_reminders_are_one_list_and_everything_opens(company, app):
    of_every_kind(company)
    assert compare(app, opens=True) == set(What)


def test_where_a_capability_is_off_nothing_of_it_waits_but_for_its_pilots(company, app):
    of_every_kind(company)
    db.session.add(Switch(capability="goals"))
    db.session.flush()
    db.session.add(Pilot(capability="goals", unit_id=company.units.research))
    db.session.commit()
    compare(app, opens=True)
    found, of_goals = of_everybody(), {What.PROPOSED, What.CLAIMED, What.SHARED, What.DRAFT}
    assert not {item.what for item in found[company.wang]} & of_goals
    assert {item.what for item in found[company.zhou]} & of_goals


def test_what_waits_for_a_manager_waits_for_nobody_above(company, app):
    mine = an_objective(company.period, person_id=company.li, state=State.PROPOSED).id
    ours = an_objective(company.period, unit_id=company.units.sales, state=State.PROPOSED).id
    top = an_objective(company.period, unit_id=company.units.all, state=State.PROPOSED).id
    db.session.commit()
    found = {(name, item.id) for name in NAMES for item in of_one(getattr(company, name)) if item.what is What.PROPOSED}
    assert found == {("wang", mine), ("feng", mine), ("zhao", ours), ("zhao", top)}, "冯 acts for 王; a department's goes to the head above"


def test_where_a_place_is_empty_the_nearest_head_is_asked(company, app):
    for row in db.session.scalars(select(Assignment).where(Assignment.person_id == company.li)):
        row.manager_id = None
    for term in db.session.scalars(select(UnitTerm).where(UnitTerm.unit_id == company.units.sales)):
        term.head_id = company.li
    lines.rebuild(clock.today())
    goal = an_objective(company.period, person_id=company.li, state=State.PROPOSED).id
    db.session.commit()
    found = {name for name in NAMES for item in of_one(getattr(company, name)) if item.key == ("proposed", goal)}
    assert found == {"zhao"}, "李 heads the department and agrees to nothing of their own"
    compare(app, opens=True)


def test_a_home_page_asks_once_for_all_of_it(company, visit, statements):
    of_every_kind(company)
    wang = visit(company.wang)
    statements.clear()
    wang.get("/")
    assert len([one for one in statements if "UNION ALL" in one and "claim" in one]) == 1


@pytest.fixture(params=DATABASES)
def demo(request, app_of) -> Iterator[Flask]:
    app: Flask = app_of(request.param)
    with app.app_context():
        with_demo()
        yield app
        db.session.rollback()
        db.session.remove()


def test_in_the_demo_company_everybody_has_one_list(demo):
    kinds = compare(demo, opens=True)
    assert {What.TALK, What.PROMISE, What.PROPOSED, What.ASSESS} <= kinds
