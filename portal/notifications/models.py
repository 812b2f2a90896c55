"""Tables of notifications: what was told, the mails, what people chose, and HR's work days."""

from datetime import date, datetime
from enum import StrEnum, auto

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.db import Model
from portal.directory.models import Unit


class Kind(StrEnum):
    """What a mail is."""

    DIGEST = auto()  # of a work day: everything that waits
    NEWS = auto()  # at once: what is personally asked of somebody


class State(StrEnum):
    """Where a mail stands. `unknown`: the worker or the line broke while it was handed over; it is not sent again by itself."""

    WAITING = auto()
    SENDING = auto()
    SENT = auto()
    FAILED = auto()
    UNKNOWN = auto()
    DROPPED = auto()  # there was nothing left to tell, or nobody to tell it to


OF_A_DAY, OPEN_NEWS = text("kind = 'digest'"), text("kind = 'news' AND state = 'waiting'")


class Message(Model):
    """One mail to one person. Its text is made when it is sent, of what waits then: none is kept."""

    __tablename__ = "message"
    __table_args__ = (
        CheckConstraint("(state = 'sending') = (sending_at IS NOT NULL)", name="sending"),
        CheckConstraint("(state = 'sent') = (sent_at IS NOT NULL)", name="sent"),
        # One digest a day, and one mail of news that has not left yet, whoever makes them at the same moment.
        Index("uq_message_day", "person_id", "day", unique=True, sqlite_where=OF_A_DAY, postgresql_where=OF_A_DAY),
        Index("uq_message_news", "person_id", unique=True, sqlite_where=OPEN_NEWS, postgresql_where=OPEN_NEWS),
        Index(None, "state", "run_at", "id"),
        Index(None, "state", "id"),
        Index(None, "person_id", "id"),
        Index(None, "made_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    kind: Mapped[Kind]
    day: Mapped[date]  # the company's
    state: Mapped[State] = mapped_column(default=State.WAITING)
    run_at: Mapped[datetime]
    until: Mapped[datetime]  # after that nobody wants it any more
    attempts: Mapped[int] = mapped_column(default=0)
    key: Mapped[str] = mapped_column(unique=True)  # of the Message-ID: the same at every attempt
    news: Mapped[int] = mapped_column(default=0)  # entries about the person since the last digest
    things: Mapped[int | None]  # how many the mail told
    why: Mapped[str] = mapped_column(default="")  # a sentence of the catalogue, when it did not leave
    made_at: Mapped[datetime]
    sending_at: Mapped[datetime | None]
    sent_at: Mapped[datetime | None]


class Notice(Model):
    """One step of one thing was told to somebody: written with the mail that tells it, and never twice.

    `round` tells one time from the next: the day it was due, or how often it came back.
    """

    __tablename__ = "notice"
    __table_args__ = (UniqueConstraint("person_id", "what", "object_id", "round", "step"), Index(None, "at"))

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    what: Mapped[str]
    object_id: Mapped[int]
    round: Mapped[str]
    step: Mapped[str]
    message_id: Mapped[int | None] = mapped_column(ForeignKey("message.id", ondelete="SET NULL"), index=True)
    at: Mapped[datetime]


class Preference(Model):
    """What somebody wants by mail. What waits is in the digest whatever they choose."""

    __tablename__ = "preference"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    at_once: Mapped[bool] = mapped_column(default=True)  # news by itself; else it comes with the digest
    informs: Mapped[bool] = mapped_column(default=True)  # how much happened on one's time line
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}


class WorkDay(Model):
    """工作日 A day of which HR says whether it is worked, whatever the public calendar says."""

    __tablename__ = "work_day"

    day: Mapped[date] = mapped_column(primary_key=True)
    works: Mapped[bool]
    name: Mapped[str] = mapped_column(default="")


class Reader(Model):
    """How far the journal was read: by the news, and by the last digest."""

    __tablename__ = "journal_reader"

    name: Mapped[str] = mapped_column(primary_key=True)
    n: Mapped[int]


class WaitingCount(Model):
    """How much of one kind waited for somebody this morning, and how much of it was late: counted anew every day."""

    __tablename__ = "waiting_count"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    what: Mapped[str] = mapped_column(primary_key=True)
    waits: Mapped[int]
    late: Mapped[int]
    oldest: Mapped[date | None]  # the longest overdue day
    at: Mapped[datetime]


class Feed(Model):
    """The secret address of somebody's calendar feed: its digest."""

    __tablename__ = "calendar_feed"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    token_hash: Mapped[str] = mapped_column(unique=True)
    made_at: Mapped[datetime]


class RobotKind(StrEnum):
    """Whose robot it is."""

    WECOM = auto()
    DINGTALK = auto()
    FEISHU = auto()


class Robot(Model):
    """群机器人 A group that is told how many check-ins are due in a department, or in the company; its address is sealed."""

    __tablename__ = "robot"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[RobotKind]
    name: Mapped[str]  # what HR calls the group
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))
    address: Mapped[bytes]
    secret: Mapped[bytes | None]
    made_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    made_at: Mapped[datetime]
    told_at: Mapped[datetime | None]  # the last time it was given something, by the clock or to try it
    told_why: Mapped[str] = mapped_column(default="")  # why it was not taken
    told: Mapped[bool] = mapped_column(default=True)  # off: nothing by the clock, until it is switched on again
    version: Mapped[int] = mapped_column(default=1)

    unit: Mapped[Unit | None] = relationship()

    __mapper_args__ = {"version_id_col": version}


class Post(Model):
    """What a robot was given on a day: once."""

    __tablename__ = "robot_post"
    __table_args__ = (UniqueConstraint("robot_id", "day"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    robot_id: Mapped[int] = mapped_column(ForeignKey("robot.id", ondelete="CASCADE"))
    day: Mapped[date]
    state: Mapped[State]
    attempts: Mapped[int] = mapped_column(default=0)
    why: Mapped[str] = mapped_column(default="")
    at: Mapped[datetime]
