"""Sessions with device and reason, attempts at signing in, the local administrator. Everybody signs in again."""

import sqlalchemy as sa
from alembic import op

from portal.db import UtcStamp

revision = "005"
down_revision = "004"


def _one_of(name: str, *words: str) -> sa.Enum:
    return sa.Enum(*words, name=name, native_enum=False, create_constraint=True)


def upgrade() -> None:
    op.drop_table("login_session")
    op.create_table(
        "login_session",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("id_hash", sa.String(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("kind", _one_of("kind", "desktop", "local"), nullable=False),
        sa.Column("created", UtcStamp(), nullable=False),
        sa.Column("seen", UtcStamp(), nullable=False),
        sa.Column("auth_at", UtcStamp(), nullable=False),
        sa.Column("ip", sa.String(), nullable=False),
        sa.Column("agent", sa.String(), nullable=False),
        sa.Column("revoked_at", UtcStamp(), nullable=True),
        sa.Column("why", _one_of("why", "signed_out", "elsewhere", "replaced", "left", "admin"), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_login_session_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_login_session")),
        sa.UniqueConstraint("id_hash", name=op.f("uq_login_session_id_hash")),
    )
    op.create_index(op.f("ix_login_session_person_id"), "login_session", ["person_id"])
    op.create_table(
        "login_attempt",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("counter", _one_of("counter", "device", "address", "account", "bind"), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("at", UtcStamp(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_login_attempt")),
    )
    op.create_index(op.f("ix_login_attempt_key_at"), "login_attempt", ["key", "at"])
    op.create_index(op.f("ix_login_attempt_at"), "login_attempt", ["at"])
    op.create_table(
        "break_glass",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("secret_hash", sa.String(), nullable=False),
        sa.Column("created", UtcStamp(), nullable=False),
        sa.Column("used_at", UtcStamp(), nullable=True),
        sa.Column("disabled_at", UtcStamp(), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_break_glass_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_break_glass")),
        sa.UniqueConstraint("name", name=op.f("uq_break_glass_name")),
        sa.UniqueConstraint("person_id", name=op.f("uq_break_glass_person_id")),
    )


def downgrade() -> None:
    op.drop_table("break_glass")
    op.drop_table("login_attempt")
    op.drop_table("login_session")
    op.create_table(
        "login_session",
        sa.Column("id_hash", sa.String(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("created", UtcStamp(), nullable=False),
        sa.Column("seen", UtcStamp(), nullable=False),
        sa.Column("revoked_at", UtcStamp(), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_login_session_person_id")),
        sa.PrimaryKeyConstraint("id_hash", name=op.f("pk_login_session")),
    )
    op.create_index(op.f("ix_login_session_person_id"), "login_session", ["person_id"])
