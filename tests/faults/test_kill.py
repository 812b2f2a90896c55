"""kill -9 of the web server and the worker while people save: what was acknowledged is there, and once."""

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from decimal import Decimal
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from urllib.parse import urlencode

import pytest
from flask import Flask
from sqlalchemy import delete, func, select

from portal import once
from portal.db import db
from portal.goals.models import Measure, MeasureValue
from portal.journal import chain
from portal.journal.models import Entry
from portal.once import Once
from portal.settings import Setting
from tests.build import an_objective
from tests.company import found
from tests.conftest import DATABASES, make_app
from tests.databases import fresh_url
from tests.tables import bring_tables
from tests.visitor import Visitor

PROJECT = Path(__file__).parent.parent.parent
SAVES, PEOPLE, KILLS = 200, 4, 4
PATIENCE = 120.0


@dataclass
class Servers:
    """gunicorn and `flask work` of one database, which die and come back."""

    app: Flask
    env: dict[str, str]
    listening: socket.socket
    logs: Path
    running: list[subprocess.Popen[bytes]] = field(default_factory=list)

    @property
    def port(self) -> int:
        return int(self.listening.getsockname()[1])

    def start(self, commands: str = "commands") -> None:
        gunicorn = [sys.executable, "-m", "gunicorn", "-c", str(PROJECT / "deploy/gunicorn.conf.py")]
        work = [sys.executable, "-m", "flask", "--app", commands, "work"]
        with (self.logs / "servers.log").open("ab") as log:
            self.running = [
                subprocess.Popen(
                    command, cwd=PROJECT, env=self.env, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                    start_new_session=True, pass_fds=[self.listening.fileno()],
                )
                for command in (gunicorn, work)
            ]  # fmt: skip

    def kill(self) -> None:
        """Everything at once, in the middle of whatever it does."""
        for process in self.running:
            os.killpg(process.pid, signal.SIGKILL)
        for process in self.running:
            process.wait()
        self.running = []


@pytest.fixture(params=DATABASES)
def servers(request, tmp_path):
    url = fresh_url(request, request.param, tmp_path)
    app = make_app(url)
    with app.app_context():
        bring_tables()
        db.session.execute(delete(Setting).where(Setting.name == "open"))  # its first run is over
        db.session.commit()
        listening = socket.create_server(("127.0.0.1", 0), backlog=64)
        ours = {
            "DATA_DIR": str(tmp_path), "DATABASE_URL": url, "SECRET_KEY": app.secret_key, "WEB_BIND": f"fd://{listening.fileno()}",
            "ORIGINS": f"http://127.0.0.1:{listening.getsockname()[1]}", "LANGUAGE": "en",
        }  # fmt: skip
        servers = Servers(app, {**os.environ, **ours}, listening, tmp_path)
        yield servers
        servers.kill()
        listening.close()
        db.session.remove()
        db.engine.dispose()


class Person(threading.Thread):
    """Somebody who saves one value after the other, and sends again what got no answer, as the page would."""

    def __init__(self, port: int, cookie: str, address: str, values: range) -> None:
        super().__init__()
        self.port, self.address, self.values = port, address, values
        self.headers = {"Cookie": f"portal={cookie}", "Origin": f"http://127.0.0.1:{port}", "Content-Type": "application/x-www-form-urlencoded"}
        self.acknowledged: list[int] = []
        self.repeated = 0
        self.refused: list[int] = []
        self.trouble = ""

    def run(self) -> None:
        for value in self.values:
            body = urlencode({"once": once.fresh(), "value": value, "confidence": 5})
            until = time.monotonic() + PATIENCE
            while not self.saved(body):
                self.repeated += 1
                if self.trouble or time.monotonic() > until:
                    self.trouble = self.trouble or f"no answer for {value} in {PATIENCE:.0f} s"
                    return
                time.sleep(0.05)
            self.acknowledged.append(value)

    def saved(self, body: str) -> bool:
        connection = HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            connection.request("POST", self.address, body, self.headers)
            answer = connection.getresponse()
            text = answer.read()
            self.refused += [answer.status] if answer.status != 303 else []
            if answer.status not in (303, 500, 502, 503):
                self.trouble = f"{answer.status}: {text[-500:]!r}"
            return answer.status == 303
        except (OSError, HTTPException):
            return False
        finally:
            connection.close()


def test_nothing_acknowledged_is_lost_and_nothing_is_doubled(servers):
    app, company = servers.app, found()
    measures = []
    for _ in range(PEOPLE):
        goal = an_objective(company.period, person_id=company.li)
        measures.append(goal.measures[0].id)
    db.session.commit()
    share = SAVES // PEOPLE
    people = [
        Person(
            servers.port,
            Visitor(app, company.li).client.get_cookie("portal").value,
            f"/goals/measures/{measure}/values",
            range(n * share + 1, (n + 1) * share + 1),
        )
        for n, measure in enumerate(measures)
    ]
    db.session.remove()
    servers.start()
    for person in people:
        person.start()
    for kill in range(1, KILLS + 1):
        until = time.monotonic() + PATIENCE
        while sum(len(p.acknowledged) for p in people) < kill * SAVES // (KILLS + 1) and time.monotonic() < until:
            time.sleep(0.005)
        servers.kill()
        servers.start()
    for person in people:
        person.join()
    assert [person.trouble for person in people] == [""] * PEOPLE
    acknowledged = [value for person in people for value in person.acknowledged]
    db.session.rollback()
    stored = Counter(db.session.scalars(select(MeasureValue.value)))
    assert sorted(acknowledged) == list(range(1, SAVES + 1))
    assert stored == Counter(map(Decimal, acknowledged))
    assert db.session.scalar(select(func.count()).select_from(Once)) == SAVES
    assert len(db.session.scalars(select(Entry.n).where(Entry.kind == "objective.valued")).all()) == SAVES
    assert chain.check() == []
    last = {measure: (n + 1) * share for n, measure in enumerate(measures)}
    assert {m.id: m.current for m in db.session.scalars(select(Measure)) if m.id in last} == last
    assert sum(person.repeated for person in people) > 0, "nobody was interrupted: this test tests nothing"
