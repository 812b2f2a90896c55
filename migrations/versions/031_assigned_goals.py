"""Company objectives are given to people by a rule: once to each."""

import sqlalchemy as sa
from alembic import op

from portal.db import UtcStamp

revision = "031"
down_revision = "030"


def upgrade() -> None:
    op.create_table(
        "assigned_goal",
        sa.Column("objective_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("made_id", sa.Integer(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("at", UtcStamp(), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_assigned_goal_by_id")),
        sa.ForeignKeyConstraint(["made_id"], ["objective.id"], name=op.f("fk_assigned_goal_made_id")),
        sa.ForeignKeyConstraint(["objective_id"], ["objective.id"], name=op.f("fk_assigned_goal_objective_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_assigned_goal_person_id")),
        sa.PrimaryKeyConstraint("objective_id", "person_id", name=op.f("pk_assigned_goal")),
        sa.UniqueConstraint("made_id", name=op.f("uq_assigned_goal_made_id")),
    )
    op.create_index("ix_assigned_goal_person_id", "assigned_goal", ["person_id"])


def downgrade() -> None:
    op.drop_table("assigned_goal")
