"""Asking for a job, claiming one by a lease, working it, and putting back what a dead worker held."""

import os
import socket
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask import current_app
from sqlalchemy import and_, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from portal import clock, settings
from portal.db import db
from portal.jobs.models import Job, State

LEASE = timedelta(minutes=2)
ATTEMPTS = 3
ME = f"{socket.gethostname()}:{os.getpid()}"


class Cancelled(Exception):
    """Somebody asked the job to stop; what was done stays done."""


@dataclass(frozen=True)
class Context:
    """What a running job is given: its arguments, and how to say how far it is."""

    job_id: int
    args: dict[str, Any]
    asked_by_id: int | None

    def step(self, done: int, total: int | None = None) -> None:
        """Commit the work so far with its progress, and renew the lease. Raises Cancelled when asked to stop."""
        ours = (Job.id == self.job_id, Job.state == State.RUNNING, Job.taken_by == ME)
        values = {"done": done, "total": total, "lease_until": clock.now() + LEASE}
        cancel = db.session.scalar(update(Job).where(*ours).values(values).returning(Job.cancel))
        db.session.commit()
        if cancel is None or cancel:
            raise Cancelled


Run = Callable[[Context], None]
_kinds: dict[str, Run] = {}


def register(kind: str, run: Run) -> None:
    """Tell the engine what a kind does. Every step of it must be idempotent: it may be run again."""
    _kinds[kind] = run


def ask(
    kind: str, args: dict[str, Any] | None = None, *, key: str | None = None, at: datetime | None = None, by: int | None = None
) -> None:
    """Want a job, in the caller's transaction. With a `key` that is already wanted nothing is added."""
    now = clock.now()
    row = {"kind": kind, "args": args or {}, "key": key, "run_at": at or now, "asked_by_id": by, "asked_at": now}
    insert = sqlite.insert if db.engine.dialect.name == "sqlite" else postgresql.insert
    defaults = {"state": State.WAITING, "attempts": 0, "done": 0, "cancel": False, "why": ""}
    db.session.execute(insert(Job).values(**row, **defaults).on_conflict_do_nothing(index_elements=["key"]))


def claim() -> Job | None:
    """The next job that is due, or whose worker has died, leased to us and committed."""
    now = clock.now()
    free = or_(
        and_(Job.state == State.WAITING, Job.run_at <= now),
        and_(Job.state == State.RUNNING, Job.lease_until < now),
    )
    found = select(Job).where(free).order_by(Job.run_at, Job.id).limit(1).with_for_update(skip_locked=True)
    job = db.session.scalar(found)
    if job is not None:
        job.attempts += 1
        if job.attempts > ATTEMPTS:
            _end(job, State.FAILED, job.why or "The worker died three times while it ran.")
        else:
            job.state, job.taken_by, job.lease_until = State.RUNNING, ME, now + LEASE
    db.session.commit()
    return job


def work_one() -> bool:
    """Claim and run one job; whether there was one. Never raises: a failure is kept in words and retried later."""
    job = claim()
    if job is None:
        return False
    if job.state is not State.RUNNING:
        return True
    context = Context(job.id, job.args, job.asked_by_id)
    kind = job.kind
    try:
        settings.refresh()
        db.session.rollback()
        _kinds[kind](context)
        db.session.commit()
        _finish(context.job_id, State.DONE)
    except Cancelled:
        db.session.rollback()
        _finish(context.job_id, State.CANCELLED)
    except Exception as error:
        db.session.rollback()
        current_app.logger.exception("job %s failed", context.job_id)
        _retry(context.job_id, f"{type(error).__name__}: {error}")
    return True


def _finish(job_id: int, state: State) -> None:
    job = db.session.get_one(Job, job_id, populate_existing=True)
    if job.taken_by == ME:
        _end(job, state, "")
    db.session.commit()


def _retry(job_id: int, why: str) -> None:
    job = db.session.get_one(Job, job_id, populate_existing=True)
    if job.taken_by == ME and job.attempts >= ATTEMPTS:
        _end(job, State.FAILED, why)
    elif job.taken_by == ME:
        job.state, job.lease_until, job.taken_by, job.why = State.WAITING, None, None, why
        job.run_at = clock.now() + timedelta(seconds=30 * 2**job.attempts)
    db.session.commit()


def _end(job: Job, state: State, why: str) -> None:
    job.state, job.lease_until, job.taken_by, job.key = state, None, None, None
    job.why, job.ended_at = why, clock.now()
