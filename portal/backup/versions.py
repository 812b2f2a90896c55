"""Which tables the database has, and which this program knows."""

from pathlib import Path

from portal.db import db

MIGRATIONS = Path(__file__).parents[2] / "migrations"
HEAD = MIGRATIONS / ".current-head"


def version() -> str | None:
    """The version of the tables; None for an empty database."""
    from alembic.migration import MigrationContext  # noqa: PLC0415 - web servers ask neither, and it is a tenth of their start

    with db.engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def head() -> str:
    """The version that this program needs."""
    return HEAD.read_text().strip()


def versions() -> list[str]:
    """Every version of the tables that this program knows."""
    from alembic.script import ScriptDirectory  # noqa: PLC0415

    return [script.revision for script in ScriptDirectory(str(MIGRATIONS)).walk_revisions()]
