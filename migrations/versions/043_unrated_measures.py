"""The judged measures that nobody has rated are found by an index of their own: whoever keeps the library looks for them."""

import sqlalchemy as sa
from alembic import op

revision = "043"
down_revision = "042"


def upgrade() -> None:
    where = sa.text("rule = 'judged' AND current IS NULL")
    op.create_index("ix_measure_unrated", "measure", ["objective_id"], sqlite_where=where, postgresql_where=where)


def downgrade() -> None:
    op.drop_index("ix_measure_unrated", "measure")
