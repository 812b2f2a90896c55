"""What somebody who left leaves open goes to a successor: each thing with its entry in the journal, nothing that was in."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any

from portal import access
from portal.access import Act, Viewer
from portal.actions import operations as promises
from portal.actions.models import Action
from portal.db import db
from portal.directory.models import Person, Status
from portal.goals.models import Objective
from portal.organisation.unfinished import Left, to_hand_over
from portal.reviews import opening
from portal.reviews.models import Assessment
from portal.strategy import keeping
from portal.words import N_
from portal.workflow import Refused


@dataclass(frozen=True)
class HandedOver:
    """How many things went over, and how many stay because of whom they are about."""

    done: int
    stay: int


def hand_over(leaver: Person, to: int, what: Collection[Left], by: Viewer) -> HandedOver:
    """Give these kinds of things to somebody who works here. Raises Refused for who has not left, and for nothing chosen."""
    access.must(Act.HAND_OVER, by)
    if leaver.status is not Status.LEFT:
        raise Refused(N_("They work here: only what somebody who has left leaves open is handed over."))
    successor = db.session.get_one(Person, to)
    if not what:
        raise Refused(N_("Choose what is handed over."))
    went = [_WAYS[one](row, successor, by) for one in what for row in to_hand_over(one, leaver.id)]
    if not went:
        raise Refused(N_("None of this waits on them any more."))
    return HandedOver(sum(went), len(went) - sum(went))


def _assess(row: Assessment, to: Person, by: Viewer) -> bool:
    return opening.replace_assessor(row, to, by)


def _answer(row: Objective, to: Person, by: Viewer) -> bool:
    keeping.answer_for(row, to, by)
    return True


def _promise(row: Action, to: Person, by: Viewer) -> bool:
    promises.hand_over(row, to, by)
    return True


_WAYS: Mapping[Left, Callable[[Any, Person, Viewer], bool]] = {
    Left.ASSESSMENTS: _assess,
    Left.GOALS: _answer,
    Left.PROMISES: _promise,
}
