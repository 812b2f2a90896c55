"""What stands in the portal about somebody, read as they themselves read it: every read starts at what they may see."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import aliased, joinedload, selectinload

from portal import access, files
from portal.access import Act, Viewer
from portal.actions.models import Action
from portal.actions.models import State as Promised
from portal.checkins import queries as talks
from portal.checkins.forms import KINDS as TALKS
from portal.checkins.forms import MOODS, OBSTACLES
from portal.checkins.models import CheckIn, Field, Voice
from portal.checkins.models import State as Talk
from portal.db import db
from portal.dialogues.models import GoalDialogue, GoalRemark
from portal.dialogues.states import WORDS as DIALOGUE_STATES
from portal.directory.models import Person
from portal.files.models import StoredFile
from portal.goals import names
from portal.goals import queries as goals
from portal.goals.models import Measure, MeasureValue, Objective, ObjectiveParent, Revision
from portal.home import timeline
from portal.owncopy.sections import Column, Record, Section
from portal.reviews import pages as review_pages
from portal.reviews import queries as reviews
from portal.reviews.models import Assessment, EarlierResult, Review
from portal.words import N_

AT_ONCE = 50
"""Rows with what hangs on them: memory holds no more of them."""
TALK = {
    Talk.DRAFT: N_("prepared"),
    Talk.SHARED: N_("recorded"),
    Talk.CONFIRMED: N_("confirmed"),
    Talk.CANCELLED: N_("cancelled"),
}
BESIDE = {"check_in": N_("Check-ins"), "measure_value": N_("Reported values"), "assessment": N_("Reviews")}
PROMISED = {Promised.OPEN: N_("Open"), Promised.DONE: N_("Done"), Promised.DROPPED: N_("Dropped")}


def objectives(viewer: Viewer) -> Iterator[Record]:
    """Own goals, and those of a unit or the company that one answers for."""
    mine = or_(Objective.person_id == viewer.id, Objective.accountable_id == viewer.id)
    seen = goals.visible(viewer).where(mine)
    for keys in _slices(seen.with_only_columns(Objective.id).order_by(Objective.period_id, Objective.id)):
        options = (*goals.WHOLE, selectinload(Objective.revisions))
        found = db.session.scalars(select(Objective).where(Objective.id.in_(keys)).options(*options)).unique().all()
        values, above = _values(keys), _above(viewer, keys)
        for one in sorted(found, key=lambda goal: keys.index(goal.id)):
            yield _objective(one, values, above.get(one.id, []))


def goal_dialogues(viewer: Viewer) -> Iterator[Record]:
    """Goals set together: what both sides said, in the order it was said; the goals stand in their own section."""
    found = select(GoalDialogue).where(GoalDialogue.person_id == viewer.id).options(joinedload(GoalDialogue.period))
    for one in db.session.scalars(found.order_by(GoalDialogue.id)).all():
        said = select(GoalRemark, Person.name, Objective.title).join(Person, Person.id == GoalRemark.by_id)
        said = said.outerjoin(Objective, Objective.id == GoalRemark.objective_id).where(GoalRemark.dialogue_id == one.id)
        rows = db.session.execute(said.order_by(GoalRemark.id)).all()
        words = [{"at": row.at, "by": by, "goal": goal or "", "draft": row.draft, "words": row.words} for row, by, goal in rows]
        known: dict[str, Any] = {"period": one.period.name, "state": one.state, "opened": one.opened_at, "draft": one.draft}
        yield known | {"proposed": one.proposed_at, "agreed": one.agreed_at, "said": words}


def _objective(one: Objective, values: dict[int, list[Record]], above: list[str]) -> Record:
    of = one.person or one.unit
    known: dict[str, Any] = {"code": one.code, "title": one.title, "of": of.name if of else "", "period": one.period.name}
    known |= {"kind": one.kind, "state": one.state, "why": one.why, "weight": one.weight / 100, "audience": one.audience}
    known |= {"supports": above, "agreed": one.agreed_at, "closed": one.closed_at, "progress": one.progress}
    known |= {"confidence": one.confidence, "score": one.score, "outcome": one.outcome, "lessons": one.lessons}
    known |= {"computed": one.computed, "overridden_because": one.overridden_because}
    known["measures"] = [_measure(each, values.get(each.id, [])) for each in one.measures]
    known["revisions"] = [_revision(each) for each in one.revisions]
    return known


def _revision(one: Revision) -> Record:
    said = {"state": one.state, "answer": one.answer}
    return {"at": one.at, "why": one.why, **said, "before": _pairs(one.before), "after": _pairs(one.after)}


def _measure(one: Measure, values: list[Record]) -> Record:
    steps = [{"name": step.name, "due": step.due, "done": step.done_on} for step in one.milestones]
    known = {name: getattr(one, name) for name in ("name", "unit", "baseline", "target", "low", "high", "current", "grade")}
    parts = [{"from": part.begins, "target": part.target, "value": part.value, "base": part.base} for part in one.parts]
    return known | {"milestones": steps, "parts": parts, "values": values}


def _pairs(kept: dict[str, Any]) -> str:
    return "\n".join(f"{name}: {value}" for name, value in kept.items())


def _values(keys: Sequence[int]) -> dict[int, list[Record]]:
    found = select(MeasureValue, Person.name).join(Measure, Measure.id == MeasureValue.measure_id)
    found = found.outerjoin(Person, Person.id == MeasureValue.by_id).where(Measure.objective_id.in_(keys))
    made: dict[int, list[Record]] = defaultdict(list)
    for row, by in db.session.execute(found.order_by(MeasureValue.at, MeasureValue.id)):
        known = {"at": row.at, "value": row.value, "confidence": row.confidence, "comment": row.comment}
        made[row.measure_id].append(known | {"by": by, "source": row.source})
    return made


def _above(viewer: Viewer, keys: Sequence[int]) -> dict[int, list[str]]:
    """Titles of what these goals support, as far as one may see them."""
    seen = access.rows(Act.SEE_OBJECTIVE, viewer, Objective)
    found = select(ObjectiveParent.child_id, Objective.title).join(Objective, Objective.id == ObjectiveParent.parent_id)
    made: dict[int, list[str]] = defaultdict(list)
    for child, title in db.session.execute(found.where(ObjectiveParent.child_id.in_(keys), seen).order_by(Objective.id)):
        made[child].append(title)
    return made


def _my_talks(viewer: Viewer) -> Any:
    """Talks about oneself; those one led are about the others."""
    return talks.visible(viewer).where(CheckIn.person_id == viewer.id)


def check_ins(viewer: Viewer) -> Iterator[Record]:
    """Both sides' words. Private notes are another table and another right: nothing of them is read here."""
    for keys in _slices(_my_talks(viewer).with_only_columns(CheckIn.id).order_by(CheckIn.held_on, CheckIn.id)):
        wanted = select(CheckIn).where(CheckIn.id.in_(keys)).order_by(CheckIn.held_on, CheckIn.id)
        wanted = wanted.options(selectinload(CheckIn.notes), selectinload(CheckIn.goals), joinedload(CheckIn.manager))
        for one in db.session.scalars(wanted.options(joinedload(CheckIn.recorded_by))):
            yield _check_in(viewer, one)


def _check_in(viewer: Viewer, one: CheckIn) -> Record:
    said, own = talks.words(one, Voice.MANAGER), talks.words(one, Voice.EMPLOYEE)
    known: dict[str, Any] = {"held_on": one.held_on, "kind": one.kind, "state": one.state, "manager": one.manager.name}
    known |= {"recorded_by": one.recorded_by.name, "shared": one.shared_at, "confirmed": one.confirmed_at}
    known |= {"mood": None if one.mood is None else str(one.mood), "obstacle_kind": one.obstacle}
    known |= {name: said.get(field) for name, field in (("progress", Field.PROGRESS), ("obstacle", Field.OBSTACLE))}
    known |= {"support": said.get(Field.SUPPORT), "own_view": "\n\n".join(own[field] for field in Field if field in own)}
    touched = [{"title": title, "confidence": level} for _id, title, level in talks.goals_of(viewer, one)]
    steps = [{"what": each.what, "owner": each.owner.name, "due": each.due} for each in talks.actions_of(viewer, one)]
    beside = files.of(viewer, {"check_in": [one.id]}).get(("check_in", one.id), [])
    return known | {"goals": touched, "steps": steps, "files": [each.name for each in beside]}


def attached(viewer: Viewer) -> Iterator[Record]:
    """What stands beside the own talks, reported values and forms, whoever put it there, as far as it is open."""
    for row, by in _mine(viewer):
        yield {"name": row.name, "beside": row.object_type, "size": row.size, "by": by, "at": row.at, "file": _place_of(row)}


def contents(viewer: Viewer) -> Iterator[tuple[str, Path]]:
    """The same as bytes; those that are missing on the disk are only named."""
    for row, _by in _mine(viewer):
        if (path := files.path_of(row)).is_file():
            yield _place_of(row), path


def _mine(viewer: Viewer) -> list[tuple[StoredFile, str]]:
    found = files.of_subject(viewer.id, viewer)
    by = select(Person.id, Person.name).where(Person.id.in_({row.by_id for row in found}))
    names_of = {row.id: row.name for row in db.session.execute(by)}
    return [(row, names_of[row.by_id]) for row in found]


def _place_of(row: StoredFile) -> str:
    return f"files/{row.id.hex[:12]}-{row.name}"


def promises(viewer: Viewer) -> Iterator[Record]:
    """About oneself, or by oneself."""
    about, owner = aliased(Person), aliased(Person)
    found = select(Action, about.name, owner.name).join(about, about.id == Action.person_id)
    found = found.join(owner, owner.id == Action.owner_id).where(access.rows(Act.SEE_ACTION, viewer, Action))
    mine = or_(Action.person_id == viewer.id, Action.owner_id == viewer.id)
    for row, whose, who in db.session.execute(found.where(mine).order_by(Action.id).execution_options(yield_per=200)):
        yield {"what": row.what, "about": whose, "owner": who, "due": row.due, "state": row.state, "settled": row.settled_at}


def results(viewer: Viewer) -> Iterator[Record]:
    """Own reviews: the result and the others' words only as far as they are released to the person."""
    mine = reviews.visible(viewer).where(Review.person_id == viewer.id).order_by(Review.id)
    for key in db.session.scalars(mine.with_only_columns(Review.id)).all():
        yield _result(viewer, reviews.review_or_404(viewer, key))


def _result(viewer: Viewer, one: Review) -> Record:
    known_ = Act.SEE_RESULT in access.acts_on(viewer, one)
    sides = reviews.sides(viewer, one)
    known: dict[str, Any] = {"cycle": one.cycle.name, "period": one.cycle.period.name, "state": one.state}
    known |= {"handed_in": one.handed_in_at, "released": one.released_at, "acknowledged": one.acknowledged_at}
    if known_:
        known |= {"score": one.score, "grade": one.grade, "grade_reason": one.grade_reason, "own_words": one.own_words}
    known["sections"] = [
        {
            "title": section.title,
            "weight": section.weight / 100,
            "score": section.score if known_ else None,
            "items": [{"title": item.title, "said": _said(sides, item.id)} for item in section.items],
        }
        for section in one.sections
    ]
    known["signatures"] = [
        {"who": each.signer.name, "step": each.step, "at": each.at, "withdrawn": each.withdrawn_at} for each in one.signatures
    ]
    return known


def _said(sides: Sequence[Assessment], item_id: int) -> list[Record]:
    given = [(side, rating) for side in sides for rating in side.ratings if rating.item_id == item_id]
    return [
        {"by": side.assessor.name, "as": side.relation, "value": rating.value, "words": rating.words, "reason": rating.reason}
        for side, rating in given
    ]


def earlier(viewer: Viewer) -> Iterator[Record]:
    seen = access.rows(Act.SEE_EARLIER_RESULT, viewer, EarlierResult)
    mine = select(EarlierResult).where(seen, EarlierResult.person_id == viewer.id).order_by(EarlierResult.year)
    for row in db.session.scalars(mine):
        yield {"year": row.year, "grade": row.grade, "points": row.points, "words": row.words}


def journal(viewer: Viewer) -> Iterator[Record]:
    """What happened, as the own time line tells it: each entry through its guard."""
    for n, line in timeline.every(viewer, viewer.id):
        yield {"n": n, "at": line.at, "what": line.sentence.striptags(), "said": line.said}


def _slices(keys: Any) -> Iterator[Sequence[int]]:
    every = db.session.scalars(keys).all()
    yield from (every[n : n + AT_ONCE] for n in range(0, len(every), AT_ONCE))


VALUES = (
    Column("at", N_("Reported")),
    Column("value", N_("Value")),
    Column("confidence", N_("Confidence")),
    Column("comment", N_("Comment")),
    Column("by", N_("Who")),
    Column("source", N_("Source")),
)
STEPS = (Column("name", N_("Milestone")), Column("due", N_("Due")), Column("done", N_("Done on")))
PARTS = (
    Column("from", N_("From")),
    Column("target", N_("Target")),
    Column("value", N_("Result")),
    Column("base", N_("Denominator")),
)
MEASURES = (
    Column("name", N_("Key result")),
    Column("unit", N_("Unit")),
    Column("baseline", N_("Start")),
    Column("target", N_("Target")),
    Column("low", N_("Lower limit")),
    Column("high", N_("Upper limit")),
    Column("current", N_("Value now")),
    Column("grade", N_("Grade")),
    Column("milestones", N_("Milestones"), parts=STEPS),
    Column("parts", N_("Parts of the period"), parts=PARTS),
    Column("values", N_("Reported values"), parts=VALUES),
)
REVISIONS = (
    *(Column("at", N_("When")), Column("why", N_("Why")), Column("before", N_("before")), Column("after", N_("now"))),
    *(Column("state", N_("State")), Column("answer", N_("Comment"))),
)
SAID = (
    Column("by", N_("Who")),
    Column("as", N_("As"), review_pages.PARTS),
    Column("value", N_("Rating")),
    Column("words", N_("In words")),
    Column("reason", N_("Reason")),
)
SECTIONS = (
    Section(
        "goals",
        N_("Goals"),
        N_("My own, and those of a department or the company that I answer for."),
        (
            Column("code", N_("Code")),
            Column("title", N_("Objective")),
            Column("of", N_("Whose")),
            Column("period", N_("Period")),
            Column("kind", N_("Kind"), names.KIND),
            Column("state", N_("State"), names.STATE),
            Column("why", N_("Why it matters")),
            Column("weight", N_("Weight, per cent")),
            Column("audience", N_("Who sees it"), names.AUDIENCE),
            Column("supports", N_("Supports")),
            Column("agreed", N_("Agreed")),
            Column("closed", N_("Closed")),
            Column("progress", N_("Progress, share of one")),
            Column("confidence", N_("Confidence")),
            Column("score", N_("Score")),
            Column("outcome", N_("Outcome")),
            Column("lessons", N_("Lessons")),
            Column("computed", N_("Computed score")),
            Column("overridden_because", N_("Why another score was given")),
            Column("measures", N_("Key results"), parts=MEASURES),
            Column("revisions", N_("Revisions"), parts=REVISIONS),
        ),
        objectives,
        frozenset({"objective.person_id", "objective.accountable_id"}),
    ),
    Section(
        "goal-dialogues",
        N_("Goal dialogues"),
        N_("What my manager and I said while we set my goals."),
        (
            Column("period", N_("Period")),
            Column("state", N_("State"), DIALOGUE_STATES),
            Column("opened", N_("Opened")),
            Column("draft", N_("Drafts")),
            Column("proposed", N_("Proposed")),
            Column("agreed", N_("Agreed")),
            Column(
                "said",
                N_("What was said"),
                parts=(
                    Column("at", N_("When")),
                    Column("by", N_("Who")),
                    Column("goal", N_("Goal")),
                    Column("draft", N_("Draft")),
                    Column("words", N_("Words")),
                ),
            ),
        ),
        goal_dialogues,
        frozenset({"goal_dialogue.person_id"}),
    ),
    Section(
        "check-ins",
        N_("Check-ins"),
        N_("Talks about me, with both sides' words. A manager's private notes are not open to anybody else."),
        (
            Column("held_on", N_("Day")),
            Column("kind", N_("Kind"), TALKS),
            Column("state", N_("State"), TALK),
            Column("manager", N_("Manager")),
            Column("recorded_by", N_("Recorded by")),
            Column("shared", N_("Recorded")),
            Column("confirmed", N_("Confirmed")),
            Column("mood", N_("How the person felt"), MOODS),
            Column("progress", N_("Progress made")),
            Column("obstacle_kind", N_("Kind of obstacle"), OBSTACLES),
            Column("obstacle", N_("Obstacle")),
            Column("support", N_("Support needed")),
            Column("own_view", N_("My own view")),
            Column("goals", N_("Goals"), parts=(Column("title", N_("Objective")), Column("confidence", N_("Confidence")))),
            Column(
                "steps",
                N_("Next steps"),
                parts=(Column("what", N_("What")), Column("owner", N_("Who")), Column("due", N_("Due"))),
            ),
            Column("files", N_("Files")),
        ),
        check_ins,
        frozenset({"check_in.person_id"}),
    ),
    Section(
        "files",
        N_("Files"),
        N_("What stands beside my check-ins, reported values and forms, as far as it is open to me."),
        (
            Column("name", N_("Name")),
            Column("beside", N_("Beside"), BESIDE),
            Column("size", N_("Size in bytes")),
            Column("by", N_("Who")),
            Column("at", N_("When")),
            Column("file", N_("Place in this copy")),
        ),
        attached,
        frozenset({"stored_file.person_id"}),
        contents,
    ),
    Section(
        "actions",
        N_("Actions"),
        N_("What was promised about me or by me."),
        (
            Column("what", N_("What")),
            Column("about", N_("About")),
            Column("owner", N_("Who")),
            Column("due", N_("Due")),
            Column("state", N_("State"), PROMISED),
            Column("settled", N_("Settled")),
        ),
        promises,
        frozenset({"action.person_id", "action.owner_id"}),
    ),
    Section(
        "reviews",
        N_("Reviews"),
        N_("The result and what others wrote only once it is released to me; never who wrote which 360 answer."),
        (
            Column("cycle", N_("Cycle")),
            Column("period", N_("Period")),
            Column("state", N_("State"), review_pages.STATES),
            Column("handed_in", N_("Handed in")),
            Column("released", N_("Released")),
            Column("acknowledged", N_("Acknowledged")),
            Column("score", N_("Score")),
            Column("grade", N_("Grade")),
            Column("grade_reason", N_("Why another grade than the suggested one")),
            Column("own_words", N_("My own words")),
            Column(
                "sections",
                N_("Sections"),
                parts=(
                    Column("title", N_("Section")),
                    Column("weight", N_("Weight, per cent")),
                    Column("score", N_("Points")),
                    Column("items", N_("Items"), parts=(Column("title", N_("Item")), Column("said", N_("Judged"), parts=SAID))),
                ),
            ),
            Column(
                "signatures",
                N_("Signatures"),
                parts=(
                    Column("who", N_("Who")),
                    Column("step", N_("What"), review_pages.SIGNED),
                    Column("at", N_("When")),
                    Column("withdrawn", N_("Withdrawn")),
                ),
            ),
        ),
        results,
        frozenset({"review.person_id"}),
    ),
    Section(
        "earlier-results",
        N_("Grades of earlier years"),
        "",
        (
            Column("year", N_("Year")),
            Column("grade", N_("Grade")),
            Column("points", N_("Points")),
            Column("words", N_("In words")),
        ),
        earlier,
        frozenset({"earlier_result.person_id"}),
    ),
    Section(
        "journal",
        N_("Time line"),
        N_("My time line: entries of the journal about me that are open to me."),
        (Column("n", N_("No.")), Column("at", N_("When")), Column("what", N_("Event")), Column("said", N_("Said"))),
        journal,
        frozenset(),
    ),
)
