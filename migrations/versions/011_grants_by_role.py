"""Who holds a role is asked by role."""

from alembic import op

revision = "011"
down_revision = "010"


def upgrade() -> None:
    op.create_index("ix_role_grant_role_person_id", "role_grant", ["role", "person_id"])


def downgrade() -> None:
    op.drop_index("ix_role_grant_role_person_id", "role_grant")
