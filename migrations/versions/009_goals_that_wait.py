"""Find the goals somebody answers for, and those that wait to be agreed, without reading all of them: home asks for both."""

from alembic import op

revision = "009"
down_revision = "008"


def upgrade() -> None:
    op.create_index("ix_objective_accountable_id", "objective", ["accountable_id"])
    op.create_index("ix_objective_state_id", "objective", ["state", "id"])


def downgrade() -> None:
    op.drop_index("ix_objective_state_id", table_name="objective")
    op.drop_index("ix_objective_accountable_id", table_name="objective")
