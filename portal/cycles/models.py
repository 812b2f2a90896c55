"""Cycle > scheme > version > section > item. A version that is in use is frozen: a change is a new version."""

from datetime import date, datetime
from enum import StrEnum, auto
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.db import Model
from portal.periods.models import Period


class State(StrEnum):
    """Where a cycle stands."""

    DRAFT = auto()
    RUNNING = auto()
    CLOSED = auto()


class Cycle(Model):
    """评估周期 One round of reviews over a period."""

    __tablename__ = "cycle"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
    period_id: Mapped[int] = mapped_column(ForeignKey("period.id"))
    state: Mapped[State] = mapped_column(default=State.DRAFT)
    # Last local day of each phase.
    self_due: Mapped[date | None]
    assessment_due: Mapped[date | None]
    release_due: Mapped[date | None]
    acknowledge_due: Mapped[date | None]
    version: Mapped[int] = mapped_column(default=1)

    period: Mapped[Period] = relationship()
    schemes: Mapped[list["Scheme"]] = relationship(back_populates="cycle", order_by="Scheme.position")

    __mapper_args__ = {"version_id_col": version}


class Scheme(Model):
    """方案 Whom a form covers: the first scheme of a cycle whose rule fits somebody is theirs."""

    __tablename__ = "scheme"

    id: Mapped[int] = mapped_column(primary_key=True)
    cycle_id: Mapped[int] = mapped_column(ForeignKey("cycle.id"), index=True)
    name: Mapped[str]
    position: Mapped[int] = mapped_column(default=0)
    covers: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)  # {} = everybody

    cycle: Mapped[Cycle] = relationship(back_populates="schemes")
    versions: Mapped[list["SchemeVersion"]] = relationship(back_populates="scheme", order_by="SchemeVersion.n")


class SchemeVersion(Model):
    """One form as it was used: sections, items, grade bands and rules."""

    __tablename__ = "scheme_version"
    __table_args__ = (UniqueConstraint("scheme_id", "n"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    scheme_id: Mapped[int] = mapped_column(ForeignKey("scheme.id"))
    n: Mapped[int]
    frozen_at: Mapped[datetime | None]
    grades: Mapped[list[dict[str, Any]]] = mapped_column(JSON)  # [{"grade": "S", "from": "110", "words": …}, …] best first
    open_to_each_other: Mapped[bool] = mapped_column(default=False)  # self and manager need not be blind

    scheme: Mapped[Scheme] = relationship(back_populates="versions")
    sections: Mapped[list["SectionDef"]] = relationship(back_populates="version", order_by="SectionDef.position")


class SectionKind(StrEnum):
    """What a section is made of."""

    KPI = auto()
    OKR = auto()
    COMPETENCY = auto()
    NARRATIVE = auto()


class SectionDef(Model):
    """A weighted part of a form; a weight of 0 is evidence and narrative only."""

    __tablename__ = "section_def"
    __table_args__ = (CheckConstraint("weight BETWEEN 0 AND 10000", name="weight"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    version_id: Mapped[int] = mapped_column(ForeignKey("scheme_version.id"), index=True)
    kind: Mapped[SectionKind]
    title: Mapped[str]
    weight: Mapped[int]
    position: Mapped[int] = mapped_column(default=0)

    version: Mapped[SchemeVersion] = relationship(back_populates="sections")
    items: Mapped[list["ItemDef"]] = relationship(back_populates="section", order_by="ItemDef.position")


class ItemDef(Model):
    """A competency with its anchors, or a question; goals become items of a review by themselves."""

    __tablename__ = "item_def"
    __table_args__ = (CheckConstraint("weight BETWEEN 0 AND 10000", name="weight"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    section_id: Mapped[int] = mapped_column(ForeignKey("section_def.id"), index=True)
    title: Mapped[str]
    help: Mapped[str] = mapped_column(default="")
    anchors: Mapped[list[str]] = mapped_column(JSON, default=list)  # behaviour of rating 1, 2, … n
    points: Mapped[list[str]] = mapped_column(JSON, default=list)  # of rating 1, 2, … n; [] = the usual table
    weight: Mapped[int] = mapped_column(default=0)
    required: Mapped[bool] = mapped_column(default=True)
    asked: Mapped[list[str]] = mapped_column(JSON, default=list)  # relations that answer; [] = all
    position: Mapped[int] = mapped_column(default=0)

    section: Mapped[SectionDef] = relationship(back_populates="items")
