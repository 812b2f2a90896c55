"""Writing an assessment: saving what was typed, handing in, submitting with the freeze and the score."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from flask import abort
from sqlalchemy import select

from portal import clock, journal
from portal.access import Act, Held, Viewer
from portal.db import db
from portal.numbers import half_up, split_evenly
from portal.reviews import evidence, queries
from portal.reviews.judging import Judgement, Rules, counted, gaps
from portal.reviews.models import Assessment, Evidence, Item, Part, Pin, Rating, Review, Signature
from portal.words import N_
from portal.workflow import Refused, Taken


@dataclass(frozen=True)
class Said:
    """What somebody entered for one item; None = was not on the form and stays as it is.

    `value` a rating, or points in place of the computed ones (then with a `reason`); `clear` takes such points back.
    """

    value: Decimal | None = None
    words: str | None = None
    reason: str | None = None
    clear: bool = False


def save(own: Assessment, said: Mapping[int, Said], at: datetime, judgement: Judgement) -> None:
    """Keep what was entered. Each save moves the version, so a second window finds out."""
    known = {rating.item_id: rating for rating in own.ratings}
    for item_id, entry in said.items():
        rating = known.get(item_id)
        if rating is None:
            if entry.value is None and not entry.words and not entry.reason:
                continue
            rating = Rating(item_id=item_id, words="", reason="")
            own.ratings.append(rating)
        _put(rating, entry, judgement.facts[item_id].points)
    own.saved_at = at


def _put(rating: Rating, entry: Said, computed: Decimal | None) -> None:
    if entry.value is not None:
        rating.value = entry.value
    elif entry.clear:
        rating.value = None
    rating.words = rating.words if entry.words is None else entry.words
    rating.reason = rating.reason if entry.reason is None else entry.reason
    # What the data gave stays beside what somebody made of it.
    rating.computed = None if rating.value is None or computed is None else half_up(computed, 6)


def choose(own: Assessment, grade: str | None, reason: str) -> None:
    """The grade a manager means instead of the suggested one; None = the suggested one."""
    own.grade, own.grade_reason = grade or None, reason


def hand_in(review: Review, own: Assessment, by: Viewer, acts: Held, at: datetime) -> Taken:
    """Hand in or submit the own part, whichever it is. Raises Refused with what is missing."""
    queries.must_be_writable(review, own)
    judgement = Judgement(review, _given(review, own), Rules.now())
    if missing := gaps(judgement, own):
        raise Refused(*(gap.sentence for gap in missing))
    if own.relation is Part.SELF:
        taken = review.hand_in(acts, at)
    else:
        _settle(review, own, judgement)
        taken = review.submit(acts, at, {item.id: judgement.facts[item.id].stored() for item in review.items})
        behalf = acts[Act.SUBMIT_REVIEW]
        db.session.add(Signature(review_id=review.id, signer_id=by.id, behalf_id=behalf, step=taken.name, at=at))
    journal.step(taken, review, by, acts)
    return taken


def weigh(
    own: Assessment, items: Sequence[Item], weights: Mapping[int, int] | None, version: int | None, by: Viewer
) -> str | None:
    """Set the weights of the goals' section together, or split them evenly (None); what is still wrong, as a sentence.

    Raises Refused when the form was saved since the page was opened.
    """
    review = own.review
    if version != own.version:
        raise Refused(N_("The form was saved in between. Look at the weights again."))
    before = {item.title: item.weight for item in items}
    even = dict(zip((item.id for item in items), split_evenly(len(items)), strict=True))
    for item in items:
        item.weight = (even if weights is None else weights)[item.id]
    own.saved_at = clock.now()
    journal.write("review.weighted", review, by, words={"before": before, "after": {item.title: item.weight for item in items}})
    return review.weights_problem


def pin(by: Viewer, own: Assessment, item_id: int, kind: str, evidence_id: int) -> None:
    """Pin a record that this assessor may see to one item of the form; a second time changes nothing."""
    review = own.review
    if item_id not in {item.id for item in review.items} or not evidence.find(by, review, kind, evidence_id):
        abort(404)
    known = (Pin.assessment_id == own.id, Pin.item_id == item_id, Pin.kind == kind, Pin.evidence_id == evidence_id)
    if not db.session.scalar(select(Pin.id).where(*known)):
        db.session.add(Pin(assessment_id=own.id, item_id=item_id, kind=Evidence(kind), evidence_id=evidence_id, at=clock.now()))


def unpin(own: Assessment, pin_id: int) -> None:
    """Take one of the own pins away."""
    mine = select(Pin).where(Pin.id == pin_id, Pin.assessment_id == own.id)
    db.session.delete(db.one_or_404(mine))


def _given(review: Review, own: Assessment) -> list[tuple[int, Assessment]]:
    return counted(review.assessments) if own.relation is not Part.SELF else [(1, own)]


def _settle(review: Review, own: Assessment, judgement: Judgement) -> None:
    total = judgement.total
    review.score, review.proposed_grade = total.score, total.grade
    review.missing_weight = int(half_up(total.missing, 0))
    review.grade = own.grade if total.grade and own.grade else total.grade
    review.grade_reason = own.grade_reason if review.grade != total.grade else ""
    for section in review.sections:
        points = judgement.sections[section.id].points if section.weight else None
        section.score = None if points is None else half_up(points, 6)
