"""Robots of groups, and what they were given on which day."""

import sqlalchemy as sa
from alembic import op

from portal.db import UtcStamp

revision = "037"
down_revision = "036"

KINDS = ("wecom", "dingtalk", "feishu")
STATES = ("waiting", "sending", "sent", "failed", "unknown", "dropped")


def upgrade() -> None:
    op.create_table(
        "robot",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Enum(*KINDS, name="robotkind", native_enum=False, create_constraint=True), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=True),
        sa.Column("address", sa.LargeBinary(), nullable=False),
        sa.Column("secret", sa.LargeBinary(), nullable=True),
        sa.Column("made_by_id", sa.Integer(), nullable=False),
        sa.Column("made_at", UtcStamp(), nullable=False),
        sa.Column("told_at", UtcStamp(), nullable=True),
        sa.Column("told_why", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["made_by_id"], ["person.id"], name=op.f("fk_robot_made_by_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_robot_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_robot")),
    )
    op.create_table(
        "robot_post",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("robot_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("state", sa.Enum(*STATES, name="state", native_enum=False, create_constraint=True), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("why", sa.String(), nullable=False),
        sa.Column("at", UtcStamp(), nullable=False),
        sa.ForeignKeyConstraint(["robot_id"], ["robot.id"], name=op.f("fk_robot_post_robot_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_robot_post")),
        sa.UniqueConstraint("robot_id", "day", name=op.f("uq_robot_post_robot_id_day")),
    )


def downgrade() -> None:
    op.drop_table("robot_post")
    op.drop_table("robot")
