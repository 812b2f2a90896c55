"""The programs that are the portal, how they begin together, and how whoever started them is told."""

import signal
import socket
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

from portal import config
from portal.running.children import Children, Failed
from portal.running.place import Place, Trouble, answers

PROJECT = Path(__file__).parent.parent.parent
FLASK = (sys.executable, "-m", "flask", "--app", "commands")
GUNICORN = (sys.executable, "-m", "gunicorn", "-c", str(PROJECT / "deploy" / "gunicorn.conf.py"), "--log-level", "warning")
ENDINGS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
PATIENCE = 60.0
"""Seconds that the web server may take on a slow machine."""


def say(text: str) -> None:
    """To whoever typed the command."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def ended(work: Callable[[], None]) -> int:
    """Do `work` until it ends or we are asked to; 0, or 1 with one sentence when something is wrong."""
    for number in ENDINGS:  # Ctrl-C too: a program started in the background would ignore it
        signal.signal(number, _interrupt)
    try:
        work()
    except (Trouble, Failed, config.Wrong) as trouble:
        say(f"portal: {trouble}")
        return 1
    except OSError as problem:  # a full disk, a folder of somebody else's
        say(f"portal: {problem.filename or 'the system'}: {problem.strerror}.")
        return 1
    except KeyboardInterrupt:
        say("\nStopped.")
    return 0


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


@contextmanager
def stopped_after(children: Children, listening: socket.socket) -> Iterator[None]:
    """Whatever happens inside: no program stays. A second Ctrl-C must not leave half of it running."""
    try:
        yield
    finally:
        for number in ENDINGS:
            signal.signal(number, signal.SIG_IGN)
        children.stop()
        listening.close()


def begin(children: Children, place: Place, listening: socket.socket) -> None:
    """Web server, then worker: whoever waits for a page does not wait for both. Raises Failed, or Trouble."""
    children.env["WEB_BIND"] = f"fd://{listening.fileno()}"
    children.start("web", GUNICORN, keep=[listening.fileno()])
    until = time.monotonic() + PATIENCE
    while not answers(place):
        children.check()
        if time.monotonic() > until:
            raise Trouble(f"the web server did not answer within {PATIENCE:.0f} s: see {children.logs / 'web.log'}.")
        time.sleep(0.05)
    children.start("worker", [*FLASK, "work"])


def watch(children: Children) -> None:
    """Wait until a part ends, which raises Failed, or until we are interrupted."""
    while True:
        children.check()
        time.sleep(0.5)
