"""A mail server that keeps what it gets, and a company whose people can be written to."""

import asyncio
import email
import socket
from datetime import datetime, time, timedelta
from email.message import EmailMessage
from email.policy import default
from threading import Thread

import pytest
from aiosmtpd.smtp import SMTP
from sqlalchemy import select, update

from portal import clock
from portal.db import db
from portal.directory.models import Person
from portal.jobs import engine
from portal.jobs.models import Job, State
from portal.notifications.models import Message, WorkDay

PUBLIC = "https://portal.company.example/portal"


class Sink:
    """`says` answers RCPT or DATA with another line; `breaks` closes the line after the mail was taken; `slow` never answers."""

    def __init__(self) -> None:
        self.got: list[EmailMessage] = []
        self.says: dict[str, str] = {}
        self.breaks = self.slow = False
        self.listening = socket.create_server(("127.0.0.1", 0))
        self.port = self.listening.getsockname()[1]
        self.loop = asyncio.new_event_loop()
        self.thread = Thread(target=self._serve, daemon=True)
        self.thread.start()

    def _serve(self) -> None:
        asyncio.set_event_loop(self.loop)
        make = self.loop.create_server(lambda: SMTP(self, hostname="localhost", loop=self.loop), sock=self.listening)
        server = self.loop.run_until_complete(make)
        self.loop.run_forever()
        server.close()
        for task in asyncio.all_tasks(self.loop):
            task.cancel()
        self.loop.run_until_complete(asyncio.sleep(0.05))
        self.loop.close()

    def end(self) -> None:
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join(5)

    async def handle_RCPT(self, _server, _session, envelope, address, _options):  # noqa: N802
        if self.slow:
            await asyncio.sleep(3)
        if "RCPT" in self.says:
            return self.says["RCPT"]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, _session, envelope):  # noqa: N802
        if "DATA" in self.says:
            return self.says["DATA"]
        self.got.append(email.message_from_bytes(envelope.content, policy=default))
        if self.breaks:
            server.transport.abort()
        return "250 OK"

    def to(self, name: str) -> list[EmailMessage]:
        return [one for one in self.got if one["To"].addresses[0].addr_spec == f"{name}@company.example"]


@pytest.fixture
def sink(app):
    made = Sink()
    known = {"MAIL_HOST": "127.0.0.1", "MAIL_PORT": made.port, "MAIL_TLS": "none", "MAIL_FROM": "portal@company.example", "PUBLIC_URL": PUBLIC}
    before = {name: app.config[name] for name in known}
    app.config.update(known)
    yield made
    app.config.update(before)
    made.end()


@pytest.fixture
def staff(company):
    """Everybody has an address, and every day around today is worked."""
    for person in db.session.scalars(select(Person)):
        person.mail = f"{person.login}@company.example"
    db.session.add_all(WorkDay(day=clock.today() + timedelta(n), works=True) for n in range(-5, 40))
    db.session.commit()
    return company


def at(days: int = 0, hour: int = 9, minute: int = 0) -> datetime:
    return datetime.combine(clock.today() + timedelta(days), time(hour, minute), clock.zone())


def work(*kinds: str, moment: datetime | None = None) -> None:
    """Ask for these jobs and work whatever is due, at a moment; every one of them must come to its end."""
    with clock.at(moment or at()):
        for kind in kinds:
            engine.ask(kind)
            db.session.commit()
            while engine.work_one():
                pass
    db.session.expire_all()
    bad = db.session.execute(select(Job.kind, Job.why).where(Job.state != State.DONE)).all()
    db.session.rollback()
    assert bad == []


def forget_waiting_time() -> None:
    db.session.execute(update(Message).values(run_at=at(-1)))
    db.session.commit()
