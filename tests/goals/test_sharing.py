"""Shared goals: asked, confirmed or declined by each head; the scorecard in which the whole result counts."""

import re
from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, update

from portal import access, clock, jobs
from portal.access.models import Role, RoleGrant
from portal.db import db
from portal.goals import scorecards, sharing
from portal.goals.kinds import Kind, Perspective
from portal.goals.models import Audience, Contribution, Objective
from portal.goals.rollup import walk_up
from portal.goals.states import SHARING, Part, State
from portal.jobs.models import Job
from portal.journal.models import Entry
from portal.periods.models import Kind as Span
from portal.periods.models import Period
from portal.printing import checks
from portal.printing.models import ArchivedCopy, Document
from portal.workflow import Refused
from tests.build import an_objective
from tests.company import LONG_AGO
from tests.printing.reading import text as read_paper


@pytest.fixture
def goal(company):
    """Sales answers for it; only its line sees it by itself."""
    made = an_objective(company.period, unit_id=company.units.sales, accountable_id=company.wang, title="deliver on time", state=State.AGREED, weight=4_000)
    made.perspective = Perspective.CUSTOMER
    made.measures[0].current = Decimal(4)
    db.session.flush()
    walk_up(made.id)
    db.session.commit()
    return made.id


def asked(company, goal, unit="research", **fields):
    known = {"stated": 2_500, "what": "answers questions in two days", "state": Part.ASKED, **fields}
    db.session.add(Contribution(objective_id=goal, unit_id=getattr(company.units, unit), **known))
    db.session.commit()


def part(company, goal, unit="research"):
    db.session.expire_all()
    return db.session.get_one(Contribution, (goal, getattr(company.units, unit)))


def test_the_table_of_steps_is_whole():
    assert SHARING.unreachable() == set()


def test_a_department_is_asked_and_its_head_confirms_with_a_weight_of_its_own(company, visit, goal):
    wang, zhou, address = visit(company.wang), visit(company.zhou), f"/goals/{goal}/sharing"
    assert zhou.get(address).status_code == 404, "not before it is asked"
    assert "One department alone" in wang.get(address).text
    page = wang.post(address, department="research", stated="25", what="answers questions").text
    assert "Not decided yet" in page and "answers questions" in page and "Confirm our part" not in page
    page = zhou.get(address).text
    assert "Confirm our part" in page and "Ask the department" not in page
    assert "deliver on time" in zhou.get("/goals/scorecard").text, "waits on the head's scorecard"
    version = part(company, goal).version
    page = zhou.post(f"{address}/{company.units.research}/confirmation", version=version, weight="30").text
    assert "Weight in its scorecard: 30%" in page
    stands = part(company, goal)
    assert (stands.state, stands.weight, stands.decided_by_id) == (Part.CONFIRMED, 3_000, company.zhou)
    assert db.session.scalars(select(Entry.kind).order_by(Entry.n)).all() == ["objective.asked", "objective.confirmed"]
    assert "confirmed the part of research" in wang.get(f"/goals/{goal}/history").text


def test_declined_with_a_reason_then_asked_again(company, visit, goal):
    asked(company, goal)
    zhou, wang, address = visit(company.zhou), visit(company.wang), f"/goals/{goal}/sharing/{company.units.research}/refusal"
    refused = zhou.post(address, version=1, reason=" ")
    assert refused.status_code == 422 and "Decline our part" in refused.text
    assert "no people for it" in zhou.post(address, version=1, reason="no people for it").text
    assert part(company, goal).state is Part.DECLINED
    assert wang.post(f"/goals/{goal}/sharing", follow=False, department="research", stated="10", what="").status_code == 303
    stands = part(company, goal)
    assert (stands.state, stands.stated, stands.reason, stands.decided_at) == (Part.ASKED, 1_000, "", None)


def test_what_a_department_is_asked_for_waits_on_its_heads_home(company, visit, goal):
    asked(company, goal)
    told, address = "research is asked to share it", f'href="/goals/{goal}/sharing"'
    zhou = visit(company.zhou)
    home = zhou.get("/").text
    assert told in home and address in home
    for name in ("wang", "wu", "zhao", "hu"):
        assert told not in visit(getattr(company, name)).get("/").text, name
    zhou.post(f"/goals/{goal}/sharing/{company.units.research}/refusal", version=1, reason="no people for it")
    assert told not in zhou.get("/").text, "it is answered"


@pytest.mark.parametrize("over", ["goal", "period", "taken back"])
def test_what_is_over_asks_no_head(company, visit, goal, over):
    asked(company, goal)
    changes = {
        "goal": update(Objective).values(state=State.CLOSED, closed_at=clock.now()), "period": update(Period).values(closed=True),
        "taken back": update(Contribution).values(state=Part.WITHDRAWN),
    }
    db.session.execute(changes[over])
    db.session.commit()
    assert "is asked to share it" not in visit(company.zhou).get("/").text


@pytest.mark.parametrize(("typed", "said"), [
    ({"department": "nowhere", "what": "x"}, "No department is called that"), ({"department": "research"}, "Say what the department contributes"), ({"department": "research", "stated": "120"}, "100"),
    ({"department": ""}, "Fill this in"),
])
def test_bad_input_is_said_at_its_field(company, visit, goal, typed, said):
    answer = visit(company.wang).post(f"/goals/{goal}/sharing", **typed)
    assert answer.status_code == 422 and said in answer.text and db.session.scalars(select(Contribution)).all() == []


@pytest.mark.parametrize(("typed", "said"), [({"department": "sales", "what": "x"}, "answers for the goal already"), ({"department": "all", "stated": "80"}, "at most 75 % are left")])
def test_what_cannot_be_asked(company, visit, goal, typed, said):
    asked(company, goal)
    answer = visit(company.wang).post(f"/goals/{goal}/sharing", **typed)
    assert answer.status_code == 409 and said in answer.text


def test_who_may_not(company, visit, goal):
    asked(company, goal)
    confirm, decline = (f"/goals/{goal}/sharing/{company.units.research}/{step}" for step in ("confirmation", "refusal"))
    found = {name: (visit(getattr(company, name)).post(confirm, follow=False, version=1, weight="10").status_code, visit(getattr(company, name)).post(decline, follow=False, version=1, reason="r").status_code) for name in ("li", "wang", "wu", "hu")}
    assert found == dict.fromkeys(("li", "wang", "wu", "hu"), (403, 403))
    assert visit(company.wu).post(f"/goals/{goal}/sharing", department="all", what="x").status_code == 403
    assert visit(company.chen).post(f"/goals/{goal}/sharing/{company.units.all}/confirmation", version=1, weight="1").status_code == 404


def test_two_heads_at_once_one_wins_and_the_other_is_told(company, visit, goal):
    asked(company, goal)
    zhou, zhao, address = visit(company.zhou), visit(company.zhao), f"/goals/{goal}/sharing/{company.units.research}"
    assert zhou.post(f"{address}/confirmation", follow=False, version=1, weight="10").status_code == 303
    late = zhao.post(f"{address}/refusal", version=1, reason="no")
    assert late.status_code == 409 and "has changed since this page was opened" in late.text
    assert part(company, goal).state is Part.CONFIRMED


def test_taken_back_it_counts_nowhere_and_is_seen_no_more(company, visit, goal):
    asked(company, goal, state=Part.CONFIRMED, decided_at=clock.now(), decided_by_id=company.zhou, weight=3_000)
    assert visit(company.zhou).get(f"/goals/{goal}").status_code == 200
    visit(company.wang).post(f"/goals/{goal}/sharing/{company.units.research}/withdrawal")
    assert part(company, goal).state is Part.WITHDRAWN and visit(company.zhou).get(f"/goals/{goal}").status_code == 404
    assert scorecards.of(company.viewer("hu"), company.units.research, company.period).items == []


def test_nothing_is_decided_about_what_is_over(company, goal):
    asked(company, goal)
    db.session.execute(update(Period).values(closed=True))
    objective, zhou = db.session.get_one(Objective, goal), company.viewer("zhou")
    acts = access.acts_on(zhou, access.Subject(unit_id=company.units.research))
    with pytest.raises(Refused, match="closed"):
        sharing.decide(sharing.to_decide(goal, company.units.research), objective, "confirm", zhou, acts, version=1, weight=1)


def test_the_whole_result_counts_in_each_scorecard_at_its_own_weight(company, visit, goal):
    asked(company, goal, state=Part.CONFIRMED, decided_at=clock.now(), decided_by_id=company.zhou, weight=6_000)
    own = an_objective(company.period, unit_id=company.units.research, state=State.AGREED, weight=4_000)
    own.measures[0].current = Decimal(9)
    silent = an_objective(company.period, unit_id=company.units.sales, state=State.AGREED, weight=6_000, measures=0)
    an_objective(company.period, unit_id=company.units.research, state=State.DRAFT, weight=9_000)
    db.session.flush()
    walk_up(own.id, silent.id)
    db.session.commit()
    viewer = company.viewer("hu")
    research, sales = (scorecards.of(viewer, unit, company.period) for unit in (company.units.research, company.units.sales))
    assert (research.result, research.weight) == (Decimal("0.6"), 10_000), "0.6 × 0.4 + 0.4 × 0.9"
    assert (sales.result, sales.silent) == (Decimal("0.4"), 6_000), "without data is left out, never 0"
    assert [(group.perspective, group.weight) for group in research.groups] == [(Perspective.CUSTOMER, 6_000), (None, 4_000)]
    page = visit(company.wu).get("/goals/scorecard").text
    assert "deliver on time" in page and "shared, sales answers for it" in page and ">60%<" in page
    assert "60% of the weight has no data yet" in visit(company.li).get("/goals/scorecard").text


def test_a_closed_goal_counts_with_its_score_and_periods_make_a_trend(company, visit, goal):
    today = clock.today()
    before = Period(name="before", kind=Span.QUARTER, begins=today - timedelta(130), ends=today - timedelta(40))
    db.session.add(before)
    db.session.flush()
    for kind, score in ((Kind.KPI, Decimal(110)), (Kind.OKR_COMMITTED, Decimal("0.7"))):
        old = an_objective(before.id, unit_id=company.units.sales, kind=kind, state=State.AGREED, weight=5_000)
        old.state, old.closed_at, old.score = State.CLOSED, clock.now(), score
    db.session.commit()
    every = db.session.scalars(select(Period)).all()
    period = next(each for each in every if each.id == company.period)
    assert scorecards.trend(company.units.sales, period, every) == [("before", Decimal("0.9")), ("this quarter", Decimal("0.4"))]
    page = visit(company.wang).get("/goals/scorecard").text
    assert "sales: 90% in before, 40% in this quarter" in page


@given(st.lists(st.tuples(st.integers(0, 10_000), st.none() | st.decimals(0, 1, places=3)), max_size=8))
def test_the_result_lies_between_the_least_and_the_best(parts):
    found = scorecards.progress.weighted_mean(parts)
    known = [value for weight, value in parts if value is not None]
    assert found is None if not known else found is None or min(known) <= found <= max(known)


def test_the_board_of_a_department_leads_to_its_scorecard(company, visit, goal):
    for key, unit in (("unit", ""), (f"unit-{company.units.sales}", f"unit={company.units.sales}")):
        board = visit(company.wang).get(f"/goals/board?of={key}").text
        address = re.search(r'href="(/goals/scorecard[^"]*)"', board[board.index('class="acts"') :])[1].replace("&amp;", "&")
        assert unit in address and "deliver on time" in visit(company.wang).get(address).text


def test_an_empty_scorecard_says_what_will_stand_there(company, visit, statements):
    zhou = visit(company.zhou)
    assert "Nothing on this scorecard yet" in zhou.get("/goals/scorecard").text


def test_the_companys_goals_stand_on_the_card_of_the_department_above_all(company, visit, goal):
    ours = an_objective(company.period, accountable_id=company.zhao, title="grow abroad", audience=Audience.COMPANY, state=State.AGREED, weight=10_000)
    ours.measures[0].current = Decimal(7)
    db.session.flush()
    walk_up(ours.id)
    db.session.commit()
    every = db.session.scalars(select(Period)).all()
    assert [(item.card.title, item.result) for item in scorecards.of(company.viewer("zhao"), company.units.all, company.period).items] == [("grow abroad", Decimal("0.7"))]
    assert scorecards.counted(company.units.all, company.period) == [(ours.id, 10_000, Decimal("0.7"))]
    assert scorecards.trend(company.units.all, every[0], every)[-1][1] == Decimal("0.7")
    assert "grow abroad" in visit(company.zhao).get("/goals/scorecard").text
    for below in (company.units.sales, company.units.research):
        assert "grow abroad" not in [item.card.title for item in scorecards.of(company.viewer("zhao"), below, company.period).items]


def test_where_nothing_stands_in_the_quarter_the_year_is_shown_or_offered(company, visit):
    today = clock.today()
    year = Period(name="the year", kind=Span.YEAR, begins=today - timedelta(200), ends=today + timedelta(160))
    over = Period(name="long ago", kind=Span.YEAR, begins=today - timedelta(900), ends=today - timedelta(500))
    db.session.add_all([year, over])
    db.session.flush()
    running, gone = year.id, over.id
    for period in (running, gone):
        an_objective(period, unit_id=company.units.sales, title="deliver all year", state=State.AGREED)
    db.session.commit()
    wang = visit(company.wang)
    assert "deliver all year" in wang.get("/goals/scorecard").text
    asked_for = wang.get(f"/goals/scorecard?period={company.period}").text
    assert "Nothing on this scorecard in this quarter" in asked_for
    assert f"/goals/scorecard?unit={company.units.sales}&amp;period={running}" in asked_for
    assert f"period={gone}\"" not in asked_for[asked_for.index("Nothing on this scorecard") :]


def test_a_scorecard_costs_the_same_for_one_goal_and_for_ten(company, visit, goal, statements):
    wang, found = visit(company.wang), []
    for _ in range(2):
        statements.clear()
        assert wang.get("/goals/scorecard").status_code == 200
        found.append(len(statements))
        for n in range(9):
            an_objective(company.period, unit_id=company.units.sales, state=State.AGREED, title=f"more {n}", measures=2)
        db.session.commit()
    assert found[0] == found[1] <= 10


def test_who_sees_a_scorecard(company, visit, goal):
    db.session.add(RoleGrant(person_id=company.feng, role=Role.EXECUTIVE, since=LONG_AGO))
    db.session.commit()
    address = f"/goals/scorecard?unit={company.units.sales}"
    found = {name: visit(getattr(company, name)).get(address).status_code for name in ("li", "wang", "zhao", "hu", "qian", "zheng", "feng", "wu", "chen")}
    assert found == {**dict.fromkeys(("li", "wang", "zhao", "hu", "qian", "zheng", "feng"), 200), "wu": 403, "chen": 403}
    assert visit(company.li).get("/goals/scorecard?unit=999999").status_code == 404


def test_the_tree_names_who_shares(company, visit, goal):
    db.session.execute(update(Objective).values(audience=Audience.COMPANY))
    asked(company, goal, state=Part.CONFIRMED, decided_at=clock.now(), decided_by_id=company.zhou)
    page = visit(company.wu).get(f"/goals/tree?period={company.period}&unit={company.units.sales}").text
    assert "Together with research" in page


def test_hr_archives_a_card_which_is_checked_like_any_paper(company, app, visit, goal, tmp_path, monkeypatch):
    monkeypatch.setitem(app.config, "DATA_DIR", str(tmp_path))
    monkeypatch.setitem(app.config, "PUBLIC_URL", "https://portal.example")
    hu, wang = visit(company.hu), visit(company.wang)
    page, address = f"/goals/scorecard?unit={company.units.sales}", f"/goals/scorecard/{company.units.sales}/{company.period}/archive"
    assert address in hu.get(page).text and address not in wang.get(page).text
    assert wang.post(address).status_code == 403 and db.session.scalars(select(Job)).all() == []
    assert "It is being archived" in hu.post(address).text and "Archived file" not in hu.get(page).text
    while jobs.work_one():
        pass
    code = db.session.scalars(select(ArchivedCopy.code)).one()
    assert f"/archive/{code}" in hu.get(page).text
    file = hu.get(f"/archive/{code}")
    assert file.mimetype == "application/pdf" and "deliver on time" in read_paper(file.data, tmp_path) and checks.problems(file.data) == []
    assert wang.get(f"/archive/{code}").status_code == 403
    assert "current" in visit(None).get(f"/v/{code}").text
    hu.post(address)
    while jobs.work_one():
        pass
    assert len(db.session.scalars(select(ArchivedCopy)).all()) == 1, "this version lies there already"
    assert db.session.scalars(select(Entry.kind)).all() == ["scorecard.archived"] * 2


def test_the_card_is_printed_as_a_form_with_a_number(company, visit, goal, tmp_path):
    asked(company, goal, state=Part.CONFIRMED, decided_at=clock.now(), decided_by_id=company.zhou, weight=3_000)
    wu, address = visit(company.wu), f"/goals/scorecard/{company.units.research}/{company.period}/print"
    file = wu.get(wu.post(address, follow=False).location)
    assert file.mimetype == "application/pdf" and file.data.startswith(b"%PDF")
    words = read_paper(file.data, tmp_path)
    assert all(each in words for each in ("research", "deliver on time", "shared, sales answers for it", "30%", "40.0%"))
    number = db.session.scalars(select(Document.number)).one()
    assert number in words
    assert wu.post(address, follow=False).status_code == 303 and db.session.scalars(select(Document.version)).all() == [1]
    db.session.execute(update(Contribution).values(weight=2_000))
    db.session.commit()
    wu.post(address, follow=False)
    assert db.session.scalars(select(Document.version)).all() == [2], "what counts has changed"
    assert visit(company.wu).post(f"/goals/scorecard/{company.units.sales}/{company.period}/print").status_code == 403
