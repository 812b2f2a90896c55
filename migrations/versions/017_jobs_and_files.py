"""Jobs are looked at, retried and resumed: since when one runs, a key that outlives its job, and when a schedule last asked.
And files beside a check-in."""

import sqlalchemy as sa
from alembic import op

from portal.db import UtcStamp

revision = "017"
down_revision = "016"

WANTED = sa.text("state IN ('waiting', 'running')")


def upgrade() -> None:
    with op.batch_alter_table("job") as table:
        table.add_column(sa.Column("began_at", UtcStamp(), nullable=True))
        table.drop_constraint("uq_job_key", type_="unique")
        table.create_index("ix_job_kind_id", ["kind", "id"])
        table.create_index("ix_job_ended_at_id", ["ended_at", "id"])
    op.create_index("ix_job_key_open", "job", ["key"], unique=True, sqlite_where=WANTED, postgresql_where=WANTED)
    # What an exception said may hold somebody's data, and people see it now.
    op.execute(
        "UPDATE job SET why = 'Something unexpected happened. The worker''s log tells more, under the number of the job.' WHERE why <> ''"
    )
    op.create_table(
        "scheduled",
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("asked_at", UtcStamp(), nullable=False),
        sa.PrimaryKeyConstraint("kind", name=op.f("pk_scheduled")),
    )
    op.create_table(
        "stored_file",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("object_type", sa.String(), nullable=False),
        sa.Column("object_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("stored", sa.String(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("at", UtcStamp(), nullable=False),
        sa.CheckConstraint("size > 0", name=op.f("ck_stored_file_size")),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_stored_file_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stored_file")),
        sa.UniqueConstraint("stored", name=op.f("uq_stored_file_stored")),
    )
    op.create_index("ix_stored_file_object_type_object_id_id", "stored_file", ["object_type", "object_id", "id"])


def downgrade() -> None:
    op.drop_index("ix_stored_file_object_type_object_id_id", "stored_file")
    op.drop_table("stored_file")
    op.drop_table("scheduled")
    op.execute("UPDATE job SET key = NULL WHERE state NOT IN ('waiting', 'running')")
    op.drop_index("ix_job_key_open", "job")
    with op.batch_alter_table("job") as table:
        table.drop_index("ix_job_ended_at_id")
        table.drop_index("ix_job_kind_id")
        table.create_unique_constraint("uq_job_key", ["key"])
        table.drop_column("began_at")
