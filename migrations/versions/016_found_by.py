"""Find what somebody handed on, and entries of the journal by each filter of the audit log."""

from alembic import op

revision = "016"
down_revision = "015"

INDEXES = (
    ("delegation", ("giver_id",)),
    ("entry", ("actor_id", "n")),
    ("entry", ("behalf_id", "n")),
    ("entry", ("kind", "n")),
    ("entry", ("object_type", "n")),
    ("entry", ("at", "n")),
)


def upgrade() -> None:
    for table, columns in INDEXES:
        op.create_index(_name(table, columns), table, list(columns))


def downgrade() -> None:
    for table, columns in INDEXES:
        op.drop_index(_name(table, columns), table)


def _name(table: str, columns: tuple[str, ...]) -> str:
    return f"ix_{table}_{'_'.join(columns)}"
