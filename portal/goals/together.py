"""Goals that are agreed as one set: whoever keeps such sets registers how to find the one somebody's goals belong to."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from portal.access import Viewer
from portal.goals.states import State
from portal.words import N_
from portal.workflow import Refused


@dataclass(frozen=True)
class Together:
    """The set a goal belongs to: where it is, whether it is still being set, and whether this viewer may open it."""

    url: str
    running: bool
    is_open: bool


Find = Callable[[Viewer, int, int], Together | None]
"""(viewer, person, period) to the set, if there is one."""
_finders: list[Find] = []


def keep_together(find: Find) -> None:
    """Register, at start-up."""
    if find not in _finders:
        _finders.append(find)


def of(viewer: Viewer, objective: Any) -> Together | None:
    """The set somebody's goal belongs to; a unit's goal stands alone. One statement."""
    if objective.person_id is None:
        return None
    found = (find(viewer, objective.person_id, objective.period_id) for find in _finders)
    return next((one for one in found if one), None)


def alone(viewer: Viewer, objective: Any) -> None:
    """A step of this goal by itself. Raises Refused while it is set together with others: its weight is theirs too."""
    if objective.state in (State.DRAFT, State.PROPOSED) and (found := of(viewer, objective)) and found.running:
        raise Refused(N_("This goal is proposed and agreed together with the others, in the goal dialogue."))
