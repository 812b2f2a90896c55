"""Reads of feedback. Every one starts at what the viewer may see."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from flask import abort
from sqlalchemy import ColumnElement, Select, exists, func, or_, select, true, union
from sqlalchemy.orm import joinedload

from portal import access, clock
from portal.access import Act, Held, Viewer
from portal.access.switches import enabled, is_on_for
from portal.db import db, reading, spelled
from portal.directory.models import Person, ReportingLine, Status, UnitLine
from portal.feedback.models import Ask, CompanyValue, Feedback, Report
from portal.feedback.states import REGRET, Asking, State, Verdict
from portal.goals import queries as goals
from portal.goals.models import Objective
from portal.goals.states import State as Goal
from portal.periods.models import Period
from portal.workflow import NotHeld

PAGE = 20
NEAR = 12
"""Colleagues that are offered without a search."""
GOALS = 30
TOLD = timedelta(days=30)
"""How long a question that is settled still stands in the list."""
PARTS = (
    joinedload(Feedback.person, innerjoin=True),
    joinedload(Feedback.author, innerjoin=True),
    joinedload(Feedback.value),
)


@dataclass(frozen=True)
class Page:
    """Some of a list, the newest first; `more` is the cursor of the next page."""

    rows: Sequence[Feedback]
    goals: dict[int, str]  # titles of the goals they are linked to, as far as the viewer may see these
    more: int | None


def visible(viewer: Viewer, one: int | None = None) -> Select[Feedback]:
    """What this viewer may read at all, or `one` of it."""
    found = select(Feedback).where(access.rows(Act.SEE_FEEDBACK, viewer, Feedback, one=one is not None))
    return found if one is None else found.where(Feedback.id == one)


def feedback_or_404(viewer: Viewer, feedback_id: int) -> Feedback:
    """To show it."""
    found: Feedback = db.one_or_404(visible(viewer, feedback_id).options(*PARTS))
    return found


def to_change(viewer: Viewer, feedback_id: int, act: Act) -> tuple[Feedback, Held]:
    """To change it: the row locked, the right asked before any form."""
    mine = visible(viewer, feedback_id)
    found: Feedback = db.one_or_404(mine if reading.get() else mine.with_for_update(of=Feedback, key_share=True))
    acts = access.acts_on(viewer, found)
    if act not in acts:
        raise NotHeld(act)
    return found, acts


def received(viewer: Viewer, before: int | None = None) -> Page:
    """What was said to the viewer."""
    return _page(viewer, Feedback.person_id == viewer.id, before)


def given(viewer: Viewer, before: int | None = None) -> Page:
    """What the viewer said to others."""
    return _page(viewer, Feedback.author_id == viewer.id, before)


@dataclass(frozen=True)
class Wall:
    """What the wall is narrowed to: a department with all below it, a value."""

    unit_id: int | None = None
    value_id: int | None = None


def wall(viewer: Viewer, wish: Wall, before: int | None = None) -> Page:
    """Praise, the newest first, of everybody whose department uses feedback."""
    f = Feedback
    receives: tuple[ColumnElement[bool], ...] = Person.id == f.person_id, is_on_for("feedback", Person.unit_id)
    if wish.unit_id is not None:
        receives = *receives, Person.unit_id.in_(select(UnitLine.lower_id).where(UnitLine.upper_id == wish.unit_id))
    found: ColumnElement[bool] = (f.public == true()) & (f.state == State.GIVEN) & exists().where(*receives).correlate(f)
    return _page(viewer, found & (f.value_id == wish.value_id) if wish.value_id is not None else found, before)


def _page(viewer: Viewer, which: ColumnElement[bool], before: int | None) -> Page:
    found = select(Feedback).where(which, access.rows(Act.SEE_FEEDBACK, viewer, Feedback, one=True))
    if before is not None:
        found = found.where(Feedback.id < before)
    rows = db.session.scalars(found.options(*PARTS).order_by(Feedback.id.desc()).limit(PAGE + 1)).all()
    shown = rows[:PAGE]
    return Page(shown, goal_titles(viewer, shown), shown[-1].id if len(rows) > PAGE else None)


def goal_titles(viewer: Viewer, linked: Iterable[Any]) -> dict[int, str]:
    """Titles of the goals that these are linked to, as far as the viewer may see them."""
    ids = {row.objective_id for row in linked if row.objective_id}
    if not ids or not enabled("goals"):
        return {}
    seen = access.rows(Act.SEE_OBJECTIVE, viewer, Objective, one=True)
    return {
        row.id: row.title
        for row in db.session.execute(select(Objective.id, Objective.title).where(Objective.id.in_(ids), seen))
    }


def said(viewer: Viewer, ids: Iterable[int]) -> dict[int, str]:
    """Of these pieces of feedback those that the viewer may open, with what stands in them today: nothing once it is gone."""
    wanted = set(ids)
    if not wanted:
        return {}
    seen = access.rows(Act.SEE_FEEDBACK, viewer, Feedback, one=True)
    found = select(Feedback.id, Feedback.words, Feedback.state).where(Feedback.id.in_(wanted), seen)
    return {row.id: row.words if row.state is State.GIVEN else "" for row in db.session.execute(found)}


def values(*, retired: bool = False) -> Sequence[CompanyValue]:
    """The company's values as HR keeps them; `retired` ones too."""
    found = select(CompanyValue).order_by(CompanyValue.retired_at.is_not(None), CompanyValue.id)
    return db.session.scalars(found if retired else found.where(CompanyValue.retired_at.is_(None))).all()


def value_or_404(value_id: int) -> CompanyValue:
    """One of them, locked where one writes."""
    found = select(CompanyValue).where(CompanyValue.id == value_id)
    one: CompanyValue = db.one_or_404(found if reading.get() else found.with_for_update())
    return one


def receiver_or_404(person_id: int) -> Person:
    """Somebody feedback can be given to: whoever works here, with an account or without, on leave or not."""
    found = db.session.scalar(select(Person).where(Person.id == person_id, Person.status != Status.LEFT))
    return found or abort(404)


def uses_feedback(person: Person) -> bool:
    """Whether feedback is in use in somebody's department."""
    return bool(db.session.scalar(select(Person.id).where(Person.id == person.id, is_on_for("feedback", Person.unit_id))))


def goals_of(viewer: Viewer, person_id: int, also: int | None = None) -> list[tuple[int, str]]:
    """(id, title) of somebody's goals that run and that the viewer may see, and of one more goal if they may see it."""
    if not enabled("goals"):
        return []
    today, o = clock.today(), Objective
    found = goals.visible(viewer).with_only_columns(o.id, o.title).join(Period, Period.id == o.period_id)
    running = found.where(o.person_id == person_id, o.state == Goal.AGREED, Period.begins <= today, Period.ends > today)
    rows = db.session.execute(running.order_by(Period.begins.desc(), o.weight.desc(), o.id).limit(GOALS)).all()
    if also is not None and also not in {row.id for row in rows}:
        rows = [*db.session.execute(goals.visible(viewer, also).with_only_columns(o.id, o.title)).all(), *rows]
    return [(row.id, row.title) for row in rows]


def near(viewer: Viewer) -> Sequence[Person]:
    """Whom one works with: the manager, one's reports, then colleagues of the department; with an account, not away."""
    line, other = (
        ReportingLine,
        select(ReportingLine.manager_id).where(ReportingLine.report_id == viewer.id, ReportingLine.depth == 1),
    )
    below = select(line.report_id).where(line.manager_id == viewer.id, line.depth == 1)
    mates = select(Person.id).where(Person.unit_id == viewer.unit_id) if viewer.unit_id is not None else other
    ids = union(other, below, mates)
    found = select(Person).where(Person.id.in_(ids), Person.id != viewer.id, *can_answer())
    first = Person.id.in_(union(other, below))
    return db.session.scalars(found.order_by(first.desc(), func.lower(Person.pinyin), Person.id).limit(NEAR)).all()


def can_answer() -> tuple[ColumnElement[bool], ...]:
    """SQL conditions of people who can be asked: here, with an account, and feedback is in use where they work."""
    return (
        Person.status == Status.ACTIVE,
        Person.directory_key.is_not(None),
        is_on_for("feedback", Person.unit_id),
    )


def askable(ids: Iterable[int], viewer: Viewer) -> Sequence[Person]:
    """Those of these people who can be asked, never oneself."""
    found = select(Person).where(Person.id.in_(set(ids)), Person.id != viewer.id, *can_answer())
    return db.session.scalars(found.order_by(func.lower(Person.pinyin), Person.id)).all()


def asked_already(viewer: Viewer, key: str) -> set[int]:
    """Whom the viewer has asked about this topic before."""
    return set(db.session.scalars(select(Ask.asked_id).where(Ask.person_id == viewer.id, Ask.topic_key == key)))


def asks_to_me(viewer: Viewer) -> Sequence[Ask]:
    """Questions that wait for the viewer, the oldest first; nobody waits for an answer to who has left."""
    found = select(Ask).join(Person, Person.id == Ask.person_id).where(Ask.asked_id == viewer.id, Ask.state == Asking.OPEN)
    return db.session.scalars(
        found.where(Person.status != Status.LEFT).options(joinedload(Ask.person)).order_by(Ask.id).limit(50)
    ).all()


def my_asks(viewer: Viewer) -> Sequence[Ask]:
    """What the viewer asked for: open, or settled not long ago; the newest first."""
    recent = or_(Ask.state == Asking.OPEN, Ask.settled_at > clock.now() - TOLD)
    found = select(Ask).where(Ask.person_id == viewer.id, recent).options(joinedload(Ask.asked))
    return db.session.scalars(found.order_by(Ask.id.desc()).limit(100)).all()


def ask_to_change(viewer: Viewer, ask_id: int, act: Act) -> tuple[Ask, Held]:
    """A question of the viewer's or to the viewer, locked where one writes."""
    mine = select(Ask).where(Ask.id == ask_id, access.rows(Act.SEE_ASK, viewer, Ask, one=True)).options(joinedload(Ask.person))
    found: Ask = db.one_or_404(mine if reading.get() else mine.with_for_update(of=Ask, key_share=True))
    acts = access.acts_on(viewer, found)
    if act not in acts:
        raise NotHeld(act)
    return found, acts


def told(viewer: Viewer) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    """SQL conditions of decisions that concern the viewer: what they reported; what they wrote and HR hid."""
    theirs = (Report.person_id == viewer.id) & (Report.state == spelled(Verdict.HIDDEN))
    return (Report.reporter_id == viewer.id) & (Report.state != Verdict.OPEN), theirs


def reports(viewer: Viewer, before: int | None = None) -> tuple[Sequence[Report], int | None]:
    """What was reported, as HR and the auditor read it: what waits first, then the newest; and where the next page begins."""
    seen = access.rows(Act.SEE_REPORT, viewer, Report, one=True)
    options = (joinedload(Report.person), joinedload(Report.reporter), joinedload(Report.decided_by))
    found = select(Report).where(seen, Report.state.in_((Verdict.KEPT, Verdict.HIDDEN))).options(*options)
    if before is None:
        first = select(Report).where(seen, Report.state == spelled(Verdict.OPEN)).options(*options)
        opened = db.session.scalars(first.order_by(Report.id).limit(100)).all()
    else:
        opened, found = [], found.where(Report.id < before)
    rows = db.session.scalars(found.order_by(Report.id.desc()).limit(PAGE + 1)).all()
    return [*opened, *rows[:PAGE]], rows[PAGE - 1].id if len(rows) > PAGE else None


def report_or_404(viewer: Viewer, report_id: int) -> tuple[Report, Held]:
    """One report, locked where one writes."""
    mine = select(Report).where(Report.id == report_id, access.rows(Act.SEE_REPORT, viewer, Report, one=True))
    mine = mine.options(joinedload(Report.person), joinedload(Report.reporter), joinedload(Report.decided_by))
    found: Report = db.one_or_404(mine if reading.get() else mine.with_for_update(of=Report, key_share=True))
    return found, access.acts_on(viewer, found)


def decided_or_404(viewer: Viewer, report_id: int) -> Report:
    """A decision that concerns the viewer, locked where one writes."""
    mine = select(Report).where(Report.id == report_id, or_(*told(viewer)))
    found: Report = db.one_or_404(mine if reading.get() else mine.with_for_update(of=Report, key_share=True))
    return found


def decisions(viewer: Viewer, feedback: Feedback) -> Sequence[Report]:
    """Reports about one piece as the viewer may know of them: their own, and of their own words what HR hid."""
    waits = (Report.reporter_id == viewer.id) & (Report.state == spelled(Verdict.OPEN))
    found = select(Report).where(Report.feedback_id == feedback.id, or_(waits, *told(viewer)))
    return db.session.scalars(found.order_by(Report.id.desc()).limit(5)).all()


def given_today(viewer: Viewer) -> int:
    """How many pieces of feedback the viewer gave within a day."""
    since = clock.now() - REGRET
    found = select(func.count()).select_from(Feedback).where(Feedback.author_id == viewer.id, Feedback.at > since)
    return db.session.scalar(found) or 0
