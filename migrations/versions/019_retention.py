"""How long each kind is kept, what was removed, whose data is held or erased; everybody's own copy.

An archived file can be gone while its paper can still be checked; a form's key knows when it was used.
"""

import sqlalchemy as sa
from alembic import op

from portal.db import UtcStamp

revision = "019"
down_revision = "018"

OPEN = sa.text("lifted_at IS NULL")


def upgrade() -> None:
    _rules()
    _people()
    with op.batch_alter_table("archived_copy") as table:
        table.add_column(sa.Column("erased_at", UtcStamp(), nullable=True))
    with op.batch_alter_table("once") as table:
        table.add_column(sa.Column("at", UtcStamp(), nullable=True))
    op.execute("UPDATE once SET at = CURRENT_TIMESTAMP")
    with op.batch_alter_table("once") as table:
        table.alter_column("at", existing_type=UtcStamp(), nullable=False)
    op.create_index("ix_once_at", "once", ["at"])
    op.create_index("ix_person_status_left_on", "person", ["status", "left_on"])


def _rules() -> None:
    op.create_table(
        "retention_rule",
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("event", sa.String(), nullable=False),
        sa.Column("keep", sa.Integer(), nullable=True),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("at", UtcStamp(), nullable=False),
        sa.CheckConstraint("keep > 0", name=op.f("ck_retention_rule_keep")),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_retention_rule_by_id")),
        sa.PrimaryKeyConstraint("kind", name=op.f("pk_retention_rule")),
    )
    op.create_table(
        "retention_run",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("job_id", sa.Integer(), nullable=False),
        sa.Column("boundary", sa.Date(), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("began", UtcStamp(), nullable=False),
        sa.Column("ended", UtcStamp(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_retention_run")),
    )
    op.create_index("ix_retention_run_kind_id", "retention_run", ["kind", "id"])
    op.create_index("ix_retention_run_job_id_kind", "retention_run", ["job_id", "kind"])


def _people() -> None:
    op.create_table(
        "hold",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("at", UtcStamp(), nullable=False),
        sa.Column("lifted_by_id", sa.Integer(), nullable=True),
        sa.Column("lifted_at", UtcStamp(), nullable=True),
        sa.CheckConstraint("(lifted_at IS NULL) = (lifted_by_id IS NULL)", name=op.f("ck_hold_lifted")),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_hold_by_id")),
        sa.ForeignKeyConstraint(["lifted_by_id"], ["person.id"], name=op.f("fk_hold_lifted_by_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_hold_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hold")),
    )
    op.create_index("ix_hold_person_id_open", "hold", ["person_id"], unique=True, sqlite_where=OPEN, postgresql_where=OPEN)
    op.create_table(
        "erasure",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("asked_by_id", sa.Integer(), nullable=False),
        sa.Column("asked_at", UtcStamp(), nullable=False),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.Column("ended_at", UtcStamp(), nullable=True),
        sa.ForeignKeyConstraint(["asked_by_id"], ["person.id"], name=op.f("fk_erasure_asked_by_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_erasure_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_erasure")),
    )
    op.create_index("ix_erasure_person_id", "erasure", ["person_id"])
    op.create_table(
        "own_copy",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("asked_at", UtcStamp(), nullable=False),
        sa.Column("ready_at", UtcStamp(), nullable=True),
        sa.Column("size", sa.Integer(), nullable=True),
        sa.Column("file", sa.String(), nullable=True),
        sa.CheckConstraint("(ready_at IS NULL) = (size IS NULL)", name=op.f("ck_own_copy_ready")),
        sa.CheckConstraint("file IS NULL OR ready_at IS NOT NULL", name=op.f("ck_own_copy_file")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_own_copy_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_own_copy")),
        sa.UniqueConstraint("file", name=op.f("uq_own_copy_file")),
    )
    op.create_index("ix_own_copy_person_id_id", "own_copy", ["person_id", "id"])


def downgrade() -> None:
    op.drop_index("ix_person_status_left_on", "person")
    op.drop_index("ix_once_at", "once")
    with op.batch_alter_table("once") as table:
        table.drop_column("at")
    with op.batch_alter_table("archived_copy") as table:
        table.drop_column("erased_at")
    for table in ("own_copy", "erasure", "hold", "retention_run", "retention_rule"):
        op.drop_table(table)
