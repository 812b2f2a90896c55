"""The row behind the number of a printed year."""

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from portal.db import Model


class YearSheet(Model):
    """年度记录 A year of somebody's time line that was printed at least once."""

    __tablename__ = "year_sheet"
    __table_args__ = (UniqueConstraint("person_id", "period_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    period_id: Mapped[int] = mapped_column(ForeignKey("period.id"), index=True)

    unit_id = None
