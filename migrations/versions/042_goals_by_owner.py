"""The goals of one person and of one department are found by indexes that hold nobody else's.

With the company's in them, a search for what has neither owner was led through every goal of a year.
"""

import sqlalchemy as sa
from alembic import op

revision = "042"
down_revision = "041"

OWNERS = ("person_id", "unit_id")


def upgrade() -> None:
    for owner in OWNERS:
        where = sa.text(f"{owner} IS NOT NULL")
        op.drop_index(f"ix_objective_{owner}_period_id_id", "objective")
        op.create_index(
            f"ix_objective_{owner}", "objective", [owner, "period_id", "id"], sqlite_where=where, postgresql_where=where
        )


def downgrade() -> None:
    for owner in OWNERS:
        op.drop_index(f"ix_objective_{owner}", "objective")
        op.create_index(f"ix_objective_{owner}_period_id_id", "objective", [owner, "period_id", "id"])
