"""Where feedback, a question for it and a report about it may go next: three small machines. Pure."""

from datetime import timedelta
from enum import StrEnum, auto
from typing import Any

from portal import clock
from portal.access.grants import Act, Relation
from portal.words import N_
from portal.workflow import Step, Workflow

REGRET = timedelta(days=1)
"""How long what was said can be taken back."""


class State(StrEnum):
    """Where a piece of feedback stands: it is read only while it is given."""

    GIVEN = auto()
    WITHDRAWN = auto()  # by who gave it, within a day: its words are gone
    HIDDEN = auto()  # by HR, after a report


class Asking(StrEnum):
    """Where a question for feedback stands."""

    OPEN = auto()
    ANSWERED = auto()
    DECLINED = auto()
    TAKEN_BACK = auto()


class Verdict(StrEnum):
    """What HR decided about a report."""

    OPEN = auto()
    KEPT = auto()
    HIDDEN = auto()


ASKED = {
    Asking.OPEN: N_("Not answered yet"),
    Asking.ANSWERED: N_("Answered"),
    Asking.DECLINED: N_("Declined"),
    Asking.TAKEN_BACK: N_("Taken back"),
}
DECIDED = {Verdict.OPEN: N_("Waits for HR"), Verdict.KEPT: N_("It stays"), Verdict.HIDDEN: N_("Hidden")}
"""What a page calls them."""


def within_a_day(feedback: Any) -> str | None:
    """Soon after it was said it can be taken back; later others have relied on it."""
    if clock.now() - feedback.at <= REGRET:
        return None
    return N_("More than a day has passed: what was said stays. If it does harm, report it to HR.")


FEEDBACK = Workflow[Any](
    State.GIVEN,
    (
        Step(
            "withdraw",
            {State.GIVEN},
            State.WITHDRAWN,
            Act.WITHDRAW_FEEDBACK,
            needs=(within_a_day,),
            stamps="withdrawn_at",
            tells=(Relation.SELF,),
        ),
    ),
)
"""Hiding is HR's: it follows from the report that HR decides about."""

A = Asking
ASK = Workflow[Any](
    A.OPEN,
    (
        Step("answer", {A.OPEN}, A.ANSWERED, Act.ANSWER_ASK, stamps="settled_at", tells=(Relation.SELF,)),
        Step("decline", {A.OPEN}, A.DECLINED, Act.ANSWER_ASK, stamps="settled_at", tells=(Relation.SELF,)),
        Step("take back", {A.OPEN}, A.TAKEN_BACK, Act.TAKE_ASK_BACK, stamps="settled_at"),
    ),
)

V = Verdict
TOLD = (Relation.AUTHOR, Relation.SELF)
REPORT = Workflow[Any](
    V.OPEN,
    (
        Step("keep", {V.OPEN}, V.KEPT, Act.DECIDE_REPORT, asks=("reason",), stamps="decided_at", tells=TOLD),
        Step("hide", {V.OPEN}, V.HIDDEN, Act.DECIDE_REPORT, asks=("reason",), stamps="decided_at", tells=TOLD),
    ),
)
