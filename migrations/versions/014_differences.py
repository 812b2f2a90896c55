"""Differences from the directory that HR decided to keep."""

import sqlalchemy as sa
from alembic import op

from portal.db import UtcStamp

revision = "014"
down_revision = "013"


def upgrade() -> None:
    op.create_table(
        "kept_difference",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("field", sa.String(), nullable=False),
        sa.Column("theirs", sa.String(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("at", UtcStamp(), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_kept_difference_by_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_kept_difference_person_id")),
        sa.PrimaryKeyConstraint("person_id", "field", name=op.f("pk_kept_difference")),
    )


def downgrade() -> None:
    op.drop_table("kept_difference")
