"""Themes are kept: retired, copied, never two of one name in a period; company objectives are found by an index."""

import sqlalchemy as sa
from alembic import op

from portal.db import UtcStamp

revision = "023"
down_revision = "022"

COMPANY = sa.text("person_id IS NULL AND unit_id IS NULL")
TWICE = "UPDATE theme SET name = name || ' (' || id || ')' WHERE id NOT IN (SELECT min(id) FROM theme GROUP BY period_id, name)"


def upgrade() -> None:
    op.execute(TWICE)
    op.drop_index("ix_theme_period_id", "theme")
    with op.batch_alter_table("theme") as table:
        table.add_column(sa.Column("retired_at", UtcStamp(), nullable=True))
        table.add_column(sa.Column("copied_from_id", sa.Integer(), nullable=True))
        table.add_column(sa.Column("version", sa.Integer(), nullable=False, server_default="1"))
        table.create_foreign_key(op.f("fk_theme_copied_from_id"), "theme", ["copied_from_id"], ["id"])
        table.create_unique_constraint(op.f("uq_theme_period_id_name"), ["period_id", "name"])
    where = {"sqlite_where": COMPANY, "postgresql_where": COMPANY}
    op.create_index("ix_objective_company", "objective", ["period_id", "theme_id", "id"], **where)
    op.create_table(
        "library_copy",
        sa.Column("source_id", sa.Integer(), nullable=False),
        sa.Column("period_id", sa.Integer(), nullable=False),
        sa.Column("made_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["made_id"], ["objective.id"], name=op.f("fk_library_copy_made_id")),
        sa.ForeignKeyConstraint(["period_id"], ["period.id"], name=op.f("fk_library_copy_period_id")),
        sa.ForeignKeyConstraint(["source_id"], ["objective.id"], name=op.f("fk_library_copy_source_id")),
        sa.PrimaryKeyConstraint("source_id", "period_id", name=op.f("pk_library_copy")),
        sa.UniqueConstraint("made_id", name=op.f("uq_library_copy_made_id")),
    )


def downgrade() -> None:
    op.drop_table("library_copy")
    op.drop_index("ix_objective_company", "objective")
    with op.batch_alter_table("theme") as table:
        table.drop_constraint(op.f("uq_theme_period_id_name"), type_="unique")
        table.drop_constraint(op.f("fk_theme_copied_from_id"), type_="foreignkey")
        for name in ("version", "copied_from_id", "retired_at"):
            table.drop_column(name)
    op.create_index("ix_theme_period_id", "theme", ["period_id"])
