"""The tables of jobs and of their schedules."""

from datetime import datetime
from enum import StrEnum, auto
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from portal.db import Model


class State(StrEnum):
    """Where a job stands."""

    WAITING = auto()
    RUNNING = auto()
    DONE = auto()
    FAILED = auto()  # every attempt is used up: a person is asked
    CANCELLED = auto()


OPEN = (State.WAITING, State.RUNNING)
WANTED = text("state IN ('waiting', 'running')")
"""The same for the index of keys."""


class Job(Model):
    """One thing to do in the background. Inserted in the transaction of the change that wants it."""

    __tablename__ = "job"
    __table_args__ = (
        CheckConstraint("(state = 'running') = (lease_until IS NOT NULL)", name="lease"),
        Index(None, "state", "run_at", "id"),
        Index(None, "kind", "id"),
        Index(None, "ended_at", "id"),
        Index("ix_job_key_open", "key", unique=True, sqlite_where=WANTED, postgresql_where=WANTED),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    args: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    key: Mapped[str | None]  # at most one open job a key
    state: Mapped[State] = mapped_column(default=State.WAITING)
    run_at: Mapped[datetime]
    attempts: Mapped[int] = mapped_column(default=0)
    began_at: Mapped[datetime | None]  # the last attempt
    lease_until: Mapped[datetime | None]
    taken_by: Mapped[str | None]
    done: Mapped[int] = mapped_column(default=0)  # kept through every attempt: a job goes on where it was
    total: Mapped[int | None]
    cancel: Mapped[bool] = mapped_column(default=False)
    why: Mapped[str] = mapped_column(default="")  # a sentence of the catalogue, when an attempt failed
    asked_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    asked_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class Scheduled(Model):
    """When a schedule asked for its job the last time, on whatever machine."""

    __tablename__ = "scheduled"

    kind: Mapped[str] = mapped_column(primary_key=True)
    asked_at: Mapped[datetime]
