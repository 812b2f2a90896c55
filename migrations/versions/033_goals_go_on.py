"""What a goal went on from, who sees the new goals of a period, and when somebody last looked at a board."""

import sqlalchemy as sa
from alembic import op

from portal.db import UtcStamp

revision = "033"
down_revision = "032"

AMONG = "IN ('company', 'unit', 'line')"


def upgrade() -> None:
    with op.batch_alter_table("objective") as table:
        table.add_column(sa.Column("carried_from_id", sa.Integer(), nullable=True))
        table.create_foreign_key("fk_objective_carried_from_id", "objective", ["carried_from_id"], ["id"])
    op.create_index("ix_objective_carried_from_id", "objective", ["carried_from_id"])
    with op.batch_alter_table("period") as table:
        for name in ("okr_audience", "kpi_audience"):
            table.add_column(sa.Column(name, sa.String(), nullable=True))
            table.create_check_constraint(op.f(f"ck_period_{name}"), f"{name} {AMONG}")
    op.create_table(
        "board_visit",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("period_id", sa.Integer(), nullable=False),
        sa.Column("board", sa.String(), nullable=False),
        sa.Column("at", UtcStamp(), nullable=False),
        sa.Column("since", UtcStamp(), nullable=True),
        sa.ForeignKeyConstraint(["period_id"], ["period.id"], name=op.f("fk_board_visit_period_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_board_visit_person_id")),
        sa.PrimaryKeyConstraint("person_id", "period_id", "board", name=op.f("pk_board_visit")),
    )


def downgrade() -> None:
    op.drop_table("board_visit")
    with op.batch_alter_table("period") as table:
        for name in ("okr_audience", "kpi_audience"):
            table.drop_constraint(op.f(f"ck_period_{name}"), type_="check")
            table.drop_column(name)
    op.drop_index("ix_objective_carried_from_id", "objective")
    with op.batch_alter_table("objective") as table:
        table.drop_constraint("fk_objective_carried_from_id", type_="foreignkey")
        table.drop_column("carried_from_id")
