"""The one table of promises."""

from datetime import date, datetime
from enum import StrEnum, auto

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.db import Model
from portal.directory.models import Person


class State(StrEnum):
    """Where a promise stands."""

    OPEN = auto()
    DONE = auto()
    DROPPED = auto()


class Action(Model):
    """行动 What somebody will do for (or with) a person by a day; `source` names the object it was promised in."""

    __tablename__ = "action"
    __table_args__ = (
        CheckConstraint("(state = 'open') = (settled_at IS NULL)", name="settled_stamp"),
        Index(None, "owner_id", "state", "due"),
        Index(None, "person_id", "state", "due"),
        Index(None, "source_type", "source_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    what: Mapped[str]
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))  # whom it is about
    owner_id: Mapped[int] = mapped_column(ForeignKey("person.id"))  # who does it
    due: Mapped[date | None]
    state: Mapped[State] = mapped_column(default=State.OPEN)
    settled_at: Mapped[datetime | None]
    source_type: Mapped[str]
    source_id: Mapped[int]
    version: Mapped[int] = mapped_column(default=1)

    owner: Mapped[Person] = relationship(foreign_keys=[owner_id])
    person: Mapped[Person] = relationship(foreign_keys=[person_id])

    __mapper_args__ = {"version_id_col": version}
