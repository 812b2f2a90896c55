"""What is done every night: the journal's chain is checked, and SQLite looks at how large its tables have grown."""

from datetime import timedelta

from flask import current_app
from sqlalchemy import text

from portal import journal
from portal.db import db, reading
from portal.jobs import Context, worker
from portal.jobs import register as register_job

JOB = "night"


class Broken(Exception):
    """The journal is not what was written: the job fails, so that it stays in sight."""


def register() -> None:
    """Called once by create_app."""
    register_job(JOB, _work)
    worker.every(JOB, lambda: timedelta(days=1))


def _work(_context: Context) -> None:
    _look_at_tables()
    if broken := _checked():
        for sentence in broken:
            current_app.logger.critical("journal: %s", sentence)
        raise Broken("; ".join(broken))


def _look_at_tables() -> None:
    # PostgreSQL does it by itself. Without it SQLite takes a table of ten rows for one of a million.
    if db.engine.dialect.name == "sqlite":
        db.session.execute(text("PRAGMA analysis_limit=1000"))
        db.session.execute(text("ANALYZE"))
        db.session.commit()


def _checked() -> list[str]:
    """As a reader: a long look must not keep everybody else from writing."""
    token = reading.set(True)
    try:
        return journal.check()
    finally:
        db.session.rollback()
        reading.reset(token)
