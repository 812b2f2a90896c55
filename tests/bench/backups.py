"""A backup of a large company while people work: `python -m tests.bench.backups [50000]`.

Fifty requests a second, every fifth a save, for some seconds alone and then while `flask backup` runs; on SQLite, then after
`flask move-database` on PostgreSQL. What it took, and whether anybody got an error.
"""

import os
import resource
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from urllib.parse import urlencode

from sqlalchemy import select

from portal import clock, once
from portal.application import create_app
from portal.cli import bring_up_to_date
from portal.db import db
from portal.directory.models import Person
from portal.goals.models import Measure, Objective
from portal.periods.models import Period
from tests.bench.caller import signed_in
from tests.bench.companies import KEY, PROJECT, copied
from tests.bench.outside import HOST, serving
from tests.databases import Postgres

RATE, ALONE, CALLERS = 50, 20.0, 16
READS = ("/", "/goals/board", "/goals/mine", "/check-ins")


@dataclass
class Load:
    """So many requests a second, from several at once; what they got and how long it took."""

    port: int
    cookie: str
    measure: int
    stop: threading.Event = field(default_factory=threading.Event)
    took: list[float] = field(default_factory=list)
    said: Counter[str] = field(default_factory=Counter)
    values: list[int] = field(default_factory=list)

    def run(self) -> None:
        turn = threading.Lock()
        state = {"n": 0, "begun": time.monotonic()}

        def ask() -> None:
            while not self.stop.is_set():
                with turn:
                    n, state["n"] = state["n"], state["n"] + 1
                time.sleep(max(0.0, state["begun"] + n / RATE - time.monotonic()))
                began = time.monotonic()
                self.said[self.send(n)] += 1
                self.took.append(time.monotonic() - began)

        asking = [threading.Thread(target=ask) for _ in range(CALLERS)]
        for thread in asking:
            thread.start()
        for thread in asking:
            thread.join()

    def send(self, n: int) -> str:
        headers = {"Cookie": self.cookie, "Host": HOST, "Origin": f"http://{HOST}", "Content-Type": "application/x-www-form-urlencoded"}
        connection = HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            if n % 5:
                connection.request("GET", READS[n % len(READS)], headers=headers)
            else:
                connection.request("POST", f"/goals/measures/{self.measure}/values", urlencode({"once": once.fresh(), "value": n, "confidence": 5}), headers)
            answer = connection.getresponse()
            answer.read()
            return f"{'read' if n % 5 else 'save'} {answer.status}"
        except (OSError, HTTPException) as problem:
            return type(problem).__name__
        finally:
            connection.close()

    def told(self) -> str:
        parts = statistics.quantiles(self.took, n=100)
        return f"{len(self.took)} requests, p50 {parts[49] * 1000:.0f} ms, p99 {parts[98] * 1000:.0f} ms, most {max(self.took) * 1000:.0f} ms; {dict(self.said)}"


def flask(environment: dict[str, str], *words: str) -> tuple[float, int, str]:
    """Seconds, peak memory in MB, what it said."""
    began = time.monotonic()
    done = subprocess.run([sys.executable, "-m", "flask", "--app", "commands", *words], cwd=PROJECT, env={**os.environ, **environment}, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(done.stdout + done.stderr)
    return time.monotonic() - began, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024, done.stdout


def measured(name: str, url: str, folder: Path) -> None:
    environment = {"SECRET_KEY": KEY, "DATA_DIR": str(folder), "DATABASE_URL": url, "ORIGINS": f"http://{HOST}"}
    app = create_app({"SECRET_KEY": KEY, "SQLALCHEMY_DATABASE_URI": url, "DATA_DIR": str(folder)})
    with app.app_context():
        who = db.session.scalar(select(Person.id).where(Person.login == "zhou.xiaolan"))
        today = clock.today()
        mine = select(Measure.id).join(Objective).join(Period, Period.id == Objective.period_id)
        measure = db.session.scalar(mine.where(Objective.person_id == who, Period.begins <= today, Period.ends >= today).order_by(Measure.id.desc()).limit(1))
        db.session.remove()
    caller = signed_in(app, who)
    with app.app_context():
        db.engine.dispose()
    with serving(folder, name, **environment) as server:
        for what in ("alone", "with a backup"):
            load = Load(server.port, caller.cookies, measure)
            working = threading.Thread(target=load.run)
            working.start()
            if what == "alone":
                time.sleep(ALONE)
            else:
                time.sleep(3)
                seconds, memory, said = flask(environment, "backup")
                sys.stdout.write(f"{name}: backup in {seconds:.0f} s: {said.splitlines()[0]}\n")
            load.stop.set()
            working.join()
            sys.stdout.write(f"{name}, {what}: {load.told()}\n")
            sys.stdout.flush()


def main(people: int) -> None:
    with tempfile.TemporaryDirectory(prefix="portal-bench-") as name, tempfile.TemporaryDirectory(prefix="portal-pg-") as server:
        folder = Path(name)
        url = copied(people, folder)
        app = create_app({"SECRET_KEY": KEY, "SQLALCHEMY_DATABASE_URI": url, "DATA_DIR": name})
        with app.app_context():
            bring_up_to_date()
            db.engine.dispose()
        sys.stdout.write(f"{people} people, {Path(url.removeprefix('sqlite:///')).stat().st_size // 1_000_000} MB of SQLite\n")
        measured("sqlite", url, folder)
        Path(server).chmod(0o755)
        postgres = Postgres(Path(server), fsync=True)
        try:
            target = postgres.fresh("portal")
            environment = {"SECRET_KEY": KEY, "DATA_DIR": name, "DATABASE_URL": url}
            seconds, memory, said = flask(environment, "move-database", target)
            sys.stdout.write(f"moved in {seconds:.0f} s, at most {memory} MB of memory in any command: {said.splitlines()[-2].strip()}\n")
            measured("postgresql", target, folder)
        finally:
            postgres.stop()


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 50_000)
