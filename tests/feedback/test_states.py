"""The three machines: no way leads back, and only who may takes a step."""

from datetime import timedelta
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal import clock
from portal.access import Act
from portal.feedback.states import ASK, FEEDBACK, REGRET, REPORT, Asking, State, Verdict
from portal.workflow import NotHeld, Refused

ACTS = (Act.WITHDRAW_FEEDBACK, Act.ANSWER_ASK, Act.TAKE_ASK_BACK, Act.DECIDE_REPORT)
MACHINES = {"feedback": (FEEDBACK, State.GIVEN), "ask": (ASK, Asking.OPEN), "report": (REPORT, Verdict.OPEN)}


@given(which=st.sampled_from(sorted(MACHINES)), data=st.data())
def test_one_step_and_nothing_after_it(which, data):
    machine, first = MACHINES[which]
    subject = SimpleNamespace(state=first, at=clock.now())
    taken = 0
    for name in data.draw(st.lists(st.sampled_from([step.name for step in machine.steps]), max_size=6)):
        act = next(step.act for step in machine.steps if step.name == name)
        held = set(data.draw(st.lists(st.sampled_from(ACTS))))
        before = subject.state
        try:
            machine.take(name, subject, held, clock.now(), reason="why")
            taken += 1
            assert act in held
            assert before is first
        except NotHeld:
            assert act not in held and subject.state is before
        except Refused:
            assert act in held and before is not first and subject.state is before
    assert taken <= 1


@given(seconds=st.integers(0, 200_000))
def test_what_was_said_can_be_taken_back_for_a_day(seconds):
    now = clock.now()
    with clock.at(now):
        said = SimpleNamespace(state=State.GIVEN, at=now - timedelta(seconds=seconds), withdrawn_at=None)
        if timedelta(seconds=seconds) <= REGRET:
            FEEDBACK.take("withdraw", said, {Act.WITHDRAW_FEEDBACK}, now)
            assert (said.state, said.withdrawn_at) == (State.WITHDRAWN, now)
        else:
            with pytest.raises(Refused):
                FEEDBACK.take("withdraw", said, {Act.WITHDRAW_FEEDBACK}, now)


@pytest.mark.parametrize("step", ["keep", "hide"])
def test_hr_gives_a_reason(step):
    with pytest.raises(Refused):
        REPORT.take(step, SimpleNamespace(state=Verdict.OPEN), {Act.DECIDE_REPORT}, clock.now(), reason=" ")
