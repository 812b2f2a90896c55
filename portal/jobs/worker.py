"""`flask work`: one loop over the rows, the schedules that ask for jobs, and the beat that keeps leases while one runs.

With JOBS=procrastinate the rows are handed to it instead: `portal.jobs.handed`.
"""

import signal
import threading
import time
from types import FrameType

from flask import Flask, current_app
from sqlalchemy import Engine, update
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from portal import clock
from portal.db import db, trouble
from portal.jobs import carrier, engine, handed, schedules
from portal.jobs.context import ME, lease
from portal.jobs.models import Job, State
from portal.jobs.schedules import daily, every

__all__ = ["daily", "every", "run"]

IDLE = 0.5  # seconds between two looks at an empty table; one look costs 0.01 ms
AWAY = 2.0  # seconds until a database that did not answer is asked again
LOOK = 2.0  # seconds between two looks at the schedules and at who is silent


def run(*, once: bool = False) -> None:
    """Work until told to stop (SIGTERM, Ctrl-C); with `once` until nothing is due."""
    beat = Beat(current_app._get_current_object(), db.engine)  # type: ignore[attr-defined]  # the proxy's own
    beat.start()
    if carrier.chosen():
        handed.work(once=once, look=LOOK, away=AWAY)
    else:
        _look_and_work(once=once)
    beat.end()


def _look_and_work(*, once: bool) -> None:
    stop, looked, most = _Stop(), -LOOK, 1
    while not stop.asked:
        try:
            if time.monotonic() >= looked + LOOK:
                schedules.ask_due()
                engine.take_over()
                looked = time.monotonic()
            worked = engine.work(most)
            db.session.remove()
        except DBAPIError as problem:
            db.session().invalidate()  # no word to a server that may be gone
            _wait_for_the_database(problem)
            continue
        most = engine.BATCH if worked and all(job.quick for job in worked) else 1
        if once and not worked:
            break
        if not worked:
            time.sleep(IDLE)


def _wait_for_the_database(problem: DBAPIError) -> None:
    """It was restarted, or is busy or full: the worker outlives that, and what it held is taken up again after the lease."""
    found = trouble(problem)
    if found is None:
        raise problem
    current_app.logger.warning("database %s: the worker tries again", found)
    time.sleep(AWAY)


class Beat(threading.Thread):
    """Renews the leases of this worker, however long one step takes; a worker that is killed takes its beat along.

    It stops renewing what somebody cancelled: a job that never asks whether it should go on loses its lease, and with it
    the right to write.
    """

    def __init__(self, app: Flask, bind: Engine) -> None:
        super().__init__(name="beat", daemon=True)
        self.app, self.bind, self.ended = app, bind, threading.Event()

    def run(self) -> None:
        with self.app.app_context():
            while not self.ended.wait(lease().total_seconds() / 4):
                self.renew()

    def end(self) -> None:
        """With the worker."""
        self.ended.set()

    def renew(self) -> None:
        """In a transaction of its own."""
        ids = tuple(engine.held)
        ours = (Job.id.in_(ids), Job.taken_by == ME, Job.state == State.RUNNING, Job.cancel.is_(False))
        if not ids:
            return
        try:
            with self.bind.begin() as connection:
                connection.execute(update(Job).where(*ours).values(lease_until=clock.now() + lease()))
        except SQLAlchemyError as why:  # SQLite, while the job itself writes: nobody else can take it over then either
            self.app.logger.warning("the lease was not renewed: %s", type(why).__name__)


class _Stop:
    """Finish the job at hand, then leave."""

    def __init__(self) -> None:
        self.asked = False
        for name in (signal.SIGTERM, signal.SIGINT):
            signal.signal(name, self._ask)

    def _ask(self, _signal: int, _frame: FrameType | None) -> None:
        self.asked = True
