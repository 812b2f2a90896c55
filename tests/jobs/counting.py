"""The commands of the portal with two kinds of jobs more, whose effects can be counted: flask --app tests.jobs.counting work"""

import os
import time

from sqlalchemy import text

from commands import app
from portal import jobs
from portal.db import db
from tests.jobs import STEPS

PAUSE = 0.05
WRITE = text("INSERT INTO effect (job_id, n, worker) VALUES (:job, :n, :worker)")


def write(context: jobs.Context, n: int) -> None:
    db.session.execute(WRITE, {"job": context.job_id, "n": n, "worker": os.getpid()})


def count(context: jobs.Context) -> None:
    """Each step is written, then not committed for a while: that is when a worker is killed. On SQLite nobody else could
    write meanwhile, so there it waits first.
    """
    first = db.engine.dialect.name == "sqlite"
    for n in range(context.done, STEPS):
        if first:
            time.sleep(PAUSE)
        write(context, n)
        if not first:
            time.sleep(PAUSE)
        if n < STEPS - 1:  # the last one is committed with the word that the job is done
            context.step(n + 1, STEPS)


jobs.register("count", count, "Count")
jobs.register("tick", lambda context: write(context, 0), "Tick", quick=True)

__all__ = ["app"]
