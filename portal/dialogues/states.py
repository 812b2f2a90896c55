"""From opened to agreed: the steps of a goal dialogue, and what must be true of the set before it can be proposed. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum, auto
from typing import Any

from portal.access.grants import Act, Relation
from portal.numbers import WHOLE, per_cent
from portal.words import N_
from portal.workflow import Step, Workflow


class State(StrEnum):
    """Where a dialogue stands."""

    DRAFTING = auto()
    PROPOSED = auto()
    AGREED = auto()
    CANCELLED = auto()


WORDS = {
    State.DRAFTING: N_("Being drafted"),
    State.PROPOSED: N_("Proposed, waits for an answer"),
    State.AGREED: N_("Agreed by both"),
    State.CANCELLED: N_("Cancelled"),
}
"""What a page calls them."""


def period_is_open(dialogue: Any) -> str | None:
    """A closed period takes no more goals."""
    return N_("The period is closed.") if dialogue.period.closed else None


S = State
DIALOGUE = Workflow[Any](
    S.DRAFTING,
    (
        Step(
            "propose",
            {S.DRAFTING},
            S.PROPOSED,
            Act.PROPOSE_GOALS,
            needs=(period_is_open,),
            stamps="proposed_at",
            tells=(Relation.MANAGER,),
        ),
        Step("take back", {S.PROPOSED}, S.DRAFTING, Act.PROPOSE_GOALS, clears=("proposed_at",), tells=(Relation.MANAGER,)),
        Step(
            "return",
            {S.PROPOSED},
            S.DRAFTING,
            Act.AGREE_OBJECTIVE,
            asks=("reason",),
            clears=("proposed_at",),
            tells=(Relation.SELF,),
        ),
        Step(
            "agree",
            {S.PROPOSED},
            S.AGREED,
            Act.AGREE_OBJECTIVE,
            needs=(period_is_open,),
            stamps="agreed_at",
            tells=(Relation.SELF,),
        ),
        Step("cancel", {S.DRAFTING}, S.CANCELLED, Act.AGREE_OBJECTIVE, asks=("reason",), tells=(Relation.SELF,)),
        Step(
            "reopen",
            {S.AGREED},
            S.DRAFTING,
            Act.AGREE_OBJECTIVE,
            needs=(period_is_open,),
            asks=("reason",),
            clears=("proposed_at", "agreed_at"),
            tells=(Relation.SELF,),
        ),
    ),
)


def sum_words(total: int) -> str:
    """What the weights of a set add up to, and what is missing or too much."""
    shown = per_cent(total)
    if total == WHOLE:
        return N_("Adds up to %(sum)s%%", sum=shown)
    if total < WHOLE:
        return N_("Adds up to %(sum)s%%, %(rest)s%% missing", sum=shown, rest=per_cent(WHOLE - total))
    return N_("Adds up to %(sum)s%%, %(rest)s%% too much", sum=shown, rest=per_cent(total - WHOLE))


def uncounted(goals: Sequence[Any], weights: Mapping[int, int]) -> list[str]:
    """Titles of goals without a weight in a set that adds up: it could be proposed, and they would count for nothing.

    `weights` {goal: basis points}. While a set does not add up, what is missing is told anyway.
    """
    return [goal.title for goal in goals if weights[goal.id] == 0] if sum(weights.values()) == WHOLE else []


def missing(goals: Sequence[Any], weights: Iterable[int]) -> list[str]:
    """Why a set cannot be proposed yet; empty when it can. Goals need a measure each, weights exactly 100 %."""
    if not goals:
        return [N_("There is no goal yet: write one, or bring some over from an earlier period.")]
    bare = [N_("“%(title)s” needs at least one measure.", title=goal.title) for goal in goals if not goal.measures]
    total = sum(weights)
    return bare + ([] if total == WHOLE else [sum_words(total)])
