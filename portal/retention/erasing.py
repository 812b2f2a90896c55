"""Taking words away and leaving what sums are made of. Everything goes through the ORM, so that whoever listens hears it.

Nothing that the journal names is deleted, for its number could come to stand for something else: its words go, the row stays.
Each function takes the keys of its rows and may be run again.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import ColumnElement, delete, exists, or_, select, update
from sqlalchemy.orm import selectinload

from portal import clock, files
from portal.access.models import Delegation
from portal.accounts.models import LoginSession
from portal.actions.models import Action
from portal.checkins.models import CheckIn, Note, Pause, PrivateNote, Rhythm
from portal.db import db
from portal.dialogues.models import GoalDialogue, GoalDraft, GoalRemark
from portal.directory.models import Absence, FormerDn, Person
from portal.drafts.models import Draft
from portal.feedback.models import Ask, Feedback, Report
from portal.feedback.states import State as Said
from portal.goals.models import Measure, MeasureValue, Objective
from portal.imports.models import Import
from portal.journal.models import Entry, Payload
from portal.once import Once
from portal.organisation.models import KeptDifference
from portal.owncopy import operations as owncopy
from portal.owncopy.models import OwnCopy
from portal.printing import archive
from portal.printing.models import ArchivedCopy
from portal.retention.models import Hold
from portal.reviews.models import (
    AnswerSheet,
    Assessment,
    EarlierResult,
    Invitation,
    Item,
    Pin,
    Review,
    Section,
    SheetLink,
)
from portal.sync.models import SyncLine, SyncRun

GONE = "—"
"""Stands where a word is needed: in lists and links, in every language."""

PROOF = ("hold", "erasure", "retention_rule", "retention_run")
"""Why something was held or erased, and who made which rule, is the proof that it was right: it stays."""

Keys = Sequence[Any]


def no_name(person_id: int) -> str:
    """What somebody is called afterwards: told apart from others, and from nobody."""
    return f"#{person_id}"


def check_ins(keys: Keys) -> None:
    """Both sides' words, moods, obstacles and files; that two people talked on a day stays."""
    for talk in _all(select(CheckIn).where(CheckIn.id.in_(keys)).options(selectinload(CheckIn.notes))):
        talk.mood = talk.obstacle = None
    _drop(select(Note).where(Note.check_in_id.in_(keys)))
    files.erase(files.of_objects("check_in", keys))
    _forget("check_in", keys)


def private_notes(keys: Keys) -> None:
    """All of it: it was its author's alone and counts for nothing."""
    _drop(select(PrivateNote).where(PrivateNote.id.in_(keys)))


def actions(keys: Keys) -> None:
    """What was promised; who, until when and whether it was done stay."""
    for action in _all(select(Action).where(Action.id.in_(keys))):
        action.what = GONE
    _forget("action", keys)


def feedback(keys: Keys) -> None:
    """What was said and what was written about reports of it; that somebody gave feedback stays."""
    for one in _all(select(Feedback).where(Feedback.id.in_(keys))):
        if one.state is not Said.WITHDRAWN:  # its words are gone already
            one.words = GONE
    reported = _all(select(Report).where(Report.feedback_id.in_(keys)))
    for report in reported:
        report.words = report.reason = GONE
        report.why = GONE if report.why else ""
    _forget("feedback_report", [report.id for report in reported])
    _forget("feedback", keys)


def feedback_asks(keys: Keys) -> None:
    """What was asked about; that somebody asked stays."""
    for one in _all(select(Ask).where(Ask.id.in_(keys))):
        one.topic, one.topic_key = GONE, f"{GONE}{one.id}"
    _forget("feedback_ask", keys)


def goals(keys: Keys) -> None:
    """Titles, reasons, outcomes, comments, files, and what revisions said before; figures, weights and grades stay."""
    measures = selectinload(Objective.measures).selectinload(Measure.milestones)
    for goal in _all(select(Objective).where(Objective.id.in_(keys)).options(measures, selectinload(Objective.revisions))):
        goal.title, goal.why, goal.outcome, goal.lessons = GONE, "", "", ""
        if goal.overridden_by_id is not None:
            goal.overridden_because = GONE
        for measure in goal.measures:
            measure.name = GONE
            for step in measure.milestones:
                step.name = GONE
        for revision in goal.revisions:
            revision.before, revision.after, revision.why, revision.answer = {}, {}, "", ""
    reported = select(MeasureValue).join(Measure, Measure.id == MeasureValue.measure_id)
    values = _all(reported.where(Measure.objective_id.in_(keys)))
    for value in values:
        value.comment = ""
    files.erase(files.of_objects("measure_value", [value.id for value in values]))
    _goals_in_dialogues(keys)
    _forget("objective", keys)


def goal_dialogues(keys: Keys) -> None:
    """What was said and each draft as it was proposed; that both agreed stays."""
    for remark in _all(select(GoalRemark).where(GoalRemark.dialogue_id.in_(keys))):
        remark.words = GONE
    for draft in _all(select(GoalDraft).where(GoalDraft.dialogue_id.in_(keys))):
        draft.goals, draft.erased = [], True
    _forget("goal_dialogue", keys)


def _goals_in_dialogues(keys: Keys) -> None:
    """The same goals as they stand in drafts, and what was said at them."""
    for remark in _all(select(GoalRemark).where(GoalRemark.objective_id.in_(keys))):
        remark.words = GONE
    o, d = Objective, GoalDialogue
    theirs = select(d.id).join(o, (o.person_id == d.person_id) & (o.period_id == d.period_id)).where(o.id.in_(keys))
    for draft in _all(select(GoalDraft).where(GoalDraft.dialogue_id.in_(theirs))):
        draft.goals = [{**goal, "title": GONE, "says": {}} if goal["id"] in keys else goal for goal in draft.goals]


def reviews(keys: Keys) -> None:
    """What everybody wrote or put beside it, 360 answers, copies of goals; ratings, points, grades and signatures stay."""
    for review in _all(select(Review).where(Review.id.in_(keys))):
        review.own_words = review.grade_reason = ""
    sides = select(Assessment).where(Assessment.review_id.in_(keys)).options(selectinload(Assessment.ratings))
    parts = _all(sides)
    for side in parts:
        side.grade_reason = ""
        for rating in side.ratings:
            rating.words = rating.reason = ""
    for item in _all(select(Item).join(Section).where(Section.review_id.in_(keys))):
        item.title = GONE if item.objective_id else item.title
        item.frozen = item.frozen_at = None
    of_these = [side.id for side in parts]
    _drop(select(Pin).where(Pin.assessment_id.in_(of_these)))
    files.erase(files.of_objects("assessment", of_these))
    _forget("assessment", of_these)
    asked = select(Invitation.id).where(Invitation.review_id.in_(keys))
    _drop(select(SheetLink).where(SheetLink.invitation_id.in_(asked)))
    _drop(select(AnswerSheet).where(AnswerSheet.review_id.in_(keys)))
    _drop(select(Invitation).where(Invitation.review_id.in_(keys)))
    _forget("review", keys)


def archived(keys: Keys) -> None:
    """The file and what it says; its number, code and hash stay, so that a paper can still be checked."""
    for copy in _all(select(ArchivedCopy).where(ArchivedCopy.code.in_(keys))):
        archive.erase(copy)


def earlier_results(keys: Keys) -> None:
    """The words; the grade stays."""
    for result in _all(select(EarlierResult).where(EarlierResult.id.in_(keys))):
        result.words = ""
    _forget("earlier_result", keys)


def absences(keys: Keys) -> None:
    """What kind of leave it was; that somebody was away stays, for rhythms and shares by days were computed from it."""
    for absence in _all(select(Absence).where(Absence.id.in_(keys))):
        absence.kind = GONE
    _forget("absence", keys)


def delegations(keys: Keys) -> None:
    """Why it was handed on; who acted for whom stays."""
    for given in _all(select(Delegation).where(Delegation.id.in_(keys))):
        given.reason = GONE
    _forget("delegation", keys)


def words(keys: Keys) -> None:
    """What entries say; their digests stay in the chain, which holds without the words."""
    db.session.execute(delete(Payload).where(Payload.entry_n.in_(keys)))


def people(keys: Keys) -> None:
    """Who it was: name, number, account, addresses, and what only belongs to an account. The row stays, under a number."""
    for person in _all(select(Person).where(Person.id.in_(keys))):
        person.name, person.pinyin = no_name(person.id), ""
        person.login = person.number = person.mail = person.mobile = None
        person.directory_key = person.dn = person.fingerprint = person.language = None
        person.version += 1
    own: tuple[Any, ...] = (FormerDn, KeptDifference, Rhythm, Pause, Draft)
    for model in own:
        _drop(select(model).where(model.person_id.in_(keys)))
    db.session.execute(delete(LoginSession).where(LoginSession.person_id.in_(keys)))
    db.session.execute(delete(Once).where(Once.person_id.in_(keys)))
    copies(db.session.scalars(select(OwnCopy.id).where(OwnCopy.person_id.in_(keys))).all())
    for key in keys:
        told = {"name": no_name(key), "number": None, "was": "", "now": "", "key": None}
        db.session.execute(update(SyncLine).where(SyncLine.person_id == key).values(told))
    about = select(Entry.n).where(Entry.subject_kind == "person", Entry.subject_id.in_(keys))
    words(db.session.scalars(about.where(Entry.object_type.not_in(PROOF))).all())


def sessions(keys: Keys) -> None:
    """All of it."""
    db.session.execute(delete(LoginSession).where(LoginSession.id.in_(keys)))


def drafts(keys: Keys) -> None:
    """All of it."""
    _drop(select(Draft).where(Draft.id.in_(keys)))


def once(keys: Keys) -> None:
    """All of it."""
    db.session.execute(delete(Once).where(Once.key.in_(keys)))


def sync_runs(keys: Keys) -> None:
    """The run with its lines."""
    db.session.execute(delete(SyncLine).where(SyncLine.run_id.in_(keys)))
    db.session.execute(delete(SyncRun).where(SyncRun.id.in_(keys)))


def imports(keys: Keys) -> None:
    """The workbook with what its check said."""
    _drop(select(Import).where(Import.id.in_(keys)))


def copies(keys: Keys) -> None:
    """The file; that somebody asked for it stays."""
    for copy in _all(select(OwnCopy).where(OwnCopy.id.in_(keys))):
        owncopy.drop(copy)


def notes_by(person_id: int) -> Sequence[Any]:
    """Private notes that somebody wrote about others, unless these are held: nobody else can ever read them."""
    mine = select(PrivateNote.id).join(CheckIn, CheckIn.id == PrivateNote.check_in_id)
    return db.session.scalars(mine.where(PrivateNote.author_id == person_id, not_held(CheckIn.person_id))).all()


def handed_on(person_id: int) -> Sequence[int]:
    """Delegations from and to somebody, unless whoever gave is held."""
    mine = or_(Delegation.giver_id == person_id, Delegation.taker_id == person_id)
    kept = (Delegation.reason != GONE, not_held(Delegation.giver_id))
    return db.session.scalars(select(Delegation.id).where(mine, *kept)).all()


def not_held(person_id: Any) -> ColumnElement[bool]:
    """SQL condition: nobody holds what is about this person, by a column of ids."""
    return ~exists().where(Hold.person_id == person_id, Hold.lifted_at.is_(None))


def sweep() -> None:
    """Files whose rows say that they are gone: of a machine that died between commit and disk."""
    for name in db.session.scalars(select(ArchivedCopy.file).where(ArchivedCopy.erased_at.is_not(None))):
        (archive.folder() / name).unlink(missing_ok=True)
    owncopy.sweep(clock.now())


def _all(found: Any) -> Sequence[Any]:
    return db.session.scalars(found).all()


def _drop(found: Any) -> None:
    for row in _all(found):
        db.session.delete(row)


def _forget(object_type: str, keys: Iterable[int]) -> None:
    """What the journal keeps of the same words."""
    about = select(Entry.n).where(Entry.object_type == object_type, Entry.object_id.in_(keys))
    db.session.execute(delete(Payload).where(Payload.entry_n.in_(about)))
