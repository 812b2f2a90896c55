"""Find the talks that somebody recorded without reading all of them: every list of talks asks for it."""

from alembic import op

revision = "008"
down_revision = "007"


def upgrade() -> None:
    op.create_index("ix_check_in_recorded_by_id", "check_in", ["recorded_by_id"])


def downgrade() -> None:
    op.drop_index("ix_check_in_recorded_by_id", table_name="check_in")
