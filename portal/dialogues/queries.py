"""Reads of goal dialogues. Every one starts at what the viewer may see."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any, cast

from flask import abort, url_for
from sqlalchemy import ColumnElement, Integer, Select, and_, bindparam, case, exists, func, or_, select
from sqlalchemy.orm import aliased, joinedload, selectinload

from portal import access
from portal.access import Act, Held, Viewer
from portal.db import db, kept, reading
from portal.dialogues.models import GoalDialogue, GoalDraft, GoalRemark
from portal.dialogues.states import State
from portal.directory.models import Person, ReportingLine, Status, UnitLine
from portal.goals import queries as goals
from portal.goals.cards import Card, measured, rows, with_measures
from portal.goals.models import Audience, Measure, Objective, ObjectiveParent
from portal.goals.narrowing import meeting
from portal.goals.states import State as Goal
from portal.goals.together import Together
from portal.periods.models import Period
from portal.workflow import NotHeld

MOST = 40
"""Goals of one set, and of each list beside it."""
TEAM = 200
"""Direct reports on one page."""


@dataclass(frozen=True)
class Beside:
    """What one writes goals against: the manager's, the department's, and one's own of the period before."""

    manager: tuple[Card, ...]
    unit: tuple[Card, ...]
    last: tuple[Card, ...]
    closed: int = 0  # of the manager's, those that are not open to whoever writes


@dataclass(frozen=True)
class Mate:
    """A direct report, and how far the dialogue about a period is."""

    id: int
    name: str
    dialogue_id: int | None
    state: State | None
    draft: int | None
    propose_by: date | None
    agree_by: date | None
    goals: int


def visible(viewer: Viewer, one: Any = None) -> Select[GoalDialogue]:
    """What this viewer may see at all, or `one` of it."""
    found = select(GoalDialogue).where(access.rows(Act.SEE_GOAL_DIALOGUE, viewer, GoalDialogue, one=one is not None))
    return found if one is None else found.where(GoalDialogue.id == one)


WHOLE = (
    joinedload(GoalDialogue.person, innerjoin=True),
    joinedload(GoalDialogue.opened_by, innerjoin=True),
    joinedload(GoalDialogue.agreed_by),
    joinedload(GoalDialogue.agreed_for),
    joinedload(GoalDialogue.period, innerjoin=True),
)


def dialogue_or_404(viewer: Viewer, dialogue_id: int) -> tuple[GoalDialogue, Person | None]:
    """To show it, with what was said in it, and whoever manages the person today."""
    row = db.session.execute(*_whole(viewer, id=dialogue_id)).unique().first() or abort(404)
    return row[0], row[1]


@access.prepared
def _whole(viewer: Viewer) -> Select[Any]:
    boss = aliased(Person)
    line = and_(ReportingLine.report_id == GoalDialogue.person_id, ReportingLine.depth == 1)
    said = joinedload(GoalDialogue.remarks)
    words = (said.joinedload(GoalRemark.by), said.joinedload(GoalRemark.on_behalf))
    found: Any = visible(viewer, bindparam("id")).options(*WHOLE, *words).add_columns(boss)
    found = found.outerjoin(ReportingLine, line).outerjoin(boss, boss.id == ReportingLine.manager_id)
    return cast("Select[Any]", found)


def to_change(viewer: Viewer, dialogue_id: int) -> tuple[GoalDialogue, Held]:
    """To change it: the row locked where one writes, and what may be done to it."""
    mine = visible(viewer, dialogue_id).options(*WHOLE)
    found: GoalDialogue = db.one_or_404(mine if reading.get() else mine.with_for_update(of=GoalDialogue, key_share=True))
    acts = access.acts_on(viewer, found)
    if not acts.keys() & {Act.PROPOSE_GOALS, Act.AGREE_OBJECTIVE}:
        raise NotHeld(Act.PROPOSE_GOALS)
    return found, acts


def goals_of(viewer: Viewer, dialogue: GoalDialogue, *, lock: bool = False, whole: bool = False) -> list[Objective]:
    """The set: somebody's goals of the period with their measures, and (`whole`) what these say of parts of the period."""
    asked = _goals_of(viewer, lock, whole, person=dialogue.person_id, period=dialogue.period_id)
    return list(db.session.scalars(*asked).unique())


@access.prepared
def _goals_of(viewer: Viewer, lock: bool, whole: bool) -> Select[Objective]:
    o = Objective
    found = goals.visible(viewer).where(o.person_id == bindparam("person"), o.period_id == bindparam("period"))
    found = found.where(o.state != Goal.WITHDRAWN).order_by(o.id).limit(MOST)
    if lock:
        every = selectinload(o.measures)
        parts = (every.joinedload(Measure.milestones), every.selectinload(Measure.parts))
        return found.with_for_update(of=Objective, key_share=True).options(*parts)
    measures = joinedload(o.measures)
    return found.options(measures.joinedload(Measure.milestones), *([measures.selectinload(Measure.parts)] if whole else []))


def weights_of(dialogue: GoalDialogue, found: Sequence[Objective]) -> dict[int, int]:
    """{goal: basis points} as the set stands: what was agreed before keeps its own until the new one is agreed."""
    return {goal.id: int(dialogue.weights.get(str(goal.id), goal.weight)) for goal in found}


def seen(found: Sequence[Objective]) -> str:
    """What somebody looked at, as a form remembers it: goals and their versions."""
    return "-".join(f"{goal.id}.{goal.version}" for goal in found)


def supports(viewer: Viewer, found: Sequence[Objective]) -> dict[int, list[Any]]:
    """What each goal of a set stands under, as far as it may be seen: rows of id, title, share and owner."""
    by_goal: dict[int, list[Any]] = defaultdict(list)
    for row in db.session.execute(*_supports(viewer, ids=[goal.id for goal in found])):
        by_goal[row.child_id].append(row)
    return by_goal


@access.prepared
def _supports(viewer: Viewer) -> Select[Any]:
    tie, o = ObjectiveParent, Objective
    columns: tuple[Any, ...] = (tie.child_id, o.id, o.title, tie.share, Person.name.label("owner"))
    above: Select[Any] = select(*columns).join(o, o.id == tie.parent_id)
    above = above.outerjoin(Person, Person.id == func.coalesce(o.person_id, o.accountable_id))
    above = above.where(tie.child_id.in_(bindparam("ids", expanding=True)), access.rows(Act.SEE_OBJECTIVE, viewer, o))
    return above.order_by(tie.share.desc(), o.id)


def remarks_of(dialogue: GoalDialogue) -> dict[int, list[GoalRemark]]:
    """What was said, oldest first, by the goal it was said at (0: of the whole). Open to whoever sees the dialogue."""
    said: dict[int, list[GoalRemark]] = defaultdict(list)
    for remark in dialogue.remarks:
        said[remark.objective_id or 0].append(remark)
    return said


def drafts_of(dialogue: GoalDialogue, newest: int | None = 2) -> list[GoalDraft]:
    """The drafts that were proposed, newest first."""
    return list(db.session.scalars(_drafts_of(newest), {"dialogue": dialogue.id}))


@cache  # made once: making it costs more than asking it
def _drafts_of(newest: int | None) -> Select[GoalDraft]:
    found = select(GoalDraft).where(GoalDraft.dialogue_id == bindparam("dialogue")).order_by(GoalDraft.n.desc())
    return kept(found.options(joinedload(GoalDraft.by)).limit(newest))


def beside(viewer: Viewer, dialogue: GoalDialogue, manager_id: int | None) -> Beside:
    """Each of the three kinds is found by its own index. Two statements."""
    whose = {"manager": manager_id, "person": dialogue.person_id, "unit": dialogue.person.unit_id}
    when = {"period": dialogue.period_id, "kind": dialogue.period.kind, "begins": dialogue.period.begins}
    found = with_measures(*_beside(viewer, **whose, **when))
    own = tuple(card for card in found if card.place == "person" and card.owner_id == dialogue.person_id)
    of_manager = tuple(card for card in found if card.place == "person" and card.owner_id == manager_id)
    every, narrow = _of_manager(dialogue, manager_id) if manager_id else (0, 0)
    closed = max(every - len(of_manager), 0) if viewer.id == dialogue.person_id else narrow
    return Beside(of_manager, tuple(card for card in found if card.place == "unit"), own, closed)


def _of_manager(dialogue: GoalDialogue, manager_id: int) -> tuple[int, int]:
    """How many goals the manager has for the time, and how many of them open to nobody below by what they say."""
    whose = {"manager": manager_id, "unit": dialogue.person.unit_id, "period": dialogue.period_id}
    every, narrow = db.session.execute(_COUNTED, whose).one()
    return min(every, MOST), narrow


def _counted() -> Select[Any]:
    o, mate, manager = Objective, aliased(Person), bindparam("manager", type_=Integer)
    unit = mate.unit_id.is_not_distinct_from(bindparam("unit", type_=Integer))
    together = select(mate.id).where(mate.id == manager, unit).exists()
    opens = or_(o.audience == Audience.COMPANY, and_(o.audience == Audience.UNIT, together))
    live = o.state.in_((Goal.AGREED, Goal.CLOSED))
    columns: tuple[Any, ...] = (func.count(), func.count(case((~opens, 1))))
    told: Select[Any] = select(*columns).select_from(o).join(Period, Period.id == o.period_id)
    return told.where(o.person_id == manager, live, meeting(bindparam("period", type_=Integer)))


_COUNTED = kept(_counted())  # made once: making it costs more than asking it


@access.prepared
def _beside(viewer: Viewer) -> Select[Any]:
    o, person, period = Objective, bindparam("person", type_=Integer), bindparam("period", type_=Integer)
    live = o.state.in_((Goal.AGREED, Goal.CLOSED))
    units = select(UnitLine.upper_id).where(UnitLine.lower_id == bindparam("unit"), UnitLine.depth < 3)
    theirs = select(o.id).where(o.person_id == bindparam("manager"), meeting(period), live).join(Period).limit(MOST)
    of_unit = select(o.id).where(o.unit_id.in_(units), meeting(period), live).join(Period).limit(MOST)
    # The period of the same length that came before.
    before = select(Period.id).where(Period.kind == bindparam("kind"), Period.ends <= bindparam("begins"))
    before = before.order_by(Period.ends.desc()).limit(1)
    earlier = select(o.id).where(o.person_id == person, o.period_id == before.scalar_subquery(), live).limit(MOST)
    first, *others = (select(one.subquery().c.id) for one in (theirs, of_unit, earlier))
    found = rows(viewer).where(o.id.in_(first.union_all(*others)))
    return measured(viewer, found, [o.weight.desc(), o.id], 3 * MOST)


def mine(viewer: Viewer) -> list[GoalDialogue]:
    """One's own, the newest first."""
    return list(db.session.scalars(*_mine(viewer)))


@access.prepared
def _mine(viewer: Viewer) -> Select[GoalDialogue]:
    found = visible(viewer).where(GoalDialogue.person_id == viewer.id, GoalDialogue.state != State.CANCELLED)
    return found.options(*WHOLE).order_by(GoalDialogue.id.desc()).limit(12)


def managers(viewer: Viewer) -> list[int]:
    """For whose reports the viewer can open dialogues: oneself, and whoever handed agreeing on."""
    return [viewer.id, *(giver.id for giver, acts in viewer.gave if Act.AGREE_OBJECTIVE in acts)]


def team(viewer: Viewer, period_id: int) -> list[Mate]:
    """The direct reports (and those of whom one acts for), each with the dialogue about a period. One statement."""
    o, d = Objective, GoalDialogue
    set_ = select(func.count()).where(o.person_id == Person.id, o.period_id == period_id, o.state != Goal.WITHDRAWN)
    found = select(
        *(Person.id, Person.name),
        *(d.id.label("dialogue_id"), d.state, d.draft, d.propose_by, d.agree_by),
        set_.correlate(Person).scalar_subquery().label("goals"),
    )
    found = found.outerjoin(d, and_(d.person_id == Person.id, d.period_id == period_id, d.state != State.CANCELLED))
    found = found.where(_reports(viewer)).order_by(Person.id).limit(TEAM)
    return [Mate(*row) for row in db.session.execute(found)]


def to_open(viewer: Viewer, period_id: int, people: Sequence[int]) -> list[int]:
    """Of these people the direct reports without a dialogue about the period, locked so that two do not open it twice."""
    running = exists().where(
        GoalDialogue.person_id == Person.id, GoalDialogue.period_id == period_id, GoalDialogue.state != State.CANCELLED
    )
    found = select(Person.id).where(Person.id.in_(people), _reports(viewer), Person.status == Status.ACTIVE, ~running)
    return list(db.session.scalars(found.order_by(Person.id).with_for_update(key_share=True)))


def _reports(viewer: Viewer) -> ColumnElement[bool]:
    line = select(ReportingLine.report_id).where(ReportingLine.manager_id.in_(managers(viewer)), ReportingLine.depth == 1)
    return and_(Person.id.in_(line), Person.status != Status.LEFT, Person.id != viewer.id)


def waiting(viewer: Viewer) -> list[GoalDialogue]:
    """What waits for the viewer: one's own to draft, and proposals to answer. One statement."""
    d = GoalDialogue
    answer = and_(d.state == State.PROPOSED, access.rows(Act.AGREE_OBJECTIVE, viewer, d))
    leads = viewer.span or viewer.gave or viewer.head_of
    own = and_(d.person_id == viewer.id, d.state == State.DRAFTING)
    found = select(d).where(or_(own, answer) if leads else own)
    options = (joinedload(d.person, innerjoin=True), joinedload(d.period, innerjoin=True))
    return list(db.session.scalars(found.options(*options).order_by(d.agree_by, d.id).limit(60)))


def earlier(viewer: Viewer, dialogue: GoalDialogue) -> list[Card]:
    """Goals of earlier periods that could be brought over: the newest first, without what has the same title here."""
    o = Objective
    here = select(o.title).where(o.person_id == dialogue.person_id, o.period_id == dialogue.period_id)
    here = here.where(o.state != Goal.WITHDRAWN)
    found = rows(viewer).where(o.person_id == dialogue.person_id, Period.begins < dialogue.period.begins)
    found = found.where(o.state.in_((Goal.AGREED, Goal.CLOSED)), o.title.not_in(here))
    return with_measures(measured(viewer, found, [Period.begins.desc(), o.weight.desc(), o.id], MOST))


def sources(viewer: Viewer, ids: Sequence[int]) -> list[Objective]:
    """These goals, of those that `earlier` offers, with everything that a copy of their plan needs."""
    o = Objective
    found = goals.visible(viewer).where(o.id.in_(ids))
    every = selectinload(o.measures)
    options = (every.joinedload(Measure.milestones), every.selectinload(Measure.parts), joinedload(o.period))
    return list(db.session.scalars(found.options(*options).order_by(o.id)))


def together(viewer: Viewer, person_id: int, period_id: int) -> Together | None:
    """The dialogue a goal belongs to, for the goal's own page."""
    row = db.session.execute(*_together(viewer, person=person_id, period=period_id)).first()
    if row is None:
        return None
    url = url_for("dialogues.show", dialogue_id=row.id)
    return Together(url, row.state in (State.DRAFTING, State.PROPOSED), bool(row.opens))


@access.prepared
def _together(viewer: Viewer) -> Select[Any]:
    d = GoalDialogue
    columns: tuple[Any, ...] = (d.id, d.state, access.rows(Act.SEE_GOAL_DIALOGUE, viewer, d, one=True).label("opens"))
    found: Select[Any] = select(*columns).where(d.person_id == bindparam("person"), d.period_id == bindparam("period"))
    return found.where(d.state != State.CANCELLED)


def unanswered(of: Mapping[int, list[GoalRemark]], reader: int) -> frozenset[int]:
    """Goals at which the other side spoke last: there is something to answer."""
    return frozenset(goal for goal, said in of.items() if goal and said[-1].by_id != reader)
