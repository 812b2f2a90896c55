"""Verbs of promises: make, settle, take up again. Each leaves an entry."""

from datetime import date, datetime

from portal import clock, journal
from portal.access import Act, Held, Viewer
from portal.actions.models import Action, State
from portal.db import db
from portal.directory.models import Person
from portal.words import N_
from portal.workflow import NotHeld, Refused

KINDS = {State.DONE: "action.done", State.DROPPED: "action.dropped", State.OPEN: "action.reopened"}


def make(what: str, person_id: int, owner_id: int, due: date | None, source: tuple[str, int]) -> Action:
    """A new promise; its entry is the one of the object it was made in."""
    action = Action(what=what, person_id=person_id, owner_id=owner_id, due=due, source_type=source[0], source_id=source[1])
    db.session.add(action)
    return action


def settle(action: Action, state: State, by: Viewer, acts: Held, at: datetime | None = None) -> None:
    """Done, dropped, or open again. Raises Refused when it already is."""
    if Act.SETTLE_ACTION not in acts:
        raise NotHeld(Act.SETTLE_ACTION)
    if action.state is state:
        raise Refused(N_("Somebody was faster: this step is not possible any more."))
    was, action.state = action.state, state
    action.settled_at = None if state is State.OPEN else at or clock.now()
    words = {"what": action.what, "owner": action.owner_id}
    journal.write(KINDS[state], action, by, behalf=acts[Act.SETTLE_ACTION], was=was, now=state, words=words)


def hand_over(action: Action, to: Person, by: Viewer) -> None:
    """Somebody else keeps what was promised by who has left; whether one may is asked by the caller."""
    words = {"what": action.what, "before": action.owner.name, "after": to.name}
    action.owner = to
    journal.write("action.handed_over", action, by, words=words)


def carry_on(action: Action, due: date, by: Viewer, acts: Held) -> None:
    """It takes longer: another day. Raises Refused once it is settled."""
    if Act.SETTLE_ACTION not in acts:
        raise NotHeld(Act.SETTLE_ACTION)
    if action.state is not State.OPEN:
        raise Refused(N_("Somebody was faster: this step is not possible any more."))
    before, action.due = action.due, due
    if before != due:
        words = {"what": action.what, "before": before and before.isoformat(), "after": due.isoformat()}
        journal.write("action.carried", action, by, behalf=acts[Act.SETTLE_ACTION], words=words)
