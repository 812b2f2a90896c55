"""The night's check of stored roll-ups: what differs is corrected and told in the log; nothing should."""

from flask import current_app

from portal.db import db
from portal.goals import coverage, rollup, roots
from portal.jobs import Context, worker
from portal.jobs import register as register_job
from portal.periods import queries as periods
from portal.words import N_

JOB = "goals.rebuild"


def register() -> None:
    """Called once by create_app."""
    register_job(JOB, _work, N_("Check of the goal tree's progress"))
    register_job(coverage.JOB, _count, N_("Count how a department's goals are aligned"))
    worker.daily(JOB, "rollup_hour")


def _work(context: Context) -> None:
    if wrong := roots.repair():
        current_app.logger.warning("tops of %s goals corrected", wrong)
    waiting = [period.id for period in periods.everything() if not period.closed]
    for n, period_id in enumerate(waiting[context.done :], context.done + 1):
        for difference in rollup.rebuild(period_id):
            current_app.logger.warning("roll-up corrected: %s", difference)
        coverage.count_period(period_id)
        context.step(n, len(waiting))
    db.session.commit()


def _count(context: Context) -> None:
    coverage.count_unit(context.args["unit_id"], context.args["period_id"])
    db.session.commit()
