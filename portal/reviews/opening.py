"""Opening a cycle: a review for everybody who works here, written set by set, so that thousands take seconds."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, ClassVar

from sqlalchemy import ColumnElement, Select, and_, case, func, insert, literal, or_, select
from sqlalchemy.orm import aliased

from portal import clock, journal
from portal.access import Viewer
from portal.cycles.models import Cycle, ItemDef, SectionDef, SectionKind
from portal.cycles.operations import Dates, draft
from portal.db import db, refresh_statistics
from portal.directory.lines import on
from portal.directory.models import Assignment, Person, Status
from portal.goals.models import Kind, Objective
from portal.goals.states import State as Goal
from portal.periods.models import Period
from portal.reviews import scoring
from portal.reviews.models import Assessment, Item, Part, Review, Section
from portal.reviews.states import State
from portal.words import N_
from portal.workflow import Refused

KINDS = {
    SectionKind.KPI: (Kind.KPI,),
    SectionKind.OKR: (Kind.OKR_COMMITTED, Kind.OKR_ASPIRATIONAL, Kind.PROJECT),
}
"""Which of somebody's objectives a section is about."""
FIRST = 1_000
"""Goals stand before the questions of their section, which begin here."""


@dataclass(frozen=True)
class Opened:
    """What opening did: how many reviews, and the people nobody assesses yet (they have a review too)."""

    cycle: Cycle
    reviews: int
    without_assessor: tuple[int, ...]


@dataclass(frozen=True)
class _About:
    """What the journal needs to know of a review that was written as one row of many."""

    id: int
    person_id: int
    __tablename__: ClassVar[str] = "review"


def open_cycle(period: Period, by: Viewer, name: str, dates: Dates) -> Opened:
    """A cycle with the shipped scheme, and a review for everybody who has a post in it.

    Assessed by oneself (who has an account) and by the manager of that time. Raises Refused when the dates are out of order.
    """
    at, day = clock.now(), min(clock.today(), period.ends - timedelta(days=1))
    cycle = draft(period, name, dates, at)
    _write_reviews(cycle, day)
    _write_sections(cycle)
    _write_questions(cycle)
    refresh_statistics(Review, Section, Item)
    write_goals(cycle, Review.cycle_id == cycle.id)
    _write_assessments(cycle)
    opened = [_About(*row) for row in db.session.execute(select(Review.id, Review.person_id).filter_by(cycle_id=cycle.id))]
    journal.write("cycle.started", cycle, by, words={"name": name, "reviews": len(opened)})
    for about in opened:
        journal.write("review.opened", about, by, words={"cycle": name})
    return Opened(cycle, len(opened), tuple(db.session.scalars(unassessed(cycle.id))))


def unassessed(cycle_id: int) -> Select[int]:
    """Whom nobody but themselves assesses in a cycle."""
    manager = select(Assessment.id).where(Assessment.review_id == Review.id, Assessment.relation == Part.MANAGER)
    return select(Review.person_id).where(Review.cycle_id == cycle_id, ~manager.exists()).order_by(Review.person_id)


def _write_reviews(cycle: Cycle, day: date) -> None:
    # Without an account nobody can hand in a self-assessment: the manager begins.
    first = case((Person.login.is_(None), State.ASSESSMENT.value), else_=State.SELF_ASSESSMENT.value)
    version = cycle.schemes[0].versions[0].id
    row = aliased(Assignment)
    one = select(func.min(row.id)).where(row.person_id == Person.id, row.primary, on(day, row)).correlate(Person)
    found = (
        select(literal(cycle.id), literal(version), Person.id, Assignment.id, first, *_defaults(Review, REVIEW_DEFAULTS))
        .join(Assignment, Assignment.id == one.scalar_subquery())
        .where(Person.status != Status.LEFT)
        .order_by(Person.id)
    )
    columns = ["cycle_id", "scheme_version_id", "person_id", "assignment_id", "state", *REVIEW_DEFAULTS]
    db.session.execute(insert(Review).from_select(columns, found, include_defaults=False))


REVIEW_DEFAULTS: dict[str, Any] = {"grade_reason": "", "missing_weight": 0, "own_words": "", "version": 1}


def _defaults(model: Any, values: dict[str, Any]) -> list[ColumnElement[Any]]:
    return [literal(value, getattr(model, name).type) for name, value in values.items()]


def _write_sections(cycle: Cycle) -> None:
    found = (
        select(Review.id, SectionDef.kind, SectionDef.title, SectionDef.weight, SectionDef.position)
        .join(SectionDef, SectionDef.version_id == Review.scheme_version_id)
        .where(Review.cycle_id == cycle.id)
        .order_by(Review.id, SectionDef.position)
    )
    db.session.execute(insert(Section).from_select(["review_id", "kind", "title", "weight", "position"], found))


def _write_questions(cycle: Cycle) -> None:
    found = (
        select(Section.id, ItemDef.id, ItemDef.title, ItemDef.weight, ItemDef.position + FIRST)
        .join(Review, Review.id == Section.review_id)
        .join(SectionDef, and_(SectionDef.version_id == Review.scheme_version_id, SectionDef.position == Section.position))
        .join(ItemDef, ItemDef.section_id == SectionDef.id)
        .where(Review.cycle_id == cycle.id)
        .order_by(Section.id, ItemDef.position)
    )
    db.session.execute(insert(Item).from_select(["section_id", "def_id", "title", "weight", "position"], found))


def write_goals(cycle: Cycle, which: ColumnElement[bool]) -> int:
    """Items for the agreed goals of the time that have none yet; how many. The weights of a section are shares again."""
    sections: dict[int, list[Any]] = defaultdict(list)
    for row in db.session.execute(_goals(cycle.period, which)):
        sections[row.section_id].append(row)
    items = [item for rows in sections.values() for item in _items(rows)]
    if items:
        db.session.execute(insert(Item), items)
    return len(items)


def _goals(period: Period, which: ColumnElement[bool]) -> Any:
    there = (
        select(Item.id).where(Item.section_id == Section.id, Item.objective_id == Objective.id).correlate(Section, Objective)
    )
    fits = (and_(Section.kind == kind, Objective.kind.in_(kinds)) for kind, kinds in KINDS.items())
    either, *others = fits
    for other in others:
        either = either | other
    return (
        select(Section.id.label("section_id"), Section.kind, Objective.id, Objective.title, Objective.weight)
        .join(Review, Review.id == Section.review_id)
        .join(Objective, Objective.person_id == Review.person_id)
        .join(Period, Period.id == Objective.period_id)
        .where(which, either, Objective.state.in_((Goal.AGREED, Goal.CLOSED)), ~there.exists())
        .where(Period.begins < period.ends, Period.ends > period.begins)
        .order_by(Section.id, Objective.id)
    )


def _items(rows: Sequence[Any]) -> list[dict[str, Any]]:
    # Somebody's goals add up to 100 % over KPI and OKR together; here a section's own goals do.
    weights = scoring.rescaled([row.weight for row in rows]) if rows[0].kind is SectionKind.KPI else [0] * len(rows)
    return [
        {"section_id": row.section_id, "objective_id": row.id, "title": row.title, "weight": weight, "position": n}
        for n, (row, weight) in enumerate(zip(rows, weights, strict=True))
    ]


def _write_assessments(cycle: Cycle) -> None:
    columns = ["review_id", "assessor_id", "relation", "weight", "required", "grade_reason", "version"]
    rest = (literal(True), literal(""), literal(1))
    mine = select(Review.id, Review.person_id, literal(Part.SELF.value), literal(0), *rest)
    mine = mine.join(Person, Person.id == Review.person_id).where(Person.login.is_not(None))
    boss, now = aliased(Person), aliased(Assignment)
    today = select(func.min(now.manager_id)).where(now.person_id == Review.person_id, now.primary, on(clock.today(), now))
    # The manager of that time; who left since then is followed by the manager of today.
    theirs = (
        select(Review.id, boss.id, literal(Part.MANAGER.value), literal(10_000), *rest)
        .join(Assignment, Assignment.id == Review.assignment_id)
        .join(Person, Person.id == Assignment.manager_id)
        .join(
            boss,
            boss.id
            == case((Person.status == Status.LEFT, today.correlate(Review).scalar_subquery()), else_=Assignment.manager_id),
        )
        .where(boss.status != Status.LEFT, boss.id != Review.person_id)
    )
    for found in (mine, theirs):
        chosen = found.where(Review.cycle_id == cycle.id).order_by(Review.id)
        db.session.execute(insert(Assessment).from_select(columns, chosen, include_defaults=False))


def name_assessor(cycle: Cycle, review_id: int, who: str, by: Viewer) -> str:
    """Let somebody, by login or employee number, assess whom nobody assesses; their name. Raises Refused."""
    review = db.one_or_404(select(Review).where(Review.id == review_id, Review.cycle_id == cycle.id))
    if review.person_id == by.id:
        raise Refused(N_("Nobody chooses who assesses them: another HR administrator does."))
    called = or_(Person.login == who.strip(), Person.number == who.strip())
    person = db.session.scalar(select(Person).where(called, Person.status != Status.LEFT))
    if person is None:
        raise Refused(N_("Nobody has this login or employee number."))
    if person.id == review.person_id or review.assessment(Part.MANAGER):
        raise Refused(N_("This review has its assessor already, or it would be the person themselves."))
    review.assessments.append(
        Assessment(assessor_id=person.id, relation=Part.MANAGER, weight=10_000, required=True, grade_reason="")
    )
    journal.write("review.assigned", review, by, words={"assessor": person.name})
    return person.name


def replace_assessor(row: Assessment, to: Person, by: Viewer) -> bool:
    """Somebody else writes an assessment that was not handed in; what stands in it goes along.

    False where it would not do: nobody assesses themselves or in two roles, and nobody chooses who assesses them.
    """
    review = row.review
    if review.person_id in (to.id, by.id) or any(other.assessor_id == to.id for other in review.assessments):
        return False
    row.assessor_id = to.id
    journal.write("review.assigned", review, by, words={"assessor": to.name})
    return True
