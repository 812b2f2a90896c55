"""The tables of imports: what was sent, what its check found, what became of it."""

from datetime import datetime
from enum import StrEnum, auto
from typing import Any

from sqlalchemy import JSON, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from portal.db import Model


class State(StrEnum):
    """Where an import stands."""

    CHECKING = auto()
    CHECKED = auto()  # the preview is there: somebody decides
    WRITING = auto()
    WRITTEN = auto()
    REFUSED = auto()  # unreadable, or overtaken by other changes: nothing was written
    DROPPED = auto()


class Import(Model):
    """导入 One workbook that was sent. Its content is kept until it is written or dropped."""

    __tablename__ = "import"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    name: Mapped[str]  # the file's, as the browser said
    content: Mapped[bytes | None]
    state: Mapped[State] = mapped_column(default=State.CHECKING)
    why: Mapped[dict[str, Any] | None] = mapped_column(JSON)  # the sentence of a refusal
    same: Mapped[int] = mapped_column(default=0)
    changes: Mapped[int] = mapped_column(default=0)
    problems: Mapped[int] = mapped_column(default=0)
    digest: Mapped[str] = mapped_column(default="")  # of what the preview showed
    done: Mapped[int] = mapped_column(default=0)
    total: Mapped[int | None]
    asked_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    asked_at: Mapped[datetime]

    person_id = unit_id = None


class ImportLine(Model):
    """导入明细 What is said of a row: a problem, or what it would change."""

    __tablename__ = "import_line"

    import_id: Mapped[int] = mapped_column(ForeignKey("import.id", ondelete="CASCADE"), primary_key=True)
    n: Mapped[int] = mapped_column(primary_key=True)
    problem: Mapped[bool]
    sheet: Mapped[str]
    row: Mapped[int]
    words: Mapped[dict[str, Any]] = mapped_column(JSON)
