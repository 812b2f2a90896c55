"""依据 What happened in the period, beside what is judged: talks, feedback and progress, as the reader may see them (S10)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Select, and_, bindparam, func, select
from sqlalchemy.orm import joinedload

from portal import access, clock
from portal.access import Act, Viewer
from portal.access.switches import enabled
from portal.checkins.models import CheckIn, Field, Voice
from portal.checkins.models import State as Talk
from portal.db import db
from portal.feedback.models import Feedback
from portal.feedback.states import State as Said
from portal.formats import figure, local
from portal.goals.kinds import Shape
from portal.goals.models import Measure, MeasureValue, Objective
from portal.i18n import gettext as _
from portal.periods.models import Period
from portal.reviews.models import Assessment, Evidence, Item, Pin, Review
from portal.reviews.queries import writable
from portal.settings.queries import number

SHARED = (Talk.SHARED, Talk.CONFIRMED)
FEW = 12
"""Records that are shown at first."""
MOST = 200
"""Records that are looked through for one form."""


@dataclass(frozen=True)
class Record:
    """One thing that happened: a talk, a piece of feedback, or a reported value. `goals` are the objectives it touched.

    Of a talk `words` are the manager's (`who`) and `own` the person's: two voices are never made one.
    """

    kind: Evidence
    id: int
    on: date
    title: str
    words: str
    who: str
    goals: frozenset[int]
    pinned: tuple[tuple[int, str], ...] = ()  # the pin's id, and the item it is pinned to
    own: str = ""

    @property
    def key(self) -> tuple[Evidence, int]:
        """What a pin names."""
        return self.kind, self.id


@dataclass(frozen=True)
class Coverage:
    """依据覆盖 How much the judgement can rest on; `thin` by the setting for dialogues, or when most goals are silent."""

    talks: int
    enough: int
    silent: int  # goals of the form without any record in the period
    goals: int

    @property
    def thin(self) -> bool:
        """Said to the reviewer and to HR, never to the person."""
        return self.talks < self.enough or self.silent * 2 > self.goals


@dataclass(frozen=True)
class Wish:
    """Which part of the evidence to show: about one item, one kind (pinned, talks, values), the first ones or all."""

    about: int | None = None
    only: str = ""
    whole: bool = False


class Panel:
    """The region beside the form: all records, those about one item, or those pinned."""

    def __init__(self, viewer: Viewer, review: Review, own: Assessment | None, wish: Wish) -> None:
        self.review, self.own, self.only = review, own, wish.only
        self.about = next((item for item in review.items if item.id == wish.about), None)
        pins = pins_of(own)
        found = records(viewer, review, pins)
        self.coverage = Coverage(*_covered(review, found))
        self.talks = sum(record.kind is Evidence.CHECK_IN for record in found)
        self.said = sum(record.kind is Evidence.FEEDBACK for record in found)
        self.values = len(found) - self.talks - self.said
        self.pinned = sum(bool(record.pinned) for record in found)
        wanted = [record for record in found if self._wanted(record)]
        self.records = wanted if wish.whole else wanted[:FEW]
        self.more = len(wanted) - len(self.records)

    @property
    def items(self) -> list[Item]:
        """What a record can be pinned to: goals, and what is rated."""
        return [item for item in self.review.items if item.objective_id or (item.definition and item.definition.anchors)]

    @property
    def goals(self) -> list[Item]:
        """What the records can be narrowed to."""
        return [item for item in self.review.items if item.objective_id]

    @property
    def pins_open(self) -> bool:
        """Whether the viewer writes an assessment that is not handed in yet."""
        return self.own is not None and writable(self.review, self.own)

    def _wanted(self, record: Record) -> bool:
        if self.about is not None and self.about.objective_id:
            return self.about.objective_id in record.goals
        wanted = {
            "talks": record.kind is Evidence.CHECK_IN,
            "values": record.kind is Evidence.VALUE,
            "feedback": record.kind is Evidence.FEEDBACK,
            "pinned": record.pinned,
        }
        return bool(wanted.get(self.only, True))


def pins_of(own: Assessment | None) -> Sequence[Pin]:
    """What one assessor pinned."""
    if own is None:
        return []
    return db.session.scalars(select(Pin).where(Pin.assessment_id == own.id)).all()


def records(viewer: Viewer, review: Review, pins: Sequence[Pin] = ()) -> list[Record]:
    """Newest first: shared talks, feedback and reported values of the period that this viewer may see. Drafts never."""
    titles = {item.id: item.title for item in review.items}
    pinned: dict[Any, list[tuple[int, str]]] = {}
    for pin in pins:
        pinned.setdefault((pin.kind, pin.evidence_id), []).append((pin.id, titles.get(pin.item_id, "")))
    talks = db.session.scalars(*_talks(viewer, **_when(review))).unique().all()
    values = db.session.execute(*_values(viewer, **_when(review))).all()
    found = [_talk(talk, pinned) for talk in talks] + [_value(row, pinned) for row in values]
    if enabled("feedback"):
        found += [_feedback(row, pinned) for row in db.session.scalars(*_told(viewer, **_when(review)))]
    return sorted(found, key=lambda record: (record.on, record.id), reverse=True)


def find(viewer: Viewer, review: Review, kind: str, evidence_id: int) -> Record | None:
    """One record, if this viewer may see it and it belongs to the period."""
    return next((r for r in records(viewer, review) if (str(r.kind), r.id) == (kind, evidence_id)), None)


def pinned(viewer: Viewer, review: Review, sides: Sequence[Assessment]) -> dict[tuple[int, int], list[Record]]:
    """Pinned records by (assessment's id, item's id), as far as this viewer may see both the judgement and the record."""
    query = select(Pin).where(Pin.assessment_id.in_([side.id for side in sides])).order_by(Pin.id)
    pins = db.session.scalars(query).all() if sides else []
    known = {record.key: record for record in records(viewer, review)} if pins else {}
    found: dict[tuple[int, int], list[Record]] = {}
    for pin in pins:
        if record := known.get((pin.kind, pin.evidence_id)):
            found.setdefault((pin.assessment_id, pin.item_id), []).append(record)
    return found


def late(viewer: Viewer, review: Review) -> dict[int, list[Record]]:
    """Values that came after the freeze, as far as this viewer may see the goals: {item's id: records}. They change nothing.

    Who judged somebody that works elsewhere by now still reads the form, but not how the goals went on.
    """
    frozen = {item.objective_id: item for item in review.items if item.objective_id and item.frozen_at}
    if not frozen:
        return {}
    first = min(item.frozen_at for item in frozen.values() if item.frozen_at)
    found: dict[int, list[Record]] = {}
    for row in db.session.execute(*_later(viewer, goals=list(frozen), begins=first)):
        item = frozen[row.objective_id]
        if item.frozen_at and row.MeasureValue.at > item.frozen_at:
            found.setdefault(item.id, []).append(_value(row, {}))
    return found


def dialogues(cycle_id: int, period: Period) -> dict[int, int]:
    """How many shared talks each person of a cycle had in its period: {person's id: how many}; for HR's thin ones."""
    query = (
        select(CheckIn.person_id, func.count())
        .join(Review, and_(Review.person_id == CheckIn.person_id, Review.cycle_id == cycle_id))
        .where(CheckIn.state.in_(SHARED), CheckIn.held_on >= period.begins, CheckIn.held_on < period.ends)
        .group_by(CheckIn.person_id)
    )
    return {row[0]: row[1] for row in db.session.execute(query)}


def unit_of(measured: Any) -> str:
    """The unit of a measure or a figure of it: a percentage always says so."""
    return measured.unit or ("%" if measured.shape is Shape.PERCENT else "")


def _covered(review: Review, found: Sequence[Record]) -> tuple[int, int, int, int]:
    touched = {goal for record in found for goal in record.goals}
    goals = [item.objective_id for item in review.items if item.objective_id]
    talks = sum(record.kind is Evidence.CHECK_IN for record in found)
    return talks, number("few_dialogues"), sum(goal not in touched for goal in goals), len(goals)


def _when(review: Review) -> dict[str, Any]:
    """Whose evidence, of which goals, and when: as the statements below are asked."""
    period = review.cycle.period
    begins, ends = clock.midnight(period.begins), clock.midnight(period.ends)
    goals = [item.objective_id for item in review.items if item.objective_id]
    days = {"first": period.begins, "end": period.ends, "begins": begins, "ends": ends}
    return {"person": review.person_id, "goals": goals, **days}


@access.prepared
def _talks(viewer: Viewer) -> Select[CheckIn]:
    c = CheckIn
    found = select(c).where(c.person_id == bindparam("person"), c.state.in_(SHARED))
    found = found.where(c.held_on >= bindparam("first"), c.held_on < bindparam("end"))
    found = found.where(access.rows(Act.SEE_CHECK_IN, viewer, c))
    found = found.options(joinedload(c.manager), joinedload(c.notes), joinedload(c.goals))  # few of each
    return found.order_by(c.held_on.desc(), c.id.desc()).limit(MOST)


@access.prepared
def _told(viewer: Viewer) -> Select[Feedback]:
    f = Feedback
    found = select(f).where(f.person_id == bindparam("person"), f.state == Said.GIVEN)
    found = found.where(
        f.at >= bindparam("begins"), f.at < bindparam("ends"), access.rows(Act.SEE_FEEDBACK, viewer, f, one=True)
    )
    parts = joinedload(f.author, innerjoin=True), joinedload(f.value)
    return found.options(*parts).order_by(f.id.desc()).limit(MOST)


@access.prepared
def _values(viewer: Viewer) -> Select[Any]:
    at = MeasureValue.at
    found = _reported().where(at >= bindparam("begins"), at < bindparam("ends"))
    return found.where(access.rows(Act.SEE_OBJECTIVE, viewer, Objective)).order_by(at.desc()).limit(MOST)


@access.prepared
def _later(viewer: Viewer) -> Select[Any]:
    at = MeasureValue.at
    found = _reported().where(at > bindparam("begins"), access.rows(Act.SEE_OBJECTIVE, viewer, Objective))
    return found.order_by(at.desc())


def _reported() -> Select[Any]:
    m, o = Measure, Objective
    columns: tuple[Any, ...] = (MeasureValue, m.name, m.unit, m.shape, m.source, o.id.label("objective_id"), o.title)
    found: Select[Any] = select(*columns).join(m, m.id == MeasureValue.measure_id).join(o, o.id == m.objective_id)
    return found.where(o.id.in_(bindparam("goals", expanding=True)))


def _talk(talk: CheckIn, pinned: Any) -> Record:
    said = {(note.voice, note.field): note.text for note in talk.notes if note.text}
    lead = {Field.PROGRESS: "", Field.OBSTACLE: _("Obstacle") + _(": "), Field.SUPPORT: _("Support needed") + _(": ")}
    words = "\n".join(word + said[Voice.MANAGER, field] for field, word in lead.items() if (Voice.MANAGER, field) in said)
    touched = frozenset(goal.objective_id for goal in talk.goals)
    known = tuple(pinned.get((Evidence.CHECK_IN, talk.id), ()))
    own = said.get((Voice.EMPLOYEE, Field.VIEW), "")
    return Record(Evidence.CHECK_IN, talk.id, talk.held_on, "", words, talk.manager.name, touched, known, own)


def _feedback(row: Feedback, pinned: Any) -> Record:
    title = _("Praise") if row.public else _("Feedback")
    title = _("%(what)s, %(value)s", what=title, value=row.value.name) if row.value else title
    known = tuple(pinned.get((Evidence.FEEDBACK, row.id), ()))
    about = frozenset({row.objective_id} if row.objective_id else ())
    return Record(Evidence.FEEDBACK, row.id, local(row.at), title, row.words, row.author.name, about, known)


def _value(row: Any, pinned: Any) -> Record:
    value: MeasureValue = row.MeasureValue
    words = " · ".join(part for part in (figure(value.value, unit_of(row)), value.comment) if part)
    known = tuple(pinned.get((Evidence.VALUE, value.id), ()))
    source = value.source or row.source
    return Record(Evidence.VALUE, value.id, local(value.at), row.name, words, source, frozenset({row.objective_id}), known)
