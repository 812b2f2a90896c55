"""Every state x step x right of a review: written by hand once, beside the table that the portal reads."""

from types import SimpleNamespace

import pytest

from portal import clock
from portal.access.grants import GRANTS, Act, Relation
from portal.reviews.models import Review
from portal.reviews.states import REVIEW, State
from portal.workflow import NotHeld, Refused

S, R = State, Relation
ARROWS = {  # (from, step): (to, who)
    (S.SELF_ASSESSMENT, "hand in"): (S.ASSESSMENT, {R.SELF}),
    (S.SELF_ASSESSMENT, "waive"): (S.ASSESSMENT, {R.HR_ADMIN, R.HRBP}),
    (S.ASSESSMENT, "submit"): (S.READY, {R.ASSESSOR, R.DELEGATE}),
    (S.READY, "return"): (S.ASSESSMENT, {R.HR_ADMIN, R.HRBP}),
    (S.READY, "take back"): (S.ASSESSMENT, {R.ASSESSOR, R.DELEGATE}),
    (S.READY, "release"): (S.RELEASED, {R.HR_ADMIN}),
    (S.RELEASED, "agree"): (S.ACKNOWLEDGED, {R.SELF}),
    (S.RELEASED, "disagree"): (S.DISAGREED, {R.SELF}),
    (S.ACKNOWLEDGED, "withdraw"): (S.RELEASED, {R.SELF}),
    (S.DISAGREED, "withdraw"): (S.RELEASED, {R.SELF}),
    (S.ACKNOWLEDGED, "archive"): (S.ARCHIVED, {R.HR_ADMIN}),
    (S.DISAGREED, "archive"): (S.ARCHIVED, {R.HR_ADMIN}),
}
STEPS = sorted({step.name for step in REVIEW.steps})
ANSWERS = {"reason": "because", "words": "my own"}


def a_thing(state, **facts):
    known = {"missing": lambda _: [], "weights_problem": None, "sections": [], "is_settled": facts.pop("settled", False)}
    return SimpleNamespace(state=state, **{**known, **facts})


def acts_of(relation):
    return {act for act, grant in GRANTS.items() if grant.held_by({relation})}


@pytest.mark.parametrize("relation", list(Relation))
@pytest.mark.parametrize("state", list(State))
@pytest.mark.parametrize("name", STEPS)
def test_matrix(state, name, relation):
    thing = a_thing(state, settled=name == "archive")
    to, who = ARROWS.get((state, name), (None, set()))
    held = acts_of(relation)
    if to and relation in who:
        taken = REVIEW.take(name, thing, held, clock.now(), **ANSWERS)
        assert (thing.state, taken.was, taken.now) == (to, state, to)
        return
    holds_it_somewhere = any(step.name == name and step.act in held for step in REVIEW.steps)
    with pytest.raises(Refused if holds_it_somewhere else NotHeld):
        REVIEW.take(name, thing, held, clock.now(), **ANSWERS)
    assert thing.state is state


def test_nobody_takes_a_step_on_the_own_review_but_the_own_ones():
    mine = {R.SELF, R.HR_ADMIN, R.ASSESSOR, R.HRBP, R.LINE}
    held = {act for act, grant in GRANTS.items() if grant.held_by(mine)}
    names = {step.name for step in REVIEW.steps if step.act in held}
    assert names == {"hand in", "agree", "disagree", "withdraw"}


NEEDS = [
    ("hand in", S.SELF_ASSESSMENT, {"missing": lambda part: ["x"] if part == "self" else []}, "The self-assessment is not complete yet."),
    ("submit", S.ASSESSMENT, {"missing": lambda part: ["x"] if part == "manager" else []}, "The assessment is not complete yet."),
    ("submit", S.ASSESSMENT, {"weights_problem": "The weights add up to 75%, 25% is missing."}, "The weights add up to 75%, 25% is missing."),
    ("submit", S.ASSESSMENT, {"sections": [SimpleNamespace(items=[SimpleNamespace(frozen=None)])]}, "The items are not frozen yet."),
    ("archive", S.ACKNOWLEDGED, {}, "The signature can still be withdrawn; archiving waits until that time is over."),
    ("withdraw", S.DISAGREED, {"settled": True}, "The time in which a signature can be withdrawn is over; HR can reopen."),
    ("take back", S.READY, {"settled": True}, "The time in which a signature can be withdrawn is over; HR can reopen."),
]


@pytest.mark.parametrize(("name", "state", "facts", "sentence"), NEEDS)
def test_what_each_step_needs(name, state, facts, sentence):
    thing = a_thing(state, **facts)
    with pytest.raises(Refused) as refused:
        REVIEW.take(name, thing, set(Act), clock.now(), **ANSWERS)
    assert refused.value.reasons == (sentence,)
    assert thing.state is state


@pytest.mark.parametrize("name", [step.name for step in REVIEW.steps if step.asks])
@pytest.mark.parametrize("blank", ["", "  \n"])
def test_a_step_that_asks_for_words_takes_no_blanks(name, blank):
    step = next(step for step in REVIEW.steps if step.name == name)
    with pytest.raises(Refused):
        REVIEW.take(name, a_thing(sorted(step.sources)[0]), set(Act), clock.now(), **dict.fromkeys(step.asks, blank))


def test_every_state_is_reached_and_only_the_archive_is_an_end():
    assert REVIEW.unreachable() == set()
    assert set(State) - {source for step in REVIEW.steps for source in step.sources} == {S.ARCHIVED}


def test_every_step_has_a_kind_in_the_journal():
    from portal.journal.kinds import KINDS  # noqa: PLC0415 - only here

    assert {f"review.{step.name}" for step in REVIEW.steps} <= set(KINDS)


def test_the_window_follows_the_last_signature():
    at = clock.now()
    review = Review(ready_at=at)
    review.settle(at, 14)
    assert review.is_settled is False
    review.settle(at.replace(year=at.year + 1), 14)
    assert review.is_settled is True
    review.acknowledged_at = at.replace(year=at.year + 1)
    review.settle(at.replace(year=at.year + 1), 14)
    assert review.is_settled is False, "a signature of today can be withdrawn, however old the one before is"
