"""The agreed goals on paper: exactly what this reader may see on screen, as plain values (`paper.GoalSheet`)."""

import hashlib
import json
from collections.abc import Iterator
from typing import Any

from flask import abort
from sqlalchemy import select

from portal.access import Act, Viewer
from portal.db import db
from portal.dialogues import comparing, paper, queries
from portal.dialogues.models import GoalDialogue
from portal.dialogues.states import State
from portal.directory.models import Person, Unit
from portal.formats import local, period_name
from portal.goals import scoring, speaking
from portal.goals.kinds import Direction, Kind, Shape
from portal.goals.models import Objective
from portal.goals.names import KIND, RULE
from portal.goals.speaking import aim, weight_words
from portal.goals.states import State as Goal
from portal.i18n import gettext as _
from portal.printing import Kind as Printed
from portal.printing import Paper, document

FIGURES = (Shape.NUMBER, Shape.PERCENT, Shape.CURRENCY)


def register() -> None:
    """Called once by create_app."""
    document(Printed("goal_dialogue", "GS", load, fingerprint, Act.ARCHIVE_FORM, "goals"))


def load(viewer: Viewer, dialogue_id: int) -> Paper:
    """The sheet for one reader. 404 for whom may not see it, and while it is not agreed."""
    dialogue, _manager = queries.dialogue_or_404(viewer, dialogue_id)
    if dialogue.state is not State.AGREED:
        abort(404)
    made = sheet(dialogue, viewer)
    copy = _("Employee's copy") if viewer.id == dialogue.person_id else _("Manager's copy")
    return Paper("dialogues/print.html", made, made.title, made.subject, copy, dialogue.period.begins.year, about=dialogue)


def fingerprint(dialogue_id: int) -> str:
    """Digest of what was agreed: the goals as they stand with their revisions, and who agreed when."""
    dialogue = db.session.get_one(GoalDialogue, dialogue_id)
    o = Objective
    found = select(o).where(o.person_id == dialogue.person_id, o.period_id == dialogue.period_id, _counted()).order_by(o.id)
    said = [comparing.snapshot(goal, goal.weight) for goal in db.session.scalars(found)]
    stamps = [dialogue.proposed_at, dialogue.agreed_at, dialogue.agreed_by_id, dialogue.agreed_for_id]
    return hashlib.sha256(json.dumps([said, stamps], default=str, sort_keys=True).encode()).hexdigest()


def _counted() -> Any:
    return Objective.state.in_((Goal.AGREED, Goal.CLOSED))


def sheet(dialogue: GoalDialogue, viewer: Viewer) -> paper.GoalSheet:
    """The values of the paper."""
    found = [goal for goal in queries.goals_of(viewer, dialogue) if goal.state in (Goal.AGREED, Goal.CLOSED)]
    above, person = queries.supports(viewer, found), dialogue.person
    unit = unit_of(person)
    facts = [(_("Name"), person.name), (_("Employee number"), person.number or "—"), (_("Department"), unit or "—")]
    facts += [
        (_("Goal period"), f"{period_name(dialogue.period.name)} ({dialogue.period.begins} – {dialogue.period.last_day})")
    ]
    made = tuple(_goal(goal, [row.title for row in above.get(goal.id, ())]) for goal in found)
    total = sum(goal.weight for goal in found)
    return paper.GoalSheet(_("Agreed goals"), person.name, tuple(facts), made, tuple(_sides(dialogue)), weight_words(total))


def unit_of(person: Person) -> str:
    """The name of the unit somebody works in today."""
    found = db.session.scalar(select(Unit.name).where(Unit.id == person.unit_id))
    return found or ""


def _goal(goal: Objective, supports: list[str]) -> paper.Goal:
    revised = tuple(f"{local(each.at):%Y-%m-%d} {each.why}" for each in goal.revisions)
    measures = tuple(_measure(goal, each) for each in goal.measures)
    return paper.Goal(_(KIND[goal.kind]), goal.title, goal.why, weight_words(goal.weight), tuple(supports), measures, revised)


def _measure(goal: Objective, measure: Any) -> paper.Measure:
    plain = measure.shape in FIGURES and measure.direction is not Direction.BAND
    start = speaking.said(measure, measure.baseline) if plain else "—"
    rule = _(RULE[measure.rule or scoring.usual_rule(measure.shape, measure.direction)]) if goal.kind is Kind.KPI else "—"
    return paper.Measure(measure.name, start, aim(measure), rule, weight_words(measure.weight) if measure.weight else "—")


def _sides(dialogue: GoalDialogue) -> Iterator[paper.Side]:
    yield paper.Side(_("The employee"), dialogue.person.name, dialogue.proposed_at)
    by, behalf = dialogue.agreed_by, dialogue.agreed_for
    yield paper.Side(_("Line manager"), by.name if by else "", dialogue.agreed_at, behalf.name if behalf else "")
