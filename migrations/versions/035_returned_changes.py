"""Changes that came back are found by whoever proposed them: home asks for them on each visit."""

import sqlalchemy as sa
from alembic import op

revision = "035"
down_revision = "034"

CAME_BACK = sa.text("state = 'returned'")


def upgrade() -> None:
    op.create_index("ix_revision_by_id_returned", "revision", ["by_id"], sqlite_where=CAME_BACK, postgresql_where=CAME_BACK)


def downgrade() -> None:
    op.drop_index("ix_revision_by_id_returned", "revision")
