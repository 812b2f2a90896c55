"""Tables of the goal dialogue: the dialogue itself, each draft as it was proposed, and what both sides said at a goal."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.access import Held
from portal.db import Model
from portal.dialogues.states import DIALOGUE, State
from portal.directory.models import Person
from portal.periods.models import Period
from portal.workflow import Taken

LIVE = text("state <> 'cancelled'")


class GoalDialogue(Model):
    """目标协同 One person's goals of one period, set together with whoever manages them that day."""

    __tablename__ = "goal_dialogue"
    __table_args__ = (
        CheckConstraint("(state IN ('proposed', 'agreed')) = (proposed_at IS NOT NULL)", name="proposed_stamp"),
        CheckConstraint("(state = 'agreed') = (agreed_at IS NOT NULL)", name="agreed_stamp"),
        CheckConstraint("(state = 'agreed') = (agreed_by_id IS NOT NULL)", name="agreed_by"),
        CheckConstraint("agree_by >= propose_by", name="days"),
        CheckConstraint("draft >= 1", name="draft"),
        Index("uq_goal_dialogue_live", "person_id", "period_id", unique=True, sqlite_where=LIVE, postgresql_where=LIVE),
        Index(None, "person_id", "period_id"),
        Index(None, "state", "person_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    period_id: Mapped[int] = mapped_column(ForeignKey("period.id"), index=True)
    state: Mapped[State] = mapped_column(default=State.DRAFTING)
    draft: Mapped[int] = mapped_column(default=1)  # the one that is being written, or was proposed last
    opened_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    opened_at: Mapped[datetime]
    propose_by: Mapped[date]
    agree_by: Mapped[date]
    proposed_at: Mapped[datetime | None]
    agreed_at: Mapped[datetime | None]
    agreed_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    agreed_for_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)  # on whose behalf
    weights: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)  # {goal agreed before: basis points proposed here}
    version: Mapped[int] = mapped_column(default=1)

    unit_id = None
    person: Mapped[Person] = relationship(foreign_keys=[person_id])
    opened_by: Mapped[Person] = relationship(foreign_keys=[opened_by_id])
    agreed_by: Mapped[Person | None] = relationship(foreign_keys=[agreed_by_id])
    agreed_for: Mapped[Person | None] = relationship(foreign_keys=[agreed_for_id])
    period: Mapped[Period] = relationship()
    remarks: Mapped[list["GoalRemark"]] = relationship(order_by="GoalRemark.id", viewonly=True)

    __mapper_args__ = {"version_id_col": version}

    def take(self, step: str, acts: Held, at: datetime, **answers: str) -> Taken:
        """One step of the table. Raises NotHeld, or Refused."""
        return DIALOGUE.take(step, self, acts, at, **answers)


class GoalDraft(Model):
    """一稿 The set as it was proposed: goals with their facts, so that the next draft can be held against it."""

    __tablename__ = "goal_draft"

    dialogue_id: Mapped[int] = mapped_column(ForeignKey("goal_dialogue.id"), primary_key=True)
    n: Mapped[int] = mapped_column(primary_key=True)
    goals: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    erased: Mapped[bool] = mapped_column(default=False)  # its words were removed when their time was over
    by_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    at: Mapped[datetime]

    by: Mapped[Person] = relationship()


class GoalRemark(Model):
    """意见 What somebody said at a goal, or of the whole draft; never edited, by either side."""

    __tablename__ = "goal_remark"
    __table_args__ = (CheckConstraint("words <> ''", name="words"), Index(None, "dialogue_id", "id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    dialogue_id: Mapped[int] = mapped_column(ForeignKey("goal_dialogue.id"))
    objective_id: Mapped[int | None] = mapped_column(ForeignKey("objective.id"), index=True)
    draft: Mapped[int]
    by_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    for_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)  # on whose behalf
    words: Mapped[str]
    at: Mapped[datetime]

    by: Mapped[Person] = relationship(foreign_keys=[by_id])
    on_behalf: Mapped[Person | None] = relationship(foreign_keys=[for_id])
