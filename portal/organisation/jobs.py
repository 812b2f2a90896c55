"""What HR dated begins on its day, whether a sync runs or not."""

from datetime import timedelta

from portal import clock
from portal.db import db
from portal.jobs import Context, worker
from portal.jobs import register as register_job
from portal.organisation import operations

JOB = "organisation.today"


def register() -> None:
    """Called once by create_app."""
    register_job(JOB, _work)
    worker.every(JOB, lambda: timedelta(hours=1))


def _work(context: Context) -> None:
    operations.keep_today(clock.today())
    context.step(1, 1)
    db.session.commit()
