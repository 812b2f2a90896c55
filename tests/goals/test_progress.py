"""Progress of every shape, the roll-up's two ways, health and pace."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from portal.goals import progress
from portal.goals.kinds import Direction, Health, Shape
from portal.goals.progress import Course, Way

D = Decimal

figures = st.decimals(-10**6, 10**6, places=3)
shares = st.decimals(0, 1, places=6)
parts = st.lists(st.tuples(st.integers(0, 10_000), st.none() | shares), max_size=6)
TODAY = date(2026, 11, 23)


@pytest.mark.parametrize(("course", "current", "steps", "raw", "shown"), [
    (Course(baseline=D(0), target=D(10)), 4, (), "0.4", "0.4"), (Course(Shape.PERCENT, baseline=D("22"), target=D("30")), 26, (), "0.5", "0.5"),
    (Course(Shape.CURRENCY, baseline=D(0), target=D(40)), 50, (), "1.25", "1"), (Course(baseline=D(96), target=D(78)), 87, (), "0.5", "0.5"),
    (Course(direction=Direction.DOWN, baseline=D(96), target=D(78)), 105, (), "-0.5", "0"),
    (Course(direction=Direction.BAND, low=D(20), high=D(24)), 22, (), "1", "1"), (Course(direction=Direction.BAND, low=D(20), high=D(24)), 25, (), "0.75", "0.75"),
    (Course(direction=Direction.BAND, low=D(20), high=D(24)), 16, (), "0", "0"), (Course(direction=Direction.BAND, low=D(20), high=D(24)), 8, (), "-2", "0"),
    (Course(Shape.YES_NO), 1, (), "1", "1"), (Course(Shape.YES_NO), 0, (), "0", "0"),
    (Course(Shape.MILESTONES), 1, ((1, True), (3, False)), "0.25", "0.25"), (Course(Shape.MILESTONES), 0, ((1, False),), "0", "0"),
])
def test_every_shape_and_direction(course, current, steps, raw, shown):
    share = progress.raw(course, D(current), steps)
    assert (share, progress.clamped(share)) == (D(raw), D(shown))


@pytest.mark.parametrize("shape", Shape)
def test_nothing_reported_is_no_data(shape):
    assert progress.raw(Course(shape), None, [(1, True)]) is None and progress.clamped(None) is None


def test_no_way_to_go():
    with pytest.raises(ZeroDivisionError, match="target = baseline"):
        progress.raw(Course(baseline=D(5), target=D(5)), D(5))
    assert progress.of_milestones([]) is None


@given(figures, figures, figures)
def test_both_directions_are_one_formula(baseline, target, current):
    assume(baseline != target)
    assert progress.of_way(baseline, target, current) == progress.of_way(-baseline, -target, -current)
    assert 0 <= progress.clamped(progress.of_way(baseline, target, current)) <= 1


@given(parts)
def test_a_mean_lies_between_its_parts_and_knows_no_data(some):
    mean = progress.weighted_mean(some)
    known = [v for w, v in some if v is not None and (w or not any(w for w, _ in some))]
    assert mean is None if not known else min(known) - D("1e-20") <= mean <= max(known) + D("1e-20")


@given(parts, st.integers(1, 9))
def test_only_the_relation_of_weights_counts(some, times):
    one, many = progress.weighted_mean(some), progress.weighted_mean([(w * times, v) for w, v in some])
    assert one == many or abs(one - many) < D("1e-20")


@given(parts)
def test_a_part_without_data_changes_nothing(some):
    assume(any(w for w, _ in some))
    assert progress.weighted_mean([*some, (500, None)]) == progress.weighted_mean(some)


def test_equal_weights_when_none_are_given():
    assert progress.weighted_mean([(0, D(1)), (0, D(0)), (0, None)]) == D("0.5")


def test_own_measures_come_first_and_say_what_was_left_out():
    children = [(5_000, 10_000, D("0.9"))]
    own = progress.rolled([(6_000, D("0.5")), (4_000, None)], children)
    assert (own.share, own.way, own.known, own.left_out) == (D("0.5"), Way.MEASURES, 1, 1)
    silent = progress.rolled([(1, None)], children)
    assert (silent.share, silent.way, silent.left_out) == (None, Way.MEASURES, 1), "the children do not step in"


def test_children_count_by_weight_times_share():
    below = progress.rolled([], [(6_000, 5_000, D("0.8")), (3_000, 10_000, D("0.2")), (1_000, 10_000, None)])
    assert (below.share, below.way, below.left_out) == (D("0.5"), Way.CHILDREN, 1), "(0.8 × 3000 + 0.2 × 3000) / 6000"
    assert progress.rolled([], [(0, 7_000, D("0.4")), (0, 3_000, D(1))]).share == D("0.58"), "without weights by shares alone"
    assert progress.rolled([]).way is Way.NOTHING


def healthy(**facts):
    usual = {"closed": False, "agreed": date(2026, 10, 8), "begins": date(2026, 10, 1), "reported": TODAY, "confidence": 8, "today": TODAY, "patience": 17}
    return progress.health(**{**usual, **facts})


@pytest.mark.parametrize(("facts", "state"), [
    ({}, Health.GOOD), ({"confidence": 7}, Health.GOOD), ({"confidence": 6}, Health.WARN), ({"confidence": 4}, Health.WARN), ({"confidence": 3}, Health.BAD),
    ({"confidence": None}, Health.NEW), ({"reported": TODAY - timedelta(17)}, Health.GOOD), ({"reported": TODAY - timedelta(18)}, Health.STALE),
    ({"reported": TODAY - timedelta(18), "confidence": 2}, Health.STALE), ({"reported": None}, Health.STALE), ({"reported": None, "agreed": TODAY - timedelta(17)}, Health.NEW),
    ({"reported": None, "agreed": TODAY - timedelta(40), "begins": TODAY - timedelta(2)}, Health.NEW), ({"reported": None, "agreed": None}, Health.NEW),
    ({"closed": True, "reported": None}, Health.CLOSED), ({"closed": True, "confidence": 2}, Health.CLOSED),
])
def test_closed_over_outdated_over_reported_over_pending(facts, state):
    assert healthy(**facts) is state


@pytest.mark.parametrize(("share", "elapsed", "state"), [
    ("0.58", "0.58", Health.GOOD), ("0.53", "0.58", Health.GOOD), ("0.45", "0.58", Health.WARN), ("0.40", "0.58", Health.BAD), ("1", "1.2", Health.GOOD),
])
def test_pace_stands_beside_health(share, elapsed, state):
    assert progress.pace(D(share), D(elapsed)).state is state


def test_pace_needs_data_and_a_beginning():
    assert progress.pace(None, D("0.5")) is None and progress.pace(D("0.5"), D(0)) is None
