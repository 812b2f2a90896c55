"""What is done every night: the journal's chain is checked; the database is tidied up."""

from flask import current_app
from sqlalchemy import text

from portal import files, journal
from portal.db import db, reading
from portal.jobs import Context, operations, worker
from portal.jobs import register as register_job
from portal.words import N_

JOB, TIDY = "night", "tidy"


class Broken(Exception):
    """The journal is not what was written: the job fails, so that it stays in sight."""


def register() -> None:
    """Called once by create_app."""
    broken = N_("The journal is not what was written. Keep a copy of the database as it is now; the log says which entry.")
    register_job(JOB, _check, N_("Check of the journal"), {Broken: broken})
    register_job(TIDY, _tidy, N_("Tidying up the database"))
    worker.daily(JOB, "journal_hour")
    worker.daily(TIDY, "tidy_hour")


def _check(_context: Context) -> None:
    if broken := _checked():
        for sentence in broken:
            current_app.logger.critical("journal: %s", sentence)
        raise Broken("; ".join(broken))


def _tidy(_context: Context) -> None:
    operations.forget()
    db.session.commit()
    files.sweep()
    # PostgreSQL does it by itself. Without it SQLite takes a table of ten rows for one of a million.
    if db.engine.dialect.name == "sqlite":
        db.session.execute(text("PRAGMA analysis_limit=1000"))
        db.session.execute(text("ANALYZE"))


def _checked() -> list[str]:
    """As a reader: a long look must not keep everybody else from writing."""
    token = reading.set(True)
    try:
        return journal.check()
    finally:
        db.session.rollback()
        reading.reset(token)
