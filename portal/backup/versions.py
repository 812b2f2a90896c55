"""Which tables the database has, and which this program knows."""

from pathlib import Path

from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from portal.db import db

MIGRATIONS = Path(__file__).parents[2] / "migrations"
HEAD = MIGRATIONS / ".current-head"


def version() -> str | None:
    """The version of the tables; None for an empty database."""
    with db.engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def head() -> str:
    """The version that this program needs."""
    return HEAD.read_text().strip()


def versions() -> list[str]:
    """Every version of the tables that this program knows."""
    return [script.revision for script in ScriptDirectory(str(MIGRATIONS)).walk_revisions()]
