"""Grades of years before the portal."""

import sqlalchemy as sa
from alembic import op

from portal.db import Exact

revision = "015"
down_revision = "014"


def upgrade() -> None:
    op.create_table(
        "earlier_result",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("grade", sa.String(), nullable=False),
        sa.Column("points", Exact(), nullable=True),
        sa.Column("words", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_earlier_result_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_earlier_result")),
        sa.UniqueConstraint("person_id", "year", name=op.f("uq_earlier_result_person_id_year")),
    )


def downgrade() -> None:
    op.drop_table("earlier_result")
