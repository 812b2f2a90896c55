"""The record of every run: what it read, what it changed, what it did not take and why."""

from datetime import datetime
from enum import StrEnum, auto

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.db import Model, growing
from portal.directory.models import Person
from portal.sync.lines import Kind


class State(StrEnum):
    """How a run ended."""

    APPLIED = auto()
    TRIED = auto()  # a dry run: nothing was to be changed
    BRAKED = auto()  # too many people would have been switched off: nothing was changed
    FAILED = auto()  # the directory gave no complete answer: nothing was changed


class SyncRun(Model):
    """同步记录 One run, written when it is over. It is about the company: nobody in particular."""

    __tablename__ = "sync_run"
    __table_args__ = (
        CheckConstraint("(state = 'failed') = (why <> '')", name="why"),
        CheckConstraint("(confirmed_at IS NULL) = (confirmed_by_id IS NULL)", name="confirmed"),
        CheckConstraint("(released_at IS NULL) = (released_by_id IS NULL)", name="released"),
        CheckConstraint(
            "released_by_id IS NULL OR (confirmed_by_id IS NOT NULL AND released_by_id <> confirmed_by_id)", name="two_people"
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    began: Mapped[datetime] = mapped_column(index=True)
    ended: Mapped[datetime]
    state: Mapped[State]
    braked: Mapped[bool] = mapped_column(default=False)  # also of a dry run: it would have been
    asked_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))  # None = the clock
    why: Mapped[str] = mapped_column(default="")
    found: Mapped[int] = mapped_column(default=0)  # entries the directory gave
    active: Mapped[int] = mapped_column(default=0)  # people with an account before it
    joined: Mapped[int] = mapped_column(default=0)
    changed: Mapped[int] = mapped_column(default=0)
    left: Mapped[int] = mapped_column(default=0)
    refused: Mapped[int] = mapped_column(default=0)
    noticed: Mapped[int] = mapped_column(default=0)
    confirmed_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    confirmed_at: Mapped[datetime | None]
    released_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    released_at: Mapped[datetime | None]

    confirmed_by: Mapped[Person | None] = relationship(foreign_keys=[confirmed_by_id])
    released_by: Mapped[Person | None] = relationship(foreign_keys=[released_by_id])

    person_id = unit_id = None

    @property
    def percent(self) -> float:
        """The share of the active people it switches off."""
        return 100 * self.left / self.active if self.active else 0.0

    @property
    def waits(self) -> bool:
        """Held by the brake, and not released yet."""
        return self.state is State.BRAKED and self.released_at is None


class SyncLine(Model):
    """同步明细 One line of a run; names as they were then."""

    __tablename__ = "sync_line"
    __table_args__ = (Index(None, "run_id", "kind", "n"), {"sqlite_with_rowid": False})

    run_id: Mapped[int] = mapped_column(ForeignKey("sync_run.id", ondelete="CASCADE"), primary_key=True)
    n: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[Kind] = mapped_column(growing(Kind))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    name: Mapped[str]
    number: Mapped[str | None]
    field: Mapped[str] = mapped_column(default="")
    was: Mapped[str] = mapped_column(default="")
    now: Mapped[str] = mapped_column(default="")
    key: Mapped[str | None]  # the account in question, where it is not (yet) theirs
