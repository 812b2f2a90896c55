"""Report measures in months or quarters, keep the figures that held before, and a computed score beside the one that was given.

What stands already is reported as a whole, the latest value counts, and no score was given instead of another.
"""

import sqlalchemy as sa
from alembic import op

from portal.db import Exact

revision = "025"
down_revision = "024"

AGGREGATION = sa.Enum("last", "sum", "average", "ratio", name="aggregation", native_enum=False, create_constraint=True)
SPLIT = sa.Enum("whole", "quarter", "month", name="split", native_enum=False, create_constraint=True)


def upgrade() -> None:
    op.create_table(
        "measure_part",
        sa.Column("measure_id", sa.Integer(), nullable=False),
        sa.Column("begins", sa.Date(), nullable=False),
        sa.Column("target", Exact(6), nullable=True),
        sa.Column("value", Exact(6), nullable=True),
        sa.Column("base", Exact(6), nullable=True),
        sa.CheckConstraint("base > 0", name=op.f("ck_measure_part_base")),
        sa.CheckConstraint("base IS NULL OR value IS NOT NULL", name=op.f("ck_measure_part_both")),
        sa.ForeignKeyConstraint(["measure_id"], ["measure.id"], name=op.f("fk_measure_part_measure_id")),
        sa.PrimaryKeyConstraint("measure_id", "begins", name=op.f("pk_measure_part")),
    )
    with op.batch_alter_table("measure") as table:
        table.add_column(sa.Column("aggregation", AGGREGATION, server_default="last", nullable=False))
        table.add_column(sa.Column("split", SPLIT, server_default="whole", nullable=False))
        table.add_column(sa.Column("earlier", sa.JSON(), server_default="{}", nullable=False))
        table.create_check_constraint(
            op.f("ck_measure_put_together"), "aggregation NOT IN ('sum', 'average') OR split <> 'whole'"
        )
    with op.batch_alter_table("measure") as table:
        table.alter_column("aggregation", existing_type=AGGREGATION, server_default=None)
        table.alter_column("split", existing_type=SPLIT, server_default=None)
        table.alter_column("earlier", existing_type=sa.JSON(), server_default=None)
    with op.batch_alter_table("measure_value") as table:
        table.add_column(sa.Column("part_begins", sa.Date(), nullable=True))
        table.add_column(sa.Column("part_value", Exact(6), nullable=True))
        table.add_column(sa.Column("part_base", Exact(6), nullable=True))
    with op.batch_alter_table("objective") as table:
        table.add_column(sa.Column("computed", Exact(6), nullable=True))
        table.add_column(sa.Column("overridden_by_id", sa.Integer(), nullable=True))
        table.add_column(sa.Column("overridden_because", sa.String(), server_default="", nullable=False))
        table.create_foreign_key(op.f("fk_objective_overridden_by_id"), "person", ["overridden_by_id"], ["id"])
        table.create_check_constraint(
            op.f("ck_objective_overridden_why"), "(overridden_by_id IS NULL) = (overridden_because = '')"
        )
        table.create_check_constraint(op.f("ck_objective_overridden_score"), "overridden_by_id IS NULL OR score IS NOT NULL")
    with op.batch_alter_table("objective") as table:
        table.alter_column("overridden_because", existing_type=sa.String(), server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("objective") as table:
        table.drop_constraint(op.f("ck_objective_overridden_score"), type_="check")
        table.drop_constraint(op.f("ck_objective_overridden_why"), type_="check")
        table.drop_constraint(op.f("fk_objective_overridden_by_id"), type_="foreignkey")
        table.drop_column("overridden_because")
        table.drop_column("overridden_by_id")
        table.drop_column("computed")
    with op.batch_alter_table("measure_value") as table:
        table.drop_column("part_base")
        table.drop_column("part_value")
        table.drop_column("part_begins")
    with op.batch_alter_table("measure") as table:
        table.drop_constraint(op.f("ck_measure_put_together"), type_="check")
        table.drop_constraint(op.f("ck_measure_aggregation"), type_="check")
        table.drop_constraint(op.f("ck_measure_split"), type_="check")
        table.drop_column("earlier")
        table.drop_column("split")
        table.drop_column("aggregation")
    op.drop_table("measure_part")
