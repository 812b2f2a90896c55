"""Keeping the library: themes, who answers for an objective, and what is in force. Every change is journalled."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload, selectinload
from sqlalchemy.orm.attributes import set_committed_value

from portal import clock, journal
from portal.access import Act, Viewer
from portal.db import db
from portal.directory.models import Person
from portal.goals.kinds import Perspective
from portal.goals.models import Measure, Objective, Theme
from portal.goals.states import State
from portal.periods.models import Period
from portal.strategy.shelf import OURS
from portal.words import N_
from portal.workflow import Refused

CLOSED = N_("The period is closed.")
PLAN = (
    selectinload(Objective.measures).options(selectinload(Measure.milestones), selectinload(Measure.parts)),
    joinedload(Objective.period, innerjoin=True),
    joinedload(Objective.accountable),
)
"""What is loaded with an objective that is changed."""
AT_ONCE = 500
"""Objectives put in force by one press."""


class Taken(ValueError):
    """Another theme of the period has this name; the text is a sentence for the field."""


def make_theme(period: Period, name: str, perspective: Perspective, by: Viewer) -> Theme:
    """A new theme, last in its period. Raises Taken for a name that stands there already, Refused in a closed period."""
    _open(period)
    _free(period.id, name, None)
    last = db.session.scalar(select(func.max(Theme.position)).where(Theme.period_id == period.id))
    theme = Theme(period_id=period.id, name=name, perspective=perspective, position=0 if last is None else last + 1)
    db.session.add(theme)
    db.session.flush()
    journal.write("theme.made", theme, by, words={"name": name, "perspective": perspective.value})
    return theme


def change_theme(theme: Theme, name: str, perspective: Perspective, by: Viewer) -> bool:
    """Name and perspective; whether anything changed. Raises Taken and Refused as above."""
    _open(db.session.get_one(Period, theme.period_id))
    _free(theme.period_id, name, theme.id)
    was = {"name": theme.name, "perspective": theme.perspective.value}
    now = {"name": name, "perspective": perspective.value}
    if was == now:
        return False
    theme.name, theme.perspective = name, perspective
    changed = {field: {"before": was[field], "after": now[field]} for field in now if was[field] != now[field]}
    journal.write("theme.changed", theme, by, words={"title": name, **changed})
    return True


def put_theme(theme: Theme, step: int, by: Viewer) -> None:
    """One place up or down among the themes of its perspective. At the end nothing moves."""
    _open(db.session.get_one(Period, theme.period_id))
    every = select(Theme).where(Theme.period_id == theme.period_id).order_by(Theme.position, Theme.id)
    order = list(db.session.scalars(every))
    sisters = [one for one in order if one.perspective is theme.perspective]
    at = sisters.index(theme) + step
    if not 0 <= at < len(sisters):
        return
    one, other = order.index(theme), order.index(sisters[at])
    order[one], order[other] = order[other], order[one]
    for n, each in enumerate(order):
        each.position = n
    journal.write("theme.put", theme, by, words={"name": theme.name})


def retire(theme: Theme, by: Viewer) -> None:
    """Nothing new is set under it. Raises Refused when it is retired already."""
    if theme.retired_at is not None:
        raise Refused(N_("This theme is retired already."))
    theme.retired_at = clock.now()
    journal.write("theme.retired", theme, by, words={"name": theme.name})


def restore(theme: Theme, by: Viewer) -> None:
    """A retired theme is taken up again. Raises Refused when it is not retired."""
    if theme.retired_at is None:
        raise Refused(N_("This theme is not retired."))
    _open(db.session.get_one(Period, theme.period_id))
    theme.retired_at = None
    journal.write("theme.restored", theme, by, words={"name": theme.name})


def answer_for(objective: Objective, person: Person, by: Viewer) -> None:
    """Somebody else answers for a company objective. Raises Refused for one that is over."""
    _open(objective.period)
    if objective.state in (State.CLOSED, State.WITHDRAWN):
        raise Refused(N_("This objective is over: it is not changed any more."))
    before = objective.accountable.name if objective.accountable else None
    objective.accountable = person
    changes = [{"field": "accountable", "of": "", "before": before, "after": person.name}]
    journal.write("objective.edited", objective, by, words={"title": objective.title, "changes": changes, "why": ""})


@dataclass(frozen=True)
class InForce:
    """What a press did: how many are in force now, and the titles of those that were not ready."""

    done: int
    waiting: Sequence[str]
    more: bool


def put_in_force(period: Period, by: Viewer) -> InForce:
    """The company's drafts of a period are agreed, each with its own entries; what nobody can measure yet stays a draft."""
    _open(period)
    drafts = select(Objective).where(OURS, Objective.period_id == period.id)
    drafts = drafts.where(Objective.state.in_((State.DRAFT, State.PROPOSED))).order_by(Objective.id).limit(AT_ONCE + 1)
    options = (selectinload(Objective.measures), joinedload(Objective.period, innerjoin=True))
    found = db.session.scalars(drafts.options(*options).with_for_update(of=Objective, key_share=True)).all()
    acts: dict[Act, int | None] = {Act.EDIT_OBJECTIVE: None, Act.AGREE_OBJECTIVE: None}
    done, waiting = 0, []
    for objective in found[:AT_ONCE]:
        if not objective.measures:
            waiting.append(objective.title)
            continue
        steps = [objective.propose] if objective.state is State.DRAFT else []
        for step in (*steps, objective.agree):
            journal.step(step(acts, clock.now()), objective, by, acts, {"title": objective.title})
        done += 1
    return InForce(done, waiting, len(found) > AT_ONCE)


def to_copy(ids: Sequence[int]) -> Sequence[Objective]:
    """Objectives with everything that a copy of their plan needs."""
    every = selectinload(Objective.measures)
    plan = (every.joinedload(Measure.milestones), every.selectinload(Measure.parts), joinedload(Objective.period))
    wanted = select(Objective).where(Objective.id.in_(ids)).options(*plan).order_by(Objective.id)
    found = db.session.scalars(wanted).unique().all()
    for each in found:
        for measure in each.measures:
            set_committed_value(measure, "objective", each)
    return found


def still_here(ids: set[int]) -> set[int]:
    """Those of these people who have not left."""
    asked: Any = select(Person.id).where(Person.id.in_(ids), Person.left_on.is_(None))
    return set(db.session.scalars(asked)) if ids else set()


def _open(period: Period) -> None:
    if period.closed:
        raise Refused(CLOSED)


def _free(period_id: int, name: str, but: int | None) -> None:
    other = select(Theme.id).where(Theme.period_id == period_id, Theme.name == name)
    if db.session.scalar(other.where(Theme.id != but) if but else other):
        raise Taken(N_("Another theme of this period has this name."))
