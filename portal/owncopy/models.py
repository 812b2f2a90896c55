"""The table of own copies: who asked, in which language, and the file, as long as it is kept."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from portal.db import Model


class OwnCopy(Model):
    """个人数据副本 Everything about one person that they may see, in a file. The row stays when the file is gone."""

    __tablename__ = "own_copy"
    __table_args__ = (
        CheckConstraint("(ready_at IS NULL) = (size IS NULL)", name="ready"),
        CheckConstraint("file IS NULL OR ready_at IS NOT NULL", name="file"),
        Index(None, "person_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    language: Mapped[str]
    asked_at: Mapped[datetime]
    ready_at: Mapped[datetime | None]
    size: Mapped[int | None]
    file: Mapped[str | None] = mapped_column(unique=True)  # its name on the disk

    @property
    def is_there(self) -> bool:
        """Whether it can be fetched."""
        return self.file is not None
