"""Tables of strategy: what was copied from which year, and which department claims what."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.access import Held
from portal.db import Model
from portal.directory.models import Person, Unit
from portal.goals.models import Objective
from portal.strategy.states import CLAIMING, State
from portal.workflow import Taken

STANDS = text("state <> 'withdrawn'")


class LibraryCopy(Model):
    """A company objective that was copied into another period: once, however often somebody asks for it."""

    __tablename__ = "library_copy"

    source_id: Mapped[int] = mapped_column(ForeignKey("objective.id"), primary_key=True)
    period_id: Mapped[int] = mapped_column(ForeignKey("period.id"), primary_key=True)
    made_id: Mapped[int] = mapped_column(ForeignKey("objective.id"), unique=True)


class AssignedGoal(Model):
    """下达 A company objective that was given to somebody by a rule: once, whatever rules they fit."""

    __tablename__ = "assigned_goal"

    objective_id: Mapped[int] = mapped_column(ForeignKey("objective.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True, index=True)
    made_id: Mapped[int] = mapped_column(ForeignKey("objective.id"), unique=True)
    by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime]


class Claim(Model):
    """认领 A department takes its part of a company objective; `made` is the department's own objective."""

    __tablename__ = "claim"
    __table_args__ = (
        CheckConstraint("(state IN ('accepted', 'returned')) = (decided_at IS NOT NULL)", name="decided"),
        # One a department and objective, whoever presses at the same moment.
        Index("uq_claim_open", "objective_id", "unit_id", unique=True, sqlite_where=STANDS, postgresql_where=STANDS),
        Index(None, "objective_id", "id"),
        Index(None, "unit_id", "id"),
        Index(None, "state", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    objective_id: Mapped[int] = mapped_column(ForeignKey("objective.id"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    made_id: Mapped[int] = mapped_column(ForeignKey("objective.id"), unique=True)
    state: Mapped[State] = mapped_column(default=State.ASKED)
    by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    asked_at: Mapped[datetime]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    decided_at: Mapped[datetime | None]
    comment: Mapped[str] = mapped_column(default="")  # with which it was returned

    objective: Mapped[Objective] = relationship(foreign_keys=[objective_id])
    made: Mapped[Objective] = relationship(foreign_keys=[made_id])
    unit: Mapped[Unit] = relationship()
    by: Mapped[Person] = relationship(foreign_keys=[by_id])
    decided_by: Mapped[Person | None] = relationship(foreign_keys=[decided_by_id])

    person_id = None

    def step(self, name: str, acts: Held, at: datetime, **answers: str) -> Taken:
        """One step of the table; raises NotHeld and Refused as it says."""
        return CLAIMING.take(name, self, acts, at, **answers)
