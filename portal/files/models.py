"""The table of files: what each is and what it belongs to; its bytes lie under a random name."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from portal.db import Model


class StoredFile(Model):
    """A file beside an object: whoever may see the object may have it."""

    __tablename__ = "stored_file"
    __table_args__ = (CheckConstraint("size > 0", name="size"), Index(None, "object_type", "object_id", "id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    object_type: Mapped[str]
    object_id: Mapped[int]
    name: Mapped[str]  # as its owner called it, with the ending of what it is
    kind: Mapped[str]  # its media type, by content
    size: Mapped[int]
    sha256: Mapped[str]
    stored: Mapped[str] = mapped_column(unique=True)  # its name on the disk
    by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime]
