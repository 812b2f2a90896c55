"""Tables of the dialogue. Each side's words are rows of their own; nobody edits the other's."""

from datetime import date, datetime
from enum import StrEnum, auto
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.db import Model
from portal.directory.models import Person


class Kind(StrEnum):
    """What the talk is for."""

    CHECK_IN = auto()
    GOAL_SETTING = auto()
    MID_TERM = auto()
    RESULT = auto()
    CAREER = auto()
    IMPROVEMENT = auto()


class State(StrEnum):
    """Where a record stands: a draft is the writer's alone, a shared one is both's."""

    DRAFT = auto()
    SHARED = auto()
    CONFIRMED = auto()
    CANCELLED = auto()


class Voice(StrEnum):
    """Whose words."""

    MANAGER = auto()
    EMPLOYEE = auto()


class Field(StrEnum):
    """What the words are about."""

    PROGRESS = auto()
    OBSTACLE = auto()
    SUPPORT = auto()
    VIEW = auto()  # the employee's own view, in one piece


class Then(StrEnum):
    """What becomes of a promise at the next talk. Not stored: the promise itself moves."""

    DONE = auto()
    CARRY = auto()
    DROP = auto()


class Obstacle(StrEnum):
    """What kind of obstacle stands in the way."""

    RESOURCE = auto()
    DEPENDENCY = auto()
    CLARITY = auto()
    PRIORITY = auto()
    EXTERNAL = auto()


class CheckIn(Model):
    """对话记录 One talk of a person with whoever manages them that day."""

    __tablename__ = "check_in"
    __table_args__ = (
        CheckConstraint("manager_id <> person_id", name="two_people"),
        CheckConstraint("(state IN ('shared', 'confirmed')) = (shared_at IS NOT NULL)", name="shared_stamp"),
        CheckConstraint("(state = 'confirmed') = (confirmed_at IS NOT NULL)", name="confirmed_stamp"),
        CheckConstraint("mood BETWEEN 1 AND 5", name="mood"),
        Index(None, "person_id", "held_on"),
        Index(None, "manager_id", "held_on"),
        Index(None, "recorded_by_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    manager_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    recorded_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))  # the manager, or who acts for them
    kind: Mapped[Kind] = mapped_column(default=Kind.CHECK_IN)
    state: Mapped[State] = mapped_column(default=State.DRAFT)
    held_on: Mapped[date]
    mood: Mapped[int | None]
    obstacle: Mapped[Obstacle | None]
    shared_at: Mapped[datetime | None]
    confirmed_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)

    person: Mapped[Person] = relationship(foreign_keys=[person_id])
    manager: Mapped[Person] = relationship(foreign_keys=[manager_id])
    recorded_by: Mapped[Person] = relationship(foreign_keys=[recorded_by_id])
    notes: Mapped[list["Note"]] = relationship(back_populates="check_in", order_by="Note.id")
    goals: Mapped[list["CheckInGoal"]] = relationship(order_by="CheckInGoal.objective_id")

    __mapper_args__ = {"version_id_col": version}


class Note(Model):
    """The words of one voice in one field."""

    __tablename__ = "note"
    __table_args__ = (UniqueConstraint("check_in_id", "voice", "field"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    check_in_id: Mapped[int] = mapped_column(ForeignKey("check_in.id"))
    voice: Mapped[Voice]
    field: Mapped[Field]
    text: Mapped[str]

    check_in: Mapped[CheckIn] = relationship(back_populates="notes")


class CheckInGoal(Model):
    """A goal the talk touched: how it stood, and the value that was reported with it."""

    __tablename__ = "check_in_goal"
    __table_args__ = (CheckConstraint("confidence BETWEEN 0 AND 10", name="confidence"),)

    check_in_id: Mapped[int] = mapped_column(ForeignKey("check_in.id"), primary_key=True)
    objective_id: Mapped[int] = mapped_column(ForeignKey("objective.id"), primary_key=True)
    confidence: Mapped[int | None]
    measure_value_id: Mapped[int | None] = mapped_column(ForeignKey("measure_value.id"))


class PrivateNote(Model):
    """A manager's note for themselves: its own table and act, in no print, export, search or journal."""

    __tablename__ = "private_note"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    author_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    check_in_id: Mapped[int] = mapped_column(ForeignKey("check_in.id"), index=True)
    text: Mapped[str]
    version: Mapped[int] = mapped_column(default=1)

    __table_args__ = (UniqueConstraint("author_id", "check_in_id"),)
    __mapper_args__ = {"version_id_col": version}


class Reason(StrEnum):
    """Why a dialogue rests without being missed."""

    LEAVE = auto()  # that the directory or HR does not know of
    PROJECT = auto()
    TRAINING = auto()
    HANDOVER = auto()  # between two managers
    OTHER = auto()


class Rhythm(Model):
    """节奏 Days between two talks: a person's wins over the unit's, the unit's over the company's setting.

    The row stays when its days are taken away again: the entries of the journal are about it.
    """

    __tablename__ = "rhythm"
    __table_args__ = (
        CheckConstraint("(person_id IS NULL) <> (unit_id IS NULL)", name="one_scope"),
        CheckConstraint("every_days BETWEEN 7 AND 92", name="days"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), unique=True)
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"), unique=True)
    every_days: Mapped[int | None]  # None: as the unit or the company has it
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}


class Prompt(Model):
    """提示 What one side is asked to think of in a kind of talk, in HR's words instead of the portal's, a column a language.

    The row stays when its words are taken away again: who still has the form of before is told.
    """

    __tablename__ = "prompt"

    kind: Mapped[Kind] = mapped_column(primary_key=True)
    voice: Mapped[Voice] = mapped_column(primary_key=True)
    zh: Mapped[str] = mapped_column(default="")
    en: Mapped[str] = mapped_column(default="")
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}

    @property
    def words(self) -> dict[str, str]:
        """What HR wrote, by language; empty where nothing is."""
        return {"zh": self.zh, "en": self.en}


class Pause(Model):
    """暂停 Somebody's dialogue rests by hand from a day to another; leave that is known pauses it by itself."""

    __tablename__ = "pause"
    __table_args__ = (CheckConstraint("until > since", name="order"), Index(None, "person_id", "until"))

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    since: Mapped[date]
    until: Mapped[date]  # the day it goes on
    reason: Mapped[Reason]
    by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))

    by: Mapped[Person] = relationship(foreign_keys=[by_id])
