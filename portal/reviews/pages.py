"""What the pages of a review show, asked only when it is: a region costs no more than it uses."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import cached_property
from typing import Any

from flask import request, url_for

from portal import access, clock, files
from portal.access import Act, Held, Viewer
from portal.cycles.models import SectionKind
from portal.formats import day, figure
from portal.goals.kinds import Shape
from portal.i18n import gettext as _
from portal.i18n import language
from portal.printing.queries import newest_archived
from portal.reviews import evidence, filing, queries
from portal.reviews.facts import STRETCH, Figure
from portal.reviews.judging import Gap, Judgement, Rules, counted, gaps
from portal.reviews.models import Assessment, Item, Part, Rating, Review, Section, Signature
from portal.reviews.scoring import reachable
from portal.reviews.states import REVIEW, State
from portal.settings.queries import number
from portal.words import N_
from portal.workflow import Step

STATES = {
    State.SELF_ASSESSMENT: N_("Self-assessment"),
    State.ASSESSMENT: N_("Assessment"),
    State.READY: N_("Ready to release"),
    State.RELEASED: N_("Released"),
    State.ACKNOWLEDGED: N_("Acknowledged"),
    State.DISAGREED: N_("Acknowledged with disagreement"),
    State.ARCHIVED: N_("Archived"),
}
PARTS = {
    Part.SELF: N_("Self-assessment"),
    Part.MANAGER: N_("Line manager"),
    Part.SECOND_LEVEL: N_("Second level"),
    Part.PROJECT_LEAD: N_("Project lead"),
}
SHORT = {
    SectionKind.KPI: N_("Goals"),
    SectionKind.OKR: "OKR",
    SectionKind.COMPETENCY: N_("Skills"),
    SectionKind.NARRATIVE: N_("Words"),
}
"""What the parts are called where a phone has little room."""
SIGNED = {
    "submit": N_("submitted the assessment"),
    "agree": N_("agreed"),
    "disagree": N_("disagreed"),
    "archive": N_("archived the form"),
}


@dataclass(frozen=True)
class Way:
    """How a step looks: its form's title, what it means, its button; `signs` asks for the password again."""

    endpoint: str
    title: str
    button: str
    hint: str = ""
    signs: bool = False
    first: bool = False


WAYS = {
    "agree": Way(
        "reviews.acknowledge",
        N_("Acknowledge the result"),
        "",
        N_("Your signature says that you have read it, with or without agreement."),
        signs=True,
        first=True,
    ),
    "withdraw": Way(
        "reviews.withdraw",
        N_("Withdraw your signature"),
        N_("Withdraw the signature"),
        N_("The signature stays on record as withdrawn; you can sign again, in other words too."),
        signs=True,
    ),
    "release": Way(
        "reviews.release",
        N_("Release the result"),
        N_("Release to the person"),
        N_("From then on the person reads the result and what the manager wrote."),
        signs=True,
        first=True,
    ),
    "return": Way(
        "reviews.send_back",
        N_("Return to the manager"),
        N_("Return with this reason"),
        N_("The manager can change it again; the signature is kept as withdrawn."),
    ),
    "take back": Way(
        "reviews.take_back",
        N_("Withdraw your signature"),
        N_("Withdraw and change"),
        N_("Until HR releases the result you can still change the assessment."),
        signs=True,
    ),
    "waive": Way(
        "reviews.waive",
        N_("Go on without a self-assessment"),
        N_("Go on without it"),
        N_("For somebody who cannot or will not write one. The reason is kept."),
    ),
    "archive": Way(
        "reviews.archive",
        N_("Archive"),
        N_("Archive for good"),
        N_("From then on nothing can be changed."),
        signs=True,
    ),
}
ORDER = (State.SELF_ASSESSMENT, State.ASSESSMENT, State.READY, State.RELEASED, State.ACKNOWLEDGED, State.ARCHIVED)


class FormPage:
    """The form of one assessor."""

    def __init__(self, review: Review, own: Assessment) -> None:
        self.review, self.own = review, own

    @cached_property
    def judgement(self) -> Judgement:
        """As this assessor alone sees it: a self-assessment counts for itself, for nobody else."""
        mine = [(1, self.own)] if self.is_self else counted([self.own])
        return Judgement(self.review, mine, Rules.now())

    @property
    def is_self(self) -> bool:
        """Whether the person writes about themselves."""
        return self.own.relation is Part.SELF

    @cached_property
    def gaps(self) -> list[Gap]:
        """What is missing before it can be handed in."""
        return gaps(self.judgement, self.own)

    @cached_property
    def errors(self) -> Mapping[str, str]:
        """The same by the field's id."""
        return {gap.field: gap.sentence for gap in self.gaps}

    @property
    def unrated(self) -> bool:
        """Whether something that counts still has no rating."""
        facts, points = self.judgement.facts, self.judgement.points
        return any(facts[item.id].anchors and item.weight and points[item.id] is None for item in self.review.items)

    def missing_in(self, section: Section) -> int:
        """How many gaps a section has."""
        return sum(1 for gap in self.gaps if gap.where == section.title)

    @property
    def sections(self) -> list[Section]:
        """Those in which this assessor sees or does something."""
        return [s for s in self.review.sections if any(self.shows(s, item) for item in s.items)]

    def shows(self, section: Section, item: Item) -> bool:
        """Goals are shown to all, a question to whom it is asked."""
        asked = item.definition
        return asked is None or not asked.asked or self.own.relation in asked.asked

    @property
    def steps(self) -> list[tuple[str, str]]:
        """For the stepper."""
        return steps(self.review)

    @property
    def now(self) -> int:
        """The number of the present step."""
        return number_of(self.review)

    @property
    def grades(self) -> Sequence[str]:
        """What may be chosen beside the suggestion."""
        return reachable(self.judgement.total.grade, self.judgement.bands)


def words() -> dict[str, Any]:
    """What the templates of reviews call things."""
    told = {
        "target_of": target_of,
        "actual_of": actual_of,
        "source_of": source_of,
        "stretch": STRETCH,
        "today": clock.today(),
        "nth": nth,
    }
    told["stands"] = filing.STANDS
    return {**told, "states": STATES, "parts": PARTS, "ways": WAYS, "signed": SIGNED, "short": SHORT}


def nth(n: int) -> str:
    """一、二、三、 before the sections in Chinese, 1. 2. 3. in English."""
    return f"{'一二三四五六七八九十'[n - 1]}、" if language() == "zh" else f"{n}. "


def steps(review: Review) -> list[tuple[str, str]]:
    """Name and day of each step: when it was, or until when it should be."""
    cycle = review.cycle
    return [
        (_("Self-assessment"), _until(review.handed_in_at, cycle.self_due)),
        (_("Assessment"), _until(review.ready_at, cycle.assessment_due)),
        (_("Release"), _until(review.released_at, cycle.release_due)),
        (_("Acknowledgement"), _until(review.acknowledged_at, cycle.acknowledge_due)),
        (_("Archive"), day(review.archived_at) if review.archived_at else ""),
    ]


def _until(done: object, due: object) -> str:
    if done:
        return day(done)  # type: ignore[arg-type]
    return _("until %(day)s", day=day(due)) if due else ""  # type: ignore[arg-type]


def number_of(review: Review) -> int:
    """Which of the steps is the present one, from 1; one more than there are when all is over."""
    state = State.ACKNOWLEDGED if review.state is State.DISAGREED else review.state
    return {**dict(zip(ORDER[:2], (1, 2), strict=True)), ORDER[2]: 3, ORDER[3]: 4, ORDER[4]: 5, ORDER[5]: 6}[state]


def target_of(one: Figure) -> str:
    """What was agreed, with its unit."""
    if one.shape is Shape.YES_NO:
        return _("yes")
    if one.low is not None and one.high is not None:
        return f"{figure(one.low)}–{figure(one.high, evidence.unit_of(one))}"
    if one.targets and one.counts is not None:
        unit = evidence.unit_of(one)
        told = (_("%(figure)s until %(day)s", figure=figure(Decimal(value), unit), day=last) for value, last in one.targets)
        return _("%(targets)s; by days %(figure)s counts", targets=_(", ").join(told), figure=figure(one.counts, unit, 2))
    return figure(one.target, evidence.unit_of(one))


def actual_of(one: Figure) -> str:
    """What came out, with its unit; missing is said, never 0."""
    if one.actual is None:
        return _("No data yet")
    if one.shape is Shape.YES_NO:
        return _("yes") if one.actual >= 1 else _("no")
    return figure(one.actual, evidence.unit_of(one))


def source_of(one: Figure, dated: Callable[[datetime], str] = day) -> str:
    """Where a figure comes from, and when."""
    return _(", ").join(part for part in (one.source or _("by hand"), dated(one.at) if one.at else "") if part)


def beside(review_id: int) -> str:
    """The address of the part of the evidence that is being looked at: a pin leads back to the same one."""
    about, only = (request.form.get(name) or None for name in ("about", "only"))
    return url_for("reviews.beside", review_id=review_id, about=about, only=only)


def weighed(review: Review) -> list[Item]:
    """The goals whose weights can be set here: those of the section that is computed from data."""
    return [item for section in review.sections if section.kind is SectionKind.KPI for item in section.items]


class ResultPage:
    """One review as this viewer may read it: whatever may not be seen was not fetched."""

    def __init__(self, review: Review, viewer: Viewer) -> None:
        self.review, self.viewer = review, viewer

    @cached_property
    def acts(self) -> Held:
        """What this viewer may do to it."""
        return access.acts_on(self.viewer, self.review)

    @property
    def known(self) -> bool:
        """Whether the result may be shown."""
        return Act.SEE_RESULT in self.acts

    @cached_property
    def sides(self) -> Sequence[Assessment]:
        """What assessors wrote, as far as it is open."""
        return queries.sides(self.viewer, self.review)

    @cached_property
    def own(self) -> Assessment | None:
        """The viewer's own part, to go on with."""
        mine = queries.own_row(self.viewer, self.review.id)
        return mine if mine and queries.writable(self.review, mine) else None

    @cached_property
    def judgement(self) -> Judgement:
        """Facts and points; of what is rated only where the counting side is open."""
        return Judgement(self.review, counted(self.sides), Rules.now())

    @cached_property
    def late(self) -> Mapping[int, Sequence[evidence.Record]]:
        """What came after the submission, by item."""
        return evidence.late(self.viewer, self.review)

    @cached_property
    def pins(self) -> Mapping[tuple[int, int], Sequence[evidence.Record]]:
        """Pinned records by (assessment, item), of the sides that are open and as far as the viewer may see them."""
        return evidence.pinned(self.viewer, self.review, self.sides)

    @cached_property
    def files(self) -> Mapping[tuple[str, int], Sequence[Any]]:
        """What stands beside the open sides and beside what they pinned, {(kind, id): files}."""
        pinned = [record for records in self.pins.values() for record in records]
        return files.of(self.viewer, {filing.KIND: [side.id for side in self.sides], **filing.beside_records(pinned)})

    @cached_property
    def steps(self) -> list[Step[Review]]:
        """The buttons; what the viewer is waited for comes first."""
        self.review.settle(clock.now(), number("withdraw_days"))
        offered = [step for step in REVIEW.offered(self.review, self.acts) if step.name in WAYS]
        return sorted(offered, key=lambda step: not WAYS[step.name].first)

    @property
    def stations(self) -> list[tuple[str, str]]:
        """For the stepper."""
        return steps(self.review)

    @property
    def now(self) -> int:
        """The number of the present step."""
        return number_of(self.review)

    def rating(self, side: Assessment, item: Item) -> Rating | None:
        """What one side said about one item."""
        return next((rating for rating in side.ratings if rating.item_id == item.id), None)

    @cached_property
    def archived(self) -> str | None:
        """The code of the file in the archive, for whoever archives."""
        if self.review.state is not State.ARCHIVED or Act.ARCHIVE_REVIEW not in self.acts:
            return None
        return newest_archived("review", self.review.id)

    @property
    def next(self) -> Step[Review] | None:
        """What this viewer is waited for."""
        return next((step for step in self.steps if step.name in WAYS and WAYS[step.name].first), None)

    @property
    def sections(self) -> list[Section]:
        """Those in which there is something to read, numbered as on paper."""
        return [s for s in self.review.sections if any(s.kind is SectionKind.KPI or self.tells(s, item) for item in s.items)]

    def tells(self, section: Section, item: Item) -> bool:
        """Whether something stands below an item: an objective's grade, or what somebody chose or wrote."""
        if section.kind is SectionKind.OKR and item.objective_id:
            return True
        given = [rating for side in self.sides if (rating := self.rating(side, item))]
        return any(one.value is not None or one.words for one in given) or bool(self.late.get(item.id))

    def is_silent(self, item: Item) -> bool:
        """A question that nobody had to answer and nobody did."""
        asked = item.definition
        said = any(rating.words for side in self.sides if (rating := self.rating(side, item)))
        return asked is not None and not asked.required and not asked.anchors and not said

    @property
    def signatures(self) -> list[Signature]:
        """Who signed; withdrawn ones stay. The manager's tells nothing that the state does not."""
        return self.review.signatures

    @property
    def meaning(self) -> str:
        """What the grade stands for."""
        return next((band.words for band in self.judgement.bands if band.grade == self.review.grade), "")
