"""Tables of retention: the rules that HR chose, what each night removed, whose data is held, whose was erased."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from portal.db import Model

OPEN = text("lifted_at IS NULL")


class RetentionRule(Model):
    """保存期限 How long one kind is kept, and since when that counts; without a row its default is in force."""

    __tablename__ = "retention_rule"
    __table_args__ = (CheckConstraint("keep > 0", name="keep"),)

    kind: Mapped[str] = mapped_column(primary_key=True)
    event: Mapped[str]
    keep: Mapped[int | None]  # in the kind's unit; None = for ever
    by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime]


class RetentionRun(Model):
    """清理记录 What one night removed of one kind. `ended` is missing while it is under way, or was stopped hard."""

    __tablename__ = "retention_run"
    __table_args__ = (Index(None, "kind", "id"), Index(None, "job_id", "kind"))

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    job_id: Mapped[int]
    boundary: Mapped[date]  # what happened before this day was due
    rows: Mapped[int] = mapped_column(default=0)
    began: Mapped[datetime]
    ended: Mapped[datetime | None]

    person_id = unit_id = None


class Hold(Model):
    """保全 Nothing of this person is removed, by no rule and on no request, until it is lifted. Kept for the record."""

    __tablename__ = "hold"
    __table_args__ = (
        CheckConstraint("(lifted_at IS NULL) = (lifted_by_id IS NULL)", name="lifted"),
        Index("ix_hold_person_id_open", "person_id", unique=True, sqlite_where=OPEN, postgresql_where=OPEN),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    reason: Mapped[str]
    by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime]
    lifted_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    lifted_at: Mapped[datetime | None]


class Erasure(Model):
    """个人信息删除 One person's content is removed on request; `counts` says how many of each kind."""

    __tablename__ = "erasure"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    reason: Mapped[str]
    asked_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    asked_at: Mapped[datetime]
    counts: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    ended_at: Mapped[datetime | None]
