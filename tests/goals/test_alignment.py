"""Who may stand above whom, what the form says about it, how a department's alignment is counted, and who sees that."""

import re
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from portal import clock
from portal.access.models import Role, RoleGrant
from portal.db import db
from portal.directory import lines
from portal.directory.models import Unit, UnitTerm
from portal.goals import alignment, coverage, gaps, operations
from portal.goals.alignment import Counts, Facts, Lower, misfit
from portal.goals.models import AlignmentCount, Audience, Objective, ObjectiveParent, Theme
from portal.goals.operations import align
from portal.goals.states import State
from portal.jobs import work_one
from portal.periods.models import Kind as Span
from portal.periods.models import Period
from portal.workflow import Refused
from tests.build import an_objective
from tests.company import LONG_AGO
from tests.goals.pages import sent

DAY = date(2026, 1, 1)
LOWER = Lower("person", DAY, DAY + timedelta(90))
UPPER = Facts(1, "目标", "unit", DAY, DAY + timedelta(365))


@pytest.mark.parametrize(("lower", "upper", "said"), [
    (LOWER, UPPER, None), (LOWER, replace(UPPER, withdrawn=True), "withdrawn"), (LOWER, replace(UPPER, itself=True), "circle"), (LOWER, replace(UPPER, begins=DAY + timedelta(90)), "shares no day"),
    (LOWER, replace(UPPER, begins=DAY + timedelta(89)), None), (LOWER, replace(UPPER, place="person"), None), (LOWER, replace(UPPER, place="person", under_me=True), "lower level"), (LOWER, replace(UPPER, under_me=True), "lower level"),
    (replace(LOWER, place="unit", depth=1), replace(UPPER, depth=1), None), (replace(LOWER, place="unit", depth=1), replace(UPPER, depth=2), "further down"), (replace(LOWER, place="unit", depth=2), replace(UPPER, depth=1), None),
    (replace(LOWER, place="unit", depth=2), replace(UPPER, place="person"), "somebody's own"), (replace(LOWER, place="unit", depth=2), replace(UPPER, place="person", heads_mine=True), None),
    (replace(LOWER, place="company"), UPPER, "the company's stand above"), (replace(LOWER, place="company"), replace(UPPER, place="company"), None),
])
def test_what_may_stand_above_what(lower, upper, said):
    reason = misfit(lower, upper)
    assert (reason is None) if said is None else said in reason


COUNTS = st.builds(Counts, **{name: st.integers(0, 400) for name in coverage.NAMES})


@given(COUNTS)
def test_health_is_a_hundred_less_its_lines_and_never_below_five(counts):
    found, taken = alignment.health(counts), sum(each.points for each in alignment.deductions(counts))
    assert found is None if not counts.goals else found == max(100 - taken, 5)


@pytest.mark.parametrize(("counts", "health"), [
    (Counts(), None), (Counts(goals=3, traced=3, outward=3), 100), (Counts(goals=3, traced=2, orphans=1, outward=2), 88), (Counts(goals=2, outward=0, orphans=2), 100 - 10 - 24 - 8),
    (Counts(goals=4, traced=4, bare=1, skips=2, outward=4), 100 - 4 - 6), (Counts(goals=20, orphans=20), 5),
])
def test_the_health_of_the_examples(counts, health):
    assert alignment.health(counts) == health


@given(COUNTS, COUNTS)
def test_two_departments_add_up(one, other):
    assert (one + other).goals == one.goals + other.goals and Counts() + one == one


@given(st.lists(st.integers(1, 10**6), min_size=1, max_size=6, unique=True))
def test_even_shares_are_a_whole(ids):
    shares = alignment.even(ids)
    assert sum(shares.values()) == 10_000 and max(shares.values()) - min(shares.values()) <= 1


def agreed(company, title, period=None, **fields):
    return an_objective(period or company.period, **{"state": State.AGREED, "title": title, "audience": Audience.COMPANY, "measures": 0, **fields})


@pytest.fixture
def deeper(company):
    """A unit below sales that 李 heads."""
    unit = Unit(name="sales north")
    db.session.add(unit)
    db.session.flush()
    db.session.add(UnitTerm(unit_id=unit.id, parent_id=company.units.sales, head_id=company.li, since=LONG_AGO))
    lines.rebuild(clock.today())
    db.session.commit()
    return unit.id


def test_refused_with_its_reason_wherever_it_is_written(company, deeper):
    today = clock.today()
    later = Period(name="later", kind=Span.QUARTER, begins=today + timedelta(200), ends=today + timedelta(290))
    db.session.add(later)
    db.session.flush()
    sales, north = agreed(company, "of sales", unit_id=company.units.sales), agreed(company, "of north", unit_id=deeper)
    wang, li, sun = (agreed(company, f"of {name}", person_id=getattr(company, name)) for name in ("wang", "li", "sun"))
    gone, far = agreed(company, "gone", unit_id=company.units.sales), agreed(company, "far", period=later.id, unit_id=company.units.sales)
    gone.state, gone.agreed_at = State.WITHDRAWN, None
    db.session.flush()
    for child, parent, said in ((sales, north, "further down"), (north, sun, "somebody's own"), (wang, li, "lower level"), (wang, north, "lower level"), (li, gone, "withdrawn"), (li, far, "shares no day")):
        with pytest.raises(Refused, match=said):
            align(child, {parent.id: 10_000})
    for child, parent in ((north, wang), (north, sales), (li, sun), (li, north), (wang, sales)):
        if child is north and parent is sales:
            align(north, {})
        align(child, {parent.id: 10_000})
    with pytest.raises(Refused, match="circle"):
        align(sales, {sales.id: 10_000})


def test_the_reason_stands_at_the_field_and_nothing_typed_is_lost(company, visit, deeper):
    mine = an_objective(company.period, person_id=company.wang, title="mine")
    under = agreed(company, "of li", person_id=company.li).id
    address = f"/goals/{mine.id}/edit"
    db.session.commit()
    wang = visit(company.wang)
    page = wang.get(f"/goals/new?under={under}")
    typed = sent(page.text, title="typed words", **{"parents-0-parent": str(under)})
    refused = wang.post(f"/goals/new?under={under}", **typed)
    assert page.status_code == 200 and refused.status_code == 422
    assert "belongs to a lower level" in refused.text and "typed words" in refused.text
    assert db.session.scalar(select(Objective.id).where(Objective.title == "typed words")) is None
    assert wang.get(address).status_code == 200


def test_parents_are_added_shared_evenly_and_taken_away_without_a_script(company, visit):
    goals = [agreed(company, f"of sales {n}", unit_id=company.units.sales).id for n in range(3)]
    goal = an_objective(company.period, person_id=company.wang)
    align(goal, {goals[0]: 10_000})
    mine = goal.id
    db.session.commit()
    wang, address = visit(company.wang), f"/goals/{mine}/edit"
    page = wang.post(address, **sent(wang.get(address).text, above="1")).text
    assert 'name="parents-1-parent"' in page
    page = wang.post(address, **sent(page, above="1", **{"parents-1-parent": str(goals[1])})).text
    page = wang.post(address, **sent(page, even="1", **{"parents-2-parent": str(goals[2])})).text
    assert [f'value="{share}"' in page for share in ("33.34", "33.33")] == [True, True]
    uneven = wang.post(address, **sent(page, **{"parents-0-share": "50", "parents-1-share": "30", "parents-2-share": "19.99"}))
    assert uneven.status_code == 422 and "exactly 100 %" in uneven.text
    two = {"parents-2-parent": "", "parents-0-share": "70", "parents-1-share": "30"}
    assert wang.post(address, follow=False, **sent(uneven.text, **two)).status_code == 303
    assert operations.shares_of(mine) == {goals[0]: 7_000, goals[1]: 3_000}


@pytest.fixture
def standing(company):
    """In sales: one traced, one orphan, one everyday duty, one cut off, one that leaves out a level, one measured twice."""
    theme = Theme(period_id=company.period, name="theme", perspective="customer")
    db.session.add(theme)
    db.session.flush()
    top = agreed(company, "top", theme_id=theme.id)
    unit = agreed(company, "unit", unit_id=company.units.sales, measures=1)
    align(unit, {top.id: 10_000})
    traced, orphan, duty, cut = (agreed(company, name, person_id=company.li, measures=1) for name in ("traced", "orphan", "duty", "cut"))
    skip = agreed(company, "skip", person_id=company.li)
    duty.duty = True
    align(traced, {unit.id: 10_000})
    align(cut, {orphan.id: 10_000})
    align(skip, {top.id: 10_000})
    orphan.measures[0].name, orphan.measures[0].target = "Returns", Decimal(5)
    traced.measures[0].name = " returns "
    for each, name in ((unit, "u"), (duty, "d"), (cut, "c")):
        each.measures[0].name = name
    db.session.commit()
    coverage.count_period(company.period)
    db.session.commit()


def test_every_goal_is_counted_where_it_belongs(company, standing):
    (line,) = coverage.of_units([company.units.sales], company.period)
    assert line.own == Counts(goals=6, traced=3, duties=1, orphans=1, bare=1, skips=1, outward=2)
    assert (line.own.cut, line.own.coverage) == (1, Decimal(3) / 5)
    (whole,) = coverage.of_units([company.units.all], company.period)
    assert (whole.whole.goals, whole.own.goals, whole.below) == (6, 0, 2)


def test_the_lists_have_as_many_as_were_counted(company, standing):
    viewer, (line,) = company.viewer("hu"), coverage.of_units([company.units.sales], company.period)
    for gap, count in gaps.figures(line.own).items():
        assert len(gaps.of(viewer, company.units.sales, company.period, gap)) == count, gap
    (twice,) = gaps.twice(viewer, company.units.sales, company.period)
    assert {title for _, title, _ in twice.goals} == {"orphan", "traced"}


def test_a_report_to_the_direct_manager_leaves_out_nothing(company, standing):
    boss, mine = agreed(company, "boss", person_id=company.zhao), agreed(company, "mine", person_id=company.wang)
    align(mine, {boss.id: 10_000})
    coverage.count_unit(company.units.sales, company.period)
    (line,) = coverage.of_units([company.units.sales], company.period)
    assert line.own.skips == 1, "only the one from before"


def test_what_changes_a_goal_has_its_unit_counted_again(company, visit, standing):
    orphan = db.session.scalars(select(Objective.id).where(Objective.title == "orphan")).one()
    unit = db.session.scalars(select(Objective.id).where(Objective.title == "unit")).one()
    wang, address = visit(company.wang), f"/goals/{orphan}/edit"
    form = sent(wang.get(address).text, changed_because="it belongs there", **{"parents-0-parent": str(unit)})
    assert wang.post(address, follow=False, **form).status_code == 303
    while work_one():
        pass
    (line,) = coverage.of_units([company.units.sales], company.period)
    assert (line.own.orphans, line.own.cut, line.own.traced) == (0, 0, 5)


def test_the_page_shows_its_arithmetic_and_each_list(company, visit, standing, statements):
    wang, address = visit(company.wang), f"/goals/alignment/{company.units.sales}?period={company.period}"
    statements.clear()
    page = wang.get(address).text
    assert len(statements) <= 10
    assert "100" in page and "1 × 12" in page and "1 × 4" in page and "1 × 3" in page and "<b>81</b>" in page
    assert "orphan" in page and "3 of 5 goals" in page
    for gap, title in (("cut", "cut"), ("skips", "skip"), ("bare", "skip"), ("duties", "duty"), ("double", ">orphan<")):
        statements.clear()
        body = wang.get(f"{address}&show={gap}", target="behind").text
        assert title in body and len(statements) <= 10, gap


def test_who_sees_it(company, visit, standing):
    db.session.add(RoleGrant(person_id=company.zhou, role=Role.EXECUTIVE, since=LONG_AGO))
    db.session.commit()
    sales = f"/goals/alignment/{company.units.sales}"
    seen = {name: (visit(getattr(company, name)).get("/goals/alignment").status_code, visit(getattr(company, name)).get(sales).status_code) for name in ("wang", "zhao", "hu", "qian", "zheng", "zhou", "li", "wu", "feng")}
    assert seen == {**dict.fromkeys(("wang", "zhao", "hu", "qian", "zheng", "zhou"), (200, 200)), **dict.fromkeys(("li", "wu", "feng"), (403, 403))}
    assert visit(company.wang).get(f"/goals/alignment/{company.units.all}").status_code == 403, "not above one's own"
    whole = visit(company.zhao).get("/goals/alignment").text
    names = re.findall(r'<th scope="row"><a[^>]*>([^<]*)</a>', whole)
    assert names == ["all", "sales", "research"], "the only one at the top with those directly below it"
    assert "sales" in visit(company.wang).get("/goals/alignment").text and "research" not in visit(company.wang).get("/goals/alignment").text


def test_counting_again_now(company, visit, standing):
    agreed(company, "one more", person_id=company.sun)
    db.session.commit()
    address = f"/goals/alignment/{company.units.sales}/count?period={company.period}"
    assert visit(company.li).post(address, follow=False).status_code == 403
    assert "Counted." in visit(company.wang).post(address).text
    assert db.session.scalar(select(AlignmentCount.goals).where(AlignmentCount.unit_id == company.units.sales)) == 7


def test_an_everyday_duty_is_no_unaligned_goal(company, visit, standing):
    page = visit(company.hu).get(f"/goals/tree?period={company.period}&loose=1").text
    body = page[page.index('id="tree"') :]
    assert ">orphan<" in body.replace('<span class="nowrap">', "").replace("</span>", "") and "duty" not in body
    duty = db.session.scalars(select(Objective.id).where(Objective.title == "duty")).one()
    assert "An everyday duty" in visit(company.li).get(f"/goals/{duty}").text


def test_ties_of_a_period_are_read_by_their_index(company, standing):
    if db.engine.dialect.name != "sqlite":
        pytest.skip("SQLite's plan")
    assert db.session.scalars(select(ObjectiveParent.child_id)).all()
    for gap in (gaps.Gap.ORPHANS, gaps.Gap.CUT, gaps.Gap.SKIPS, gaps.Gap.BARE):
        found = select(Objective.id).where(gaps.directly_in(company.units.sales), Objective.period_id == company.period, gaps._flag(gap))
        sql = str(found.params(day=clock.today()).compile(db.engine, compile_kwargs={"literal_binds": True}))
        plan = [row.detail for row in db.session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}")]
        assert not [line for line in plan if line.startswith(("SCAN objective", "SCAN person", "SCAN measure"))], (gap, plan)
