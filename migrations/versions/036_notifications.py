"""Notifications: mails, what was told, what people chose, HR's work days, and the counts of the morning."""

import sqlalchemy as sa
from alembic import op

from portal.db import UtcStamp

revision = "036"
down_revision = "035"


def upgrade() -> None:
    op.create_table(
        "journal_reader",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_journal_reader")),
    )
    op.create_table(
        "calendar_feed",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.String(), nullable=False),
        sa.Column("made_at", UtcStamp(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_calendar_feed_person_id")),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_calendar_feed")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_calendar_feed_token_hash")),
    )
    op.create_table(
        "work_day",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("works", sa.Boolean(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_work_day")),
    )
    op.create_table(
        "message",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Enum("digest", "news", name="kind", native_enum=False, create_constraint=True), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "waiting",
                "sending",
                "sent",
                "failed",
                "unknown",
                "dropped",
                name="state",
                native_enum=False,
                create_constraint=True,
            ),
            nullable=False,
        ),
        sa.Column("run_at", UtcStamp(), nullable=False),
        sa.Column("until", UtcStamp(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("news", sa.Integer(), nullable=False),
        sa.Column("things", sa.Integer(), nullable=True),
        sa.Column("why", sa.String(), nullable=False),
        sa.Column("made_at", UtcStamp(), nullable=False),
        sa.Column("sending_at", UtcStamp(), nullable=True),
        sa.Column("sent_at", UtcStamp(), nullable=True),
        sa.CheckConstraint("(state = 'sending') = (sending_at IS NOT NULL)", name=op.f("ck_message_sending")),
        sa.CheckConstraint("(state = 'sent') = (sent_at IS NOT NULL)", name=op.f("ck_message_sent")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_message_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message")),
        sa.UniqueConstraint("key", name=op.f("uq_message_key")),
    )
    op.create_index(op.f("ix_message_made_at"), "message", ["made_at"], unique=False)
    op.create_index(op.f("ix_message_person_id_id"), "message", ["person_id", "id"], unique=False)
    op.create_index(op.f("ix_message_state_id"), "message", ["state", "id"], unique=False)
    op.create_index(op.f("ix_message_state_run_at_id"), "message", ["state", "run_at", "id"], unique=False)
    op.create_index(
        "uq_message_day",
        "message",
        ["person_id", "day"],
        unique=True,
        sqlite_where=sa.text("kind = 'digest'"),
        postgresql_where=sa.text("kind = 'digest'"),
    )
    op.create_index(
        "uq_message_news",
        "message",
        ["person_id"],
        unique=True,
        sqlite_where=sa.text("kind = 'news' AND state = 'waiting'"),
        postgresql_where=sa.text("kind = 'news' AND state = 'waiting'"),
    )
    op.create_table(
        "preference",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("at_once", sa.Boolean(), nullable=False),
        sa.Column("informs", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_preference_person_id")),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_preference")),
    )
    op.create_table(
        "waiting_count",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("what", sa.String(), nullable=False),
        sa.Column("waits", sa.Integer(), nullable=False),
        sa.Column("late", sa.Integer(), nullable=False),
        sa.Column("oldest", sa.Date(), nullable=True),
        sa.Column("at", UtcStamp(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_waiting_count_person_id")),
        sa.PrimaryKeyConstraint("person_id", "what", name=op.f("pk_waiting_count")),
    )
    op.create_table(
        "notice",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("what", sa.String(), nullable=False),
        sa.Column("object_id", sa.Integer(), nullable=False),
        sa.Column("round", sa.String(), nullable=False),
        sa.Column("step", sa.String(), nullable=False),
        sa.Column("message_id", sa.Integer(), nullable=True),
        sa.Column("at", UtcStamp(), nullable=False),
        sa.ForeignKeyConstraint(["message_id"], ["message.id"], name=op.f("fk_notice_message_id"), ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_notice_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice")),
        sa.UniqueConstraint(
            "person_id", "what", "object_id", "round", "step", name=op.f("uq_notice_person_id_what_object_id_round_step")
        ),
    )
    op.create_index(op.f("ix_notice_at"), "notice", ["at"], unique=False)
    op.create_index(op.f("ix_notice_message_id"), "notice", ["message_id"], unique=False)


def downgrade() -> None:
    op.drop_table("notice")
    op.drop_table("waiting_count")
    op.drop_table("preference")
    op.drop_table("message")
    op.drop_table("work_day")
    op.drop_table("calendar_feed")
    op.drop_table("journal_reader")
