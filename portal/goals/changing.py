"""Changing a goal: at once while it is drafted, as a revision once it was agreed.

Who holds the right to agree changes at once. Anybody else proposes: the old words hold until somebody agrees, and what was
proposed stays readable whatever becomes of it.
"""

from collections.abc import Mapping
from dataclasses import replace
from enum import StrEnum, auto
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm.attributes import flag_modified

from portal import clock, journal
from portal.access import Act, Held, Viewer
from portal.db import db
from portal.goals import coverage, prorating, revising, rows, telling
from portal.goals.kinds import Kind
from portal.goals.models import Objective, Revision, Theme
from portal.goals.operations import realign, settled, shares_of
from portal.goals.revising import Difference
from portal.goals.rollup import walk_up
from portal.goals.states import REVISING, RevisionState, State
from portal.goals.wording import Wording, completed, wording_of
from portal.periods.models import Period
from portal.words import N_
from portal.workflow import NotHeld, Refused


class Outcome(StrEnum):
    """What a change came to."""

    NOTHING = auto()
    SAVED = auto()
    PROPOSED = auto()


def change(objective: Objective, wording: Wording, by: Viewer, acts: Held) -> Outcome:
    """The form's words instead of the old ones, or a revision that waits to be agreed.

    Raises Refused: closed, without a reason after agreement, or a measure with values taken away.
    """
    if Act.EDIT_OBJECTIVE not in acts:
        raise NotHeld(Act.EDIT_OBJECTIVE)
    if reason := settled(objective):
        raise Refused(reason)
    stands = wording_of(objective, shares_of(objective.id))
    asked = completed(wording, stands)
    made = revising.difference(revising.flat(stands), revising.flat(asked))
    if not made:
        return Outcome.NOTHING
    moved = made.keys == ("parents",)  # nothing that was agreed is said otherwise: it only stands elsewhere
    if objective.state is not State.AGREED:
        _apply(objective, asked, by, acts)
        if not moved:
            journal.write("objective.edited", objective, by, behalf=acts[Act.EDIT_OBJECTIVE], words=_words(objective, made, ""))
        return Outcome.SAVED
    if not wording.why_changed.strip() and not moved:
        raise Refused(N_("It was agreed: say why it changes."))
    if Act.AGREE_OBJECTIVE not in acts:
        _propose(objective, made, wording, by, acts)
        return Outcome.PROPOSED
    marked = _apply(objective, asked, by, acts, whole=wording.whole)
    revision = _revision(objective, made, wording, by)
    revision.after = revising.renamed(made.after, marked)
    revision.state, revision.agreed_by_id, revision.answered_at = RevisionState.AGREED, by.id, revision.at
    words = _words(objective, made, wording.why_changed)
    if not moved:
        journal.write("objective.revised", objective, by, behalf=acts[Act.EDIT_OBJECTIVE], words=words)
    return Outcome.SAVED


def reweigh(objective: Objective, weight: int, by: Viewer, acts: Held, why: str = "") -> bool:
    """Another weight in its owner's set, `acts` held on whose goal it is; returns whether it changed. Raises as `change`."""
    if objective.weight == weight:
        return False
    stands = wording_of(objective, shares_of(objective.id))
    asked = replace(stands, facts={**stands.facts, "weight": weight}, why_changed=why)
    return change(objective, asked, by, acts) is not Outcome.NOTHING


def _propose(objective: Objective, made: Difference, wording: Wording, by: Viewer, acts: Held) -> None:
    """A revision that waits; an earlier one of the same person gives way to it and stays readable."""
    waits = next((each for each in objective.revisions if each.state is RevisionState.WAITING), None)
    if waits and waits.by_id != by.id:
        raise Refused(N_("Another change of this goal waits for an answer. Wait for it, or talk to each other."))
    if waits:
        REVISING.take("replace_change", waits, acts, clock.now())
        db.session.flush()  # two cannot wait at once, not even for a moment
    _revision(objective, made, wording, by)
    words = _words(objective, made, wording.why_changed)
    journal.write("objective.propose_change", objective, by, behalf=acts[Act.EDIT_OBJECTIVE], words=words)


def agree(objective: Objective, revision: Revision, by: Viewer, acts: Held) -> None:
    """The proposed words hold from now on. Raises Refused where the goal is no longer what they were written for."""
    taken = REVISING.take("agree_change", revision, acts, clock.now())
    if reason := settled(objective):
        raise Refused(reason)
    stands = revising.flat(wording_of(objective, shares_of(objective.id)))
    made = Difference(revision.before, revision.after)
    if revising.clashes(stands, made):
        raise Refused(N_("The goal has changed since this was written. Return it, so that it is written anew."))
    asked = revising.whole(revising.patched(stands, made))
    revision.after = revising.renamed(revision.after, _apply(objective, asked, by, acts, whole=revision.whole))
    revision.agreed_by_id = by.id
    words = _words(objective, made, revision.why) | {"proposed_by": revision.by.name}
    journal.step(replace(taken, name="revised"), objective, by, acts, words)


def send_back(objective: Objective, revision: Revision, comment: str, by: Viewer, acts: Held) -> None:
    """Not like this: the old words go on to hold, and the proposal stays readable with the comment."""
    taken = REVISING.take("return_change", revision, acts, clock.now(), reason=comment)
    revision.answer, revision.agreed_by_id = comment, None
    journal.step(taken, objective, by, acts, {"title": objective.title})


def take_back(objective: Objective, revision: Revision, by: Viewer, acts: Held) -> None:
    """Whoever proposed it takes it back, or lets it be once it was returned. Raises NotHeld for anybody else."""
    if revision.by_id != by.id:
        raise NotHeld(Act.EDIT_OBJECTIVE)
    journal.step(
        REVISING.take("take_back_change", revision, acts, clock.now()), objective, by, acts, {"title": objective.title}
    )


def _revision(objective: Objective, made: Difference, wording: Wording, by: Viewer) -> Revision:
    n = max((revision.n for revision in objective.revisions), default=0) + 1
    revision = Revision(n=n, before=dict(made.before), after=dict(made.after), why=wording.why_changed.strip())
    revision.by_id, revision.at, revision.whole, revision.state = by.id, clock.now(), wording.whole, RevisionState.WAITING
    objective.revisions.append(revision)
    return revision


def _apply(objective: Objective, asked: Wording, by: Viewer, acts: Held, *, whole: bool = True) -> dict[str, int]:
    """Write it down; returns the ids of the new measures by their marks. Unless `whole`, old figures count for their days."""
    was = {measure.id: rows.figures_of(measure, (*prorating.FIGURES, "rule", "direction")) for measure in objective.measures}
    for name, value in asked.facts.items():
        setattr(objective, name, value)
    kept = rows.replace(objective, asked.measures)
    if objective.kind is Kind.KPI:
        for measure in kept:
            if measure.id in was:
                _note(measure, was[measure.id], objective.period, whole=whole)
    flag_modified(objective, "title")  # the version moves also when only measures or parents change
    db.session.flush()
    act = acts.get(Act.EDIT_OBJECTIVE, acts.get(Act.AGREE_OBJECTIVE))
    if not realign(objective, asked.shares, by, act):
        walk_up(objective.id)
    coverage.wanted(objective)
    new = ((row.get("mark"), measure.id) for row, measure in zip(asked.measures, kept, strict=True) if not row.get("id"))
    return {str(mark): measure_id for mark, measure_id in new}


def _note(measure: Any, was: Mapping[str, Any], period: Period, *, whole: bool) -> None:
    if (was["rule"], was["direction"]) != (measure.rule, measure.direction):
        measure.earlier = {}  # figures of another rule cannot be weighed with these
    elif not whole and any(was[name] != getattr(measure, name) for name in prorating.FIGURES):
        figures = {name: was[name] for name in prorating.FIGURES}
        measure.earlier = prorating.noted(measure.earlier or {}, figures, period.begins, period.ends, clock.today())


def _words(objective: Objective, made: Difference, why: str) -> dict[str, Any]:
    called = revising.names_of([made.after, made.before]) | {str(m.id): m.name for m in objective.measures if m.id}
    changes: telling.Changes = []
    for key in made.keys:
        name, _mark, which = key.partition(revising.MARK)
        pair = [_spoken(name, document.get(key)) for document in (made.before, made.after)]
        if name != "parents" and pair[0] != pair[1]:  # who stands above is told by an entry of its own
            changes.append({"field": name, "of": called.get(which, ""), "before": pair[0], "after": pair[1]})
    return {"title": objective.title, "changes": changes, "why": why}


def _spoken(name: str, value: Any) -> Any:
    if name in ("theme_id", "period_id") and value is not None:
        table = Theme if name == "theme_id" else Period
        return db.session.scalar(select(table.name).where(table.id == value))
    return revising.said(name, value)
