"""People are found by their whole name: who is meant by what HR typed was looked for among everybody."""

from alembic import op

revision = "045"
down_revision = "044"


def upgrade() -> None:
    op.create_index("ix_person_name", "person", ["name"], postgresql_using="hash")  # of any length


def downgrade() -> None:
    op.drop_index("ix_person_name", "person")
