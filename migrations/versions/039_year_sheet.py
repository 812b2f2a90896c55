"""A year of somebody's time line can be printed: the row behind the form's number."""

import sqlalchemy as sa
from alembic import op

revision = "039"
down_revision = "038"


def upgrade() -> None:
    op.create_table(
        "year_sheet",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("period_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["period_id"], ["period.id"], name=op.f("fk_year_sheet_period_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_year_sheet_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_year_sheet")),
        sa.UniqueConstraint("person_id", "period_id", name=op.f("uq_year_sheet_person_id_period_id")),
    )
    op.create_index("ix_year_sheet_period_id", "year_sheet", ["period_id"])


def downgrade() -> None:
    op.drop_table("year_sheet")
