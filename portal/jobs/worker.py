"""`flask work`: one loop over the rows, and the schedules that ask for jobs."""

import signal
import time
from collections.abc import Callable
from datetime import timedelta
from types import FrameType

from flask import current_app

from portal import clock
from portal.db import db
from portal.jobs import engine

IDLE = 0.5  # seconds between two looks at an empty table; one look costs 0.01 ms

AGAIN = timedelta(minutes=1)
"""When a schedule that is switched off is asked again whether it still is."""

_schedules: dict[str, Callable[[], timedelta]] = {}


def every(kind: str, interval: Callable[[], timedelta]) -> None:
    """Run a kind again and again; `interval` is asked anew each time, so a changed setting counts at once."""
    _schedules[kind] = interval


def run(*, once: bool = False) -> None:
    """Work until told to stop (SIGTERM, Ctrl-C); with `once` until nothing is due."""
    stop = _Stop()
    next_at: dict[str, float] = dict.fromkeys(_schedules, 0.0)
    while not stop.asked:
        _ask_due(next_at)
        busy = engine.work_one()
        db.session.remove()
        if once and not busy:
            return
        if not busy:
            time.sleep(IDLE)


def _ask_due(next_at: dict[str, float]) -> None:
    for kind, due in next_at.items():
        if time.monotonic() >= due:
            interval = _schedules[kind]()
            next_at[kind] = time.monotonic() + (interval or AGAIN).total_seconds()
            if interval > timedelta(0):
                engine.ask(kind, key=f"schedule:{kind}", at=clock.now())
                db.session.commit()
                current_app.logger.info("job %s asked for by its schedule", kind)


class _Stop:
    """Finish the job at hand, then leave."""

    def __init__(self) -> None:
        self.asked = False
        for name in (signal.SIGTERM, signal.SIGINT):
            signal.signal(name, self._ask)

    def _ask(self, _signal: int, _frame: FrameType | None) -> None:
        self.asked = True
