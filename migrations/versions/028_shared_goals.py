"""A department's part of a shared goal: in words too, with its own weight, and confirmed or declined by its head."""

import sqlalchemy as sa
from alembic import op

revision = "028"
down_revision = "027"

STATES = ("asked", "confirmed", "declined", "withdrawn")


def upgrade() -> None:
    with op.batch_alter_table("contribution", schema=None) as batch_op:
        batch_op.alter_column("stated", existing_type=sa.Integer(), nullable=True)
        batch_op.add_column(sa.Column("what", sa.String(), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("weight", sa.Integer(), nullable=False, server_default="0"))
        batch_op.add_column(sa.Column("state", sa.String(9), nullable=False, server_default="asked"))
        batch_op.add_column(sa.Column("reason", sa.String(), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("version", sa.Integer(), nullable=False, server_default="1"))
        batch_op.alter_column("confirmed_at", new_column_name="decided_at")
        batch_op.drop_constraint("fk_contribution_confirmed_by_id", type_="foreignkey")
        batch_op.alter_column("confirmed_by_id", new_column_name="decided_by_id")
    part = sa.table("contribution", sa.column("state"), sa.column("decided_at"))
    op.execute(sa.update(part).where(part.c.decided_at.is_not(None)).values(state="confirmed"))
    with op.batch_alter_table("contribution", schema=None) as batch_op:
        for name in ("what", "weight", "state", "reason", "version"):
            batch_op.alter_column(name, server_default=None)
        batch_op.create_foreign_key("fk_contribution_decided_by_id", "person", ["decided_by_id"], ["id"])
        batch_op.create_check_constraint(op.f("ck_contribution_said"), "stated IS NOT NULL OR what <> ''")
        batch_op.create_check_constraint(op.f("ck_contribution_weight"), "weight BETWEEN 0 AND 10000")
        batch_op.create_check_constraint(
            op.f("ck_contribution_part"), "state IN ('asked', 'confirmed', 'declined', 'withdrawn')"
        )
        batch_op.create_check_constraint(
            op.f("ck_contribution_decided"), "(state IN ('confirmed', 'declined')) = (decided_at IS NOT NULL)"
        )
        batch_op.create_check_constraint(op.f("ck_contribution_reason"), "state <> 'declined' OR reason <> ''")


def downgrade() -> None:
    part = sa.table("contribution", sa.column("state"), sa.column("stated"))
    op.execute(sa.delete(part).where(sa.or_(part.c.state.in_(("declined", "withdrawn")), part.c.stated.is_(None))))
    with op.batch_alter_table("contribution", schema=None) as batch_op:
        for name in ("said", "weight", "part", "decided", "reason"):
            batch_op.drop_constraint(op.f(f"ck_contribution_{name}"), type_="check")
        batch_op.drop_constraint("fk_contribution_decided_by_id", type_="foreignkey")
        for name in ("what", "weight", "state", "reason", "version"):
            batch_op.drop_column(name)
        batch_op.alter_column("decided_at", new_column_name="confirmed_at")
        batch_op.alter_column("decided_by_id", new_column_name="confirmed_by_id")
        batch_op.alter_column("stated", existing_type=sa.Integer(), nullable=False)
    with op.batch_alter_table("contribution", schema=None) as batch_op:
        batch_op.create_foreign_key("fk_contribution_confirmed_by_id", "person", ["confirmed_by_id"], ["id"])
