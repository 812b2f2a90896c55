"""The grade a manager chooses before it counts, when an assessment was saved, points of a scale's ratings."""

import sqlalchemy as sa
from alembic import op

from portal.db import UtcStamp

revision = "004"
down_revision = "003"


def upgrade() -> None:
    with op.batch_alter_table("assessment", schema=None) as batch_op:
        batch_op.add_column(sa.Column("saved_at", UtcStamp(), nullable=True))
        batch_op.add_column(sa.Column("grade", sa.String(), nullable=True))
        batch_op.add_column(sa.Column("grade_reason", sa.String(), nullable=False, server_default=""))
    with op.batch_alter_table("item_def", schema=None) as batch_op:
        batch_op.add_column(sa.Column("points", sa.JSON(), nullable=False, server_default="[]"))
    with op.batch_alter_table("assessment", schema=None) as batch_op:
        batch_op.alter_column("grade_reason", server_default=None)
    with op.batch_alter_table("item_def", schema=None) as batch_op:
        batch_op.alter_column("points", server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("item_def", schema=None) as batch_op:
        batch_op.drop_column("points")
    with op.batch_alter_table("assessment", schema=None) as batch_op:
        batch_op.drop_column("grade_reason")
        batch_op.drop_column("grade")
        batch_op.drop_column("saved_at")
