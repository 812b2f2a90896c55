"""From points to a grade: oracles by hand, and properties over everything else."""

import itertools
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.reviews import scoring
from portal.reviews.scoring import Mark, SectionScore

D = Decimal
BANDS = scoring.bands([{"grade": g, "from": f} for g, f in (("S", "110"), ("A", "95"), ("B", "80"), ("C", "60"), ("D", "0"))])


def test_the_form_of_the_design_page():
    """周晓岚: one of three KPIs without data; 40 % competencies rated 5 and 3."""
    kpi = scoring.section(6_000, [Mark(4_000, D("100.10")), Mark(3_500, D("112.50")), Mark(2_500, None)], D(60))
    table = scoring.table(5)
    skills = scoring.section(4_000, [Mark(5_000, table[5]), Mark(5_000, table[3])], D(60))
    made = scoring.total([kpi, SectionScore(0, None, D(10_000)), skills], BANDS, 4_000)
    assert (kpi.points.quantize(D("0.01")), kpi.missing) == (D("105.89"), 2_500)
    assert (made.score, made.grade, made.missing) == (D("107.53"), "A", 1_500)


@pytest.mark.parametrize(
    ("score", "grade"),
    [("120", "S"), ("110", "S"), ("109.99", "A"), ("95", "A"), ("94.99", "B"), ("80", "B"), ("79.99", "C"), ("60", "C"), ("59.99", "D"), ("0", "D"), ("-1", "D")],
)
def test_bands_are_half_open(score, grade):
    assert scoring.band(D(score), BANDS) == grade


@pytest.mark.parametrize(("points", "score", "grade"), [("109.9949", "109.99", "A"), ("109.995", "110.00", "S"), ("94.994999", "94.99", "B")])
def test_the_score_is_rounded_half_up_once_and_the_grade_follows_what_is_printed(points, score, grade):
    made = scoring.total([SectionScore(10_000, D(points), D(0))], BANDS, 4_000)
    assert (str(made.score), made.grade) == (score, grade)


@pytest.mark.parametrize(("missing", "grade"), [(4_000, "A"), (4_001, None)])
def test_too_much_missing_weight_is_an_insufficient_basis(missing, grade):
    part = scoring.section(10_000, [Mark(10_000 - missing, D(100)), Mark(missing, None)], D(60))
    made = scoring.total([part], BANDS, 4_000)
    assert (made.score, made.grade, made.insufficient) == (D("100.00"), grade, grade is None)


def test_a_whole_section_without_data_is_renormalised_and_counted():
    made = scoring.total([SectionScore(6_000, None, D(10_000)), SectionScore(4_000, D(90), D(0))], BANDS, 4_000)
    assert (made.score, made.missing, made.grade) == (D("90.00"), 6_000, None)
    assert scoring.total([SectionScore(10_000, None, D(10_000))], BANDS, 4_000) == scoring.Total(None, D(10_000), None)


@pytest.mark.parametrize(("veto", "points", "expected", "capped"), [(True, "0", "60", True), (True, "0.01", "96.002", False), (False, "0", "96", False), (True, None, "120", False)])
def test_a_veto_at_zero_caps_its_section(veto, points, expected, capped):
    found = scoring.section(6_000, [Mark(8_000, D(120)), Mark(2_000, D(points) if points else None, veto)], D(60))
    assert (found.points, found.capped) == (D(expected), capped)


def test_a_cap_never_lifts():
    assert scoring.section(1, [Mark(9_000, D(10)), Mark(1_000, D(0), True)], D(60)).points == 9


def test_points_of_scales():
    assert scoring.table(5) == {1: 0, 2: 60, 3: 100, 4: 110, 5: 120}, "the one of judged KPIs"
    assert scoring.table(3) == {1: 60, 2: 100, 3: 120}
    assert scoring.table(3, ("0", "50", "100")) == {1: 0, 2: 50, 3: 100}
    assert scoring.table(4)[1] == 60 and scoring.table(4)[4] == 120


def test_a_rating_for_information_changes_nothing():
    points = scoring.table(5)
    assert scoring.judged([(0, D(5)), (10_000, D(3))], points) == 100
    assert scoring.judged([(0, D(5)), (10_000, None)], points) is None
    assert scoring.judged([(2_500, D(5)), (7_500, D(3))], points) == 105


@pytest.mark.parametrize(
    ("weights", "sentence"),
    [
        ([10_000], None),
        ([4_000, 3_500, 2_500], None),
        ([4_000, 3_500], "The weights add up to 75%, 25% is missing."),
        ([6_000, 4_500], "The weights add up to 105%, 5% too much."),
        ([3_333, 3_333, 3_333], "The weights add up to 99.99%, 0.01% is missing."),
        ([5_000, 5_050], "The weights add up to 100.5%, 0.5% too much."),
        ([], "The weights add up to 0%, 100% is missing."),
    ],
)
def test_weights_must_be_exactly_whole(weights, sentence):
    assert scoring.weights_problem(weights) == sentence


@pytest.mark.parametrize(("grade", "choice"), [("S", ("S", "A")), ("B", ("A", "B", "C")), ("D", ("C", "D")), (None, ())])
def test_a_manager_moves_one_band_at_most(grade, choice):
    assert scoring.reachable(grade, BANDS) == choice


@pytest.mark.parametrize(("weights", "shares"), [([3_000, 2_000, 1_000], [5_000, 3_333, 1_667]), ([0, 0, 0], [3_334, 3_333, 3_333]), ([], []), ([7], [10_000])])
def test_weights_of_a_part_become_shares(weights, shares):
    assert scoring.rescaled(weights) == shares


points = st.one_of(st.none(), st.decimals(0, 120, places=4))
marks = st.lists(st.builds(Mark, st.integers(0, 10_000), points), min_size=1, max_size=12)


@given(marks)
def test_a_section_is_the_exact_weighted_mean_of_what_has_data(marks):
    found = scoring.section(6_000, marks, D(60))
    known = [m for m in marks if m.points is not None and m.weight]
    if not known:
        assert (found.points, found.missing) == (None, 10_000)
        return
    exact = sum((m.weight * Fraction(m.points) for m in known), Fraction(0)) / sum(m.weight for m in known)
    assert abs(Fraction(found.points) - exact) < Fraction(1, 10**20)
    assert min(m.points for m in known) - D("1e-20") <= found.points <= max(m.points for m in known) + D("1e-20")


@given(st.lists(st.tuples(st.integers(0, 10_000), marks), min_size=1, max_size=5))
def test_the_total_stays_between_its_parts_and_its_missing_between_nothing_and_all(parts):
    sections = [scoring.section(weight, marks, D(60)) for weight, marks in parts]
    made = scoring.total(sections, BANDS, 4_000)
    assert 0 <= made.missing <= 10_000
    known = [s.points for s in sections if s.weight and s.points is not None]
    if not known:
        assert (made.score, made.grade) == (None, None)
    else:
        assert min(known) - D("0.01") <= made.score <= max(known) + D("0.01")
        assert (made.grade is None) == (made.missing > 4_000)


@given(st.lists(st.integers(0, 20_000), min_size=1, max_size=40))
def test_shares_add_up_and_keep_the_order(weights):
    shares = scoring.rescaled(weights)
    assert sum(shares) == 10_000 and all(share >= 0 for share in shares)
    if sum(weights):
        pairs = sorted(zip(weights, shares, strict=True))
        assert all(a[1] <= b[1] for a, b in itertools.pairwise(pairs) if a[0] < b[0])


@given(st.decimals(0, 130, places=2), st.decimals(0, 130, places=2))
def test_more_points_are_never_a_worse_grade(a, b):
    order = "DCBAS"
    low, high = sorted((a, b))
    assert order.index(scoring.band(low, BANDS)) <= order.index(scoring.band(high, BANDS))
