"""Let a change of an agreed goal wait until somebody agrees to it, and keep what was answered.

What was changed before was changed at once: it counts as agreed.
"""

import sqlalchemy as sa
from alembic import op

from portal.db import UtcStamp

revision = "026"
down_revision = "025"

STATE = sa.Enum("waiting", "agreed", "returned", "withdrawn", name="revisionstate", native_enum=False, create_constraint=True)
WAITS = sa.text("state = 'waiting'")


def upgrade() -> None:
    with op.batch_alter_table("revision") as table:
        table.add_column(sa.Column("state", STATE, server_default="agreed", nullable=False))
        table.add_column(sa.Column("whole", sa.Boolean(), server_default=sa.false(), nullable=False))
        table.add_column(sa.Column("answered_at", UtcStamp(), nullable=True))
        table.add_column(sa.Column("answer", sa.String(), server_default="", nullable=False))
    op.execute("UPDATE revision SET answered_at = at")
    with op.batch_alter_table("revision") as table:
        table.alter_column("state", existing_type=STATE, server_default=None)
        table.alter_column("whole", existing_type=sa.Boolean(), server_default=None)
        table.alter_column("answer", existing_type=sa.String(), server_default=None)
        table.create_check_constraint(op.f("ck_revision_answered"), "(state = 'waiting') = (answered_at IS NULL)")
        table.create_check_constraint(op.f("ck_revision_agreed"), "agreed_by_id IS NULL OR state = 'agreed'")
    op.create_index("ix_revision_answered_at_objective_id", "revision", ["answered_at", "objective_id"])
    op.create_index(
        "ix_revision_objective_id_waiting",
        "revision",
        ["objective_id"],
        unique=True,
        sqlite_where=WAITS,
        postgresql_where=WAITS,
    )


def downgrade() -> None:
    op.drop_index("ix_revision_objective_id_waiting", table_name="revision")
    op.drop_index("ix_revision_answered_at_objective_id", table_name="revision")
    op.execute("DELETE FROM revision WHERE state <> 'agreed'")  # nothing below knows a change that is not in force
    with op.batch_alter_table("revision") as table:
        table.drop_constraint(op.f("ck_revision_agreed"), type_="check")
        table.drop_constraint(op.f("ck_revision_answered"), type_="check")
        table.drop_constraint(op.f("ck_revision_revisionstate"), type_="check")
        table.drop_column("answer")
        table.drop_column("answered_at")
        table.drop_column("whole")
        table.drop_column("state")
