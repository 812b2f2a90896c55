"""A portal nobody is in yet is closed until its first run is over; one that is in use stays open. And a place for the logo."""

from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

from portal.db import UtcStamp

revision = "010"
down_revision = "009"

setting = sa.table("setting", sa.column("name"), sa.column("value", sa.JSON), sa.column("at", UtcStamp()), sa.column("version"))


def upgrade() -> None:
    op.create_table(
        "picture",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_picture")),
    )
    if not op.get_bind().scalar(sa.text("SELECT count(*) FROM person")):
        op.bulk_insert(setting, [{"name": "open", "value": False, "at": datetime.now(UTC), "version": 1}])


def downgrade() -> None:
    op.execute("DELETE FROM setting WHERE name IN ('open', 'company_logo')")
    op.drop_table("picture")
