"""The table of jobs."""

from datetime import datetime
from enum import StrEnum, auto
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from portal.db import Model


class State(StrEnum):
    """Where a job stands."""

    WAITING = auto()
    RUNNING = auto()
    DONE = auto()
    FAILED = auto()  # every attempt is used up: a person is asked
    CANCELLED = auto()


class Job(Model):
    """One thing to do in the background. Inserted in the transaction of the change that wants it."""

    __tablename__ = "job"
    __table_args__ = (
        CheckConstraint("(state = 'running') = (lease_until IS NOT NULL)", name="lease"),
        Index(None, "state", "run_at", "id"),
        Index(None, "kind", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    args: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    key: Mapped[str | None] = mapped_column(unique=True)  # at most one unfinished job a key; cleared at the end
    state: Mapped[State] = mapped_column(default=State.WAITING)
    run_at: Mapped[datetime]
    attempts: Mapped[int] = mapped_column(default=0)
    lease_until: Mapped[datetime | None]
    taken_by: Mapped[str | None]
    done: Mapped[int] = mapped_column(default=0)
    total: Mapped[int | None]
    cancel: Mapped[bool] = mapped_column(default=False)
    why: Mapped[str] = mapped_column(default="")  # in words, when it failed
    asked_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    asked_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
