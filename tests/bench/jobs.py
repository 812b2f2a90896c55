"""`python -m tests.bench.jobs`: how many jobs a second are claimed, and claimed and done, by one worker and by two.

The jobs do nothing. SQLite writes to the disk at each commit (synchronous=FULL); PostgreSQL too, as a company runs it. Its
second round is with JOBS=procrastinate: workers that look by themselves all the same, and `handed`: those that are told.
"""

import multiprocessing
import os
import signal
import statistics
import sys
import tempfile
import threading
import time
from pathlib import Path

from sqlalchemy import delete, func, insert, select, text

from portal import clock
from portal.cli import bring_up_to_date
from portal.db import db
from portal.jobs import engine, handed, registry, schedules
from portal.jobs.models import Job, State
from portal.jobs.worker import run
from tests.conftest import make_app
from tests.databases import Postgres

MANY, SECONDS = 40_000, 3.0


def fill(kind: str) -> None:
    """So many waiting jobs, and nothing else."""
    now = clock.now()
    empty()
    row = {"kind": kind, "args": {}, "state": State.WAITING, "run_at": now, "asked_at": now, "attempts": 0, "done": 0, "cancel": False, "why": ""}
    for _ in range(MANY // 1_000):
        db.session.execute(insert(Job), [row] * 1_000)
    db.session.commit()


def empty() -> None:
    """Where jobs are carried, what carries them too: deleting so many one by one would take longer than all that is measured."""
    if db.engine.dialect.name == "sqlite":
        db.session.execute(delete(Job))
        return
    db.session.execute(text("TRUNCATE job"))
    if db.session.scalar(text("SELECT to_regnamespace('portal_carrier')")):
        db.session.execute(text("TRUNCATE portal_carrier.procrastinate_jobs CASCADE"))


def claimed() -> int:
    return len(engine.claim(engine.BATCH))


def worked() -> int:
    return len(engine.work(engine.BATCH))


def told(kind: str, quick: bool) -> tuple[int, float]:
    """As `flask work` does with JOBS=procrastinate, for a while from the first job on."""
    done: list[float] = []
    registry.register(kind, lambda _: done.append(time.monotonic()), "Nothing", quick=quick)
    schedules._schedules.clear()

    def stop() -> None:
        while not done:
            time.sleep(0.01)
        time.sleep(SECONDS)
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=stop, daemon=True).start()
    handed.work(once=False, look=2.0, away=2.0)
    return len(done), done[-1] - done[0]


def for_a_while(url: str, what: str, kind: str, quick: bool, counts: "multiprocessing.Queue[tuple[int, float]]") -> None:
    """One worker process, which says how many it had and in which time."""
    with make_app(url, JOBS="procrastinate" if what == "handed" else "").app_context():
        if what == "handed":
            counts.put(told(kind, quick))
            return
        registry.register(kind, lambda _: None, "Nothing", quick=quick)
        n, began = 0, time.monotonic()
        while time.monotonic() < began + SECONDS and (some := {"claimed": claimed, "done": worked}[what]()):
            n += some
        counts.put((n, time.monotonic() - began))


def rate(url: str, what: str, workers: int, *, quick: bool) -> float:
    with make_app(url).app_context():
        fill("nothing")
        db.session.remove()
        db.engine.dispose()
    processes = multiprocessing.get_context("spawn")
    counts: multiprocessing.Queue[tuple[int, float]] = processes.Queue()
    running = [processes.Process(target=for_a_while, args=(url, what, "nothing", quick, counts)) for _ in range(workers)]
    for process in running:
        process.start()
    found = [counts.get(timeout=120) for _ in running]
    for process in running:
        process.join()
    with make_app(url).app_context():
        states = dict(db.session.execute(select(Job.state, func.count()).group_by(Job.state)).all())
        reached = states.get(State.RUNNING if what == "claimed" else State.DONE, 0)
        assert reached == sum(n for n, _ in found), "each job had one worker"
        db.session.remove()
        db.engine.dispose()
    return sum(n / took for n, took in found)


def latency(url: str, jobs: str) -> float:
    """The middle of twenty waits from the commit of a wish to the first line of its job, in milliseconds."""
    with make_app(url, JOBS=jobs).app_context():
        empty()
        db.session.commit()
        db.session.remove()
        db.engine.dispose()
    processes = multiprocessing.get_context("spawn")
    began: multiprocessing.Queue[float] = processes.Queue()
    worker = processes.Process(target=waiting, args=(url, jobs, began))
    worker.start()
    waits = []
    with make_app(url).app_context():
        for n in range(21):
            engine.ask("nothing")
            db.session.commit()
            at = time.monotonic()
            waits.append(began.get(timeout=60) - at)
            time.sleep(0.2 + 0.037 * (n % 7))
        db.session.remove()
        db.engine.dispose()
    worker.terminate()
    worker.join()
    return 1_000 * statistics.median(waits[1:])


def waiting(url: str, jobs: str, began: "multiprocessing.Queue[float]") -> None:
    with make_app(url, JOBS=jobs).app_context():
        registry.register("nothing", lambda _: began.put(time.monotonic()), "Nothing")
        schedules._schedules.clear()
        run()


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        (folder / "pg").mkdir(mode=0o755)
        server = Postgres(folder / "pg", fsync=True)
        try:
            for database, url, jobs in (
                ("sqlite", f"sqlite:///{folder}/jobs.db", ""),
                ("postgresql", server.url, ""),
                ("carried", server.url, "procrastinate"),
            ):
                with make_app(url, JOBS=jobs).app_context():
                    bring_up_to_date()
                    db.engine.dispose()
                whats = [(True, "claimed"), (True, "done"), (False, "done")]
                if jobs:
                    whats += [(True, "handed"), (False, "handed")]
                for quick, what in whats:
                    rates = [rate(url, what, workers, quick=quick) for workers in (1, 2)]
                    sys.stdout.write(f"{database:10} {'quick' if quick else 'alone':5} {what:7} {rates[0]:8,.0f} a second; two workers {rates[1]:8,.0f}\n")
                    sys.stdout.flush()
                if database != "sqlite":
                    sys.stdout.write(f"{database:10} a job begins {latency(url, jobs):.0f} ms after it was asked for\n")
        finally:
            server.stop()


if __name__ == "__main__":
    main()
