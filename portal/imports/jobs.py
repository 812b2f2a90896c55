"""The two jobs of an import."""

from portal.imports import operations
from portal.jobs import register as register_job
from portal.words import N_


def register() -> None:
    """Called once by create_app."""
    register_job(operations.CHECK, operations.check_job, N_("Check a workbook"))
    register_job(operations.WRITE, operations.write_job, N_("Write a workbook"))
