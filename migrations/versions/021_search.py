"""The index of search: an entry for everything that can be found. FTS5 on SQLite, an array with GIN on PostgreSQL.

It is filled by `flask search-rebuild`, which `flask upgrade` runs after this.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY

revision = "021"
down_revision = "020"

FTS5 = "CREATE VIRTUAL TABLE search_entry USING fts5(terms, tokenize=\"ascii tokenchars '@'\", prefix='2')"


def upgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.execute(FTS5)
        return
    op.create_table(
        "search_entry",
        sa.Column("rowid", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("terms", ARRAY(sa.Text()), nullable=False),
        sa.PrimaryKeyConstraint("rowid", name=op.f("pk_search_entry")),
    )
    op.create_index("ix_search_entry_terms", "search_entry", ["terms"], postgresql_using="gin")


def downgrade() -> None:
    op.drop_table("search_entry")
