"""What HR decided about differences from the directory."""

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from portal.db import Model


class KeptDifference(Model):
    """保留的差异 HR keeps its own value although the directory says `theirs`; a new value over there asks again."""

    __tablename__ = "kept_difference"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    field: Mapped[str] = mapped_column(primary_key=True)
    theirs: Mapped[str]
    by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime]
