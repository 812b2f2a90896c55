"""A post office that delivers nothing: every message becomes a file that one can open."""

import asyncio
import socket
from itertools import count
from pathlib import Path
from threading import Thread

from aiosmtpd.smtp import SMTP, Envelope, Session

from portal import clock


class Keep:
    """Writes each message to `<time>-<n>.eml`, complete or not at all."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.numbers = folder, count(1)
        folder.mkdir(parents=True, exist_ok=True)

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's name
        name = f"{clock.now():%Y%m%dT%H%M%S.%f}-{next(self.numbers)}.eml"
        part = self.folder / f"{name}.part"
        part.write_bytes(envelope.original_content or b"")
        part.rename(self.folder / name)
        return "250 kept"


def catch(folder: Path) -> int:
    """Listen on a free loopback port for as long as this process lives; returns the port."""
    listening = socket.create_server(("127.0.0.1", 0))
    Thread(target=lambda: asyncio.run(_serve(listening, Keep(folder))), name="mail", daemon=True).start()
    return int(listening.getsockname()[1])


async def _serve(listening: socket.socket, keep: Keep) -> None:
    server = await asyncio.get_running_loop().create_server(lambda: SMTP(keep, hostname="localhost"), sock=listening)
    await server.serve_forever()
