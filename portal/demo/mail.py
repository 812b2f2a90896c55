"""A post office that delivers nothing: every message becomes a file that one can open, and a page that one can look at."""

import asyncio
import email
import socket
from email.message import EmailMessage
from email.policy import default
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
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


SHOWN = 200
"""Mails of the list."""
HEAD = (
    "<!doctype html><meta charset=utf-8><meta name=viewport content='width=device-width, initial-scale=1'><title>Mail</title>"
)


def show(folder: Path) -> int:
    """Serve the caught mails on a free loopback port, for as long as this process lives; returns the port."""

    class Pages(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            name = self.path.strip("/")
            files = {file.name: file for file in folder.glob("*.eml")}
            if name and name not in files:
                self.send_error(404)
                return
            content = (_one(files[name]) if name else _all(sorted(files.values(), reverse=True)[:SHOWN])).encode()
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(content)))
            # What a mail brings runs nothing and loads nothing.
            self.send_header(
                "Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; sandbox allow-top-navigation"
            )
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            """Nobody reads it."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Pages)
    Thread(target=server.serve_forever, name="mails", daemon=True).start()
    return server.server_port


def _all(files: list[Path]) -> str:
    rows = []
    for file in files:
        mail = _read(file)
        rows.append(f"<li><a href='/{file.name}'>{escape(str(mail['Subject']))}</a> · {escape(str(mail['To']))}</li>")
    return f"{HEAD}<h1>{len(rows)}</h1><ul>{''.join(rows)}</ul>"


def _one(file: Path) -> str:
    """The mail as its reader sees it: the HTML, else the plain text."""
    body = _read(file).get_body(("html", "plain"))
    content = str(body.get_content()) if body else ""
    return content if body and body.get_content_subtype() == "html" else f"{HEAD}<pre>{escape(content)}</pre>"


def _read(file: Path) -> EmailMessage:
    return email.message_from_bytes(file.read_bytes(), policy=default)
