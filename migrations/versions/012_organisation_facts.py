"""What HR keeps of units and people carries a version; the words in use are found by an index."""

import sqlalchemy as sa
from alembic import op

revision = "012"
down_revision = "011"


def upgrade() -> None:
    for table in ("unit", "person"):
        op.add_column(table, sa.Column("version", sa.Integer(), nullable=False, server_default="1"))
    op.create_index("ix_person_kind", "person", ["kind"])
    op.create_index("ix_assignment_level", "assignment", ["level"])


def downgrade() -> None:
    op.drop_index("ix_assignment_level", "assignment")
    op.drop_index("ix_person_kind", "person")
    for table in ("person", "unit"):
        op.drop_column(table, "version")
