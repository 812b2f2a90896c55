"""Goals of a period set together: the dialogue, each draft as it was proposed, and what was said."""

import sqlalchemy as sa
from alembic import op

from portal.db import UtcStamp

revision = "032"
down_revision = "031"


def upgrade() -> None:
    op.create_table(
        "goal_dialogue",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("period_id", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum("drafting", "proposed", "agreed", "cancelled", name="state", native_enum=False, create_constraint=True),
            nullable=False,
        ),
        sa.Column("draft", sa.Integer(), nullable=False),
        sa.Column("opened_by_id", sa.Integer(), nullable=False),
        sa.Column("opened_at", UtcStamp(), nullable=False),
        sa.Column("propose_by", sa.Date(), nullable=False),
        sa.Column("agree_by", sa.Date(), nullable=False),
        sa.Column("proposed_at", UtcStamp(), nullable=True),
        sa.Column("agreed_at", UtcStamp(), nullable=True),
        sa.Column("agreed_by_id", sa.Integer(), nullable=True),
        sa.Column("agreed_for_id", sa.Integer(), nullable=True),
        sa.Column("weights", sa.JSON(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("(state = 'agreed') = (agreed_at IS NOT NULL)", name=op.f("ck_goal_dialogue_agreed_stamp")),
        sa.CheckConstraint("(state = 'agreed') = (agreed_by_id IS NOT NULL)", name=op.f("ck_goal_dialogue_agreed_by")),
        sa.CheckConstraint(
            "(state IN ('proposed', 'agreed')) = (proposed_at IS NOT NULL)", name=op.f("ck_goal_dialogue_proposed_stamp")
        ),
        sa.CheckConstraint("agree_by >= propose_by", name=op.f("ck_goal_dialogue_days")),
        sa.CheckConstraint("draft >= 1", name=op.f("ck_goal_dialogue_draft")),
        sa.ForeignKeyConstraint(["agreed_by_id"], ["person.id"], name=op.f("fk_goal_dialogue_agreed_by_id")),
        sa.ForeignKeyConstraint(["agreed_for_id"], ["person.id"], name=op.f("fk_goal_dialogue_agreed_for_id")),
        sa.ForeignKeyConstraint(["opened_by_id"], ["person.id"], name=op.f("fk_goal_dialogue_opened_by_id")),
        sa.ForeignKeyConstraint(["period_id"], ["period.id"], name=op.f("fk_goal_dialogue_period_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_goal_dialogue_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_goal_dialogue")),
    )
    op.create_index("ix_goal_dialogue_agreed_by_id", "goal_dialogue", ["agreed_by_id"])
    op.create_index("ix_goal_dialogue_agreed_for_id", "goal_dialogue", ["agreed_for_id"])
    op.create_index("ix_goal_dialogue_opened_by_id", "goal_dialogue", ["opened_by_id"])
    op.create_index("ix_goal_dialogue_period_id", "goal_dialogue", ["period_id"])
    op.create_index("ix_goal_dialogue_person_id_period_id", "goal_dialogue", ["person_id", "period_id"])
    op.create_index("ix_goal_dialogue_state_person_id", "goal_dialogue", ["state", "person_id"])
    op.create_index(
        "uq_goal_dialogue_live",
        "goal_dialogue",
        ["person_id", "period_id"],
        unique=True,
        sqlite_where=sa.text("state <> 'cancelled'"),
        postgresql_where=sa.text("state <> 'cancelled'"),
    )

    op.create_table(
        "goal_draft",
        sa.Column("dialogue_id", sa.Integer(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("goals", sa.JSON(), nullable=False),
        sa.Column("erased", sa.Boolean(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("at", UtcStamp(), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_goal_draft_by_id")),
        sa.ForeignKeyConstraint(["dialogue_id"], ["goal_dialogue.id"], name=op.f("fk_goal_draft_dialogue_id")),
        sa.PrimaryKeyConstraint("dialogue_id", "n", name=op.f("pk_goal_draft")),
    )
    op.create_index("ix_goal_draft_by_id", "goal_draft", ["by_id"])

    op.create_table(
        "goal_remark",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("dialogue_id", sa.Integer(), nullable=False),
        sa.Column("objective_id", sa.Integer(), nullable=True),
        sa.Column("draft", sa.Integer(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("for_id", sa.Integer(), nullable=True),
        sa.Column("words", sa.String(), nullable=False),
        sa.Column("at", UtcStamp(), nullable=False),
        sa.CheckConstraint("words <> ''", name=op.f("ck_goal_remark_words")),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_goal_remark_by_id")),
        sa.ForeignKeyConstraint(["dialogue_id"], ["goal_dialogue.id"], name=op.f("fk_goal_remark_dialogue_id")),
        sa.ForeignKeyConstraint(["for_id"], ["person.id"], name=op.f("fk_goal_remark_for_id")),
        sa.ForeignKeyConstraint(["objective_id"], ["objective.id"], name=op.f("fk_goal_remark_objective_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_goal_remark")),
    )
    op.create_index("ix_goal_remark_by_id", "goal_remark", ["by_id"])
    op.create_index("ix_goal_remark_dialogue_id_id", "goal_remark", ["dialogue_id", "id"])
    op.create_index("ix_goal_remark_for_id", "goal_remark", ["for_id"])
    op.create_index("ix_goal_remark_objective_id", "goal_remark", ["objective_id"])


def downgrade() -> None:
    for name in ("goal_remark", "goal_draft", "goal_dialogue"):
        op.drop_table(name)
