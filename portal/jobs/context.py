"""What a running job is given, and who may still write: the worker that holds its lease."""

import os
import socket
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from flask import current_app
from sqlalchemy import ColumnElement, update

from portal import clock
from portal.db import db
from portal.jobs.models import Job, State

ME = f"{socket.gethostname()}:{os.getpid()}"


class Cancelled(Exception):
    """Somebody asked the job to stop; what was done stays done."""


class Lost(Exception):
    """Our lease ran out and somebody else has the job: nothing more of ours may be written."""


@dataclass(frozen=True)
class Context:
    """What a running job is given: its arguments, how far an earlier attempt came, and how to say how far it is."""

    job_id: int
    args: dict[str, Any]
    asked_by_id: int | None
    done: int = 0

    def step(self, done: int, total: int | None = None) -> None:
        """Commit the work so far with its progress, and renew the lease. Raises Cancelled when asked to stop."""
        values = {"done": done, "total": total, "lease_until": clock.now() + lease()}
        cancel = db.session.scalar(update(Job).where(*ours([self.job_id])).values(values).returning(Job.cancel))
        if cancel is None:
            raise Lost
        db.session.commit()
        if cancel:
            raise Cancelled

    def tell(self, done: int, total: int | None = None) -> None:
        """How far a job is that writes all in one transaction: told beside it. SQLite has one writer, and that is the job:
        there nothing is told before the end."""
        if db.engine.dialect.name != "sqlite":
            with db.engine.begin() as beside:
                beside.execute(update(Job).where(*ours([self.job_id])).values(done=done, total=total))


def lease() -> timedelta:
    """How long a worker may be silent before its job is somebody else's."""
    return timedelta(seconds=current_app.config["JOB_LEASE"])


def ours(ids: Sequence[int]) -> tuple[ColumnElement[bool], ...]:
    """The condition that this worker still holds these jobs."""
    return Job.id.in_(ids), Job.state == State.RUNNING, Job.taken_by == ME
