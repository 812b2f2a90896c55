"""Layer (a): in process through WSGI, no socket. CPU as a multiple of the ceiling page, statements, commits, bytes."""

import gzip
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import event, func, select

from portal.db import Model, db
from tests.bench.caller import Caller, Environ, Said
from tests.bench.pages import Case
from tests.plans import whole

ROUNDS, EACH = 10, 5
BIG = 5_000
"""Rows from which a table must not be read whole; below, SQLite rightly finds that quicker than an index."""


@dataclass
class Traffic:
    """What one request sent to the database."""

    sent: list[tuple[str, Any]] = field(default_factory=list)
    commits: int = 0


@dataclass(frozen=True)
class Figures:
    """What one page costs: `ratio` in ceiling pages, `sent` as the proxy compresses it (gzip 1)."""

    ratio: float
    statements: int
    commits: int
    html: int
    sent: int
    scans: list[str]


@contextmanager
def listening(app: Flask) -> Iterator[Traffic]:
    """Statements and commits, without our own BEGIN and PRAGMA."""
    traffic = Traffic()

    def statement(_c: object, _cursor: object, sql: str, parameters: Any, *_: object) -> None:
        if not sql.startswith(("BEGIN", "PRAGMA", "SET ")):
            traffic.sent.append((sql, parameters))

    def commit(_connection: object) -> None:
        traffic.commits += 1

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", statement)
    event.listen(engine, "commit", commit)
    yield traffic
    event.remove(engine, "before_cursor_execute", statement)
    event.remove(engine, "commit", commit)


def measured(case: Case, caller: Caller, ceiling: Caller, server: Callable[[], float] = lambda: 0.0) -> Figures:
    """One page. `server` tells the CPU seconds of a database outside this process."""
    prepare = ready(case, caller)
    for _ in range(3):
        said = caller.send(prepare())
        expect(case, said)
    environ = prepare()
    with listening(caller.app) as traffic:
        said = caller.send(environ)
    unit = lambda: ceiling.asking("/board")  # noqa: E731
    ratios = []
    for _ in range(ROUNDS):
        one, ours = seconds(ceiling, unit), seconds(caller, prepare, server)
        ratios.append(ours / one)
    sent = len(gzip.compress(said.body, 1)) if case.kind != "save" else 0
    return Figures(statistics.median(ratios), len(traffic.sent), traffic.commits, len(said.body), sent, scans(caller.app, traffic))


def ready(case: Case, caller: Caller) -> Callable[[], Environ]:
    """Makes the request of a case; for a save, out of the form as it stands, changed by one more."""
    if case.form is None:
        return lambda: caller.asking(case.path, case.target)
    form, numbers = case.form, iter(range(10**9))

    def filled() -> Environ:
        shown = caller.get(form.page, form.target)
        if shown.status != 200:
            raise RuntimeError(f"{case.page}: {form.page} answered {shown.status}")
        action, fields = form.fill(shown.body.decode(), case.path, next(numbers))
        return caller.asking(action, case.target, fields)

    return filled


def expect(case: Case, said: Said) -> None:
    """A page that refuses is not measured as a fast one."""
    if said.status != (case.answers or (303 if case.form else 200)):
        raise RuntimeError(f"{case.page} for {case.viewer} at {case.path} answered {said.status}")


def seconds(caller: Caller, prepare: Callable[[], Environ], server: Callable[[], float] = lambda: 0.0) -> float:
    """CPU of `EACH` requests; what prepares them is not counted."""
    spent = 0.0
    for _ in range(EACH):
        environ = prepare()
        began, before = time.process_time(), server()
        caller.send(environ)
        spent += time.process_time() - began + server() - before
    return spent


def scans(app: Flask, traffic: Traffic) -> list[str]:
    """What SQLite's plans say of big tables read whole, and of filters built over them."""
    found = []
    with app.app_context(), db.engine.connect() as connection:
        if connection.dialect.name != "sqlite":
            return []
        tables = Model.metadata.tables.values()
        big = {table.name for table in tables if (connection.scalar(select(func.count()).select_from(table)) or 0) >= BIG}
        for sql, parameters in traffic.sent:
            if not sql.lstrip("( ").upper().startswith(("SELECT", "WITH", "UPDATE", "DELETE")):
                continue
            plan = [row.detail for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}", parameters)]
            found += [f"{detail} in {' '.join(sql.split())[:160]}" for detail, reason in whole(sql, plan, big) if reason is None]
    return found


def cpu_of_children(parent: int) -> float:
    """CPU seconds that the processes of a server have used, all threads together."""
    children = Path(f"/proc/{parent}/task/{parent}/children").read_text().split()
    return sum(_ran(int(child)) for child in children) / 1e9


def _ran(process: int) -> int:
    try:
        return sum(int(thread.read_text().split()[0]) for thread in Path(f"/proc/{process}/task").glob("*/schedstat"))
    except (FileNotFoundError, ProcessLookupError):
        return 0  # it ended meanwhile
