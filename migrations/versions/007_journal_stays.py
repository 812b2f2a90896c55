"""The journal only grows: the database itself refuses to change or to take away an entry.

Words can be erased after their retention (their digest stays in the chain), but not changed.
"""

from alembic import op

revision = "007"
down_revision = "006"

GUARDED = (("entry", "UPDATE"), ("entry", "DELETE"), ("payload", "UPDATE"))
SAYS = "the journal only grows"


def upgrade() -> None:
    sqlite = op.get_bind().dialect.name == "sqlite"
    if not sqlite:
        op.execute(
            f"CREATE FUNCTION journal_only_grows() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION '{SAYS}'; END $$"
        )
    for table, change in GUARDED:
        does = f"BEGIN SELECT RAISE(ABORT, '{SAYS}'); END" if sqlite else "FOR EACH ROW EXECUTE FUNCTION journal_only_grows()"
        op.execute(f"CREATE TRIGGER {table}_no_{change.lower()} BEFORE {change} ON {table} {does}")

    if sqlite:  # REPLACE takes a row away without asking the triggers
        there = "EXISTS (SELECT 1 FROM entry WHERE n = NEW.n)"
        op.execute(
            f"CREATE TRIGGER entry_no_replace BEFORE INSERT ON entry WHEN {there} BEGIN SELECT RAISE(ABORT, '{SAYS}'); END"
        )


def downgrade() -> None:
    sqlite = op.get_bind().dialect.name == "sqlite"
    for table, change in GUARDED:
        op.execute(f"DROP TRIGGER {table}_no_{change.lower()}" + ("" if sqlite else f" ON {table}"))
    if sqlite:
        op.execute("DROP TRIGGER entry_no_replace")
    else:
        op.execute("DROP FUNCTION journal_only_grows()")
