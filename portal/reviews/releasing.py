"""What happens to a result: returned, released (one or many), acknowledged, withdrawn, archived. Each is journalled."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select

from portal import access, journal
from portal.access import Act, Held, Viewer
from portal.db import db
from portal.directory.models import Person, UnitLine
from portal.printing.archive import ask as keep
from portal.reviews import queries
from portal.reviews.models import Review, Signature
from portal.reviews.states import State
from portal.settings.queries import number
from portal.workflow import Taken


def send_back(review: Review, by: Viewer, acts: Held, at: datetime, reason: str) -> None:
    """HR returns it to the manager: what was frozen thaws, the manager's signature is stamped."""
    _note(review.send_back(acts, at, reason), review, by, acts)


def take_back(review: Review, by: Viewer, acts: Held, at: datetime, reason: str) -> None:
    """The manager withdraws the own signature before the release."""
    review.settle(at, number("withdraw_days"))
    _note(review.take_back(acts, at, reason), review, by, acts)


def waive(review: Review, by: Viewer, acts: Held, at: datetime, reason: str) -> None:
    """HR lets the assessment begin without a self-assessment."""
    _note(review.waive(acts, at, reason), review, by, acts)


def release(review: Review, by: Viewer, acts: Held, at: datetime) -> None:
    """The person may read it from now on."""
    _note(review.release(acts, at), review, by, acts)


def release_all(cycle_id: int, by: Viewer, at: datetime, unit_id: int | None = None) -> int:
    """Release whatever is ready in a cycle, or in one department with all below it; how many. Never the own review."""
    reviews = ready(cycle_id, by, unit_id)
    acts: Held = {Act.RELEASE_REVIEW: None}
    for review in reviews:
        release(review, by, acts, at)
    return len(reviews)


def ready(cycle_id: int, by: Viewer, unit_id: int | None) -> Sequence[Review]:
    """What could be released now by this viewer, locked."""
    found = queries.visible(by).where(
        Review.cycle_id == cycle_id, Review.state == State.READY, access.rows(Act.RELEASE_REVIEW, by, Review)
    )
    if unit_id is not None:
        below = select(UnitLine.lower_id).where(UnitLine.upper_id == unit_id)
        found = found.where(Review.person_id.in_(select(Person.id).where(Person.unit_id.in_(below))))
    return db.session.scalars(found.order_by(Review.id).with_for_update(of=Review, key_share=True)).all()


def acknowledge(review: Review, by: Viewer, acts: Held, at: datetime, words: str, *, agrees: bool) -> None:
    """The person signs, with or without agreement."""
    taken = review.acknowledge(acts, at, words, agrees=agrees)
    db.session.add(Signature(review_id=review.id, signer_id=by.id, step=taken.name, at=at))
    _note(taken, review, by, acts)


def withdraw(review: Review, by: Viewer, acts: Held, at: datetime, reason: str) -> None:
    """The person takes the signature back while the window is open."""
    review.settle(at, number("withdraw_days"))
    _note(review.withdraw(acts, at, reason), review, by, acts)


def archive(review: Review, by: Viewer, acts: Held, at: datetime) -> None:
    """The end: from here on nothing changes, and a file of it is wanted for the archive."""
    review.settle(at, number("withdraw_days"))
    taken = review.archive(acts, at)
    db.session.add(Signature(review_id=review.id, signer_id=by.id, step=taken.name, at=at))
    _note(taken, review, by, acts)
    keep("review", review.id, by)


def _note(taken: Taken, review: Review, by: Viewer, acts: Held) -> None:
    journal.step(taken, review, by, acts)
