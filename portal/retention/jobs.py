"""The two jobs of retention: what is due, every night; one person's content, on request."""

from portal.jobs import register as register_job
from portal.jobs import worker
from portal.retention import operations, queries
from portal.words import N_

JOB = "retention"


def register() -> None:
    """Called once by create_app."""
    register_job(JOB, operations.apply, N_("Remove what has been kept long enough"))
    register_job(queries.ERASE, operations.erase, N_("Erase a person's content"))
    worker.daily(JOB, "retention_hour")
