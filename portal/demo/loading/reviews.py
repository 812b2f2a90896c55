"""The rounds of reviews, walked through the portal's own operations at the moments they happened."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal

from sqlalchemy import delete, select, update

from portal import clock
from portal.access import Act, Held, Viewer
from portal.access.models import Role, RoleGrant
from portal.checkins.models import CheckIn
from portal.cycles.models import Cycle, SectionKind
from portal.cycles.models import State as CycleState
from portal.cycles.operations import Dates
from portal.db import UNSYNCED, db
from portal.demo.chance import midnight
from portal.demo.loading.bulk import Bulk
from portal.demo.loading.people import Known
from portal.demo.reviews import STOOD_IN, Answers, Round, Story
from portal.periods.models import Period
from portal.reviews import assessing, opening, queries, releasing, scoring
from portal.reviews.assessing import Said
from portal.reviews.judging import Judgement, Rules, counted
from portal.reviews.models import Assessment, Evidence, Item, Method, Part, Pin, Review, Section, Signature

Stories = Mapping[int, Story]


def write_reviews(bulk: Bulk, known: Known, rounds: Iterable[Round], spans: Mapping[str, int]) -> None:
    """Every round, in order; the entries of its steps join the journal at their own moments."""
    hr = _viewer(known.people["shen.jiahe"])
    for each in rounds:
        with clock.at(each.opened):
            cycle = opening.open_cycle(db.session.get_one(Period, spans[each.period]), hr, each.name, Dates(*each.dues)).cycle
        stories = {known.people[story.person]: story for story in each.stories}
        if each.is_over:
            _forget_unjudged(cycle, stories)
        reviews = db.session.scalars(select(Review).where(Review.cycle_id == cycle.id).order_by(Review.id)).all()
        for review in reviews:
            if story := stories.get(review.person_id):
                hrs_own = story.released if story.person == STOOD_IN[0] else None
                _walk(review, story, _stand_in(bulk, known, hrs_own.date()) if hrs_own else hr)
        if each.is_over:
            cycle.state = CycleState.CLOSED
            # A closed cycle was closed when the last of its reviews was; a disagreement stays where it is.
            closed = max(story.acknowledged for story in each.stories if story.acknowledged)
            words = {"name": each.name}
            bulk.journal.note("cycle.closed", closed, hr.id, ("company", None), ("cycle", cycle.id), words=words)
        db.session.flush()
    bulk.journal.absorb(db.session().info)


def _viewer(person: int) -> Viewer:
    """Somebody, as the operations want to know them: by id; the acts are given with each step."""
    return Viewer(person, None, 0, frozenset(), (), ())


def _stand_in(bulk: Bulk, known: Known, day: date) -> Viewer:
    """Who released HR's own result: administrator for that day, as nobody releases their own."""
    asked, here = (known.people[login] for login in STOOD_IN)
    until = day + timedelta(days=1)
    row = bulk.add(RoleGrant, person_id=here, role=Role.HR_ADMIN, unit_id=None, since=day, until=until, source="hand")
    for kind, at in (("role.granted", day), ("role.ended", until)):
        words = {"role": Role.HR_ADMIN.value, "unit": None}
        bulk.journal.note(kind, midnight(at), asked, ("person", here), ("role_grant", row), words=words)
    return _viewer(here)


def _forget_unjudged(cycle: Cycle, stories: Stories) -> None:
    """Who has nobody above is not part of a round that is over."""
    gone = select(Review.id).where(Review.cycle_id == cycle.id, Review.person_id.not_in(stories))
    sections = select(Section.id).where(Section.review_id.in_(gone))
    db.session.execute(delete(Item).where(Item.section_id.in_(sections)))
    for model in (Section, Assessment):
        db.session.execute(delete(model).where(model.review_id.in_(gone)))
    db.session.execute(delete(Review).where(Review.cycle_id == cycle.id, Review.person_id.not_in(stories)))


def _walk(review: Review, story: Story, hr: Viewer) -> None:
    """One review as far as its story goes."""
    queries.with_form(review)
    own, theirs = review.assessment(Part.SELF), review.assessment(Part.MANAGER)
    if own and story.own and story.handed_in:
        _write(review, own, story.own, story.handed_in)
        with clock.at(story.handed_in):
            assessing.hand_in(review, own, _viewer(own.assessor_id), {Act.HAND_IN_REVIEW: None}, story.handed_in)
    if theirs and story.theirs:
        _assess(review, theirs, story)
    if story.released and story.acknowledged:
        _end(review, story, hr)


def _assess(review: Review, theirs: Assessment, story: Story) -> None:
    at = story.submitted or story.saved or clock.now()
    if story.theirs:
        judgement = _write(review, theirs, story.theirs, at)
        if story.submitted is None:
            _pin(review, theirs, at)
            return
        suggested = judgement.total.grade
        if story.chosen and story.chosen[0] in scoring.reachable(suggested, judgement.bands) and story.chosen[0] != suggested:
            assessing.choose(theirs, *story.chosen)
        with clock.at(at):
            assessing.hand_in(review, theirs, _viewer(theirs.assessor_id), {Act.SUBMIT_REVIEW: None}, at)


def _write(review: Review, own: Assessment, answers: Answers, at: datetime) -> Judgement:
    """Save the answers where the form asks for them."""
    said: dict[int, Said] = {}
    ratings, texts = list(answers.ratings), [answers.first, answers.second]
    for section in review.sections:
        asked = [item for item in section.items if item.definition is not None and _asks(item, own.relation)]
        if section.kind is SectionKind.COMPETENCY:
            for n, (item, value) in enumerate(zip(asked, ratings, strict=False), 1):
                said[item.id] = Said(None if value is None else Decimal(value), answers.why.get(n))
        elif section.kind is SectionKind.NARRATIVE:
            said |= {item.id: Said(words=text) for item, text in zip(asked, texts, strict=False) if text}
        elif section.kind is SectionKind.OKR and answers.okr:
            said |= {item.id: Said(words=answers.okr) for item in asked}
    judgement = Judgement(review, [(1, own)], Rules.now())
    assessing.save(own, said, at, judgement)
    db.session.flush()
    return Judgement(review, counted(review.assessments), Rules.now())


def _asks(item: Item, part: str) -> bool:
    asked = item.definition.asked if item.definition else []
    return not asked or part in asked


def _pin(review: Review, theirs: Assessment, at: datetime) -> None:
    """The latest talk, pinned to the first competency that was rated."""
    first = next(item for s in review.sections if s.kind is SectionKind.COMPETENCY for item in s.items)
    talk = select(CheckIn.id).where(CheckIn.person_id == review.person_id).order_by(CheckIn.held_on.desc()).limit(1)
    evidence = db.session.scalar(talk)
    if evidence:
        db.session.add(Pin(assessment_id=theirs.id, item_id=first.id, kind=Evidence.CHECK_IN, evidence_id=evidence, at=at))


def _end(review: Review, story: Story, hr: Viewer) -> None:
    """Released, acknowledged (on paper by who has no account), archived unless the person disagreed."""
    if story.released is None or story.acknowledged is None:
        return
    release: Held = {Act.RELEASE_REVIEW: None}
    with clock.at(story.released):
        releasing.release(review, hr, release, story.released)
    with clock.at(story.acknowledged):
        held: Held = {Act.ACKNOWLEDGE_REVIEW: None}
        releasing.acknowledge(review, _viewer(review.person_id), held, story.acknowledged, story.said, agrees=story.agrees)
    db.session.flush()
    if story.own is None:
        paper = update(Signature).where(Signature.review_id == review.id, Signature.signer_id == review.person_id)
        db.session.execute(paper.values(method=Method.PAPER), execution_options=UNSYNCED)
    if story.archived:
        with clock.at(story.archived):
            releasing.archive(review, hr, {Act.ARCHIVE_REVIEW: None}, story.archived)
