"""Keep why a role was given beside it."""

import sqlalchemy as sa
from alembic import op

revision = "020"
down_revision = "019"


def upgrade() -> None:
    op.add_column("role_grant", sa.Column("reason", sa.String(), server_default="", nullable=False))


def downgrade() -> None:
    op.drop_column("role_grant", "reason")
