"""How a score came about: the arithmetic that is shown comes to the figure that counts, for every rule and every way."""

import re
from datetime import date
from decimal import Decimal
from types import SimpleNamespace

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from portal import clock
from portal.db import db
from portal.goals import operations, scoring, workings
from portal.goals.kinds import Aggregation, Direction, Kind, Rule, Shape, Split
from portal.goals.models import Measure, MeasurePart, Objective
from portal.goals.scoring import Facts
from portal.goals.states import State
from portal.journal.models import Payload
from portal.reviews import facts as reviewed
from tests.build import an_objective
from tests.goals.test_picture import rules

D = Decimal
figures = st.decimals(-10**4, 10**4, places=2)


def value_of(text):
    """What a shown sum comes to: our own figures and signs, nothing else."""
    plain = text.replace("−", "-").replace("×", "*").replace("÷", "/").replace(",", "")
    assert re.fullmatch(r"[0-9.+*/() -]+", plain), text
    return eval(re.sub(r"[0-9.]+", lambda m: f"D('{m[0]}')", plain), {"D": D})  # noqa: S307 - only figures and signs


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rules(), figures)
def test_the_sum_that_is_shown_comes_to_the_points(request_context, known, actual):
    rule, facts = known
    assume(rule not in (Rule.JUDGED, Rule.PASS_FAIL))
    raw = scoring.points(rule, actual, facts).raw
    told = workings.arithmetic(rule, actual, facts)
    if not re.search(r"[a-z]", told):
        assert max(value_of(told), D(0) if rule in (Rule.BAND, Rule.DEDUCTION) else D(-(10**12))) == pytest.approx(raw)
    else:
        assert str(int(raw)) in told or "between" in told


@pytest.fixture
def request_context(app):
    with app.test_request_context("/", headers={"Accept-Language": "en"}):
        yield


def a_kpi(rule, current, **fields):
    known = {"name": "x", "shape": Shape.NUMBER, "unit": "", "rule": rule, "target": D(50), "baseline": D(0), "direction": Direction.UP}
    known |= {"low": None, "high": None, "threshold": None, "stretch": None, "rule_values": {}, "earlier": {}, "milestones": [], "in_parts": False}
    return SimpleNamespace(**{**known, "current": current, **fields})


def step(weight, done, due=None):
    return SimpleNamespace(weight=weight, done_on=done, due=due)


LATE, TIMELY = date(2026, 5, 2), date(2026, 5, 1)
EVERY = [
    (a_kpi(Rule.RATIO_UP, D(41)), "100 × 41 ÷ 50", "82.00"),
    (a_kpi(Rule.RATIO_DOWN, D(60), direction=Direction.DOWN), "100 × (1 − (60 − 50) ÷ 50)", "80.00"),
    (a_kpi(Rule.BASELINE, D("5.5"), baseline=D(9), target=D(2)), "100 × (5.5 − 9) ÷ (2 − 9)", "50.00"),
    (a_kpi(Rule.CURVE, D("98.6"), threshold=D(98), target=D(99), stretch=D("99.4")), "60 + (100 − 60) × (98.6 − 98) ÷ (99 − 98)", "84.00"),
    (a_kpi(Rule.CURVE, D("98.6"), threshold=D(98), target=D(99), stretch=D("99.4"), rule_values={"stepped": True}), "the last point reached is 98: 60", "60.00"),
    (a_kpi(Rule.CURVE, D(97), threshold=D(98), target=D(99), stretch=D("99.4")), "short of the first point 98: 0", "0.00"),
    (a_kpi(Rule.BAND, D(26), low=D(20), high=D(24)), "100 × (1 − 2 ÷ 4)", "50.00"),
    (a_kpi(Rule.BAND, D(22), low=D(20), high=D(24)), "22 lies between 20 and 24", "100.00"),
    (a_kpi(Rule.PASS_FAIL, D(51)), "51 ≥ 50: met", "100.00"), (a_kpi(Rule.PASS_FAIL, D(49)), "49 &lt; 50: not met", "0.00"),
    (a_kpi(Rule.DEDUCTION, D(2), rule_values={"each": "15"}), "100 − 15 × 2", "70.00"),
    (a_kpi(Rule.MILESTONES, D(80), milestones=[step(2, TIMELY, TIMELY), step(1, LATE, TIMELY), step(1, None)], shape=Shape.MILESTONES), "100 × (2 + 0.5 × 1) ÷ 4", "62.50"),
    (a_kpi(Rule.JUDGED, D(2), rule_values={"table": ["40", "80", "110"]}), "rating 2 in the table 1: 40 · 2: 80 · 3: 110", "80.00"),
    (a_kpi(Rule.RATIO_UP, D(70)), "at most 120", "120.00"), (a_kpi(Rule.RATIO_UP, D(70), rule_values={"cap": "110"}), "at most 110", "110.00"),
    (a_kpi(Rule.RATIO_UP, D(5), rule_values={"floor": "20"}), "at least 20", "20.00"), (a_kpi(Rule.RATIO_UP, None), "No data yet, which is not 0", "–"),
]


@pytest.mark.parametrize(("measure", "told", "points"), EVERY, ids=[f"{measure.rule}-{n}" for n, (measure, *_) in enumerate(EVERY)])
def test_every_rule_tells_its_sum(request_context, measure, told, points):
    made = workings.of_kpi(measure)
    assert told.replace("&lt;", "<") in [line.sum for line in made.lines] and made.lines[-1].result == points


def test_all_nine_are_told():
    assert {measure.rule for measure, *_ in EVERY} == set(Rule) == set(workings.FORMULAS)


@pytest.mark.parametrize(("way", "told"), [
    (Aggregation.SUM, "90 + 1"), (Aggregation.AVERAGE, "(90 + 1) ÷ 2"), (Aggregation.RATIO, "(90 + 1) ÷ (100 + 10)"), (Aggregation.LAST, "the latest of 2"),
])
def test_every_way_to_put_parts_together_is_told(request_context, way, told):
    parts = [MeasurePart(begins=date(2026, n, 1), value=D(v), base=D(b)) for n, v, b in ((1, 90, 100), (2, 1, 10))] + [MeasurePart(begins=date(2026, 3, 1))]
    measure = a_kpi(Rule.RATIO_UP, D(1), in_parts=True, aggregation=way, parts=parts)
    assert workings.of_kpi(measure).lines[0].sum == told


def test_a_target_that_changed_is_weighed_by_days(request_context):
    earlier = {"ends": "2027-01-01", "spans": [{"from": "2026-01-01", "until": "2026-07-01", "target": "1200"}]}
    made = workings.of_kpi(a_kpi(Rule.RATIO_UP, D(1350), target=D(1500), earlier=earlier))
    assert made.lines[0].sum == "(181 × 1,200 + 184 × 1,500) ÷ 365" and made.lines[0].value == (181 * D(1200) + 184 * D(1500)) / 365
    assert made.lines[-1].value == scoring.points(Rule.RATIO_UP, D(1350), Facts(target=made.lines[0].value)).points


# The pages.

@pytest.fixture
def closed(company):
    goal = an_objective(company.period, person_id=company.li, kind=Kind.KPI, state=State.CLOSED, agreed_at=clock.now(), closed_at=clock.now(), outcome="done", score=D("82"), measures=0)
    goal.measures = [Measure(name="yield", target=D(50), rule=Rule.RATIO_UP, current=D(41), weight=6_000), Measure(name="scrap", target=D(50), rule=Rule.RATIO_UP, weight=4_000)]
    db.session.commit()
    return goal.id


def test_the_fold_and_its_page(company, visit, closed):
    li = visit(company.li)
    assert f'hx-get="/goals/{closed}/workings"' in li.get(f"/goals/{closed}").text
    for answer in (li.get(f"/goals/{closed}/workings"), li.get(f"/goals/{closed}/workings", target="workings")):
        assert answer.status_code == 200 and "100 × 41 ÷ 50" in answer.text and "1 without data left out" in answer.text and 'id="workings"' in answer.text
    assert visit(company.wu).get(f"/goals/{closed}/workings").status_code == 404


def test_a_mean_and_a_veto_are_told(company, visit, closed):
    goal = db.session.get_one(Objective, closed)
    goal.measures[1].current, goal.measures[1].veto = D(0), True
    db.session.commit()
    assert "a measure with a veto is at 0" in visit(company.li).get(f"/goals/{closed}/workings").text
    assert operations.score_of(db.session.get_one(Objective, closed)) == 0
    db.session.get_one(Objective, closed).measures[1].veto = False
    db.session.commit()
    assert "(60% × 82.00 + 40% × 0.00) ÷ 100%" in visit(company.li).get(f"/goals/{closed}/workings").text


def test_another_score_keeps_the_computed_one_who_and_why(company, visit, closed):
    address = f"/goals/{closed}/score"
    assert [visit(getattr(company, name)).get(address).status_code for name in ("li", "wang", "zhao", "hu", "wu")] == [403, 200, 200, 403, 404]
    wang = visit(company.wang)
    for wrong in ({"score": "90"}, {"score": "121", "reason": "x"}, {"score": "-1", "reason": "x"}, {"score": "many", "reason": "my words"}):
        answer = wang.post(address, **wrong)
        assert answer.status_code == 422 and all(text in answer.text for text in wrong.values()), wrong
    for score, why in (("90", "the strike"), ("95", "all of it")):
        wang.post(address, score=score, reason=why)
    goal = db.session.get_one(Objective, closed)
    assert (goal.score, goal.computed, goal.overridden_by_id, goal.overridden_because) == (D(95), D(82), company.wang, "all of it")
    told = db.session.scalars(select(Payload.words)).all()
    assert [(w["before"], w["after"], w["reason"], w["computed"]) for w in told] == [("82", "90", "the strike", "82"), ("90", "95", "all of it", "82")]
    li = visit(company.li)
    assert all(text in li.get(f"/goals/{closed}").text for text in ("95.00", "Computed: 82.00", "wang gave another score", "all of it"))
    assert "Given instead" in li.get(f"/goals/{closed}/workings").text
    assert "gave another score than the computed one" in li.get(f"/goals/{closed}/history").text
    assert reviewed._of_kpi(db.session.get_one(Objective, closed), D(120)).points == 95


def test_an_okr_goes_to_one(company, visit):
    goal = an_objective(company.period, person_id=company.li, state=State.CLOSED, agreed_at=clock.now(), closed_at=clock.now(), outcome="done", score=D("0.6")).id
    db.session.commit()
    wang = visit(company.wang)
    assert [wang.post(f"/goals/{goal}/score", score=score, reason="x").status_code for score in ("1.1", "0.8")] == [422, 200]
    assert "Given instead" in wang.get(f"/goals/{goal}/workings").text


def test_nobody_gives_another_score_to_what_they_answer_for(company, visit):
    """王 heads sales and answers for its goal; 冯 acts for 王 in agreeing; 赵 leads both."""
    times = {"state": State.CLOSED, "agreed_at": clock.now(), "closed_at": clock.now(), "outcome": "done", "score": D("0.6")}
    mine, company_s = (an_objective(company.period, accountable_id=company.wang, **times, **of).id for of in ({"unit_id": company.units.sales}, {}))
    bare = an_objective(company.period, **times).id
    db.session.commit()
    for goal in (mine, company_s):
        for name in ("wang", "feng"):
            refused = visit(getattr(company, name)).post(f"/goals/{goal}/score", score="1", reason="x")
            assert refused.status_code in (403, 404), (goal, name)
            assert "Give another score" not in visit(getattr(company, name)).get(f"/goals/{goal}").text
    assert "a goal they answer for" in visit(company.wang).get(f"/goals/{mine}/score").text
    zhao, hu = visit(company.zhao), visit(company.hu)
    assert "Give another score" in zhao.get(f"/goals/{mine}").text
    assert zhao.post(f"/goals/{mine}/score", score="0.5", reason="x").status_code == 200
    assert [hu.post(f"/goals/{goal}/score", score="0.5", reason="x").status_code for goal in (company_s, bare)] == [200, 200]


def test_not_before_it_is_closed(company, visit):
    goal = an_objective(company.period, person_id=company.li, state=State.AGREED)
    db.session.commit()
    assert visit(company.wang).post(f"/goals/{goal.id}/score", score="0.8", reason="x").status_code == 409


def test_how_far_a_key_result_is(request_context):
    measure = a_kpi(None, D(43), baseline=D(40), target=D(60), raw_progress=D("0.15"), grade=None, split=Split.WHOLE)
    assert workings.of_result(measure).lines[0].sum == "(43 − 40) ÷ (60 − 40)"
    measure.grade = D("0.3")
    assert "suggested 0.2" in workings.of_result(measure).lines[-1].sum


@pytest.mark.parametrize(("kind", "score", "says"), [(Kind.OKR_ASPIRATIONAL, "0.6", "reached"), (Kind.OKR_ASPIRATIONAL, "0.2", "reached in part"), (Kind.OKR_COMMITTED, "0.2", "not reached")])
def test_a_closed_okr_tells_its_band_and_an_aspirational_one_is_never_red(company, visit, kind, score, says):
    goal = an_objective(company.period, person_id=company.li, kind=kind, state=State.CLOSED, agreed_at=clock.now(), closed_at=clock.now(), outcome="done", lessons="x", score=D(score)).id
    db.session.commit()
    page = visit(company.li).get(f"/goals/{goal}").text
    chip = re.search(r'<span class="chip (\w+)">[^\n]*?</svg>([^<]+)</span></span></header>', page)
    assert (chip[2], chip[1] == "bad") == (says, says == "not reached")
