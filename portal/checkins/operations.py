"""Verbs of the dialogue: share a record, prepare, add one's view, confirm, correct. Each side writes its own words only."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal

from sqlalchemy import inspect
from sqlalchemy.orm.attributes import flag_modified

from portal import access, clock, drafts, journal
from portal.access import Act, Held, Viewer
from portal.actions import operations as actions
from portal.actions import queries as promised
from portal.actions.models import State as Promise
from portal.checkins import rhythm
from portal.checkins.models import CheckIn, CheckInGoal, Field, Kind, Note, Obstacle, PrivateNote, State, Then, Voice
from portal.checkins.queries import Talk, manager_of, prepared_by, private_note
from portal.db import db
from portal.goals import operations as goals
from portal.goals import queries as goal_queries
from portal.settings.queries import number
from portal.words import N_
from portal.workflow import NotHeld, Refused

Words = Mapping[Field, str]


@dataclass(frozen=True)
class Said:
    """What a record says, as plain values: `goals` {objective: (value, confidence)}, `steps` (what, owner, by when).

    A promise that is carried on is due at the next talk.
    """

    held_on: date
    kind: Kind
    words: Words
    obstacle: Obstacle | None = None
    mood: int | None = None
    private: str = ""
    goals: Mapping[int, tuple[Decimal | None, int | None]] = field(default_factory=dict)
    settled: Mapping[int, Then] = field(default_factory=dict)
    steps: Sequence[tuple[str, int, date | None]] = ()


def share(talk: Talk, said: Said, by: Viewer) -> CheckIn:
    """Make the record both sides': words, promises, goal states and figures in one transaction."""
    check_in = talk.prepared or CheckIn(person_id=talk.person_id, manager_id=talk.manager_id)
    check_in.recorded_by_id, check_in.held_on, check_in.kind = by.id, said.held_on, said.kind
    check_in.obstacle, check_in.mood = said.obstacle, said.mood
    check_in.state, check_in.shared_at = State.SHARED, clock.now()
    db.session.add(check_in)
    write(check_in, Voice.MANAGER, said.words)
    db.session.flush()
    for what, owner, due in said.steps:
        actions.make(what, talk.person_id, owner, due, ("check_in", check_in.id))
    for action_id, then in sorted(said.settled.items()):
        action, acts = promised.to_settle(by, action_id)
        if action.state is not Promise.OPEN:
            continue
        if then is Then.CARRY:
            actions.carry_on(action, said.held_on + timedelta(days=talk.pair.every), by, acts)
        else:
            actions.settle(action, Promise.DONE if then is Then.DONE else Promise.DROPPED, by, acts)
    if said.private.strip():
        db.session.add(PrivateNote(author_id=by.id, check_in_id=check_in.id, text=said.private.strip()))
    told = {**{str(k): text for k, text in said.words.items() if text}, "steps": [what for what, _, _ in said.steps]}
    journal.write("check_in.shared", check_in, by, behalf=talk.held[Act.RECORD_CHECK_IN], now=State.SHARED, words=told)
    _touch(check_in, said.goals, by)
    return check_in


def prepare(by: Viewer, words: Words, today: date) -> CheckIn:
    """The employee's words before the talk: they open it for the manager of today. Raises Refused without a manager."""
    manager = manager_of(by.id)
    if manager is None:
        raise Refused(N_("You have no manager in the directory: HR can tell who holds your check-ins."))
    check_in = prepared_by(by) or CheckIn(person_id=by.id, manager_id=manager, recorded_by_id=by.id, held_on=today)
    db.session.add(check_in)
    write(check_in, Voice.EMPLOYEE, words)
    return check_in


def add_view(check_in: CheckIn, text: str, by: Viewer, acts: Held, today: date) -> None:
    """The employee's own view beside the manager's words. Raises Refused when the time for it is over."""
    if Act.ADD_OWN_VIEW not in acts:
        raise NotHeld(Act.ADD_OWN_VIEW)
    if check_in.state is not State.DRAFT and not rhythm.view_is_open(check_in.held_on, today, number("view_days")):
        raise Refused(N_("The time to add your view is over. Bring it to the next check-in."))
    before = next((n.text for n in check_in.notes if (n.voice, n.field) == (Voice.EMPLOYEE, Field.VIEW)), "")
    write(check_in, Voice.EMPLOYEE, {Field.VIEW: text})
    journal.write("check_in.viewed", check_in, by, words={"before": before, "after": text})


def confirm(check_in: CheckIn, by: Viewer, acts: Held, at: datetime) -> None:
    """The employee has read it and it is right, or stands beside their own view."""
    if Act.ADD_OWN_VIEW not in acts:
        raise NotHeld(Act.ADD_OWN_VIEW)
    if check_in.state is not State.SHARED:
        raise Refused(N_("Somebody was faster: this step is not possible any more."))
    check_in.state, check_in.confirmed_at = State.CONFIRMED, at
    journal.write("check_in.confirmed", check_in, by, was=State.SHARED, now=State.CONFIRMED)


def correct(check_in: CheckIn, words: Words, by: Viewer, acts: Held) -> None:
    """The manager's own words anew, until the employee has confirmed them; the old ones stay in the journal."""
    if Act.RECORD_CHECK_IN not in acts:
        raise NotHeld(Act.RECORD_CHECK_IN)
    if check_in.state is not State.SHARED:
        raise Refused(N_("It is confirmed: what was said stays. Record another check-in instead."))
    old = {note.field: note.text for note in check_in.notes if note.voice is Voice.MANAGER}
    changed = {str(f): {"before": old.get(f, ""), "after": text} for f, text in words.items() if old.get(f, "") != text}
    if changed:
        write(check_in, Voice.MANAGER, words)
        journal.write("check_in.edited", check_in, by, behalf=acts[Act.RECORD_CHECK_IN], words=changed)


def keep_note(check_in: CheckIn, text: str, by: Viewer) -> None:
    """One's private note on a talk; emptied, it goes. No entry: a place in the chain would tell that there is one."""
    note = private_note(by, check_in.id)
    if note is None:
        db.session.add(PrivateNote(author_id=by.id, check_in_id=check_in.id, text=text))
    else:
        note.text = text


def write(check_in: CheckIn, voice: Voice, words: Words) -> None:
    """One side's words. The version moves with them, so that another window's save conflicts."""
    known = {(note.voice, note.field): note for note in check_in.notes}
    if inspect(check_in).persistent:
        flag_modified(check_in, "held_on")
    for where, text in words.items():
        if note := known.get((voice, where)):
            note.text = text
        elif text.strip():
            check_in.notes.append(Note(voice=voice, field=where, text=text))


def forget_draft(by: Viewer, form: str) -> None:
    """The record was shared: what was kept while typing is not needed any more."""
    drafts.drop(by.id, form)


def _touch(check_in: CheckIn, said: Mapping[int, tuple[Decimal | None, int | None]], by: Viewer) -> None:
    # Last: the roll-up wants its locks at the end of the transaction.
    for objective_id, (value, confidence) in sorted(said.items()):
        db.session.add(CheckInGoal(check_in_id=check_in.id, objective_id=objective_id, confidence=confidence))
        objective = goal_queries.objective_or_404(by, objective_id)
        acts = access.acts_on(by, objective)
        measure = objective.measures[0] if objective.measures else None
        figure = value if value is not None else (measure.current if measure and not measure.source else None)
        if measure is not None and figure is not None and measure.reported_by is Act.RECORD_VALUE and Act.RECORD_VALUE in acts:
            goals.record(measure, figure, confidence if confidence is not None else measure.confidence, by, acts)
