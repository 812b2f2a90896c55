"""Runs of the directory sync, and what each of them tells line by line."""

import sqlalchemy as sa
from alembic import op

from portal.db import UtcStamp

revision = "006"
down_revision = "005"


def upgrade() -> None:
    op.create_table(
        "sync_run",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("began", UtcStamp(), nullable=False),
        sa.Column("ended", UtcStamp(), nullable=False),
        sa.Column(
            "state",
            sa.Enum("applied", "tried", "braked", "failed", name="state", native_enum=False, create_constraint=True),
            nullable=False,
        ),
        sa.Column("braked", sa.Boolean(), nullable=False),
        sa.Column("asked_by_id", sa.Integer(), nullable=True),
        sa.Column("why", sa.String(), nullable=False),
        sa.Column("found", sa.Integer(), nullable=False),
        sa.Column("active", sa.Integer(), nullable=False),
        sa.Column("joined", sa.Integer(), nullable=False),
        sa.Column("changed", sa.Integer(), nullable=False),
        sa.Column("left", sa.Integer(), nullable=False),
        sa.Column("refused", sa.Integer(), nullable=False),
        sa.Column("noticed", sa.Integer(), nullable=False),
        sa.Column("confirmed_by_id", sa.Integer(), nullable=True),
        sa.Column("confirmed_at", UtcStamp(), nullable=True),
        sa.CheckConstraint("(state = 'failed') = (why <> '')", name=op.f("ck_sync_run_why")),
        sa.CheckConstraint("(confirmed_at IS NULL) = (confirmed_by_id IS NULL)", name=op.f("ck_sync_run_confirmed")),
        sa.ForeignKeyConstraint(["asked_by_id"], ["person.id"], name=op.f("fk_sync_run_asked_by_id")),
        sa.ForeignKeyConstraint(["confirmed_by_id"], ["person.id"], name=op.f("fk_sync_run_confirmed_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sync_run")),
    )
    with op.batch_alter_table("sync_run", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sync_run_began"), ["began"], unique=False)

    op.create_table(
        "sync_line",
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "left",
                "joined",
                "returned",
                "adopted",
                "manager",
                "unit",
                "post",
                "field",
                "new_unit",
                "head",
                "role_given",
                "role_ended",
                "rehired",
                "number_taken",
                "login_taken",
                "no_login",
                "twice",
                "no_unit",
                "manager_unknown",
                "manager_left",
                "manager_loop",
                "same_mail",
                "still_there",
                "held_by_hr",
                "group_missing",
                name="kind",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("number", sa.String(), nullable=True),
        sa.Column("field", sa.String(), nullable=False),
        sa.Column("was", sa.String(), nullable=False),
        sa.Column("now", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_sync_line_person_id")),
        sa.ForeignKeyConstraint(["run_id"], ["sync_run.id"], name=op.f("fk_sync_line_run_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("run_id", "n", name=op.f("pk_sync_line")),
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("sync_line", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sync_line_person_id"), ["person_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_sync_line_run_id_kind_n"), ["run_id", "kind", "n"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("sync_line", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_sync_line_run_id_kind_n"))
        batch_op.drop_index(batch_op.f("ix_sync_line_person_id"))

    op.drop_table("sync_line")
    with op.batch_alter_table("sync_run", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_sync_run_began"))

    op.drop_table("sync_run")
