"""What waits on people who left: counted for each, seen where the sync switched them off, handed over by HR."""


import pytest
from sqlalchemy import select, update

from portal import clock
from portal.access.models import Role, RoleGrant
from portal.accounts import leaving
from portal.actions.models import Action
from portal.db import db
from portal.directory.models import Person, Status
from portal.drafts import keep
from portal.goals.models import Objective
from portal.goals.states import State as Goal
from portal.journal.models import Entry
from portal.organisation import unfinished
from portal.organisation.unfinished import Left
from portal.reviews.models import Assessment, Review
from portal.sync.lines import Kind
from portal.sync.models import State, SyncLine, SyncRun
from tests.build import a_check_in, a_cycle, a_review, an_objective
from tests.company import LONG_AGO

WANG = {Left.ASSESSMENTS: 2, Left.GOALS: 1, Left.REPORTS: 2, Left.HEADED: 1, Left.PROMISES: 1, Left.DELEGATIONS: 2, Left.ROLES: 1, Left.OWN_GOALS: 1, Left.DRAFTS: 2}


@pytest.fixture
def busy(company):
    """王 has something of everything open, and of each something that is over, handed in or somebody else's."""
    wang, now = company.wang, clock.now()
    cycle = a_cycle(company.period, state="running")
    for person, state in ((company.li, "assessment"), (company.sun, "self_assessment"), (company.chen, "ready")):
        a_review(person, {person: "self", wang: "manager"}, cycle, state=state, **({"ready_at": now} if state == "ready" else {}))
    led = a_review(company.feng, {company.feng: "self", wang: "project_lead"}, cycle, state="assessment")
    led.assessments[1].in_at = now  # the manager is still to write
    an_objective(company.period, unit_id=company.units.sales, accountable_id=wang, state=Goal.AGREED)
    an_objective(company.period, unit_id=company.units.sales, accountable_id=wang, state=Goal.CLOSED, agreed_at=now, closed_at=now)
    an_objective(company.period, person_id=wang, state=Goal.AGREED)
    promise = {"owner_id": wang, "source_type": "check_in", "source_id": 1}
    for about, settled in ((company.li, None), (company.sun, now), (wang, None)):
        db.session.add(Action(what="order the gauge", person_id=about, settled_at=settled, state="done" if settled else "open", **promise))
    a_check_in(company.li, wang, state="draft", recorded_by_id=wang)
    keep(wang, "/check-ins/people/1/record", {"note": "half a sentence"}, now)
    db.session.add(RoleGrant(person_id=wang, role=Role.AUDITOR, since=LONG_AGO))
    db.session.commit()
    return company


def gone(company, name="wang"):
    """The sync switched them off; the two who reported to 王 have no account, so no directory gives them a manager."""
    person = getattr(company, name)
    db.session.execute(update(Person).where(Person.id == person).values(status=Status.LEFT, left_on=clock.today()))
    leaving.leave([person], clock.today(), None)
    run = SyncRun(began=clock.now(), ended=clock.now(), state=State.APPLIED, found=9, active=10, left=1)
    db.session.add(run)
    db.session.flush()
    db.session.add(SyncLine(run_id=run.id, n=1, kind=Kind.LEFT, person_id=person, name=name, now="missing"))
    db.session.commit()
    return run.id


def test_everything_that_waits_is_counted(busy):
    assert unfinished.counts([busy.wang, busy.li, busy.zheng])[busy.wang] == WANG
    assert busy.zheng not in unfinished.counts([busy.li]) and unfinished.counts([]) == {}
    gone(busy)
    left = unfinished.counts([busy.wang])[busy.wang]
    assert left == {what: n for what, n in WANG.items() if what is not Left.ROLES}, "a role ends with the last day"


@pytest.mark.parametrize("rows", [1, 3])
def test_the_page_of_the_sync_tells_what_is_unfinished(busy, visit, statements, rows):
    run_id = gone(busy)
    db.session.add(RoleGrant(person_id=busy.sun, role=Role.SYSTEM_ADMIN, since=LONG_AGO))
    db.session.add_all(SyncLine(run_id=run_id, n=1 + n, kind=Kind.LEFT, person_id=person, name="x", now="missing") for n, person in enumerate((busy.wu, busy.feng)[: rows - 1], 1))
    db.session.commit()
    hu, sun = visit(busy.hu), visit(busy.sun)
    statements.clear()
    page = hu.get(f"/directory/runs/{run_id}?kind=left").text
    assert len(statements) <= 8, statements
    assert f'href="/organisation/people/{busy.wang}/unfinished">2 assessments to write, 1 goal of a department, 2 reports' in page
    theirs = sun.get(f"/directory/runs/{run_id}?kind=left").text
    assert "2 assessments to write" in theirs and "/unfinished" not in theirs, "who looks after the machine sees how much, and leads nowhere"
    assert "order the gauge" not in page + theirs
    if rows > 1:
        assert page.count(">nothing</a>") == 1  # 吴; somebody acts through 冯


def test_the_list_of_leavers_holds_those_on_whom_something_waits(busy, visit):
    hu = visit(busy.hu)
    assert "Nothing waits on anybody who left" in hu.get("/organisation/left").text
    gone(busy)
    gone(busy, "wu")
    page = hu.get("/organisation/left").text
    assert f"/organisation/people/{busy.wang}/unfinished" in page and f"/organisation/people/{busy.wu}/" not in page
    assert "own goal" not in page, "what nobody takes over keeps nobody on the list"


def test_hr_hands_over_to_a_successor(busy, visit):
    gone(busy)
    hu = visit(busy.hu)
    page = hu.get(f"/organisation/people/{busy.wang}/unfinished").text
    assert "2 assessments to write" in page and "order the gauge" not in page and f"/organisation/people/{busy.li}" in page
    nobody = hu.post(f"/organisation/people/{busy.wang}/unfinished", to="nobody there", what=["promises"], follow=False)
    assert nobody.status_code == 422 and "Nobody of this name" in nobody.text
    done = hu.post(f"/organisation/people/{busy.wang}/unfinished", to="zhou", what=["assessments", "goals", "promises"]).text
    assert "4 things handed over." in done
    assert set(unfinished.counts([busy.wang])[busy.wang]) == {Left.REPORTS, Left.HEADED, Left.DELEGATIONS, Left.OWN_GOALS, Left.DRAFTS}
    whose = select(Assessment.assessor_id, Review.state).join(Review).where(Assessment.relation == "manager").order_by(Review.person_id)
    assert {row.state: row.assessor_id for row in db.session.execute(whose)} == {"assessment": busy.zhou, "self_assessment": busy.zhou, "ready": busy.wang}
    assert db.session.scalars(select(Action.owner_id).where(Action.what == "order the gauge").order_by(Action.id)).all() == [busy.zhou, busy.wang, busy.wang]
    assert db.session.scalars(select(Objective.accountable_id).where(Objective.unit_id.is_not(None)).order_by(Objective.id)).all() == [busy.zhou, busy.wang]
    kinds = db.session.scalars(select(Entry.kind).where(Entry.actor_id == busy.hu).order_by(Entry.n)).all()
    assert sorted(kinds) == ["action.handed_over", "objective.edited", "review.assigned", "review.assigned"]
    again = hu.post(f"/organisation/people/{busy.wang}/unfinished", to="zhou", what=["promises"], follow=False)
    assert again.status_code == 409 and "None of this waits on them any more" in again.text


def test_nobody_assesses_themselves_or_chooses_who_assesses_them(busy, visit):
    gone(busy)
    done = visit(busy.hu).post(f"/organisation/people/{busy.wang}/unfinished", to="li", what=["assessments"]).text
    assert "1 thing handed over. 1 stays: nobody assesses themselves" in done
    theirs = select(Assessment.assessor_id).join(Review).where(Assessment.relation == "manager", Review.person_id == busy.li)
    assert db.session.scalar(theirs) == busy.wang
    db.session.execute(update(Assessment).where(Assessment.relation == "manager").values(assessor_id=busy.wang))
    db.session.execute(update(Review).where(Review.person_id == busy.li).values(person_id=busy.hu))
    db.session.commit()
    told = visit(busy.hu).post(f"/organisation/people/{busy.wang}/unfinished", to="zhou", what=["assessments"]).text
    assert "1 stays" in told, "nobody chooses who assesses them"


def test_who_works_here_keeps_their_own(busy, visit):
    hu = visit(busy.hu)
    page = hu.get(f"/organisation/people/{busy.wang}/unfinished").text
    assert "They still work here" in page and ">Hand over</button>" not in page
    assert hu.post(f"/organisation/people/{busy.wang}/unfinished", to="zhou", what=["promises"], follow=False).status_code == 409
    assert hu.post(f"/organisation/people/{busy.wang}/unfinished", to="zhou", follow=False).status_code == 409
    empty = hu.get(f"/organisation/people/{busy.zheng}/unfinished").text
    assert "1 role" in empty
    assert "Nothing waits on them" in hu.get(f"/organisation/people/{busy.chen}/unfinished").text


def test_only_hr_hands_over_and_the_auditor_looks(busy, visit):
    gone(busy)
    address = f"/organisation/people/{busy.wang}/unfinished"
    for name, see, act in (("hu", 200, 303), ("zheng", 200, 403), ("zhao", 403, 403), ("li", 403, 403)):
        visitor = visit(getattr(busy, name))
        seen = visitor.get(address)
        assert (seen.status_code, visitor.get("/organisation/left").status_code) == (see, see), name
        assert (">Hand over</button>" in seen.text) == (act == 303)
        assert visitor.post(address, to="zhou", what=["goals"], follow=False).status_code == act, name
