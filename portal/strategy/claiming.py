"""Claiming a company objective for a department, and deciding about it. Two at once: one wins, the other is told."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from portal import access, clock, journal
from portal.access import Act, Held, Subject, Viewer
from portal.db import db, reading
from portal.directory.lines import on
from portal.directory.models import Unit, UnitTerm
from portal.goals import operations, scoring
from portal.goals.forms import told
from portal.goals.models import Measure, Objective
from portal.goals.states import State as Goal
from portal.goals.wording import Wording
from portal.strategy.models import Claim
from portal.strategy.states import OPEN, State, unclaimable
from portal.words import N_
from portal.workflow import NotHeld, Refused

WHOLE = (
    joinedload(Claim.objective).options(joinedload(Objective.period, innerjoin=True), joinedload(Objective.accountable)),
    joinedload(Claim.made).options(
        joinedload(Objective.period, innerjoin=True), selectinload(Objective.measures).selectinload(Measure.milestones)
    ),
    joinedload(Claim.unit),
    joinedload(Claim.by),
    joinedload(Claim.decided_by),
)


def claim_or_404(viewer: Viewer, claim_id: int) -> tuple[Claim, Held]:
    """One claim with what may be done about it; locked where one writes."""
    asked = select(Claim).where(Claim.id == claim_id, access.rows(Act.SEE_CLAIM, viewer, Claim, one=True)).options(*WHOLE)
    found: Claim = db.one_or_404(asked if reading.get() else asked.with_for_update(of=Claim))
    return found, access.acts_on(viewer, found)


def of(objective_id: int, unit_id: int) -> Claim | None:
    """The open claim of a department, if there is one."""
    asked = select(Claim).where(Claim.objective_id == objective_id, Claim.unit_id == unit_id, Claim.state.in_(OPEN))
    return db.session.scalar(asked.options(joinedload(Claim.made)))


def see_to(objective: Objective, unit: Unit) -> None:
    """Raises Refused where this department cannot claim this objective now. The objective was loaded to change."""
    if reason := unclaimable(objective):
        raise Refused(reason)
    known = of(objective.id, unit.id)
    if known and known.made.state is not Goal.WITHDRAWN:
        raise Refused(N_("%(unit)s has claimed it already.", unit=unit.name))


def prefilled(objective: Objective) -> dict[str, Any]:
    """What the form begins with: the company's own words, measures and targets, without anything reported."""
    data = told(objective, {})
    for row in data["measures"]:
        row["id"] = ""
    return {**data, "version": 0, "weight": None, "theme": 0, "parents": [{"parent": str(objective.id)}]}


def scored(rows: Sequence[Mapping[str, Any]], objective: Objective) -> tuple[Mapping[str, Any], ...]:
    """Measures as the form says them, each with the company's scoring rule where it is the company's measure and the rule
    works with the department's figures too; anything else has its rule set on the measure's own page."""
    known = {measure.name: measure for measure in objective.measures if measure.rule}
    return tuple(_scored(row, known.get(row["name"])) for row in rows)


def _scored(row: Mapping[str, Any], like: Measure | None) -> Mapping[str, Any]:
    if like is None or like.rule is None or not scoring.fits(like.rule, row["shape"], row["direction"]):
        return row
    told = {"threshold": None, "stretch": None, "rule_values": like.rule_values, **row}
    if scoring.problem(like.rule, scoring.Facts.told(told)):
        return row
    return {**row, "rule": like.rule, "rule_values": dict(like.rule_values or {}), "veto": like.veto}


def ask(objective: Objective, unit: Unit, wording: Wording, by: Viewer, acts: Held) -> Claim:
    """The department's objective, aligned and proposed, and the claim; one's own claim on what one answers for is accepted."""
    see_to(objective, unit)
    behalf = acts[Act.MAKE_CLAIM]
    if given_up := of(objective.id, unit.id):
        given_up.state, given_up.decided_at = State.WITHDRAWN, None
        db.session.flush()
    made = operations.create(Subject(unit_id=unit.id), wording, by, behalf)
    made.accountable_id = _head(unit.id) or behalf or by.id
    made.perspective = objective.theme.perspective if objective.theme else objective.perspective
    own = {Act.EDIT_OBJECTIVE: behalf}
    journal.step(made.propose(own, clock.now()), made, by, own, {"title": made.title})
    claim = Claim(objective=objective, unit=unit, made=made, by_id=by.id, asked_at=clock.now())
    db.session.add(claim)
    db.session.flush()
    journal.write("claim.asked", claim, by, behalf=behalf, now=State.ASKED, words=_words(claim))
    if objective.accountable_id == by.id:
        accept(claim, access.acts_on(by, claim), by)
    return claim


def accept(claim: Claim, acts: Held, by: Viewer) -> None:
    """The department's objective is agreed with it. Raises Refused when somebody was faster, or it is over."""
    taken = claim.step("accept", acts, clock.now())
    claim.decided_by_id, claim.comment = by.id, ""
    made, own = claim.made, {Act.EDIT_OBJECTIVE: None, Act.AGREE_OBJECTIVE: None}
    steps = {Goal.DRAFT: (made.propose, made.agree), Goal.PROPOSED: (made.agree,)}.get(made.state, ())
    for step in steps:
        journal.step(step(own, clock.now()), made, by, own, {"title": made.title})
    journal.step(taken, claim, by, acts, _words(claim))


def send_back(claim: Claim, acts: Held, by: Viewer, comment: str) -> None:
    """Back to the department with a comment; its objective is a draft again."""
    taken = claim.step("return", acts, clock.now(), comment=comment)
    claim.decided_by_id, claim.comment = by.id, comment
    if claim.made.state is Goal.PROPOSED:
        own: Held = {Act.AGREE_OBJECTIVE: None}
        journal.step(claim.made.send_back(own, clock.now(), comment), claim.made, by, own, {"title": claim.made.title})
    journal.step(taken, claim, by, acts, _words(claim))


def ask_again(claim: Claim, acts: Held, by: Viewer) -> None:
    """After it was changed: asked once more."""
    taken = claim.step("again", acts, clock.now())
    claim.asked_at, claim.decided_by_id = clock.now(), None
    if claim.made.state is Goal.DRAFT:
        own: Held = {Act.EDIT_OBJECTIVE: acts[Act.MAKE_CLAIM]}
        journal.step(claim.made.propose(own, clock.now()), claim.made, by, own, {"title": claim.made.title})
    journal.step(taken, claim, by, acts, _words(claim))


def withdraw(claim: Claim, acts: Held, by: Viewer) -> None:
    """The department takes its claim back, and what it made for it."""
    taken = claim.step("withdraw", acts, clock.now())
    claim.decided_at, claim.decided_by_id = None, None
    if claim.made.state in (Goal.DRAFT, Goal.PROPOSED):
        own: Held = {Act.EDIT_OBJECTIVE: acts[Act.MAKE_CLAIM]}
        operations.withdraw(claim.made, own, by, N_("The claim was withdrawn."))
    journal.step(taken, claim, by, acts, _words(claim))


def unit_to_claim_for(viewer: Viewer, unit_id: int) -> tuple[Unit, Held]:
    """A department, and the right to claim for it. Raises NotHeld."""
    unit = db.get_or_404(Unit, unit_id)
    acts = access.acts_on(viewer, Subject(unit_id=unit.id))
    if Act.MAKE_CLAIM not in acts:
        raise NotHeld(Act.MAKE_CLAIM)
    return unit, acts


def units_of(viewer: Viewer) -> tuple[int, ...]:
    """Departments the viewer heads, or acts for whoever heads them."""
    given = (unit for giver, acts in viewer.gave if Act.MAKE_CLAIM in acts for unit in giver.head_of)
    return tuple(dict.fromkeys((*viewer.head_of, *given)))


def may_claim(viewer: Viewer) -> bool:
    """Whether there is a department the viewer can claim for."""
    return bool(units_of(viewer)) or access.can(Act.MAKE_CLAIM, viewer)


def _head(unit_id: int) -> int | None:
    return db.session.scalar(select(UnitTerm.head_id).where(UnitTerm.unit_id == unit_id, on(clock.today(), UnitTerm)))


def _words(claim: Claim) -> dict[str, Any]:
    return {"title": claim.objective.title, "department": claim.unit.name}
