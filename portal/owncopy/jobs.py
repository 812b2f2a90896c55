"""The job that makes a copy."""

from portal.jobs import register as register_job
from portal.owncopy import operations
from portal.words import N_


def register() -> None:
    """Called once by create_app."""
    register_job(operations.JOB, operations.make, N_("Make somebody's own copy"))
