"""A check-in on paper: exactly what its reader may see on screen, as plain values (`paper.CheckInSheet`)."""

import hashlib
import json
from collections.abc import Iterator
from typing import Any

from flask import abort
from sqlalchemy import select

from portal import files
from portal.access import Act, Viewer
from portal.access.switches import enabled
from portal.actions.models import Action
from portal.actions.models import State as Promise
from portal.checkins import paper, queries
from portal.checkins.filing import KIND
from portal.checkins.forms import KINDS, OBSTACLES
from portal.checkins.models import CheckIn, Field, State, Voice
from portal.db import db
from portal.goals.models import Objective
from portal.i18n import gettext as _
from portal.printing import Kind, Paper, document
from portal.printing.figures import moment
from portal.words import N_

STANDS = {Promise.OPEN: N_("Open"), Promise.DONE: N_("Done"), Promise.DROPPED: N_("Dropped")}
ABOUT = {Field.PROGRESS: N_("Progress made"), Field.OBSTACLE: N_("Obstacle"), Field.SUPPORT: N_("Support needed")}


def register() -> None:
    """Called once by create_app. Nobody holds the act of archiving on a check-in: what two people said is not HR's to file."""
    document(Kind(KIND, "CI", load, fingerprint, Act.ARCHIVE_FORM, "checkins"))


def load(viewer: Viewer, check_in_id: int) -> Paper:
    """The record for one reader. 404 for whom may not see it, and before it is shared."""
    check_in = queries.check_in_or_404(viewer, check_in_id)
    if check_in.state not in queries.HELD:
        abort(404)
    made = sheet(check_in, viewer)
    return Paper(
        "checkins/print.html", made, made.title, made.subject, _copy(check_in, viewer), check_in.held_on.year, check_in
    )


def fingerprint(check_in_id: int) -> str:
    """Digest of what the record says: both sides' words, what was agreed and what became of it, goals and files."""
    check_in = db.session.get_one(CheckIn, check_in_id)
    notes = sorted((note.voice, note.field, note.text) for note in check_in.notes)
    made = select(Action).where(Action.source_type == KIND, Action.source_id == check_in_id).order_by(Action.id)
    steps = [(step.what, step.owner_id, step.due, step.state) for step in db.session.scalars(made)]
    goals = {goal.objective_id: goal.confidence for goal in check_in.goals}
    named = select(Objective.id, Objective.title).where(Objective.id.in_(goals)).order_by(Objective.id)
    touched = [(goal, title, goals[goal]) for goal, title in db.session.execute(named)] if goals else []
    beside = [(file.name, file.sha256) for file in files.of_objects(KIND, [check_in_id])]
    stands = [check_in.held_on, check_in.kind, check_in.obstacle, check_in.state, check_in.confirmed_at]
    said = [notes, steps, touched, beside, stands, check_in.recorded_by_id]
    return hashlib.sha256(json.dumps(said, default=str).encode()).hexdigest()


def sheet(check_in: CheckIn, viewer: Viewer) -> paper.CheckInSheet:
    """The values of the paper."""
    person = check_in.person
    facts = [(_("Name"), person.name), (_("Employee number"), person.number or "—")]
    facts += [(_("Day of the check-in"), check_in.held_on.isoformat()), (_("Kind of check-in"), str(KINDS[check_in.kind]))]
    touched = queries.goals_of(viewer, check_in) if enabled("goals") else []
    return paper.CheckInSheet(
        _("Record of a check-in"),
        person.name,
        tuple(facts),
        (_manager(check_in), _employee(check_in)),
        tuple(_step(action) for action in queries.actions_of(viewer, check_in)),
        tuple(paper.Goal(title, confidence) for _id, title, confidence in touched),
        tuple(paper.File(file.name, file.by, file.sha256) for file in _beside(check_in, viewer)),
    )


def _manager(check_in: CheckIn) -> paper.Voice:
    how = [_("shared at %(moment)s", moment=moment(check_in.shared_at))]
    if check_in.recorded_by_id != check_in.manager_id:
        how.append(_("recorded by %(name)s on behalf", name=check_in.recorded_by.name))
    return paper.Voice(_("Line manager"), check_in.manager.name, " · ".join(how), tuple(_manager_words(check_in)))


def _manager_words(check_in: CheckIn) -> Iterator[paper.Words]:
    said = queries.words(check_in, Voice.MANAGER)
    for where, about in ABOUT.items():
        kind = f" · {OBSTACLES[check_in.obstacle]}" if where is Field.OBSTACLE and check_in.obstacle else ""
        if said.get(where):
            yield paper.Words(_(about) + kind, said[where])


def _employee(check_in: CheckIn) -> paper.Voice:
    view = queries.words(check_in, Voice.EMPLOYEE).get(Field.VIEW, "")
    confirmed = check_in.state is State.CONFIRMED
    how = _("confirmed at %(moment)s", moment=moment(check_in.confirmed_at)) if confirmed else _("not confirmed yet")
    words = (paper.Words(_("Own view"), view),) if view else ()
    return paper.Voice(_("The employee"), check_in.person.name, how, words)


def _step(action: Action) -> paper.Step:
    return paper.Step(action.what, action.owner.name, action.due, _(STANDS[action.state]))


def _beside(check_in: CheckIn, viewer: Viewer) -> Any:
    return files.of(viewer, {KIND: [check_in.id]})[KIND, check_in.id]


def _copy(check_in: CheckIn, viewer: Viewer) -> str:
    if viewer.id == check_in.person_id:
        return _("Employee's copy")
    mine = viewer.id in (check_in.manager_id, check_in.recorded_by_id)
    return _("Manager's copy") if mine else _("For use in the company")
