"""`make run`: the whole portal on this machine, and nothing of it left when it ends (`python -m portal.demo.run`)."""

import argparse
import fcntl
import os
import shutil
import signal
import sqlite3
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from pathlib import Path
from threading import Thread

from portal import clock, config
from portal.demo import mail
from portal.demo.company import COMPANY, NAMED, PASSWORD, company
from portal.demo.ldif import HR_ADMINS, SERVICE_PASSWORD, SYSTEM_ADMINS, ldif
from portal.demo.slapd import Slapd, missing
from portal.running.children import Children
from portal.running.place import Place, Trouble, asked, bind
from portal.running.programs import ENDINGS, FLASK, PROJECT, begin, ended, say, stopped_after, watch

MADE = "made"
"""The file that says that the first start came to its end."""
HEAD = PROJECT / "migrations" / ".current-head"
KEPT = ("lock",)


def main() -> int:
    """Start, say where, wait, stop; 0 when asked to stop, 1 with one sentence when something is wrong."""
    options = argparse.ArgumentParser(prog="make run", description=__doc__)
    options.add_argument("--reset", action="store_true", help="forget the demo's data, and stop")
    only_reset = options.parse_args().reset
    folder = Path(os.environ.get("DEMO") or PROJECT / ".demo").absolute()
    return ended(lambda: run(folder, only_reset=only_reset))


def run(folder: Path, *, only_reset: bool) -> None:
    """Serve the demo of a folder, or forget it."""
    if _is_make(os.getppid()):  # from here on we listen: told before, we would not hear it
        Thread(target=follow, args=(os.getppid(),), name="follow", daemon=True).start()
    with alone(folder):
        if only_reset:
            empty(folder)
            say("The demo is empty: the next `make run` begins anew.")
        else:
            serve(folder, asked(os.environ))


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """One demo in one folder at a time."""
    try:
        folder.mkdir(exist_ok=True, parents=True)
        if not (folder / "lock").exists() and any(folder.iterdir()):  # it would be emptied
            raise Trouble(f"{folder} holds something that is no demo: say an empty folder, `DEMO=/folder make run`.")
        lock = (folder / "lock").open("w")
    except OSError as problem:
        raise Trouble(
            f"{folder} cannot be used ({problem.strerror}): say where the data may lie, `DEMO=/folder make run`."
        ) from None
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Trouble(f"the demo in {folder} is running already: stop that one first.") from None
        yield


def empty(folder: Path) -> None:
    """Forget everything but the lock that is held."""
    for path in folder.iterdir():
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        elif path.name not in KEPT:
            path.unlink()


def serve(folder: Path, place: Place) -> None:
    """Everything, until a signal comes or a part of it ends."""
    if absent := missing():
        raise Trouble(f"these programs are missing: {', '.join(absent)}. As root, `deploy/setup.sh run` installs them.")
    listening = bind(place)
    place = Place(place.host, int(listening.getsockname()[1]))
    is_new = not ((folder / MADE).exists() and (folder / "portal.db").exists())
    if is_new:  # perhaps what an interrupted first start has left
        empty(folder)
        say(f"Preparing {COMPANY}: the first start takes a minute, later ones a few seconds.")
    (folder / "log").mkdir(exist_ok=True)
    slapd = Slapd(folder / "directory")
    children = Children(folder / "log", PROJECT, settings(folder, place, slapd))
    with ExitStack() as after, stopped_after(children, listening):
        after.callback(slapd.stop)
        _fill(folder, is_new, slapd, children)
        begin(children, place, listening)
        say(welcome(folder, place, mail.show(folder / "mail")))
        watch(children)


def settings(folder: Path, place: Place, slapd: Slapd) -> dict[str, str]:
    """The environment of the portal's programs; of the caller's own only what every program needs."""
    kept = {
        name: os.environ[name]
        for name in ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "COVERAGE_PROCESS_START")
        if name in os.environ
    }
    ours = {
        "DATA_DIR": str(folder),
        "LANGUAGE": os.environ.get("PORTAL_LANGUAGE") or "zh",  # LANGUAGE itself is the system's
        "LDAP_GROUP_HR_ADMIN": HR_ADMINS,
        "LDAP_GROUP_SYSTEM": SYSTEM_ADMINS,
        # Another address leads here where a host forwards a port: nobody but the caller knows it.
        "ORIGINS": ",".join([*place.origins, *filter(None, [os.environ.get("ORIGINS")])]),
        "PUBLIC_URL": place.public,
        "PYTHONUNBUFFERED": "1",
    }
    return {**kept, **ours, **slapd.settings(SERVICE_PASSWORD)}


def _fill(folder: Path, is_new: bool, slapd: Slapd, children: Children) -> None:
    try:
        slapd.start()
        if slapd.is_empty:
            slapd.load(ldif(company(clock.today())))
    except RuntimeError as problem:
        raise Trouble(f"the directory does not start. {problem}") from None
    children.env |= {"MAIL_HOST": "127.0.0.1", "MAIL_PORT": str(mail.catch(folder / "mail")), "MAIL_TLS": "none"}
    children.env["MAIL_FROM"] = "portal@demo.invalid"
    config.make_key(folder / "secret.key")
    config.read(children.env)  # a wrong setting is told here, once, not by each program
    if not _is_current(folder / "portal.db"):
        children.run("upgrade", [*FLASK, "upgrade"])
    if is_new:
        say("  the directory, a year of goals, check-ins and reviews ...")
        children.run("sync", [*FLASK, "sync"])
        children.run("demo", [*FLASK, "demo"])
        (folder / MADE).touch()


def _is_current(database: Path) -> bool:
    """Whether its tables are this version's: `flask upgrade` would find out too, but takes a second."""
    if not database.exists():
        return False
    with closing(sqlite3.connect(database)) as connection:
        try:
            found = connection.execute("SELECT version_num FROM alembic_version").fetchall()
        except sqlite3.DatabaseError:
            return False
    return found == [(HEAD.read_text().strip(),)]


def follow(make: int) -> None:
    """Interrupt ourselves when make has been. It drops its handler of the signal it was sent, and then waits for us: when
    only make was told (`kill -INT`, a terminal that closes on it), or we were not yet listening, this is the one sign."""
    while not _has_dropped_a_handler(make):
        time.sleep(0.5)
    os.kill(os.getpid(), signal.SIGINT)


def _has_dropped_a_handler(pid: int) -> bool:
    """Whether one of our signals would end it: a living make catches each, or was started to ignore it."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return True
    dealt_with = [int(line.split()[1], 16) for line in lines if line.startswith(("SigIgn:", "SigCgt:"))]
    return any(not any(mask >> (number - 1) & 1 for mask in dealt_with) for number in ENDINGS)


def _is_make(pid: int) -> bool:
    with suppress(OSError):
        return Path(f"/proc/{pid}/comm").read_text().strip() in ("make", "gmake")
    return False


def welcome(folder: Path, place: Place, mails: int) -> str:
    """Where it is, and who one can be."""
    first, *others = place.origins
    people = "\n".join(f"    {login:<14} {name}" for login, name in NAMED.items())
    return (
        f"\n{COMPANY} is open at {first}\n"
        + (f"  also at {', '.join(others)}\n" if len(others) > 1 else "")
        + f"  accounts, all with the password {PASSWORD}:\n{people}\n"
        f"  mail is read at http://127.0.0.1:{mails}/ and lies in {folder / 'mail'}, logs in {folder / 'log'}\n"
        "  Ctrl-C stops it; `make reset` begins anew.\n"
    )


if __name__ == "__main__":
    sys.exit(main())
