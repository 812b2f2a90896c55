"""What is kept and for how long: the whole table of kinds. The page, the night's job and an erasure are made from it.

A kind names its tables, since when time can run for one of its rows, what there is to remove of it, and how. A table that
stands under no kind is listed with a reason in the tests, so that a new one cannot be forgotten.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum, auto
from typing import Any

from sqlalchemy import and_, exists, func, or_, select

from portal.access.models import Delegation
from portal.accounts.models import BreakGlass, LoginSession
from portal.actions.models import Action
from portal.checkins.models import CheckIn, Note, PrivateNote
from portal.cycles.models import Cycle
from portal.dialogues.models import GoalDialogue, GoalDraft, GoalRemark
from portal.directory.models import Absence, Person, Status
from portal.drafts.models import Draft
from portal.feedback.models import Ask, Feedback, Report
from portal.files.models import StoredFile
from portal.goals.models import Measure, MeasureValue, Objective
from portal.home.models import YearSheet
from portal.imports.models import Import
from portal.imports.models import State as Import_
from portal.journal.models import Entry, Payload
from portal.once import Once
from portal.owncopy.models import OwnCopy
from portal.periods.models import Period
from portal.printing.models import ArchivedCopy, Document
from portal.retention import erasing
from portal.retention.erasing import GONE
from portal.reviews.models import AnswerSheet, Assessment, EarlierResult, Item, Rating, Review, Section
from portal.sync.models import State as Ended
from portal.sync.models import SyncRun
from portal.words import N_

Condition = Any
"""SQL of a row: a column, a condition, a subquery."""


class Unit(StrEnum):
    """What a rule counts in."""

    DAYS = auto()
    MONTHS = auto()


@dataclass(frozen=True)
class Event:
    """Since when time runs: a day, or a moment (`stamp`), as SQL of a row; NULL = not yet."""

    word: str
    at: Condition
    stamp: bool = False


@dataclass(frozen=True)
class Kind:
    """`key` names a row, `about` whom it is about, `filled` says that there is something to remove; `goes` and `stays`
    tell people what is. `forever` False: it must end some day, and `most` is the longest.
    """

    name: str
    word: str
    goes: str
    key: Any
    filled: Condition
    events: Mapping[str, Event]
    erase: Callable[[erasing.Keys], None]
    tables: tuple[str, ...]
    about: Condition | None = None
    stays: str = ""
    why: str = ""  # of the default
    unit: Unit = Unit.MONTHS
    default: int | None = None
    least: int = 1
    most: int = 600
    forever: bool = True

    @property
    def usual(self) -> str:
        """The event that counts while nobody chose another."""
        return next(iter(self.events))

    def gone(self, event: str, boundary: date, moment: Any) -> Condition:
        """Rows of which something is due: it happened before the boundary, which begins at `moment`, and nobody holds it."""
        chosen = self.events[event]
        return and_(self.filled, chosen.at < (moment if chosen.stamp else boundary))


FORM = ("review", "assessment", "rating", "section", "item", "pin", "signature")
LEFT = N_("after the person has left")
ENDED = N_("after it ended")
KEPT_UNLESS = N_("Records of performance are evidence in a dispute about work: they are kept until HR decides otherwise.")


def _left(about: Condition) -> Event:
    found = select(Person.left_on).where(Person.id == about, Person.status == Status.LEFT)
    return Event(LEFT, found.scalar_subquery())


def _some(model: Any, *conditions: Condition) -> Condition:
    return exists().where(*conditions).select_from(model)


def _beside(kind: str, object_id: Condition) -> Condition:
    return _some(StoredFile, StoredFile.object_type == kind, StoredFile.object_id == object_id)


# What lies two levels deep is tied to its row by name: by itself SQLAlchemy ties it one level up only.
_about_note = select(CheckIn.person_id).where(CheckIn.id == PrivateNote.check_in_id).correlate(PrivateNote).scalar_subquery()
_note_held = select(CheckIn.held_on).where(CheckIn.id == PrivateNote.check_in_id).correlate(PrivateNote).scalar_subquery()
_goal_over = select(Period.ends).where(Period.id == Objective.period_id).correlate(Objective).scalar_subquery()
_dialogue_over = select(Period.ends).where(Period.id == GoalDialogue.period_id).correlate(GoalDialogue).scalar_subquery()
_cycle_over = (
    select(Period.ends)
    .join(Cycle, Cycle.period_id == Period.id)
    .where(Cycle.id == Review.cycle_id)
    .correlate(Review)
    .scalar_subquery()
)


def _form_about(kind: str, model: Any) -> Condition:
    found = select(model.person_id).join(Document, and_(Document.kind == kind, Document.object_id == model.id))
    return found.where(Document.id == ArchivedCopy.document_id).correlate(ArchivedCopy).scalar_subquery()


_PERSONAL = {"review": Review, "goal_dialogue": GoalDialogue, "year_sheet": YearSheet}
_about_paper = func.coalesce(*(_form_about(kind, model) for kind, model in _PERSONAL.items()))
_of_person = Entry.subject_kind == "person"
_about_entry = select(Entry.subject_id).where(Entry.n == Payload.entry_n, _of_person).correlate(Payload).scalar_subquery()
_written = select(Entry.at).where(Entry.n == Payload.entry_n).correlate(Payload).scalar_subquery()
_is_about_somebody = _some(Entry, Entry.n == Payload.entry_n, _of_person)
_is_proof = _some(Entry, Entry.n == Payload.entry_n, Entry.object_type.in_(erasing.PROOF))
_newest_run = select(func.max(SyncRun.id)).scalar_subquery()

_talk_filled = or_(
    CheckIn.mood.is_not(None),
    CheckIn.obstacle.is_not(None),
    _some(Note, Note.check_in_id == CheckIn.id),
    _beside("check_in", CheckIn.id),
)
_feedback_filled = or_(
    Feedback.words.not_in(("", GONE)), _some(Report, Report.feedback_id == Feedback.id, Report.words != GONE)
)
_goal_filled = or_(
    Objective.title != GONE,
    exists().where(
        Measure.objective_id == Objective.id, MeasureValue.measure_id == Measure.id, _beside("measure_value", MeasureValue.id)
    ),
)
_dialogue_filled = or_(
    _some(GoalRemark, GoalRemark.dialogue_id == GoalDialogue.id, GoalRemark.words != GONE),
    _some(GoalDraft, GoalDraft.dialogue_id == GoalDialogue.id, GoalDraft.erased.is_(False)),
)
_said = and_(Rating.assessment_id == Assessment.id, or_(Rating.words != "", Rating.reason != ""))
_review_filled = or_(
    Review.own_words != "",
    Review.grade_reason != "",
    _some(
        Assessment,
        Assessment.review_id == Review.id,
        or_(Assessment.grade_reason != "", exists().where(_said), _beside("assessment", Assessment.id)),
    ),
    _some(AnswerSheet, AnswerSheet.review_id == Review.id),
    exists()
    .where(Item.section_id == Section.id, Section.review_id == Review.id)
    .where(or_(Item.frozen_at.is_not(None), and_(Item.objective_id.is_not(None), Item.title != GONE))),
)
_a_person = and_(Person.status == Status.LEFT, ~_some(BreakGlass, BreakGlass.person_id == Person.id))
_known = or_(*(column.is_not(None) for column in (Person.login, Person.number, Person.mail, Person.directory_key)))

KINDS: dict[str, Kind] = {
    kind.name: kind
    for kind in (
        Kind(
            "check_ins",
            N_("Check-ins"),
            N_("Both sides' words, moods, obstacles and files."),
            CheckIn.id,
            _talk_filled,
            {"left": _left(CheckIn.person_id), "ended": Event(N_("after the talk"), CheckIn.held_on)},
            erasing.check_ins,
            ("check_in", "note", "check_in_goal", "stored_file"),
            CheckIn.person_id,
            N_("That two people talked on a day, for the rhythm."),
            KEPT_UNLESS,
        ),
        Kind(
            "private_notes",
            N_("Private notes"),
            N_("The whole note."),
            PrivateNote.id,
            PrivateNote.text != "",
            {"left": _left(_about_note), "ended": Event(N_("after the talk"), _note_held)},
            erasing.private_notes,
            ("private_note",),
            _about_note,
            "",
            N_("A manager's memory of people they lead. Twelve months after the person has left are usual."),
        ),
        Kind(
            "actions",
            N_("Actions"),
            N_("What was promised."),
            Action.id,
            Action.what != GONE,
            {
                "left": _left(Action.person_id),
                "ended": Event(N_("after it was done or dropped"), Action.settled_at, stamp=True),
            },
            erasing.actions,
            ("action",),
            Action.person_id,
            N_("Who, until when, and whether it was done."),
            KEPT_UNLESS,
        ),
        Kind(
            "feedback",
            N_("Feedback"),
            N_("What was said, and what was written about a report."),
            Feedback.id,
            _feedback_filled,
            {"left": _left(Feedback.person_id), "ended": Event(N_("after it was given"), Feedback.at, stamp=True)},
            erasing.feedback,
            ("feedback", "feedback_report"),
            Feedback.person_id,
            N_("Who gave feedback to whom and when; what was decided about a report."),
            KEPT_UNLESS,
        ),
        Kind(
            "feedback_asks",
            N_("Questions for feedback"),
            N_("The topic."),
            Ask.id,
            Ask.topic != GONE,
            {"left": _left(Ask.person_id), "ended": Event(N_("after it was asked"), Ask.at, stamp=True)},
            erasing.feedback_asks,
            ("feedback_ask",),
            Ask.person_id,
            N_("Who asked whom and when."),
            KEPT_UNLESS,
        ),
        Kind(
            "goals",
            N_("Personal goals"),
            N_("Titles, reasons, comments, files, outcomes, lessons, and what revisions said before."),
            Objective.id,
            and_(Objective.person_id.is_not(None), _goal_filled),
            {"left": _left(Objective.person_id), "ended": Event(N_("after the period ended"), _goal_over)},
            erasing.goals,
            ("objective", "measure", "measure_part", "measure_value", "milestone", "revision", "objective_parent"),
            Objective.person_id,
            N_("Figures, weights, progress and grades, of which sums are made."),
            KEPT_UNLESS,
        ),
        Kind(
            "goal_dialogues",
            N_("Goal dialogues"),
            N_("What both sides said at the goals, and every draft as it was proposed."),
            GoalDialogue.id,
            _dialogue_filled,
            {"left": _left(GoalDialogue.person_id), "ended": Event(N_("after the period ended"), _dialogue_over)},
            erasing.goal_dialogues,
            ("goal_dialogue", "goal_draft", "goal_remark"),
            GoalDialogue.person_id,
            N_("That both agreed, who and when."),
            KEPT_UNLESS,
        ),
        Kind(
            "reviews",
            N_("Reviews and results"),
            N_("Everybody's words, reasons, files, 360 answers and copies of goals."),
            Review.id,
            _review_filled,
            {"left": _left(Review.person_id), "ended": Event(N_("after the cycle's period ended"), _cycle_over)},
            erasing.reviews,
            (
                "review",
                "assessment",
                "rating",
                "section",
                "item",
                "pin",
                "signature",
                "invitation",
                "answer_sheet",
                "sheet_link",
            ),
            Review.person_id,
            N_("Ratings, points, grades and signatures."),
            KEPT_UNLESS,
        ),
        Kind(
            "archived_copies",
            N_("Archived forms"),
            N_("The file and the data in it."),
            ArchivedCopy.code,
            ArchivedCopy.erased_at.is_(None),
            {
                "left": _left(_about_paper),
                "ended": Event(N_("after it was archived"), ArchivedCopy.at, stamp=True),
            },
            erasing.archived,
            ("archived_copy",),
            _about_paper,
            N_("Number, code and digest, so that a paper can still be checked."),
            N_("An archive has a period of its own, set by law or by the company: until somebody sets it, it is kept."),
        ),
        Kind(
            "earlier_results",
            N_("Grades of earlier years"),
            N_("The words."),
            EarlierResult.id,
            EarlierResult.words != "",
            {"left": _left(EarlierResult.person_id)},
            erasing.earlier_results,
            ("earlier_result",),
            EarlierResult.person_id,
            N_("Year and grade."),
            KEPT_UNLESS,
        ),
        Kind(
            "absences",
            N_("Leave"),
            N_("What kind of leave it was."),
            Absence.id,
            Absence.kind != GONE,
            {"ended": Event(ENDED, Absence.until), "left": _left(Absence.person_id)},
            erasing.absences,
            ("absence",),
            Absence.person_id,
            N_("That somebody was away: shares by days were computed from it."),
            N_("What kind of leave it was can tell of health. 24 months after it ended are usual."),
        ),
        Kind(
            "delegations",
            N_("Delegations"),
            N_("The reason."),
            Delegation.id,
            Delegation.reason != GONE,
            {"ended": Event(ENDED, Delegation.until), "left": _left(Delegation.giver_id)},
            erasing.delegations,
            ("delegation",),
            Delegation.giver_id,
            N_("Who acted for whom, in what and when."),
            N_("Whoever asks later why somebody could act finds it here."),
        ),
        Kind(
            "journal",
            N_("Journal about people"),
            N_("Words of entries: before, after, comments, reasons."),
            Payload.entry_n,
            and_(_is_about_somebody, ~_is_proof),
            {"left": _left(_about_entry), "ended": Event(N_("after it was written"), _written, stamp=True)},
            erasing.words,
            ("entry", "payload", "journal_tip"),
            _about_entry,
            N_("That something happened, when, by whom; the chain stays whole."),
            KEPT_UNLESS,
        ),
        Kind(
            "journal_portal",
            N_("Journal about the portal"),
            N_("Words of entries about settings, periods, cycles, jobs and departments."),
            Payload.entry_n,
            and_(~_is_about_somebody, ~_is_proof),
            {"ended": Event(N_("after it was written"), _written, stamp=True)},
            erasing.words,
            ("entry", "payload"),
            None,
            N_("That something happened, when, by whom; the chain stays whole."),
            N_("Who changed which setting is asked years later."),
        ),
        Kind(
            "people",
            N_("Identity of leavers"),
            N_("Name, number, account and addresses, with drafts, sessions and copies."),
            Person.id,
            and_(_a_person, _known),
            {"left": Event(LEFT, Person.left_on)},
            erasing.people,
            ("person", "former_dn", "kept_difference", "rhythm", "pause"),
            Person.id,
            N_("A row under a number, so that figures of the past still add up."),
            N_("Signatures and records name people: HR decides when names are not needed any more."),
        ),
        Kind(
            "sessions",
            N_("Sessions and devices"),
            N_("When, where from and with which browser somebody was signed in."),
            LoginSession.id,
            LoginSession.id.is_not(None),
            {"ended": Event(N_("after it was last used"), LoginSession.seen, stamp=True)},
            erasing.sessions,
            ("login_session",),
            LoginSession.person_id,
            "",
            N_("Long enough to look into a sign-in that somebody does not know."),
            Unit.DAYS,
            180,
            7,
            1_095,
            forever=False,
        ),
        Kind(
            "drafts",
            N_("Unsent drafts"),
            N_("What was typed and never sent."),
            Draft.id,
            Draft.id.is_not(None),
            {"ended": Event(N_("after the last change"), Draft.at, stamp=True)},
            erasing.drafts,
            ("draft",),
            Draft.person_id,
            "",
            N_("A form that nobody sent for a year is not sent any more."),
            Unit.DAYS,
            365,
            30,
            3_650,
        ),
        Kind(
            "once",
            N_("Keys of sent forms"),
            N_("Which form somebody sent, to find a second click."),
            Once.key,
            Once.key != "",
            {"ended": Event(N_("after it was sent"), Once.at, stamp=True)},
            erasing.once,
            ("once",),
            Once.person_id,
            "",
            N_("A page can stay open over a holiday; nobody sends a form again after that."),
            Unit.DAYS,
            30,
            7,
            365,
            forever=False,
        ),
        Kind(
            "sync_runs",
            N_("Runs of the directory sync"),
            N_("What a run found and changed, with names as they were. The newest run stays."),
            SyncRun.id,
            and_(SyncRun.id < _newest_run, or_(SyncRun.state != Ended.BRAKED, SyncRun.confirmed_at.is_not(None))),
            {"ended": Event(N_("after the run"), SyncRun.ended, stamp=True)},
            erasing.sync_runs,
            ("sync_run", "sync_line"),
            None,
            "",
            N_("Long enough to look into a change of last year; what changed stands in the organisation's own history."),
            Unit.DAYS,
            365,
            30,
            3_650,
        ),
        Kind(
            "imports",
            N_("Workbooks"),
            N_("What was sent, with the remarks of its check."),
            Import.id,
            Import.state.not_in((Import_.CHECKING, Import_.WRITING)),
            {"ended": Event(N_("after it was sent"), Import.asked_at, stamp=True)},
            erasing.imports,
            ("import", "import_line"),
            None,
            "",
            N_("What was written stands in the portal and in the journal."),
            Unit.DAYS,
            365,
            1,
            3_650,
        ),
        Kind(
            "own_copies",
            N_("Own copies"),
            N_("The file that somebody made of everything about themselves."),
            OwnCopy.id,
            OwnCopy.file.is_not(None),
            {"ended": Event(N_("after it was made"), OwnCopy.ready_at, stamp=True)},
            erasing.copies,
            ("own_copy",),
            OwnCopy.person_id,
            N_("That it was asked for, and when."),
            N_("Everything about a person in one file should not lie about; a new one is made in a minute."),
            Unit.DAYS,
            7,
            1,
            30,
            forever=False,
        ),
    )
}


def tables() -> set[str]:
    """Every table that stands under a kind."""
    return {table for kind in KINDS.values() for table in kind.tables}


__all__ = ["KINDS", "Event", "Kind", "Unit", "tables"]
