"""A file's id is random, as its name on the disk always was, and its row tells whom its object is about."""

from uuid import UUID

import sqlalchemy as sa
from alembic import op

from portal.db import UtcStamp

revision = "018"
down_revision = "017"


def upgrade() -> None:
    rows = _rows("id, object_type, object_id, name, kind, size, sha256, stored, by_id, at")
    people = dict(op.get_bind().execute(sa.text("SELECT id, person_id FROM check_in")).all()) if rows else {}
    op.drop_table("stored_file")
    table = op.create_table(
        "stored_file",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("object_type", sa.String(), nullable=False),
        sa.Column("object_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("at", UtcStamp(), nullable=False),
        sa.CheckConstraint("size > 0", name=op.f("ck_stored_file_size")),
        sa.CheckConstraint("length(sha256) = 64", name=op.f("ck_stored_file_digest")),
        sa.CheckConstraint("name <> ''", name=op.f("ck_stored_file_named")),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_stored_file_by_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_stored_file_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stored_file")),
    )
    op.create_index("ix_stored_file_object_type_object_id_at", "stored_file", ["object_type", "object_id", "at"])
    op.create_index("ix_stored_file_person_id", "stored_file", ["person_id"])
    op.create_index("ix_stored_file_by_id", "stored_file", ["by_id"])
    op.create_index("ix_stored_file_size", "stored_file", ["size"])
    op.create_index("ix_pin_kind_evidence_id", "pin", ["kind", "evidence_id"])
    # Until now files stood beside check-ins alone.
    same = [{name: said for name, said in row.items() if name != "stored"} for row in rows]
    for row, before in zip(same, rows, strict=True):
        row |= {"id": UUID(before["stored"]), "person_id": people.get(before["object_id"])}
    op.bulk_insert(table, same)


def downgrade() -> None:
    op.drop_index("ix_pin_kind_evidence_id", "pin")
    rows = _rows("id, object_type, object_id, name, kind, size, sha256, by_id, at")
    op.drop_table("stored_file")
    table = op.create_table(
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
    op.bulk_insert(table, [{**row, "id": n, "stored": UUID(str(row["id"])).hex} for n, row in enumerate(rows, 1)])
    if rows and op.get_bind().dialect.name == "postgresql":
        op.execute(sa.text("SELECT setval(pg_get_serial_sequence('stored_file', 'id'), (SELECT max(id) FROM stored_file))"))


def _rows(columns: str) -> list[dict]:
    asked = sa.text(f"SELECT {columns} FROM stored_file ORDER BY at, id").columns(at=UtcStamp())  # noqa: S608 - our own names
    return [dict(row) for row in op.get_bind().execute(asked).mappings()]
