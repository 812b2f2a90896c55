"""Tables of feedback: what was said, what was asked for, what was reported to HR, and the company's values."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.db import Model
from portal.directory.models import Person
from portal.feedback.states import Asking, State, Verdict
from portal.goals.models import Objective

OPEN = text("state = 'open'")


class CompanyValue(Model):
    """价值观 What the company wants to be known for: praise can name one of them."""

    __tablename__ = "company_value"
    __table_args__ = (CheckConstraint("name <> ''", name="named"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
    meaning: Mapped[str]
    retired_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)

    person_id = unit_id = None
    __mapper_args__ = {"version_id_col": version}


class Ask(Model):
    """请求反馈 Somebody asks one colleague about one topic; who is asked need not answer and need not say why."""

    __tablename__ = "feedback_ask"
    __table_args__ = (
        CheckConstraint("person_id <> asked_id", name="two_people"),
        CheckConstraint("(state = 'open') = (settled_at IS NULL)", name="settled_stamp"),
        UniqueConstraint("person_id", "asked_id", "topic_key"),  # once for each person and topic
        Index(None, "person_id", "id"),
        Index(None, "asked_id", "state", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))  # who asks: the answer is about them
    asked_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    topic: Mapped[str]
    topic_key: Mapped[str]  # the topic without spaces, capitals and marks: the same one in other spelling
    objective_id: Mapped[int | None] = mapped_column(ForeignKey("objective.id"), index=True)
    due: Mapped[date | None]
    state: Mapped[Asking] = mapped_column(default=Asking.OPEN)
    at: Mapped[datetime]
    settled_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)

    unit_id = None
    person: Mapped[Person] = relationship(foreign_keys=[person_id])
    asked: Mapped[Person] = relationship(foreign_keys=[asked_id])

    __mapper_args__ = {"version_id_col": version}


class Feedback(Model):
    """反馈 What one person told another: between the two and the receiver's managers, or praise before everybody."""

    __tablename__ = "feedback"
    __table_args__ = (
        CheckConstraint("person_id <> author_id", name="two_people"),
        CheckConstraint("(state = 'withdrawn') = (withdrawn_at IS NOT NULL)", name="withdrawn_stamp"),
        CheckConstraint("(state = 'withdrawn') = (words = '')", name="words"),
        Index(None, "person_id", "id"),
        Index(None, "author_id", "id"),
        Index(None, "public", "state", "id"),
        Index(None, "value_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))  # who receives it
    author_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    public: Mapped[bool]
    words: Mapped[str]
    objective_id: Mapped[int | None] = mapped_column(ForeignKey("objective.id"), index=True)
    value_id: Mapped[int | None] = mapped_column(ForeignKey("company_value.id"))
    ask_id: Mapped[int | None] = mapped_column(ForeignKey("feedback_ask.id"), unique=True)
    state: Mapped[State] = mapped_column(default=State.GIVEN)
    at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)

    unit_id = None
    person: Mapped[Person] = relationship(foreign_keys=[person_id])
    author: Mapped[Person] = relationship(foreign_keys=[author_id])
    value: Mapped[CompanyValue | None] = relationship()
    objective: Mapped[Objective | None] = relationship()
    ask: Mapped[Ask | None] = relationship()

    __mapper_args__ = {"version_id_col": version}


class Report(Model):
    """举报 Somebody who may read a piece of feedback tells HR that it should not stand there. One open report at a time.

    It keeps the words as they were: who withdraws them meanwhile takes nothing from HR's eyes.
    """

    __tablename__ = "feedback_report"
    __table_args__ = (
        CheckConstraint("(state = 'open') = (decided_at IS NULL)", name="decided_stamp"),
        CheckConstraint("(state = 'open') = (decided_by_id IS NULL)", name="decided_by"),
        Index("uq_feedback_report_open", "feedback_id", unique=True, sqlite_where=OPEN, postgresql_where=OPEN),
        Index(None, "feedback_id", "id"),
        Index(None, "state", "id"),
        Index(None, "reporter_id", "id"),
        Index(None, "person_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    feedback_id: Mapped[int] = mapped_column(ForeignKey("feedback.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))  # who wrote what is reported
    reporter_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    words: Mapped[str]
    reason: Mapped[str]
    state: Mapped[Verdict] = mapped_column(default=Verdict.OPEN)
    at: Mapped[datetime]
    decided_at: Mapped[datetime | None]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    why: Mapped[str] = mapped_column(default="")  # of the decision, told to both sides
    read_by_reporter: Mapped[bool] = mapped_column(default=False)
    read_by_author: Mapped[bool] = mapped_column(default=False)
    version: Mapped[int] = mapped_column(default=1)

    unit_id = None
    person: Mapped[Person] = relationship(foreign_keys=[person_id])
    reporter: Mapped[Person] = relationship(foreign_keys=[reporter_id])
    decided_by: Mapped[Person | None] = relationship(foreign_keys=[decided_by_id])
    feedback: Mapped[Feedback] = relationship()

    __mapper_args__ = {"version_id_col": version}
