"""Printed forms: their numbers, prints, archived files, and looks at the check page."""

import sqlalchemy as sa
from alembic import op

from portal.db import UtcStamp

revision = "003"
down_revision = "002"


def upgrade() -> None:
    op.create_table(
        "document",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("object_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("fingerprint", sa.String(), nullable=False),
        sa.CheckConstraint("version > 0", name=op.f("ck_document_version")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_document")),
        sa.UniqueConstraint("kind", "object_id", name=op.f("uq_document_kind_object_id")),
        sa.UniqueConstraint("number", name=op.f("uq_document_number")),
    )
    op.create_table(
        "look",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("origin", sa.String(), nullable=False),
        sa.Column("at", UtcStamp(), nullable=False),
        sa.Column("code", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_look")),
    )
    op.create_index(op.f("ix_look_at"), "look", ["at"], unique=False)
    op.create_index(op.f("ix_look_origin_at"), "look", ["origin", "at"], unique=False)
    op.create_table(
        "series",
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("year", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("code", "year", name=op.f("pk_series")),
    )
    op.create_table(
        "archived_copy",
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("document_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("copy", sa.String(), nullable=False),
        sa.Column("archived_by_id", sa.Integer(), nullable=False),
        sa.Column("at", UtcStamp(), nullable=False),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.Column("file", sa.String(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("pages", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["archived_by_id"], ["person.id"], name=op.f("fk_archived_copy_archived_by_id")),
        sa.ForeignKeyConstraint(["document_id"], ["document.id"], name=op.f("fk_archived_copy_document_id")),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_archived_copy")),
        sa.UniqueConstraint("document_id", "version", name=op.f("uq_archived_copy_document_id_version")),
        sa.UniqueConstraint("file", name=op.f("uq_archived_copy_file")),
    )
    op.create_table(
        "printed_copy",
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("document_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("copy", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("printed_by_id", sa.Integer(), nullable=False),
        sa.Column("at", UtcStamp(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=True),
        sa.Column("pages", sa.Integer(), nullable=True),
        sa.Column("missing", sa.String(), nullable=False),
        sa.CheckConstraint("(sha256 IS NULL) = (pages IS NULL)", name=op.f("ck_printed_copy_sealed")),
        sa.ForeignKeyConstraint(["document_id"], ["document.id"], name=op.f("fk_printed_copy_document_id")),
        sa.ForeignKeyConstraint(["printed_by_id"], ["person.id"], name=op.f("fk_printed_copy_printed_by_id")),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_printed_copy")),
    )
    op.create_index(op.f("ix_printed_copy_document_id"), "printed_copy", ["document_id"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_printed_copy_document_id"), "printed_copy")
    op.drop_table("printed_copy")
    op.drop_table("archived_copy")
    op.drop_table("series")
    op.drop_index(op.f("ix_look_origin_at"), "look")
    op.drop_index(op.f("ix_look_at"), "look")
    op.drop_table("look")
    op.drop_table("document")
