"""Tables of printing: forms by their number, what was printed of them, what was archived, and who looked."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.db import Model


class Series(Model):
    """The last number given to a kind of form in a year."""

    __tablename__ = "series"

    code: Mapped[str] = mapped_column(primary_key=True)
    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    last: Mapped[int]


class Document(Model):
    """表单 A form that was printed at least once: its number stays, its version grows with what it says."""

    __tablename__ = "document"
    __table_args__ = (UniqueConstraint("kind", "object_id"), CheckConstraint("version > 0", name="version"))

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[str]
    object_id: Mapped[int]
    version: Mapped[int] = mapped_column(default=1)
    fingerprint: Mapped[str]  # of this version

    def is_at(self, fingerprint: str) -> bool:
        """Whether the form still says what its last printed version says."""
        return self.fingerprint == fingerprint

    def print_as(self, fingerprint: str) -> None:
        """A form that says something else is a new version."""
        if not self.is_at(fingerprint):
            self.version, self.fingerprint = self.version + 1, fingerprint


class PrintedCopy(Model):
    """打印件 A print with its stamp. The file is not kept: drawn anew it has the same bytes, or it is refused."""

    __tablename__ = "printed_copy"
    __table_args__ = (CheckConstraint("(sha256 IS NULL) = (pages IS NULL)", name="sealed"),)

    code: Mapped[str] = mapped_column(primary_key=True)
    document_id: Mapped[int] = mapped_column(ForeignKey("document.id"), index=True)
    version: Mapped[int]
    copy: Mapped[str]
    language: Mapped[str]
    printed_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime]
    sha256: Mapped[str | None]  # of the file that was handed out
    pages: Mapped[int | None]
    missing: Mapped[str] = mapped_column(default="")  # characters that no font could draw

    document: Mapped[Document] = relationship()


class ArchivedCopy(Model):
    """存档件 A file that is written once and never again; the row is written after the file."""

    __tablename__ = "archived_copy"
    __table_args__ = (UniqueConstraint("document_id", "version"),)

    code: Mapped[str] = mapped_column(primary_key=True)
    document_id: Mapped[int] = mapped_column(ForeignKey("document.id"))
    version: Mapped[int]
    copy: Mapped[str]
    archived_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime]
    data: Mapped[dict[str, Any]] = mapped_column(JSON)  # what the file says, as it was
    file: Mapped[str] = mapped_column(unique=True)  # its name in the archive's folder
    sha256: Mapped[str]
    size: Mapped[int]
    pages: Mapped[int]
    erased_at: Mapped[datetime | None]  # its time was over: file and data are gone, its paper can still be checked

    document: Mapped[Document] = relationship()


class Look(Model):
    """A look at the check page: throttles guessing, and tells later that a paper was checked. No address is kept."""

    __tablename__ = "look"
    __table_args__ = (Index(None, "origin", "at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    origin: Mapped[str]  # a keyed digest of the network address
    at: Mapped[datetime] = mapped_column(index=True)
    code: Mapped[str | None]  # when there is such a paper
