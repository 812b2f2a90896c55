"""Reads of the dialogue. Every one starts at what the viewer may see."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from flask import abort
from sqlalchemy import Date, Integer, Select, and_, bindparam, exists, false, func, or_, select
from sqlalchemy.orm import aliased, joinedload, selectinload

from portal import access
from portal.access import Act, Held, Subject, Viewer
from portal.access.switches import enabled
from portal.actions.models import Action
from portal.actions.models import State as Promised
from portal.checkins import rhythm
from portal.checkins.models import CheckIn, Field, Note, Pause, PrivateNote, Rhythm, State, Voice
from portal.db import db, kept, one_or_404, reading
from portal.directory.lines import on
from portal.directory.models import Absence, Assignment, Person, ReportingLine, UnitLine
from portal.goals import queries as goals
from portal.goals.kinds import Aggregation, Rule, Split
from portal.goals.models import Measure, Objective
from portal.goals.states import State as Goals
from portal.periods.models import Period
from portal.settings.queries import number
from portal.workflow import NotHeld

PAGE = 50
HELD = (State.SHARED, State.CONFIRMED)


@dataclass(frozen=True)
class Promise:
    """An open action, for a list."""

    id: int
    what: str
    owner_id: int
    owner_name: str
    due: date | None


@dataclass(frozen=True)
class Goal:
    """A goal the talk can touch, with its first measure."""

    id: int
    title: str
    confidence: int | None
    measure_id: int | None = None
    measure: str = ""
    unit: str = ""
    now: Decimal | None = None
    target: Decimal | None = None
    source: str = ""
    reported_at: datetime | None = None
    shape: str = ""
    in_parts: bool = False  # its months or quarters are reported on the goal's page, not here
    judged: bool = False  # it is rated there


@dataclass(frozen=True)
class Pair:
    """One person of mine: how our dialogue stands."""

    id: int
    name: str
    status: str
    standing: rhythm.Standing
    every: int
    promises: int
    prepared: bool
    mood: int | None = None  # of the last talk, where it was noted


@dataclass(frozen=True)
class Talk:
    """What the record's page shows; `held` tells by which right it is recorded."""

    me: int
    manager_id: int
    person_id: int
    person_name: str
    held: Held
    pair: Pair
    prepared: CheckIn | None
    last: CheckIn | None
    promises: Sequence[Promise] = ()
    goals: Sequence[Goal] = field(default=())


def visible(viewer: Viewer, one: Any = None) -> Select[CheckIn]:
    """What this viewer may see at all, or `one` of it."""
    found = select(CheckIn).where(access.rows(Act.SEE_CHECK_IN, viewer, CheckIn, one=one is not None))
    return found if one is None else found.where(CheckIn.id == one)


def check_in_or_404(viewer: Viewer, check_in_id: int) -> CheckIn:
    """To show it."""
    found: CheckIn = one_or_404(*_whole(viewer, id=check_in_id))
    return found


@access.prepared
def _whole(viewer: Viewer) -> Select[CheckIn]:
    wanted = visible(viewer, bindparam("id")).options(selectinload(CheckIn.notes), selectinload(CheckIn.goals))
    return wanted.options(joinedload(CheckIn.person), joinedload(CheckIn.manager), joinedload(CheckIn.recorded_by))


def locked(viewer: Viewer, check_in_id: int) -> tuple[CheckIn, Held]:
    """With what may be done to it; the row locked where one writes."""
    found: CheckIn = one_or_404(*_locked(viewer, not reading.get(), id=check_in_id))
    return found, access.acts_on(viewer, found)


@access.prepared
def _locked(viewer: Viewer, writes: bool) -> Select[CheckIn]:
    mine = visible(viewer, bindparam("id"))
    return mine.with_for_update(of=CheckIn, key_share=True) if writes else mine


def to_change(viewer: Viewer, check_in_id: int, act: Act) -> tuple[CheckIn, Held]:
    """To change it: the row locked, the right asked before any form."""
    found, acts = locked(viewer, check_in_id)
    if act not in acts:
        raise NotHeld(act)
    return found, acts


def recorded(viewer: Viewer, person_id: int, today: date) -> tuple[Pair, Held]:
    """Whose talk the viewer may record. 404 for whom one knows nothing of, 403 for who is not one's report. Two statements."""
    held = access.acts_on(viewer, Subject(person_id=person_id))
    pair = next(iter(_pairs(_ONE, today, person=person_id)), None)
    if pair is None or not held.keys() & {Act.RECORD_CHECK_IN, Act.SEE_TIME_LINE}:
        abort(404)
    if Act.RECORD_CHECK_IN not in held:
        raise NotHeld(Act.RECORD_CHECK_IN)
    return pair, held


def talk_with(viewer: Viewer, person_id: int, today: date) -> Talk:
    """Everything for recording a talk with somebody. Refuses as `recorded`."""
    pair, held = recorded(viewer, person_id, today)
    manager_id = held[Act.RECORD_CHECK_IN] or viewer.id
    prepared, last = _around(viewer, person_id, manager_id)
    return Talk(
        viewer.id,
        manager_id,
        person_id,
        pair.name,
        held,
        pair,
        prepared,
        last,
        promises(viewer, person_id),
        top_goals(viewer, person_id, today) if enabled("goals") else [],
    )


def people(viewer: Viewer, today: date) -> list[Pair]:
    """Everybody whose talks one records (own reports, and those of whom one acts for), the most urgent first."""
    managers = [viewer.id, *(giver.id for giver, acts in viewer.gave if Act.RECORD_CHECK_IN in acts)]
    found = _pairs(_LED, today, managers=managers, me=viewer.id) if viewer.span or viewer.gave else []
    return sorted(found, key=lambda pair: (pair.standing.paused, pair.standing.due, pair.id))


def own_standing(viewer: Viewer, today: date) -> Pair | None:
    """How one's own dialogue with one's manager stands; None without a manager."""
    return next(iter(_pairs(_OWN, today, person=viewer.id)), None)


def promises(viewer: Viewer, person_id: int) -> list[Promise]:
    """Open promises about a person that the viewer may settle, the oldest first: what is asked about can be answered."""
    return [Promise(*row) for row in db.session.execute(*_promises(viewer, person=person_id))]


@access.prepared
def _promises(viewer: Viewer) -> Select[Any]:
    mine = access.rows(Act.SETTLE_ACTION, viewer, Action)
    columns: tuple[Any, ...] = (Action.id, Action.what, Action.owner_id, Person.name, Action.due)
    found: Select[Any] = select(*columns).join(Person, Person.id == Action.owner_id)
    found = found.where(Action.person_id == bindparam("person"), Action.state == Promised.OPEN, mine)
    return found.order_by(Action.due, Action.id).limit(PAGE)


def top_goals(viewer: Viewer, person_id: int, today: date) -> list[Goal]:
    """The agreed goals of the periods under way, the heaviest first, each with its first measure."""
    return [Goal(*row) for row in db.session.execute(*_top_goals(viewer, person=person_id, today=today))]


@access.prepared
def _top_goals(viewer: Viewer) -> Select[Any]:
    o, m, today = Objective, Measure, bindparam("today", type_=Date)
    first = select(func.min(m.id)).where(m.objective_id == o.id).correlate(o).scalar_subquery()
    figures = (m.current, m.target, m.source, m.reported_at, m.shape)
    columns: tuple[Any, ...] = (o.id, o.title, o.confidence, m.id, m.name, m.unit, *figures)
    in_parts = (m.split != Split.WHOLE) | (m.aggregation == Aggregation.RATIO)
    judged = func.coalesce(m.rule == Rule.JUDGED, false())
    found: Select[Any] = goals.visible(viewer).with_only_columns(*columns, in_parts, judged)
    found = found.join(Period, Period.id == o.period_id).outerjoin(m, m.id == first)
    found = found.where(
        o.person_id == bindparam("person"), o.state == Goals.AGREED, Period.begins <= today, Period.ends > today
    )
    return found.order_by(Period.begins.desc(), o.weight.desc(), o.id).limit(12)


def between(viewer: Viewer, person_id: int | None, before: tuple[date, int] | None = None) -> Sequence[CheckIn]:
    """Talks newest first: of one person, or all the viewer takes part in; one more than a page holds."""
    day, last = before or (None, None)
    asked = _between(viewer, person_id is None, before is not None, person=person_id, day=day, last=last)
    return db.session.scalars(*asked).all()


@access.prepared
def _between(viewer: Viewer, own: bool, older: bool) -> Select[CheckIn]:
    c, day = CheckIn, bindparam("day", type_=Date)
    found = visible(viewer).where(c.state.in_(HELD))
    mine = or_(c.person_id == viewer.id, c.manager_id == viewer.id, c.recorded_by_id == viewer.id)
    found = found.where(mine if own else c.person_id == bindparam("person"))
    if older:
        found = found.where(or_(c.held_on < day, and_(c.held_on == day, c.id < bindparam("last"))))
    options = (selectinload(c.notes), joinedload(c.person), joinedload(c.manager))
    return found.order_by(c.held_on.desc(), c.id.desc()).limit(PAGE + 1).options(*options)


def private_note(viewer: Viewer, check_in_id: int) -> PrivateNote | None:
    """The viewer's own note on a talk: there is no other way to ask for one."""
    mine = access.rows(Act.KEEP_PRIVATE_NOTE, viewer, PrivateNote)
    return db.session.scalar(select(PrivateNote).where(PrivateNote.check_in_id == check_in_id, mine))


def actions_of(viewer: Viewer, check_in: CheckIn) -> Sequence[Action]:
    """The promises that were made in a talk."""
    where = (Action.source_type == "check_in", Action.source_id == check_in.id, access.rows(Act.SEE_ACTION, viewer, Action))
    return db.session.scalars(select(Action).where(*where).options(joinedload(Action.owner)).order_by(Action.id)).all()


def goals_of(viewer: Viewer, check_in: CheckIn) -> Sequence[Any]:
    """(objective id, title, confidence then) of the goals a talk touched, as far as the viewer may see them."""
    said = {goal.objective_id: goal.confidence for goal in check_in.goals}
    found = goals.visible(viewer).with_only_columns(Objective.id, Objective.title).where(Objective.id.in_(said))
    return [(i, title, said[i]) for i, title in db.session.execute(found.order_by(Objective.id))] if said else []


def manager_of(person_id: int) -> int | None:
    """Who manages somebody today."""
    found = select(ReportingLine.manager_id).where(ReportingLine.report_id == person_id, ReportingLine.depth == 1)
    return db.session.scalar(found)


def prepared_by(viewer: Viewer) -> CheckIn | None:
    """What the viewer has prepared for the coming talk with today's manager."""
    mine = visible(viewer).where(
        CheckIn.person_id == viewer.id, CheckIn.state == State.DRAFT, CheckIn.manager_id == manager_of(viewer.id)
    )
    return db.session.scalars(mine.options(selectinload(CheckIn.notes)).order_by(CheckIn.id).limit(1)).first()


def words(check_in: CheckIn | None, voice: Voice) -> dict[Field, str]:
    """One side's words by field."""
    return {note.field: note.text for note in check_in.notes if note.voice is voice} if check_in else {}


def _around(viewer: Viewer, person_id: int, manager_id: int) -> tuple[CheckIn | None, CheckIn | None]:
    """What the person prepared for the coming talk, and the last talk."""
    asked = {"person": person_id, "manager": manager_id}
    found = db.session.scalars(*_newest(viewer, **asked)).unique().all()
    prepared = next((c for c in found if c.state is State.DRAFT), None)
    return prepared, next((c for c in found if c.state in HELD), None)


@access.prepared
def _newest(viewer: Viewer) -> Select[CheckIn]:
    c = CheckIn
    pair = and_(c.state == State.DRAFT, c.manager_id == bindparam("manager"))
    newest = visible(viewer).where(c.person_id == bindparam("person"), or_(pair, c.state.in_(HELD)))
    newest = newest.order_by((c.state == State.DRAFT).desc(), c.held_on.desc(), c.id.desc()).limit(2)
    return newest.options(joinedload(c.notes))


def _pairs(found: Select[*tuple[Any, ...]], today: date, **whose: Any) -> list[Pair]:
    """In one statement: last talk, rhythm (person before the nearest unit), leave, open promises, preparation."""
    return [pair(row, today) for row in db.session.execute(found, {"today": today, **whose})]


def _all_pairs() -> Select[*tuple[Any, ...]]:
    today: Any = bindparam("today", type_=Date)
    last = select(func.max(CheckIn.held_on)).where(CheckIn.person_id == Person.id, CheckIn.state.in_(HELD))
    newest = select(CheckIn.mood).where(CheckIn.person_id == Person.id, CheckIn.state.in_(HELD))
    newest = newest.order_by(CheckIn.held_on.desc(), CheckIn.id.desc()).limit(1)
    own = select(Rhythm.every_days).where(Rhythm.person_id == Person.id)
    nearest = (
        select(Rhythm.every_days)
        .join(UnitLine, UnitLine.upper_id == Rhythm.unit_id)
        .where(UnitLine.lower_id == Person.unit_id, Rhythm.every_days.is_not(None))
        .order_by(UnitLine.depth)
        .limit(1)
    )
    away = exists().where(Absence.person_id == Person.id, on(today, Absence)).correlate(Person)
    rests = exists().where(Pause.person_id == Person.id, on(today, Pause)).correlate(Person)
    line, other = aliased(ReportingLine), aliased(ReportingLine)
    before = select(func.count()).select_from(line).join(other, other.manager_id == line.manager_id)
    before = before.where(line.report_id == Person.id, line.depth == 1, other.depth == 1, other.report_id < line.report_id)
    open_ = select(func.count()).where(Action.person_id == Person.id, Action.state == Promised.OPEN)
    draft = and_(CheckIn.person_id == Person.id, CheckIn.state == State.DRAFT)
    prepared = exists().where(draft, Note.check_in_id == CheckIn.id, Note.voice == Voice.EMPLOYEE)
    quarter = select(func.max(Period.begins)).where(Period.begins <= today, Period.ends > today)
    since = select(func.min(Assignment.since)).where(Assignment.person_id == Person.id, on(today, Assignment))
    return select(
        Person.id,
        Person.name,
        Person.status,
        last.correlate(Person).scalar_subquery(),
        func.coalesce(own.correlate(Person).scalar_subquery(), nearest.correlate(Person).scalar_subquery()),
        or_(away, rests),
        open_.correlate(Person).scalar_subquery(),
        prepared.correlate(Person),
        quarter.scalar_subquery(),
        since.correlate(Person).scalar_subquery(),
        newest.correlate(Person).scalar_subquery(),
        before.correlate(Person).scalar_subquery(),
    )


def _one_pair(*where: Any) -> Select[*tuple[Any, ...]]:
    return kept(PAIRS.where(Person.id == bindparam("person", type_=Integer), *where))


def _led() -> Select[*tuple[Any, ...]]:
    line = ReportingLine
    mine = select(line.report_id).where(line.manager_id.in_(bindparam("managers", expanding=True)), line.depth == 1)
    return kept(PAIRS.where(Person.id.in_(mine), Person.id != bindparam("me", type_=Integer)))


PAIRS = _all_pairs()  # made once, as these: home asks each time
_ONE, _LED = _one_pair(), _led()
_OWN = _one_pair(exists().where(ReportingLine.report_id == Person.id, ReportingLine.depth == 1))


def pair(row: Any, today: date) -> Pair:
    """A row of `PAIRS`."""
    who, name, status, last, every, away, promised, prepared, quarter, since, mood, place = row
    every = every or number("rhythm_days")
    begun = max((day for day in (quarter, since) if day), default=today)
    stands = rhythm.standing(last, every, begun, bool(away), place)
    return Pair(who, name, status, stands, every, promised, bool(prepared), mood)
