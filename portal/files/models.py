"""The table of files: what each is and what it belongs to; its bytes lie under its own random name."""

from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from portal.db import Model


class StoredFile(Model):
    """附件 A file beside an object: whoever may see the object may have it. Its id is random: numbers would be counted."""

    __tablename__ = "stored_file"
    __table_args__ = (
        CheckConstraint("size > 0", name="size"),
        CheckConstraint("length(sha256) = 64", name="digest"),
        CheckConstraint("name <> ''", name="named"),
        Index(None, "object_type", "object_id", "at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)  # and its name on the disk
    object_type: Mapped[str]
    object_id: Mapped[int]
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)  # whom the object is about
    name: Mapped[str]  # as its owner called it, with the ending of what it is
    kind: Mapped[str]  # its media type, by content
    size: Mapped[int] = mapped_column(index=True)  # all of them are added up before each new one
    sha256: Mapped[str]
    by_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    at: Mapped[datetime]
