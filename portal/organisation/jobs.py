"""What HR dated begins on its day, whether a sync runs or not."""

from datetime import timedelta

from portal import clock
from portal.db import db
from portal.directory import lines
from portal.jobs import Context, schedules
from portal.jobs import register as register_job
from portal.organisation import operations
from portal.settings.queries import number
from portal.words import N_

JOB = "organisation.today"


def register() -> None:
    """Called once by create_app."""
    register_job(JOB, _work, N_("Let begin what HR dated for today"))
    schedules.every(JOB, lambda: timedelta(minutes=number("dated_minutes")), "dated_minutes")


def _work(context: Context) -> None:
    lines.alone(patient=True)
    operations.keep_today(clock.today())
    context.step(1, 1)
    db.session.commit()
