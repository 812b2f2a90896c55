"""Verbs of the goal dialogue. Each takes the goals of the set along, and is told to the journal."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy.orm.attributes import flag_modified

from portal import access, clock, journal
from portal.access import Act, Held, Subject, Viewer
from portal.db import db
from portal.dialogues import comparing, queries
from portal.dialogues.models import GoalDialogue, GoalDraft, GoalRemark
from portal.dialogues.states import State, missing
from portal.goals import changing, copying
from portal.goals.models import Objective
from portal.goals.states import State as Goal
from portal.numbers import WHOLE, split_evenly
from portal.periods.models import Period
from portal.words import N_
from portal.workflow import NotHeld, Refused

CHANGED = N_("The goals have changed since you opened this page. Read them again, then decide.")
JOINED = N_("A goal joined after the set was proposed. Return the goals, so that it is weighed and proposed with them.")


def open_for(period: Period, people: Sequence[int], by: Viewer, *, propose_by: date, agree_by: date) -> list[GoalDialogue]:
    """Begin the dialogue with these reports; whoever has one already is left as they are. Raises Refused, closed period."""
    if period.closed:
        raise Refused(N_("The period is closed."))
    made = []
    for person_id in queries.to_open(by, period.id, people):
        behalf = access.acts_on(by, Subject(person_id=person_id)).get(Act.AGREE_OBJECTIVE)
        one = GoalDialogue(person_id=person_id, period_id=period.id, opened_by_id=by.id, opened_at=clock.now())
        one.propose_by, one.agree_by = propose_by, agree_by
        db.session.add(one)
        db.session.flush()
        words = {"period": period.name, "propose_by": propose_by.isoformat(), "agree_by": agree_by.isoformat()}
        journal.write("goal_dialogue.opened", one, by, behalf=behalf, now=State.DRAFTING, words=words)
        made.append(one)
    return made


def weigh(dialogue: GoalDialogue, found: Sequence[Objective], weights: Mapping[int, int], by: Viewer) -> None:
    """The weights of the set, {goal: basis points}. What was agreed before keeps its own until both agree to another.

    Raises Refused once the set is proposed.
    """
    if dialogue.state is not State.DRAFTING:
        raise Refused(N_("The goals are proposed: their weights stay as they are until they are answered."))
    acts = access.acts_on(by, Subject(person_id=dialogue.person_id))
    moved, pending = False, dict(dialogue.weights)
    for goal in found:
        if (weight := weights.get(goal.id)) is None or goal.state is Goal.CLOSED:
            continue
        if goal.state is Goal.AGREED:
            pending.pop(str(goal.id), None)
            pending |= {str(goal.id): weight} if weight != goal.weight else {}
        elif changing.reweigh(goal, weight, by, acts):
            moved = True
    if moved or pending != dialogue.weights:
        dialogue.weights = pending
        flag_modified(dialogue, "weights")  # the version moves: another window's save is shown both


def split(found: Sequence[Objective], weights: Mapping[int, int]) -> dict[int, int]:
    """Evenly over what can still be weighed; what is closed keeps its part."""
    fixed = sum(weights[goal.id] for goal in found if goal.state is Goal.CLOSED)
    free = [goal.id for goal in found if goal.state is not Goal.CLOSED]
    return dict(zip(free, split_evenly(len(free), max(0, WHOLE - fixed)), strict=True))


def say(dialogue: GoalDialogue, objective_id: int | None, words: str, by: Viewer, acts: Held) -> None:
    """A remark at a goal, or (None) of the whole draft. It stays as it was written."""
    behalf = None if by.id == dialogue.person_id else acts.get(Act.AGREE_OBJECTIVE)
    remark = GoalRemark(dialogue_id=dialogue.id, objective_id=objective_id, draft=dialogue.draft, by_id=by.id)
    remark.for_id, remark.words, remark.at = behalf, words.strip(), clock.now()
    db.session.add(remark)


def propose(dialogue: GoalDialogue, found: Sequence[Objective], by: Viewer, acts: Held) -> None:
    """The set goes to the manager: every draft in it is proposed. Raises Refused: no goal, no measure, not exactly 100 %."""
    if dialogue.state is State.DRAFTING and Act.PROPOSE_GOALS in acts:
        weights = queries.weights_of(dialogue, found)
        if reasons := missing(found, weights.values()):
            raise Refused(*reasons)
    taken = dialogue.take("propose", acts, clock.now())
    own = access.acts_on(by, Subject(person_id=dialogue.person_id))
    for goal in found:
        if goal.state is Goal.DRAFT:
            journal.step(goal.propose(own, taken.at), goal, by, own, {"title": goal.title})
    db.session.add(
        GoalDraft(dialogue_id=dialogue.id, n=dialogue.draft, goals=snapshot(dialogue, found), by_id=by.id, at=taken.at)
    )
    journal.step(taken, dialogue, by, acts, {**_about(dialogue), "goals": [goal.title for goal in found]})


def take_back(dialogue: GoalDialogue, found: Sequence[Objective], by: Viewer, acts: Held) -> None:
    """The person writes on before it was answered."""
    taken = dialogue.take("take back", acts, clock.now())
    _to_drafts(dialogue, found)
    journal.step(taken, dialogue, by, acts, _about(dialogue, -1))


def send_back(dialogue: GoalDialogue, found: Sequence[Objective], by: Viewer, acts: Held, why: str) -> None:
    """Back to the person with what should change. Raises Refused without words."""
    taken = dialogue.take("return", acts, clock.now(), reason=why)
    say(dialogue, None, why, by, acts)
    _to_drafts(dialogue, found)
    journal.step(taken, dialogue, by, acts, _about(dialogue, -1))


def _to_drafts(dialogue: GoalDialogue, found: Sequence[Objective]) -> None:
    # The goals follow their set: the entry about the set tells it for all of them.
    for goal in found:
        if goal.state is Goal.PROPOSED:
            goal.state = Goal.DRAFT
    dialogue.draft += 1


def agree(dialogue: GoalDialogue, found: Sequence[Objective], by: Viewer, acts: Held, *, looked_at: str) -> None:
    """Both agree from here on. Raises Refused when what the manager read is not what stands there."""
    if dialogue.state is State.PROPOSED and Act.AGREE_OBJECTIVE in acts:
        if looked_at != queries.seen(found):
            raise Refused(CHANGED)
        _still_whole(dialogue, found)
    taken = dialogue.take("agree", acts, clock.now())
    dialogue.agreed_by_id, dialogue.agreed_for_id = by.id, acts.get(Act.AGREE_OBJECTIVE)
    own = access.acts_on(by, Subject(person_id=dialogue.person_id))
    for goal in found:
        if goal.state is Goal.AGREED:
            _reweigh(dialogue, goal, by, own)
        elif goal.state is Goal.PROPOSED:
            journal.step(goal.agree(own, taken.at), goal, by, own, {"title": goal.title})
    dialogue.weights = {}
    journal.step(taken, dialogue, by, acts, {**_about(dialogue), "goals": [goal.title for goal in found]})


def _still_whole(dialogue: GoalDialogue, found: Sequence[Objective]) -> None:
    """A goal may have joined or left the set after it was proposed, as when one of an earlier period goes on."""
    reasons = missing(found, queries.weights_of(dialogue, found).values())
    if any(goal.state is Goal.DRAFT for goal in found):
        reasons.append(JOINED)
    if reasons:
        raise Refused(*reasons)


def _reweigh(dialogue: GoalDialogue, goal: Objective, by: Viewer, acts: Held) -> None:
    weight = dialogue.weights.get(str(goal.id), goal.weight)
    changing.reweigh(goal, int(weight), by, acts, why=N_("The set was weighed anew in the goal dialogue."))


def cancel(dialogue: GoalDialogue, by: Viewer, acts: Held, why: str) -> None:
    """It was opened by mistake: the goals stay, each by itself."""
    journal.step(dialogue.take("cancel", acts, clock.now(), reason=why), dialogue, by, acts, _about(dialogue))


def reopen(dialogue: GoalDialogue, by: Viewer, acts: Held, why: str) -> None:
    """Once more from what was agreed: it stays agreed, and other goals may join it."""
    taken = dialogue.take("reopen", acts, clock.now(), reason=why)
    dialogue.agreed_by_id = dialogue.agreed_for_id = None
    dialogue.draft += 1
    say(dialogue, None, why, by, acts)
    journal.step(taken, dialogue, by, acts, _about(dialogue))


def _about(dialogue: GoalDialogue, more: int = 0) -> dict[str, Any]:
    """What an entry says of its dialogue, to be read years later."""
    return {"period": dialogue.period.name, "draft": dialogue.draft + more}


def bring(dialogue: GoalDialogue, found: Sequence[Objective], by: Viewer) -> None:
    """Goals of earlier periods once more, as drafts: structure and plan, never values or scores."""
    if dialogue.state is not State.DRAFTING:
        raise Refused(N_("Goals are brought over while they are being drafted."))
    own = access.acts_on(by, Subject(person_id=dialogue.person_id))
    if Act.CREATE_OBJECTIVE not in own:
        raise NotHeld(Act.CREATE_OBJECTIVE)
    for goal in found:
        copying.again(goal, dialogue.period_id, by, own[Act.CREATE_OBJECTIVE])
    flag_modified(dialogue, "weights")


def snapshot(dialogue: GoalDialogue, found: Sequence[Objective]) -> list[dict[str, Any]]:
    """The set as it stands, for holding the next draft against it."""
    weights = queries.weights_of(dialogue, found)
    return [comparing.snapshot(goal, weights[goal.id]) for goal in found]
