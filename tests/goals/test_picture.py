"""The picture of a rule says what the score says: drawn lines, knots and the table, for every rule and every figure."""

from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from portal.goals import scoring
from portal.goals.kinds import Direction, Rule
from portal.goals.picture import picture
from portal.goals.scoring import Facts, Unscorable

D = Decimal
figures = st.decimals(-10**4, 10**4, places=2)
widths = st.decimals("0.01", 10**4, places=2)
shares = st.integers(0, 1000).map(lambda n: D(n) / 1000)


@st.composite
def rules(draw):
    """A rule with facts it can be computed with."""
    rule = draw(st.sampled_from([rule for rule in Rule if rule is not Rule.MILESTONES]))
    target, width, falling = draw(figures), draw(widths), draw(st.booleans())
    side = -1 if falling else 1
    knots = ((target - side * width, D(60)), (target, D(100)), (target + side * draw(widths), D(draw(st.integers(101, 200)))))
    limits = {"cap": draw(st.sampled_from([None, D(100), D(150)])), "floor": draw(st.sampled_from([None, D(20)]))}
    facts = Facts(
        target=target, baseline=draw(figures), direction=Direction.DOWN if falling else Direction.UP, low=target, high=target + width,
        tolerance=draw(st.none() | widths), anchors=knots, stepped=draw(st.booleans()), each=draw(st.decimals("0.5", 60, places=1)), **limits,
    )
    assume(scoring.problem(rule, facts) is None)
    return rule, facts


def along(runs, value):
    """The points of a drawn picture at a value; where it jumps, both ends count."""
    return [a[1] + (b[1] - a[1]) * ((value - a[0]) / (b[0] - a[0])) for run in runs for a, b in pairwise(run) if min(a[0], b[0]) <= value <= max(a[0], b[0]) and a[0] != b[0]]


@given(rules(), shares, st.sampled_from([D(100), D(120)]))
def test_what_is_drawn_is_the_score(known, share, cap):
    rule, facts = known
    made = picture(rule, facts, cap=cap)
    value = made.low + (made.high - made.low) * share
    if made.runs:
        score = scoring.points(rule, value, facts, cap).points
        assert any(abs(drawn - score) < D("0.001") for drawn in along(made.runs, value)), (value, score)
    for knot in made.knots:
        assert knot.points == scoring.points(rule, knot.value, facts, cap).points


@given(rules(), figures)
def test_the_table_and_the_present_result_are_the_score(known, now):
    rule, facts = known
    made = picture(rule, facts, now)
    assert made.results and len({line.value for line in made.results}) == len(made.results)
    for line in made.results:
        assert line.points == scoring.points(rule, line.value, facts).final and line.word
    assert made.now is None or (made.now == (now, scoring.points(rule, now, facts).points) and made.low <= now <= made.high)
    assert (made.now is None) == (rule is Rule.JUDGED and (now != int(now) or not 1 <= now <= 5))


def test_milestones_climb_by_their_weight():
    facts = Facts(milestones=((3, True, True), (1, False, False)))
    made = picture(Rule.MILESTONES, facts)
    assert [(line.value, line.points) for line in made.results] == [(0, 0), (1, 75), (2, 100)]
    assert made.now == (1, 75) and made.runs[0] == ((0, 0), (1, 0))
    assert [len(picture(Rule.MILESTONES, Facts(milestones=((1, False, False),) * n)).results) for n in (3, 40)] == [4, 12]


def test_a_rule_that_cannot_work_has_no_picture():
    with pytest.raises(Unscorable):
        picture(Rule.RATIO_UP, Facts(target=D(0)))


@given(rules(), figures, figures)
def test_points_are_within_the_limits_and_never_fall_where_more_is_better(known, one, other):
    rule, facts = known
    assume(rule is not Rule.JUDGED)
    low, high = scoring.limits(facts)
    scores = [scoring.points(rule, value, facts).points for value in sorted((one, other))]
    assert all(low <= score <= high for score in scores)
    rising = rule is Rule.RATIO_UP or (rule in (Rule.CURVE, Rule.PASS_FAIL) and facts.direction is Direction.UP) or (rule is Rule.BASELINE and facts.target > facts.baseline)
    if rule is not Rule.BAND:
        assert scores == sorted(scores, reverse=not rising)
