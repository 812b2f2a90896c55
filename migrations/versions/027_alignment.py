"""Goals that support nothing on purpose, and how the goals of each department stand."""

import sqlalchemy as sa
from alembic import op

from portal.db import UtcStamp

revision = "027"
down_revision = "026"

COUNTS = ("goals", "traced", "duties", "orphans", "bare", "skips", "outward")


def upgrade() -> None:
    with op.batch_alter_table("objective", schema=None) as batch_op:
        batch_op.add_column(sa.Column("duty", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.create_table(
        "alignment_count",
        sa.Column("unit_id", sa.Integer(), sa.ForeignKey("unit.id", name="fk_alignment_count_unit_id"), nullable=False),
        sa.Column("period_id", sa.Integer(), sa.ForeignKey("period.id", name="fk_alignment_count_period_id"), nullable=False),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in COUNTS),
        sa.Column("at", UtcStamp(), nullable=False),
        sa.PrimaryKeyConstraint("unit_id", "period_id", name="pk_alignment_count"),
    )


def downgrade() -> None:
    op.drop_table("alignment_count")
    with op.batch_alter_table("objective", schema=None) as batch_op:
        batch_op.drop_column("duty")
