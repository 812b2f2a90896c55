"""What people do to jobs: stop one, let one go on, start one now; each is in the journal. And what is forgotten."""

from datetime import timedelta

from sqlalchemy import delete, select, update

from portal import clock, journal
from portal.access import Viewer
from portal.db import db
from portal.jobs import engine
from portal.jobs.models import OPEN, Job, State
from portal.jobs.schedules import KEY
from portal.settings.queries import number
from portal.words import N_
from portal.workflow import Refused


def cancel(job: Job, by: Viewer) -> None:
    """A waiting one at once, a running one after the step it is in, a failed one is given up. The row was loaded to change."""
    was = job.state
    if was is State.RUNNING and not job.cancel:
        job.cancel = True
    elif was in (State.WAITING, State.FAILED):
        job.state, job.ended_at = State.CANCELLED, clock.now()
    else:
        raise Refused(N_("This job is being stopped already, or has ended."))
    journal.write("job.cancelled", job, by, was=was.value, now=job.state.value, words={"name": job.kind})


def again(job: Job, by: Viewer) -> None:
    """Try a failed one anew, let a cancelled one go on: from where it was, with all its attempts."""
    was = job.state
    if was not in (State.FAILED, State.CANCELLED):
        raise Refused(N_("This job waits or runs already, or is done."))
    if job.key and db.session.scalar(select(Job.id).where(Job.key == job.key, Job.state.in_(OPEN))):
        raise Refused(N_("The same job was asked for again in the meantime and waits or runs already."))
    job.state, job.run_at, job.ended_at = State.WAITING, clock.now(), None
    job.attempts, job.cancel, job.why = 0, False, ""
    kind = "job.retried" if was is State.FAILED else "job.resumed"
    journal.write(kind, job, by, was=was.value, now=job.state.value, words={"name": job.kind})


def start(kind: str, by: Viewer) -> None:
    """Let a schedule's job run now; one that waits for a later time comes forward."""
    key = KEY.format(kind)
    if not engine.ask(kind, key=key, by=by.id):
        waiting = update(Job).where(Job.key == key, Job.state == State.WAITING)
        db.session.execute(waiting.values(run_at=clock.now()))
    job = db.session.scalars(select(Job).where(Job.key == key, Job.state.in_(OPEN))).one()
    journal.write("job.started", job, by, words={"name": kind})


def forget() -> None:
    """Jobs that ended long ago, in the caller's transaction. A failed one stays until somebody decides."""
    old = Job.ended_at < clock.now() - timedelta(days=number("job_days"))
    db.session.execute(delete(Job).where(old, Job.state.in_((State.DONE, State.CANCELLED))))
