"""From asked to accepted: the steps of a department's claim (S2)."""

from enum import StrEnum, auto
from typing import Any

from portal.access.grants import Act
from portal.goals.states import State as Goal
from portal.words import N_
from portal.workflow import Step, Workflow


class State(StrEnum):
    """Where a claim stands."""

    ASKED = auto()
    ACCEPTED = auto()
    RETURNED = auto()
    WITHDRAWN = auto()


OPEN = (State.ASKED, State.ACCEPTED, State.RETURNED)
"""A department has one such claim of an objective at most."""


def unclaimable(objective: Any) -> str | None:
    """Why a company objective cannot be claimed now."""
    if objective.period.closed:
        return N_("The period is closed.")
    if objective.state is Goal.WITHDRAWN:
        return N_("This company objective was withdrawn: it cannot be claimed.")
    if objective.state is Goal.CLOSED:
        return N_("This company objective is closed: it cannot be claimed any more.")
    return None if objective.state is Goal.AGREED else N_("This company objective is not in force yet: it cannot be claimed.")


def still_claimable(claim: Any) -> str | None:
    """A claim is taken no further once its company objective is over."""
    return unclaimable(claim.objective)


def still_wanted(claim: Any) -> str | None:
    """What the department withdrew is not accepted."""
    return N_("The department has withdrawn its part.") if claim.made.state is Goal.WITHDRAWN else None


S = State
CLAIMING = Workflow[Any](
    S.ASKED,
    (
        Step("accept", {S.ASKED}, S.ACCEPTED, Act.DECIDE_CLAIM, needs=(still_claimable, still_wanted), stamps="decided_at"),
        Step("return", {S.ASKED}, S.RETURNED, Act.DECIDE_CLAIM, asks=("comment",), stamps="decided_at"),
        Step("again", {S.RETURNED}, S.ASKED, Act.MAKE_CLAIM, needs=(still_claimable, still_wanted), clears=("decided_at",)),
        Step("withdraw", {S.ASKED, S.RETURNED}, S.WITHDRAWN, Act.MAKE_CLAIM),
    ),
)
