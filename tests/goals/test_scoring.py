"""KPI points: the oracles of the rules, what each refuses, and what holds for every figure. OKR grades and their bands."""

from decimal import Decimal
from types import SimpleNamespace

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from portal.goals import scoring
from portal.goals.kinds import Direction, Health, Kind, Rule
from portal.goals.scoring import Facts, Unscorable

D = Decimal

CURVE = ((D(80), D(60)), (D(100), D(100)), (D(120), D(120)))
FALLING = ((D(8), D(60)), (D(5), D(100)), (D(3), D(120)))
figures = st.decimals(-10**6, 10**6, places=3)
above_zero = st.decimals("0.001", 10**6, places=3)


@pytest.mark.parametrize(("rule", "facts", "actual", "raw", "points"), [
    (Rule.RATIO_UP, Facts(target=D(50)), 40, 80, 80), (Rule.RATIO_UP, Facts(target=D(50)), 70, 140, 120),
    (Rule.RATIO_DOWN, Facts(target=D(50)), 60, 80, 80), (Rule.RATIO_DOWN, Facts(target=D(50)), 50, 100, 100),
    (Rule.RATIO_DOWN, Facts(target=D(50)), 0, 200, 120), (Rule.RATIO_DOWN, Facts(target=D(50)), 100, 0, 0),
    (Rule.RATIO_DOWN, Facts(target=D(50)), 120, -40, 0),
    (Rule.RATIO_DOWN, Facts(target=D(-50)), -100, 200, 120), (Rule.RATIO_DOWN, Facts(target=D(-50)), 0, 0, 0),
    (Rule.BASELINE, Facts(baseline=D(9), target=D(2)), "5.5", 50, 50), (Rule.BASELINE, Facts(baseline=D(41), target=D(60)), "50.5", 50, 50),
    (Rule.BASELINE, Facts(baseline=D(10), target=D(0)), 7, 30, 30), (Rule.BASELINE, Facts(baseline=D(0), target=D(100)), 120, 120, 120),
    (Rule.BASELINE, Facts(baseline=D(0), target=D(100)), 130, 130, 120), (Rule.BASELINE, Facts(baseline=D(-10), target=D(10)), 0, 50, 50),
    (Rule.CURVE, Facts(anchors=CURVE), "79.99", 0, 0), (Rule.CURVE, Facts(anchors=CURVE), 80, 60, 60),
    (Rule.CURVE, Facts(anchors=CURVE), 90, 80, 80), (Rule.CURVE, Facts(anchors=CURVE, stepped=True), 90, 60, 60),
    (Rule.CURVE, Facts(anchors=CURVE), 110, 110, 110), (Rule.CURVE, Facts(anchors=CURVE, stepped=True), 110, 100, 100),
    (Rule.CURVE, Facts(anchors=CURVE), 130, 120, 120),
    (Rule.CURVE, Facts(anchors=FALLING), 9, 0, 0), (Rule.CURVE, Facts(anchors=FALLING), "6.5", 80, 80),
    (Rule.CURVE, Facts(anchors=FALLING, stepped=True), "6.5", 60, 60), (Rule.CURVE, Facts(anchors=FALLING), 4, 110, 110),
    (Rule.CURVE, Facts(anchors=FALLING, stepped=True), 4, 100, 100), (Rule.CURVE, Facts(anchors=FALLING), 1, 120, 120),
    (Rule.BAND, Facts(low=D(20), high=D(24)), 22, 100, 100), (Rule.BAND, Facts(low=D(20), high=D(24)), 26, 50, 50),
    (Rule.BAND, Facts(low=D(20), high=D(24), tolerance=D(10)), 15, 50, 50), (Rule.BAND, Facts(low=D(20), high=D(24)), 99, 0, 0),
    (Rule.PASS_FAIL, Facts(target=D(1)), 1, 100, 100), (Rule.PASS_FAIL, Facts(target=D(1)), 0, 0, 0),
    (Rule.PASS_FAIL, Facts(target=D(0), direction=Direction.DOWN), 0, 100, 100), (Rule.PASS_FAIL, Facts(target=D(0), direction=Direction.DOWN), 1, 0, 0),
    (Rule.DEDUCTION, Facts(each=D(15)), 0, 100, 100), (Rule.DEDUCTION, Facts(each=D(15)), 2, 70, 70), (Rule.DEDUCTION, Facts(each=D(15)), 9, 0, 0),
    (Rule.MILESTONES, Facts(milestones=((2, True, True), (1, True, False), (1, False, False))), 3, "62.5", "62.5"),
    (Rule.MILESTONES, Facts(milestones=((1, True, False), (1, True, True)), late=D(1)), 2, 100, 100),
    (Rule.JUDGED, Facts(), 3, 100, 100), (Rule.JUDGED, Facts(table=(D(40), D(80), D(110))), 2, 80, 80),
])
def test_the_oracles(rule, facts, actual, raw, points):
    made = scoring.points(rule, D(actual), facts)
    assert (made.raw, made.points) == (D(raw), D(points))


@pytest.mark.parametrize("rule", Rule)
def test_no_data_is_never_zero(rule):
    assert scoring.points(rule, None, Facts()) is None


@pytest.mark.parametrize(("rule", "facts", "says"), [
    (Rule.RATIO_UP, Facts(target=D(0)), "above 0"), (Rule.RATIO_UP, Facts(target=D(-5)), "above 0"), (Rule.RATIO_DOWN, Facts(target=D(0)), "target 0"),
    (Rule.BASELINE, Facts(target=D(5), baseline=D(5)), "the same"), (Rule.BAND, Facts(low=D(5)), "limit"), (Rule.BAND, Facts(low=D(5), high=D(5)), "limit"),
    (Rule.BAND, Facts(low=D(1), high=D(5), tolerance=D(-1)), "limit"), (Rule.CURVE, Facts(), "curve"), (Rule.CURVE, Facts(anchors=(CURVE[1], CURVE[0])), "curve"),
    (Rule.CURVE, Facts(anchors=((D(1), D(60)), (D(1), D(100)))), "curve"), (Rule.DEDUCTION, Facts(each=D(0)), "costs"),
])
def test_a_rule_that_cannot_work_is_refused_when_it_is_defined(rule, facts, says):
    assert says in scoring.problem(rule, facts)
    with pytest.raises(Unscorable, match=says):
        scoring.points(rule, D(1), facts)


@pytest.mark.parametrize("rating", ["0", "6", "2.5"])
def test_a_rating_outside_the_table_has_no_points(rating):
    with pytest.raises(Unscorable):
        scoring.points(Rule.JUDGED, D(rating), Facts())


@given(figures, above_zero)
def test_meeting_the_target_is_a_hundred_by_every_ratio(actual, target):
    assert scoring.ratio_up(target, target) == scoring.ratio_down(target, target) == 100
    assert scoring.ratio_up(actual, target) + scoring.ratio_down(actual, target) == pytest.approx(200)


@given(figures, figures, figures)
def test_from_baseline_is_the_same_from_either_side(actual, baseline, target):
    assume(baseline != target)
    assert scoring.from_baseline(target, baseline, target) == 100 and scoring.from_baseline(baseline, baseline, target) == 0
    assert scoring.from_baseline(-actual, -baseline, -target) == scoring.from_baseline(actual, baseline, target)


@given(figures, figures, st.booleans(), st.booleans())
def test_a_curve_never_falls_where_more_is_better(one, other, stepped, falling):
    knots = tuple((-value, worth) for value, worth in CURVE) if falling else CURVE
    less, more = sorted((one, other), reverse=falling)
    low, high = (scoring.curve(value, knots, stepped) for value in (less, more))
    assert 0 <= low <= high <= 120
    assert scoring.curve(less, knots, True) <= scoring.curve(less, knots, False)


@given(figures, figures, above_zero)
def test_a_band_is_full_inside_and_falls_evenly_on_both_sides(actual, low, width):
    high = low + width
    points = scoring.band(actual, low, high)
    assert (points == 100) == (low <= actual <= high) and 0 <= points <= 100
    assert points == scoring.band(low + high - actual, low, high)


@given(st.sampled_from(Rule), figures, figures, figures, above_zero)
def test_points_stay_within_floor_and_cap(rule, actual, baseline, target, width):
    facts = Facts(baseline=baseline, target=target, low=target, high=target + width, anchors=CURVE, milestones=((1, True, True),))
    assume(scoring.problem(rule, facts) is None and rule is not Rule.JUDGED)
    made = scoring.points(rule, actual, facts, cap=D(110))
    assert 0 <= made.points <= 110


def test_final_points_are_rounded_half_up():
    assert scoring.Points(D("83.335"), D("83.335")).final == D("83.34")


def test_facts_come_from_a_measure_with_every_digit():
    measure = SimpleNamespace(
        rule=Rule.CURVE, target=D("99"), baseline=D(0), direction=Direction.UP, low=None, high=None, threshold=D("98"), stretch=D("99.4"),
        rule_values={"stepped": True, "tolerance": "0.1", "each": "2.5", "late": "0", "table": ["1", "2.5"]}, milestones=[], earlier={},
    )
    facts = Facts.of(measure)
    assert facts.anchors == ((D(98), D(60)), (D(99), D(100)), (D("99.4"), D(120)))
    assert (facts.stepped, facts.tolerance, facts.each, facts.late, facts.table) == (True, D("0.1"), D("2.5"), D(0), (D(1), D("2.5")))


@pytest.mark.parametrize(("grade", "committed", "aspirational"), [
    ("1.0", Health.GOOD, Health.GOOD), ("0.7", Health.GOOD, Health.GOOD), ("0.6", Health.WARN, Health.GOOD),
    ("0.4", Health.WARN, Health.WARN), ("0.3", Health.BAD, Health.WARN), ("0.0", Health.BAD, Health.WARN),
])
def test_bands_of_grades(grade, committed, aspirational):
    assert scoring.grade_band(D(grade), Kind.OKR_COMMITTED) is committed
    assert scoring.grade_band(D(grade), Kind.OKR_ASPIRATIONAL) is aspirational


def test_grades():
    assert [scoring.suggested_grade(D(p) if p else None) for p in ("0.65", "0.649", "1.4", "-1", None)] == [D("0.7"), D("0.6"), D("1.0"), D("0.0"), None]
    assert scoring.objective_grade([(6_000, D("0.7")), (4_000, D("0.4"))]) == D("0.58")
    assert scoring.grade_band(None, Kind.OKR_COMMITTED) is None
    assert [scoring.needs_cause(D(g), k) for g, k in (("0.9", Kind.OKR_COMMITTED), ("1", Kind.OKR_COMMITTED), ("0.6", Kind.OKR_ASPIRATIONAL))] == [True, False, False]
