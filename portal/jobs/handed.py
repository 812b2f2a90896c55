"""`flask work` with JOBS=procrastinate: its worker hands us the ids of rows, which we claim and work as ever.

It runs in the loop of the main thread; a job, and the looks at schedules and at who is silent, run in threads beside it, each
with an application context of its own. One job at a time.
"""

import asyncio
import contextlib
import signal
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from flask import Flask, current_app
from sqlalchemy.exc import DBAPIError

from portal.db import db, trouble
from portal.jobs import carrier, engine, schedules
from portal.jobs.context import ME

if TYPE_CHECKING:
    from procrastinate import App

SWEEP = 60.0  # seconds between two looks for what nothing carries


def work(*, once: bool, look: float, away: float) -> None:
    """Work what is handed to us until told to stop (SIGTERM, Ctrl-C); with `once` until nothing is due.

    `look` are the seconds between two looks at the schedules, and the longest that a row waits whose time has come; `away`
    those until a database that did not answer is asked again.
    """
    asyncio.run(_Worker(current_app._get_current_object(), look, away).run(once=once))  # type: ignore[attr-defined]  # the proxy's own


class _Worker:
    def __init__(self, app: Flask, look: float, away: float) -> None:
        self.app, self.every, self.away = app, look, away
        self.swept = -SWEEP
        self.stop = asyncio.Event()

    async def run(self, *, once: bool) -> None:
        for name in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(name, self.stop.set)
        while not self.stop.is_set():
            if await self._served(once=once) and once:
                return
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self.stop.wait(), self.away)

    async def _served(self, *, once: bool) -> bool:
        """Until we are asked to stop, or with `once` until nothing is due; False when the database does not answer."""
        from procrastinate.exceptions import ConnectorException  # noqa: PLC0415 - an extra
        from psycopg import Error  # noqa: PLC0415 - comes with it

        try:
            await self._beside(self._look)
            async with self._app().open_async() as handing:
                await self._parts(handing, once=once)
        except (ConnectorException, Error) as problem:
            self._again(type(problem).__name__)
            return False
        except DBAPIError as problem:
            if (found := trouble(problem)) is None:
                raise
            self._again(found)
            return False
        return True

    def _again(self, why: str) -> None:
        self.app.logger.warning("database %s: the worker tries again", why)

    async def _parts(self, handing: "App", *, once: bool) -> None:
        """Its worker, our looks, and the wait for a signal, until the first of them ends."""
        working = handing.run_worker_async(
            name=ME,
            queues=[carrier.QUEUE],
            wait=not once,
            listen_notify=not once,
            fetch_job_polling_interval=self.every,
            stalled_worker_timeout=carrier.SILENT,
            delete_jobs="always",
            install_signal_handlers=False,
        )
        parts = [asyncio.create_task(part) for part in (working, self._looks(), self.stop.wait())]
        await asyncio.wait(parts, return_when=asyncio.FIRST_COMPLETED)
        for part in parts:
            part.cancel()  # its worker finishes the job at hand first
        for ended in await asyncio.gather(*parts, return_exceptions=True):
            if isinstance(ended, Exception):
                raise ended

    async def _looks(self) -> None:
        while True:
            await asyncio.sleep(self.every)
            await self._beside(self._look)

    def _look(self) -> None:
        schedules.ask_due()
        engine.take_over()
        if time.monotonic() >= self.swept + SWEEP:
            carrier.sweep()
            self.swept = time.monotonic()

    async def _beside(self, what: Callable[[], object]) -> None:
        await asyncio.to_thread(self._inside, what)

    def _inside(self, what: Callable[[], object]) -> None:
        """In this thread, with a context and a session of its own."""
        with self.app.app_context():
            try:
                what()
            except DBAPIError:
                db.session().invalidate()  # no word to a server that may be gone
                raise

    def _app(self) -> "App":
        """procrastinate's application: three connections at most, to our database and its own schema there."""
        from procrastinate import App, PsycopgConnector  # noqa: PLC0415 - an extra

        with self.app.app_context():
            url = db.engine.url.set(drivername="postgresql")
        options = f"{url.query.get('options', '')} -c search_path={carrier.SCHEMA}"
        connector = PsycopgConnector(
            conninfo=url.render_as_string(hide_password=False),
            kwargs={"options": options, "connect_timeout": 5},
            min_size=1,
            max_size=2,
            timeout=5.0,
        )
        handing = App(connector=connector)

        @handing.task(name=carrier.TASK, queue=carrier.QUEUE)
        def carried(job_id: int) -> None:
            self._inside(lambda: engine.work_carried(job_id))

        return handing
