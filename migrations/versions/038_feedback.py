"""Feedback: the company's values, questions for feedback, what was said, and reports about it. It can be pinned in reviews."""

import sqlalchemy as sa
from alembic import op

from portal.db import UtcStamp

revision = "038"
down_revision = "037"


def _states(*names: str, name: str = "state") -> sa.Enum:
    return sa.Enum(*names, name=name, native_enum=False, create_constraint=True)


def _person(table: str, column: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], ["person.id"], name=op.f(f"fk_{table}_{column}"))


def upgrade() -> None:
    op.create_table(
        "company_value",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("meaning", sa.String(), nullable=False),
        sa.Column("retired_at", UtcStamp(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("name <> ''", name=op.f("ck_company_value_named")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_company_value")),
        sa.UniqueConstraint("name", name=op.f("uq_company_value_name")),
    )
    _asks()
    _feedback()
    _reports()
    _pinned("check_in", "value", "feedback")


def _asks() -> None:
    op.create_table(
        "feedback_ask",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("asked_id", sa.Integer(), nullable=False),
        sa.Column("topic", sa.String(), nullable=False),
        sa.Column("topic_key", sa.String(), nullable=False),
        sa.Column("objective_id", sa.Integer(), nullable=True),
        sa.Column("due", sa.Date(), nullable=True),
        sa.Column("state", _states("open", "answered", "declined", "taken_back", name="asking"), nullable=False),
        sa.Column("at", UtcStamp(), nullable=False),
        sa.Column("settled_at", UtcStamp(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("person_id <> asked_id", name=op.f("ck_feedback_ask_two_people")),
        sa.CheckConstraint("(state = 'open') = (settled_at IS NULL)", name=op.f("ck_feedback_ask_settled_stamp")),
        _person("feedback_ask", "person_id"),
        _person("feedback_ask", "asked_id"),
        sa.ForeignKeyConstraint(["objective_id"], ["objective.id"], name=op.f("fk_feedback_ask_objective_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_feedback_ask")),
        sa.UniqueConstraint("person_id", "asked_id", "topic_key", name=op.f("uq_feedback_ask_person_id_asked_id_topic_key")),
    )
    op.create_index("ix_feedback_ask_person_id_id", "feedback_ask", ["person_id", "id"])
    op.create_index("ix_feedback_ask_asked_id_state_id", "feedback_ask", ["asked_id", "state", "id"])
    op.create_index("ix_feedback_ask_objective_id", "feedback_ask", ["objective_id"])


def _feedback() -> None:
    op.create_table(
        "feedback",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=False),
        sa.Column("public", sa.Boolean(), nullable=False),
        sa.Column("words", sa.String(), nullable=False),
        sa.Column("objective_id", sa.Integer(), nullable=True),
        sa.Column("value_id", sa.Integer(), nullable=True),
        sa.Column("ask_id", sa.Integer(), nullable=True),
        sa.Column("state", _states("given", "withdrawn", "hidden"), nullable=False),
        sa.Column("at", UtcStamp(), nullable=False),
        sa.Column("withdrawn_at", UtcStamp(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("person_id <> author_id", name=op.f("ck_feedback_two_people")),
        sa.CheckConstraint("(state = 'withdrawn') = (withdrawn_at IS NOT NULL)", name=op.f("ck_feedback_withdrawn_stamp")),
        sa.CheckConstraint("(state = 'withdrawn') = (words = '')", name=op.f("ck_feedback_words")),
        _person("feedback", "person_id"),
        _person("feedback", "author_id"),
        sa.ForeignKeyConstraint(["objective_id"], ["objective.id"], name=op.f("fk_feedback_objective_id")),
        sa.ForeignKeyConstraint(["value_id"], ["company_value.id"], name=op.f("fk_feedback_value_id")),
        sa.ForeignKeyConstraint(["ask_id"], ["feedback_ask.id"], name=op.f("fk_feedback_ask_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_feedback")),
        sa.UniqueConstraint("ask_id", name=op.f("uq_feedback_ask_id")),
    )
    op.create_index("ix_feedback_person_id_id", "feedback", ["person_id", "id"])
    op.create_index("ix_feedback_author_id_id", "feedback", ["author_id", "id"])
    op.create_index("ix_feedback_public_state_id", "feedback", ["public", "state", "id"])
    op.create_index("ix_feedback_value_id_id", "feedback", ["value_id", "id"])
    op.create_index("ix_feedback_objective_id", "feedback", ["objective_id"])


def _reports() -> None:
    op.create_table(
        "feedback_report",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("feedback_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("reporter_id", sa.Integer(), nullable=False),
        sa.Column("words", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("state", _states("open", "kept", "hidden", name="verdict"), nullable=False),
        sa.Column("at", UtcStamp(), nullable=False),
        sa.Column("decided_at", UtcStamp(), nullable=True),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("why", sa.String(), nullable=False),
        sa.Column("read_by_reporter", sa.Boolean(), nullable=False),
        sa.Column("read_by_author", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("(state = 'open') = (decided_at IS NULL)", name=op.f("ck_feedback_report_decided_stamp")),
        sa.CheckConstraint("(state = 'open') = (decided_by_id IS NULL)", name=op.f("ck_feedback_report_decided_by")),
        sa.ForeignKeyConstraint(["feedback_id"], ["feedback.id"], name=op.f("fk_feedback_report_feedback_id")),
        _person("feedback_report", "person_id"),
        _person("feedback_report", "reporter_id"),
        _person("feedback_report", "decided_by_id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_feedback_report")),
    )
    only = sa.text("state = 'open'")
    op.create_index(
        "uq_feedback_report_open", "feedback_report", ["feedback_id"], unique=True, sqlite_where=only, postgresql_where=only
    )
    op.create_index("ix_feedback_report_feedback_id_id", "feedback_report", ["feedback_id", "id"])
    op.create_index("ix_feedback_report_state_id", "feedback_report", ["state", "id"])
    op.create_index("ix_feedback_report_reporter_id_id", "feedback_report", ["reporter_id", "id"])
    op.create_index("ix_feedback_report_person_id_id", "feedback_report", ["person_id", "id"])
    op.create_index("ix_feedback_report_decided_by_id", "feedback_report", ["decided_by_id"])


def _pinned(*kinds: str) -> None:
    among = ", ".join(f"'{kind}'" for kind in kinds)
    with op.batch_alter_table("pin") as table:
        table.drop_constraint(op.f("ck_pin_evidence"), type_="check")
        table.create_check_constraint(op.f("ck_pin_evidence"), f"kind IN ({among})")


def downgrade() -> None:
    op.execute("DELETE FROM pin WHERE kind = 'feedback'")
    _pinned("check_in", "value")
    for name in ("feedback_report", "feedback", "feedback_ask", "company_value"):
        op.drop_table(name)
