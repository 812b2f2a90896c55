"""What somebody was told, told others, asked for and reported, as they themselves read it."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import aliased

from portal import access
from portal.access import Act, Viewer
from portal.db import db
from portal.directory.models import Person
from portal.feedback.models import Ask, CompanyValue, Feedback, Report
from portal.feedback.states import ASKED, DECIDED, State, Verdict
from portal.owncopy.sections import Column, Record, Section
from portal.words import N_

STANDS = {State.GIVEN: N_("given"), State.WITHDRAWN: N_("withdrawn"), State.HIDDEN: N_("hidden by HR")}


def feedback(viewer: Viewer) -> Iterator[Record]:
    """What was said to oneself and what one said; words that were withdrawn or hidden are gone for both."""
    by, to, f = aliased(Person), aliased(Person), Feedback
    found = (
        select(f, by.name, to.name, CompanyValue.name, Report.why).join(by, by.id == f.author_id).join(to, to.id == f.person_id)
    )
    found = found.outerjoin(CompanyValue, CompanyValue.id == f.value_id)
    hid = (Report.feedback_id == f.id) & (Report.state == Verdict.HIDDEN)
    found = found.outerjoin(Report, hid).where(access.rows(Act.SEE_FEEDBACK, viewer, f))
    mine = or_(f.person_id == viewer.id, f.author_id == viewer.id)
    for row, who, whom, value, why in db.session.execute(found.where(mine).order_by(f.id).execution_options(yield_per=200)):
        words = row.words if row.state is State.GIVEN or row.author_id == viewer.id else ""
        told = why if row.author_id == viewer.id else ""
        known: dict[str, Any] = {"at": row.at, "by": who, "to": whom, "words": words, "public": row.public, "value": value}
        yield known | {"state": row.state, "withdrawn": row.withdrawn_at, "hidden_because": told}


def asks(viewer: Viewer) -> Iterator[Record]:
    """What one asked others for, and what one was asked."""
    by, to = aliased(Person), aliased(Person)
    found = select(Ask, by.name, to.name).join(by, by.id == Ask.person_id).join(to, to.id == Ask.asked_id)
    mine = or_(Ask.person_id == viewer.id, Ask.asked_id == viewer.id)
    for row, who, whom in db.session.execute(found.where(mine).order_by(Ask.id).execution_options(yield_per=200)):
        yield {
            "at": row.at,
            "by": who,
            "to": whom,
            "topic": row.topic,
            "due": row.due,
            "state": row.state,
            "settled": row.settled_at,
        }


def reported(viewer: Viewer) -> Iterator[Record]:
    """What one reported to HR."""
    mine = select(Report).where(Report.reporter_id == viewer.id).order_by(Report.id)
    for row in db.session.scalars(mine):
        yield {"at": row.at, "reason": row.reason, "state": row.state, "decided": row.decided_at, "why": row.why}


FROM, TO = Column("by", N_("From")), Column("to", N_("To"))
SECTIONS = (
    Section(
        "feedback",
        N_("Feedback"),
        N_("What was said to me and what I said to others."),
        (
            Column("at", N_("When")),
            FROM,
            TO,
            Column("words", N_("Words")),
            Column("public", N_("On the praise wall")),
            Column("value", N_("Company value")),
            Column("state", N_("State"), STANDS),
            Column("withdrawn", N_("Withdrawn")),
            Column("hidden_because", N_("Why HR hid it")),
        ),
        feedback,
        frozenset({"feedback.person_id", "feedback.author_id"}),
    ),
    Section(
        "feedback-asks",
        N_("Questions for feedback"),
        N_("What I asked others for, and what I was asked."),
        (
            Column("at", N_("When")),
            FROM,
            TO,
            Column("topic", N_("Topic")),
            Column("due", N_("Due")),
            Column("state", N_("State"), ASKED),
            Column("settled", N_("Settled")),
        ),
        asks,
        frozenset({"feedback_ask.person_id", "feedback_ask.asked_id"}),
    ),
    Section(
        "feedback-reports",
        N_("Feedback I reported"),
        "",
        (
            Column("at", N_("When")),
            Column("reason", N_("Reason")),
            Column("state", N_("State"), DECIDED),
            Column("decided", N_("Decided")),
            Column("why", N_("Why")),
        ),
        reported,
        frozenset({"feedback_report.reporter_id"}),
    ),
)
