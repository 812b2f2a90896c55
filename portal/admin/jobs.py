"""What is done every night: the journal's chain is checked, the index of search too; the database is tidied up."""

from flask import current_app
from sqlalchemy import text

from portal import files, journal
from portal.db import db, reading
from portal.jobs import Context, operations, worker
from portal.jobs import register as register_job
from portal.search import index
from portal.search.commands import told
from portal.search.models import Kind
from portal.words import N_

JOB, TIDY, SEARCH = "night", "tidy", "search"


class Broken(Exception):
    """The journal is not what was written: the job fails, so that it stays in sight."""


def register() -> None:
    """Called once by create_app."""
    broken = N_("The journal is not what was written. Keep a copy of the database as it is now; the log says which entry.")
    register_job(JOB, _check, N_("Check of the journal"), {Broken: broken})
    register_job(TIDY, _tidy, N_("Tidying up the database"))
    worker.daily(JOB, "journal_hour")
    worker.daily(TIDY, "tidy_hour")
    register_job(SEARCH, _compare, N_("Check of the search index"))
    worker.daily(SEARCH, "search_hour")


def _check(_context: Context) -> None:
    if broken := _checked():
        for sentence in broken:
            current_app.logger.critical("journal: %s", sentence)
        raise Broken("; ".join(broken))


def _compare(context: Context) -> None:
    """Nothing should differ; what does is corrected and told in the log."""
    every = ((kind, wrong) for kind in Kind for wrong in index.compared(kind))
    for n, (kind, wrong) in enumerate(every, 1):
        if wrong:
            current_app.logger.warning("search index corrected: %s %s", kind.name.lower(), told(wrong))
        context.step(n)
    index.tidy()


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
