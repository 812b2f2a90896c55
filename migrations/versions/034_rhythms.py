"""A rhythm can be taken away again, a dialogue can rest by hand, HR's questions for each kind of talk."""

import sqlalchemy as sa
from alembic import op

revision = "034"
down_revision = "033"

KINDS = ("check_in", "goal_setting", "mid_term", "result", "career", "improvement")
REASONS = ("leave", "project", "training", "handover", "other")


def upgrade() -> None:
    with op.batch_alter_table("rhythm") as table:
        table.alter_column("every_days", existing_type=sa.Integer(), nullable=True)
        table.add_column(sa.Column("version", sa.Integer(), nullable=False, server_default="1"))
    with op.batch_alter_table("rhythm") as table:
        table.alter_column("version", existing_type=sa.Integer(), server_default=None)
    op.create_index("ix_reporting_line_manager_id_depth_report_id", "reporting_line", ["manager_id", "depth", "report_id"])
    op.create_table(
        "pause",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("reason", sa.Enum(*REASONS, name="reason", native_enum=False, create_constraint=True), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.CheckConstraint("until > since", name=op.f("ck_pause_order")),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_pause_by_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_pause_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pause")),
    )
    op.create_index("ix_pause_person_id_until", "pause", ["person_id", "until"])
    op.create_table(
        "prompt",
        sa.Column("kind", sa.Enum(*KINDS, name="kind", native_enum=False, create_constraint=True), nullable=False),
        sa.Column(
            "voice", sa.Enum("manager", "employee", name="voice", native_enum=False, create_constraint=True), nullable=False
        ),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("kind", "voice", name=op.f("pk_prompt")),
    )


def downgrade() -> None:
    op.drop_table("prompt")
    op.drop_index("ix_pause_person_id_until", "pause")
    op.drop_table("pause")
    op.drop_index("ix_reporting_line_manager_id_depth_report_id", "reporting_line")
    op.execute("DELETE FROM rhythm WHERE every_days IS NULL")
    with op.batch_alter_table("rhythm") as table:
        table.alter_column("every_days", existing_type=sa.Integer(), nullable=False)
        table.drop_column("version")
