"""`python -m tests.bench.digest [PEOPLE]`: the digest of a morning on PostgreSQL into a mail server on this machine.

Two workers; one is killed (-9) in the middle and started again: the figures include that, and nobody may get two. The mails
tell whatever waits in the demo's generated company that day.
"""

import asyncio
import contextlib
import email
import multiprocessing
import os
import resource
import signal
import socket
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from aiosmtpd.smtp import SMTP
from sqlalchemy import func, insert, select, update

from portal import clock
from portal.application import create_app
from portal.db import db
from portal.directory.models import Person, Status
from portal.jobs import engine
from portal.jobs.models import OPEN, Job
from portal.notifications.models import Message, Notice, State, WorkDay
from portal.settings import Setting
from tests.bench.companies import CACHE, KEY, filled
from tests.databases import Postgres

LEASE = 30
WORKERS = 2


def settings(url: str, port: int) -> dict[str, object]:
    mail = {"MAIL_HOST": "127.0.0.1", "MAIL_PORT": port, "MAIL_TLS": "none", "MAIL_FROM": "portal@demo.invalid"}
    return {
        "SECRET_KEY": KEY,
        "SQLALCHEMY_DATABASE_URI": url,
        "DATA_DIR": str(CACHE),
        "PUBLIC_URL": "https://portal.invalid",
        "JOB_LEASE": LEASE,
        **mail,
    }


class Sink:
    """Notes to whom, and under which Message-ID; one line a mail."""

    def __init__(self, file: Path) -> None:
        self.file = file.open("a")

    async def handle_DATA(self, _server, _session, envelope):  # noqa: N802
        head = email.message_from_bytes(envelope.content.split(b"\r\n\r\n")[0])
        self.file.write(f"{envelope.rcpt_tos[0]} {head['Message-ID']}\n")
        self.file.flush()
        return "250 kept"


def sink(listening: socket.socket, file: Path) -> None:
    async def serve() -> None:
        taken = Sink(file)
        server = await asyncio.get_running_loop().create_server(lambda: SMTP(taken, hostname="localhost"), sock=listening)
        await server.serve_forever()

    asyncio.run(serve())


def worker(url: str, port: int, told: "multiprocessing.Queue[int]") -> None:
    """Works until nothing is left, and wants mails sent as the clock does; says how much memory it had."""
    with create_app(settings(url, port)).app_context():
        while True:
            if _waits():
                engine.ask("mail", key="mail")
                db.session.commit()
            if not engine.work_one() and not _waits() and not _runs():
                break
            time.sleep(0.05)
    told.put(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)


def _waits() -> bool:
    waits = db.session.scalar(select(Message.id).where(Message.state == State.WAITING).limit(1))
    db.session.rollback()
    return waits is not None


def _runs() -> bool:
    """Somebody has it, or was killed with it: the lease runs out."""
    runs = db.session.scalar(select(func.count()).where(Job.state.in_(OPEN), Job.kind.in_(("digest", "mail"))))
    db.session.rollback()
    return bool(runs)


def main() -> None:
    people = int(sys.argv[1]) if len(sys.argv) > 1 else 5_000
    with tempfile.TemporaryDirectory() as name, contextlib.ExitStack() as after:
        folder = Path(name)
        folder.chmod(0o755)
        (folder / "pg").mkdir(mode=0o755)
        server = Postgres(folder / "pg", fsync=True)
        after.callback(server.stop)
        app = filled(server.url, people)
        with app.app_context():
            reached = Person.status == Status.ACTIVE
            db.session.execute(
                update(Person)
                .where(reached)
                .values(mail=func.concat("p", Person.id, "@demo.invalid"), directory_key=func.concat("k", Person.id))
            )
            db.session.execute(insert(WorkDay).values(day=clock.today(), works=True, name=""))
            # Whatever the hour at which somebody measures.
            db.session.add_all(
                Setting(name=name, value=value, at=clock.now()) for name, value in (("quiet_from", 24), ("quiet_until", 0))
            )
            engine.ask("digest", key="digest")
            db.session.commit()
            db.session.remove()
            db.engine.dispose()
        _measure(server.url, folder, after, people)


def _measure(url: str, folder: Path, after: contextlib.ExitStack, people: int) -> None:
    processes = multiprocessing.get_context("spawn")
    listening = socket.create_server(("127.0.0.1", 0))
    catcher = processes.Process(target=sink, args=(listening, folder / "got"), daemon=True)
    catcher.start()
    after.callback(catcher.kill)
    told: multiprocessing.Queue[int] = processes.Queue()
    port = int(listening.getsockname()[1])
    began, killed = time.monotonic(), 0
    workers = [processes.Process(target=worker, args=(url, port, told)) for _ in range(WORKERS)]
    for one in workers:
        one.start()
    while workers[0].is_alive() and not (killed := _taken(folder)) > people // 20:
        time.sleep(0.1)
    os.kill(workers[0].pid or 0, signal.SIGKILL)
    workers[0] = processes.Process(target=worker, args=(url, port, told))
    workers[0].start()
    memory = [told.get(timeout=3_600) for _ in workers]
    for one in workers:
        one.join()
    took = time.monotonic() - began
    got = Counter(line.split()[0] for line in (folder / "got").read_text().splitlines())
    with create_app(settings(url, port)).app_context():
        states = dict(db.session.execute(select(Message.state, func.count()).group_by(Message.state)).all())
        steps = db.session.scalar(select(func.count()).select_from(Notice))
        jobs = db.session.execute(
            select(Job.key, Job.began_at, Job.ended_at).where(Job.kind.in_(("digest", "mail"))).order_by(Job.id)
        ).all()
        db.session.remove()
        db.engine.dispose()
    assert max(got.values()) == 1, "nobody gets two"
    sys.stdout.write(
        f"{people} people, {sum(got.values())} mails of {steps} steps in {took:.0f} s (killed once, after {killed} mails)\n"
    )
    sys.stdout.write(f"{ {str(state): n for state, n in states.items()} }; nobody got two\n")
    for key, begun, ended in jobs:
        sys.stdout.write(f"  {key}: {(ended - begun).total_seconds():.0f} s since it was begun last\n")
    sys.stdout.write(f"  memory at most: {', '.join(f'{one} MB' for one in memory)}\n")


def _taken(folder: Path) -> int:
    file = folder / "got"
    return len(file.read_text().splitlines()) if file.exists() else 0


if __name__ == "__main__":
    main()
