"""Departments claim company objectives: one open claim a department and objective."""

import sqlalchemy as sa
from alembic import op

from portal.db import UtcStamp

revision = "030"
down_revision = "029"

STANDS = sa.text("state <> 'withdrawn'")
STATES = ("asked", "accepted", "returned", "withdrawn")


def upgrade() -> None:
    op.create_table(
        "claim",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("objective_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("made_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.Enum(*STATES, name="state", native_enum=False, create_constraint=True), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("asked_at", UtcStamp(), nullable=False),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("decided_at", UtcStamp(), nullable=True),
        sa.Column("comment", sa.String(), nullable=False),
        sa.CheckConstraint("(state IN ('accepted', 'returned')) = (decided_at IS NOT NULL)", name=op.f("ck_claim_decided")),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_claim_by_id")),
        sa.ForeignKeyConstraint(["decided_by_id"], ["person.id"], name=op.f("fk_claim_decided_by_id")),
        sa.ForeignKeyConstraint(["made_id"], ["objective.id"], name=op.f("fk_claim_made_id")),
        sa.ForeignKeyConstraint(["objective_id"], ["objective.id"], name=op.f("fk_claim_objective_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_claim_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_claim")),
        sa.UniqueConstraint("made_id", name=op.f("uq_claim_made_id")),
    )
    op.create_index(
        "uq_claim_open", "claim", ["objective_id", "unit_id"], unique=True, sqlite_where=STANDS, postgresql_where=STANDS
    )
    op.create_index("ix_claim_objective_id_id", "claim", ["objective_id", "id"])
    op.create_index("ix_claim_unit_id_id", "claim", ["unit_id", "id"])
    op.create_index("ix_claim_state_id", "claim", ["state", "id"])


def downgrade() -> None:
    op.drop_table("claim")
