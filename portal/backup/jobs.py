"""The backup of every day, as a job: seen, moved to another hour, started and retried on the page of jobs."""

from pathlib import Path

from flask import current_app

from portal.backup import making
from portal.backup.databases import Failed
from portal.backup.versions import head
from portal.db import db
from portal.jobs import Context, worker
from portal.jobs import register as register_job
from portal.words import N_

JOB = "backup"
FAILS: dict[type[Exception], str] = {
    Failed: N_("The backup was not made. The worker's log says why, and `flask backup` tries it by hand."),
    making.NoRoom: N_("There is not enough room for a backup. Make room, or name another disk in BACKUP_DIR."),
    making.NotBrought: N_("The backup was made, but could not be brought to its second place. The worker's log says why."),
}


def register() -> None:
    """Called once by create_app."""
    register_job(JOB, _work, N_("Backup"), FAILS)
    worker.daily(JOB, "backup_hour")


def _work(_context: Context) -> None:
    """With no transaction open: it can take minutes, and whoever saves waits for nothing."""
    db.session.rollback()
    made = making.make(Path(current_app.config["DATA_DIR"]), making.folder(), head())
    making.forget(making.folder())
    making.bring_away(made)
