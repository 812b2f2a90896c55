"""How many people a department and a position have today stands with them, as a manager's does: no page counts a company."""

import sqlalchemy as sa
from alembic import op

revision = "024"
down_revision = "023"

UNITS = """UPDATE unit SET people = (SELECT count(*) FROM unit_line JOIN person ON person.unit_id = unit_line.lower_id
    WHERE unit_line.upper_id = unit.id)"""
POSTS = """UPDATE post SET people = (SELECT count(*) FROM assignment WHERE assignment.post_id = post.id
    AND assignment.since <= CURRENT_DATE AND (assignment.until IS NULL OR assignment.until > CURRENT_DATE))"""


def upgrade() -> None:
    for table in ("unit", "post"):
        op.add_column(table, sa.Column("people", sa.Integer(), server_default="0", nullable=False))
    op.execute(UNITS)
    op.execute(POSTS)


def downgrade() -> None:
    for table in ("post", "unit"):
        op.drop_column(table, "people")
