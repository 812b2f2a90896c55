"""Weights, what is missing, and what differs between two drafts: without a database."""

from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.dialogues.comparing import between
from portal.dialogues.states import DIALOGUE, missing, sum_words, uncounted
from portal.goals.differing import changed
from portal.numbers import WHOLE, per_cent, split_evenly


@given(st.integers(1, 40), st.integers(0, WHOLE))
def test_an_even_split_is_whole_and_even(many, whole):
    parts = split_evenly(many, whole)
    assert sum(parts) == whole and max(parts) - min(parts) <= 1 and parts == sorted(parts, reverse=True)


def test_three_goals_share_as_people_expect():
    assert split_evenly(3) == [3_334, 3_333, 3_333] and split_evenly(0) == []


@pytest.mark.parametrize(("points", "said"), [(10_000, "100"), (9_999, "99.99"), (1, "0.01"), (3_330, "33.3"), (0, "0")])
def test_basis_points_as_per_cent(points, said):
    assert str(per_cent(points)) == said


@given(st.lists(st.integers(0, WHOLE), min_size=1, max_size=8))
def test_only_exactly_the_whole_can_be_proposed(weights):
    goals = [SimpleNamespace(title="x", measures=[1]) for _ in weights]
    assert (missing(goals, weights) == []) is (sum(weights) == WHOLE)
    assert (sum(weights) == WHOLE) or str(sum_words(sum(weights))) in map(str, missing(goals, weights))


def test_every_state_is_reached():
    assert DIALOGUE.unreachable() == set()


def goal(i, **facts):
    return {"id": i, "title": f"goal {i}", "says": facts}


def test_a_draft_against_the_one_before():
    found = between([goal(1, weight="6000", target="98"), goal(2, weight="4000")], [goal(1, weight="5000", target="98"), goal(3, weight="5000")])
    assert [(one.objective_id, one.new, one.gone, list(one.difference.keys)) for one in found] == [(1, False, False, ["weight"]), (3, True, False, []), (2, False, True, [])]


def test_a_measure_is_called_by_its_name_though_only_its_target_differs():
    says = {"weight": "6000", "name@549": "一次装配合格率", "target@549": "98"}
    (found,) = between([goal(1, **says)], [goal(1, **says | {"target@549": "99"})])
    (line,) = changed(found.difference, found.measures)
    assert (line.of, line.before, line.after) == ("一次装配合格率", "98", "99")


FACTS = st.dictionaries(st.sampled_from("abc"), st.integers(0, 3).map(str), min_size=1)
DRAFTS = st.dictionaries(st.integers(1, 5), FACTS).map(lambda found: [goal(i, **facts) for i, facts in found.items()])


@given(DRAFTS, DRAFTS)
def test_nothing_differs_exactly_when_the_drafts_are_the_same(before, after):
    first, then = ({g["id"]: g["says"] for g in draft} for draft in (before, after))
    assert (between(before, after) == []) is (first == then)


@pytest.mark.parametrize(("weights", "told"), [((10_000, 0, 0), ["b", "c"]), ((6_000, 4_000, 0), ["c"]), ((5_000, 3_000, 2_000), []), ((8_000, 0, 0), []), ((0, 0, 0), [])])
def test_goals_that_would_count_for_nothing(weights, told):
    goals = [SimpleNamespace(id=n, title=title) for n, title in enumerate("abc")]
    assert uncounted(goals, dict(enumerate(weights))) == told
