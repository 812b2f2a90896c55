"""Shared goals (S3): one unit answers for it, others state their part, and each head confirms or declines."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import abort
from sqlalchemy import Select, bindparam, select
from sqlalchemy.orm import aliased

from portal import access, clock, journal
from portal.access import Act, Held, Viewer
from portal.db import db
from portal.directory.models import Person, Unit, UnitLine
from portal.goals.cards import PAGE, Card, cards, rows
from portal.goals.models import Contribution, Objective
from portal.goals.states import SHARING, Part, takes_no_values
from portal.words import N_
from portal.workflow import NotHeld, Refused

WHOLE = 10_000
CHANGED = N_("What is asked of the department has changed since this page was opened. Look at it again, then decide.")


@dataclass(frozen=True)
class Shared:
    """One department's part, with who decided."""

    unit_id: int
    unit: str
    stated: int | None
    what: str
    weight: int
    state: Part
    reason: str
    decided_at: Any
    decided_by: str
    version: int
    head: bool = False  # the viewer decides for it


@dataclass(frozen=True)
class Stated:
    """What a department is asked for: a part of the whole, words, or both."""

    unit_id: int
    stated: int | None
    what: str


def parts_of(objective_id: int, viewer: Viewer) -> Sequence[Shared]:
    """The departments that share a goal, those that were withdrawn left out. One statement."""
    return [
        Shared(
            each.Contribution.unit_id,
            each.unit,
            each.Contribution.stated,
            each.Contribution.what,
            each.Contribution.weight,
            each.Contribution.state,
            each.Contribution.reason,
            each.Contribution.decided_at,
            each.by or "",
            each.Contribution.version,
            bool(each.head),
        )
        for each in db.session.execute(*_parts_of(viewer, id=objective_id))
    ]


@access.prepared
def _parts_of(viewer: Viewer) -> Select[Any]:
    c, by = Contribution, aliased(Person)
    mine = c.unit_id.in_(select(UnitLine.lower_id).where(UnitLine.upper_id.in_(viewer.head_of or (0,)))).label("head")
    columns: tuple[Any, ...] = (c, Unit.name.label("unit"), by.name.label("by"), mine)
    found: Select[Any] = select(*columns).join(Unit, Unit.id == c.unit_id).outerjoin(by, by.id == c.decided_by_id)
    found = found.where(c.objective_id == bindparam("id"), c.state != Part.WITHDRAWN)
    return found.order_by(Unit.position, Unit.id)


def waiting(viewer: Viewer) -> list[Card]:
    """Goals in which a department that the viewer heads is asked for a part."""
    if not viewer.head_of:
        return []
    c = Contribution
    asked = select(c.objective_id).where(c.unit_id.in_(viewer.head_of), c.state == Part.ASKED)
    return cards(rows(viewer).where(Objective.id.in_(asked)).order_by(Objective.id).limit(PAGE))


def to_decide(objective_id: int, unit_id: int) -> Contribution:
    """A part, locked, so that two who decide at once come one after the other."""
    where = (Contribution.objective_id == objective_id, Contribution.unit_id == unit_id)
    return db.session.scalars(select(Contribution).where(*where).with_for_update(key_share=True)).first() or abort(404)


def ask(objective: Objective, stated: Stated, by: Viewer, acts: Held) -> None:
    """Ask a department for its part, or ask again for another one. Raises Refused: over, its own unit, more than the whole."""
    if Act.EDIT_OBJECTIVE not in acts:
        raise NotHeld(Act.EDIT_OBJECTIVE)
    if why := takes_no_values(objective) or _cannot(objective, stated):
        raise Refused(why)
    part = db.session.get(Contribution, (objective.id, stated.unit_id), with_for_update=True)
    if part is None:
        part = Contribution(objective_id=objective.id, unit_id=stated.unit_id, state=Part.ASKED)
        db.session.add(part)
    elif part.state in (Part.ASKED, Part.CONFIRMED):
        raise Refused(N_("This department shares the goal already."))
    else:
        _take(part, "ask", objective, acts)
        part.decided_by_id, part.reason = None, ""
    part.stated, part.what = stated.stated, stated.what
    _tell("asked", part, objective, by, acts)


def _cannot(objective: Objective, stated: Stated) -> str | None:
    if objective.unit_id is None:
        return N_("Only a department's goal is shared with others.")
    if objective.unit_id == stated.unit_id:
        return N_("This department answers for the goal already.")
    given = select(Contribution.stated).where(Contribution.objective_id == objective.id, Contribution.unit_id != stated.unit_id)
    sums = sum(each or 0 for each in db.session.scalars(given.where(Contribution.state.in_((Part.ASKED, Part.CONFIRMED)))))
    if sums + (stated.stated or 0) > WHOLE:
        left = (WHOLE - sums) / 100
        return N_("The others state %(sum)s %% already: at most %(left)s %% are left.", sum=f"{sums / 100:g}", left=f"{left:g}")
    return None


def decide(
    part: Contribution,
    objective: Objective,
    step: str,
    by: Viewer,
    acts: Held,
    *,
    version: int,
    weight: int = 0,
    reason: str = "",
) -> None:
    """Confirm with the weight it has in the department's own scorecard, or decline with a reason."""
    if part.version != version:
        raise Refused(CHANGED)
    _take(part, step, objective, acts, **({"reason": reason} if step == "decline" else {}))
    part.decided_by_id, part.reason = by.id, reason
    part.weight = weight if step == "confirm" else 0
    _tell("confirmed" if step == "confirm" else "declined", part, objective, by, acts)


def unshare(part: Contribution, objective: Objective, by: Viewer, acts: Held) -> None:
    """Ask a department for nothing any more."""
    _take(part, "unshare", objective, acts)
    part.decided_by_id, part.reason, part.weight = None, "", 0
    _tell("unshared", part, objective, by, acts)


def _take(part: Contribution, step: str, objective: Objective, acts: Held, **answers: str) -> None:
    part.objective = objective  # type: ignore[attr-defined]  # what the table of steps looks at
    SHARING.take(step, part, acts, clock.now(), **answers)


def _tell(kind: str, part: Contribution, objective: Objective, by: Viewer, acts: Held) -> None:
    unit = db.session.get_one(Unit, part.unit_id).name
    words = {"title": objective.title, "unit": unit, "stated": part.stated, "what": part.what, "weight": part.weight}
    act = Act.EDIT_OBJECTIVE if kind in ("asked", "unshared") else Act.CONFIRM_PART
    journal.write(f"objective.{kind}", objective, by, behalf=acts.get(act), words={**words, "reason": part.reason})
