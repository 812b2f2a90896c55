"""What somebody handed on is found by who gave it."""

from alembic import op

revision = "012"
down_revision = "011"


def upgrade() -> None:
    op.create_index("ix_delegation_giver_id", "delegation", ["giver_id"])


def downgrade() -> None:
    op.drop_index("ix_delegation_giver_id", "delegation")
