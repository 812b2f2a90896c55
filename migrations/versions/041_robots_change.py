"""Robots of groups can be changed, and switched off for a while."""

import sqlalchemy as sa
from alembic import op

revision = "041"
down_revision = "040"


def upgrade() -> None:
    with op.batch_alter_table("robot") as table:
        table.add_column(sa.Column("told", sa.Boolean(), nullable=False, server_default=sa.true()))
        table.add_column(sa.Column("version", sa.Integer(), nullable=False, server_default="1"))
    with op.batch_alter_table("robot") as table:
        table.alter_column("told", server_default=None)
        table.alter_column("version", server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("robot") as table:
        table.drop_column("version")
        table.drop_column("told")
