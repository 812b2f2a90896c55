"""Layer (b): over HTTP, 8 connections, short windows; the portal and the ceiling's server take turns."""

import asyncio
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from portal.demo.slapd import free_port
from tests.bench.caller import HOST, Caller
from tests.bench.companies import CACHE, KEY, PROJECT
from tests.bench.inside import cpu_of_children
from tests.bench.pages import Case

CONNECTIONS, WARM_UP, WINDOW, ROUNDS = 8, 0.4, 1.2, 3


@dataclass
class Window:
    """What a window, or several, brought: seconds of each answer, wrong answers, seconds in all, CPU seconds."""

    took: list[float] = field(default_factory=list)
    errors: int = 0
    length: float = 0.0
    cpu: float = 0.0

    @property
    def rate(self) -> float:
        return len(self.took) / self.length

    @property
    def cost(self) -> float:
        """CPU ms a request."""
        return self.cpu / max(len(self.took), 1) * 1000

    def slow(self, share: int) -> float:
        """The percentile, in ms."""
        return statistics.quantiles(self.took, n=100)[share - 1] * 1000 if len(self.took) > 1 else 0.0


@dataclass(frozen=True)
class Server:
    """A gunicorn on a free port."""

    process: int
    port: int

    def window(self, request: bytes, seconds: float = WINDOW) -> Window:
        window, before = Window(), cpu_of_children(self.process)
        began = time.perf_counter()
        asyncio.run(_all(self.port, request, window, seconds))
        window.length, window.cpu = time.perf_counter() - began, cpu_of_children(self.process) - before
        return window


@contextmanager
def serving(folder: Path, name: str, *what: str, **environment: str) -> Iterator[Server]:
    """gunicorn as it is deployed, until the end of the block; raises RuntimeError with what it said."""
    port = free_port()
    known = {**os.environ, "WEB_BIND": f"127.0.0.1:{port}", "SECRET_KEY": KEY, "DATA_DIR": str(CACHE), **environment}
    with (folder / f"{name}.log").open("w") as log:
        command = [sys.executable, "-m", "gunicorn", "-c", "deploy/gunicorn.conf.py", "--max-requests", "0", *what]
        process = subprocess.Popen(command, cwd=PROJECT, env=known, stdout=log, stderr=log, stdin=subprocess.DEVNULL)
    try:
        asyncio.run(_until_open(port, process))
        yield Server(process.pid, port)
    except ConnectionError as error:
        raise RuntimeError((folder / f"{name}.log").read_text()[-2000:]) from error
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def compared(case: Case, caller: Caller, ours: Server, ceiling: Server, cookie: str) -> tuple[Window, Window]:
    """All windows of a page, and those of the ceiling between them."""
    mine, unit = Window(), Window()
    page, board = _request(case.path, caller.cookies, case.target), _request("/board", cookie)
    for server, request in ((ours, page), (ceiling, board)):
        server.window(request, WARM_UP)  # every worker has seen it once
    for _ in range(ROUNDS):
        for server, request, whole in ((ceiling, board, unit), (ours, page, mine)):
            window = server.window(request)
            whole.took += window.took
            whole.errors, whole.length, whole.cpu = whole.errors + window.errors, whole.length + window.length, whole.cpu + window.cpu
    return mine, unit


def _request(path: str, cookies: str, target: str = "") -> bytes:
    htmx = f"HX-Request: true\r\nHX-Target: {target}\r\n" if target else ""
    return f"GET {path} HTTP/1.1\r\nHost: {HOST}\r\nCookie: {cookies}\r\nAccept-Language: zh-CN\r\n{htmx}\r\n".encode()


async def _all(port: int, request: bytes, window: Window, seconds: float) -> None:
    until = time.perf_counter() + seconds
    await asyncio.gather(*(_one(port, request, window, until) for _ in range(CONNECTIONS)))


async def _one(port: int, request: bytes, window: Window, until: float) -> None:
    """One connection: ask, read whole, ask again; opened anew when the server closes it."""
    reader = writer = None
    while (began := time.perf_counter()) < until:
        if writer is None:
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(request)
        head = (await reader.readuntil(b"\r\n\r\n")).lower()
        length = int(head.partition(b"content-length:")[2].partition(b"\r\n")[0])
        await reader.readexactly(length)
        window.took.append(time.perf_counter() - began)
        window.errors += b" 200 " not in head[:16]
        if b"connection: close" in head:
            writer.close()
            writer = None
    if writer:
        writer.close()


async def _until_open(port: int, process: subprocess.Popen[bytes]) -> None:
    for _ in range(300):
        if process.poll() is not None:
            break
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", port)
        except OSError:
            await asyncio.sleep(0.1)
        else:
            writer.close()
            return
    raise ConnectionError("it did not start")
