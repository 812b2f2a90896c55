"""How long a sync takes against the bare paged search of the same people, in the same process.

`python -m tests.sync.measuring 50000` prints the table; SQLite, or what `--database` names.
"""

import argparse
import shutil
import sys
import tempfile
import time
import warnings
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import func, select

from portal.application import create_app
from portal.cli import bring_up_to_date
from portal.db import db
from portal.demo.slapd import Slapd
from portal.directory.ldap import Directory, Settings
from portal.directory.models import Assignment, Person, ReportingLine
from portal.sync.models import State
from portal.sync.operations import Wish, run
from tests.slapd import BASE, PEOPLE, SERVICE, head, person

SURNAMES, GIVEN = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗", "伟芳娜敏静秀英丽强磊军洋勇艳杰涛明超霞平刚桂兰玉萍红梅建华志国文斌"
UNITS = 400  # at 50,000 people: 125 each


@dataclass(frozen=True)
class Measured:
    """Seconds of wall time and of CPU: the bare search (median of three), the first run, a run without and one with changes."""

    people: int
    bare: tuple[float, float]
    first: tuple[float, float]
    again: tuple[float, float]
    changed: tuple[float, float]

    def ratios(self) -> dict[str, tuple[float, float]]:
        """Each run over the bare search: wall time, CPU."""
        runs = {"first": self.first, "again": self.again, "changed": self.changed}
        return {name: (took[0] / self.bare[0], took[1] / self.bare[1]) for name, took in runs.items()}


def ldif(people: int) -> str:
    """Seven below each manager, a department for every eighty people or so, names of three characters."""
    entries = [head()]
    for n in range(people):
        name = SURNAMES[n % 20] + GIVEN[n // 20 % 31] + GIVEN[n // 620 % 31]
        known = {"employeeNumber": f"E{n:06}", "departmentNumber": f"部门 {n // 125 % UNITS}", "title": "工程师" if n % 7 else "主管", "mobile": f"138{n:08}"}
        entries.append(person(f"u{n:06}", name, f"u{(n - 1) // 7:06}" if n else "", **known))
    return "".join(entries)


def measure(folder: Path, people: int, database: str = "") -> Measured:
    server = Slapd(folder / "slapd", BASE, fast=True)
    server.load_bulk(ldif(people))
    server.start()
    try:
        directory = Directory(Settings.from_config(server.settings(SERVICE)))
        app = create_app({"TESTING": True, "SECRET_KEY": "for measuring only, nobody signs in", "SQLALCHEMY_DATABASE_URI": database or f"sqlite:///{folder}/portal.db"})
        with app.app_context():
            bring_up_to_date()
            bare = sorted(_timed(lambda: _search(directory)) for _ in range(3))[1]
            first = _timed(lambda: _run(directory))
            assert db.session.scalar(select(func.count()).select_from(Person)) == people
            assert db.session.scalar(select(func.count()).select_from(ReportingLine)) > people
            again = _timed(lambda: _run(directory))
            _move(server, people)
            changed = _timed(lambda: _run(directory))
            assert db.session.scalar(select(func.count()).select_from(Assignment)) == people  # of today: corrected in place
            db.session.remove()
            db.engine.dispose()
        return Measured(people, bare, first, again, changed)
    finally:
        server.stop()


def _search(directory: Directory) -> None:
    """What ldap3 does at the least: all pages, the attributes we ask for, nothing made of them."""
    with directory._service(directory._long()) as line:
        assert sum(len(page) for page in directory._pages(line, directory.settings.person_filter))


def _run(directory: Directory) -> None:
    assert run(directory, Wish()).state is State.APPLIED
    db.session.commit()


def _move(server: Slapd, people: int) -> None:
    server.modify("".join(f"dn: uid=u{n:06},{PEOPLE}\nchangetype: modify\nreplace: title\ntitle: moved\n\n" for n in range(0, people, 50)))


def _timed(work) -> tuple[float, float]:
    wall, cpu = time.perf_counter(), time.process_time()
    work()
    return time.perf_counter() - wall, time.process_time() - cpu


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("people", type=int, nargs="?", default=50_000)
    options.add_argument("--database", default="")
    chosen = options.parse_args()
    warnings.filterwarnings("ignore", category=DeprecationWarning)
    folder = Path(tempfile.mkdtemp(prefix="measure-"))
    try:
        found = measure(folder, chosen.people, chosen.database)
    finally:
        shutil.rmtree(folder)
    rows = [f"{'run':8} {'wall s':>8} {'CPU s':>8} {'x wall':>7} {'x CPU':>7}", f"{'bare':8} {found.bare[0]:8.2f} {found.bare[1]:8.2f}"]
    for name, (wall, cpu) in found.ratios().items():
        took = getattr(found, name)
        rows.append(f"{name:8} {took[0]:8.2f} {took[1]:8.2f} {wall:7.2f} {cpu:7.2f}")
    sys.stdout.write("\n".join(rows) + "\n")


if __name__ == "__main__":
    main()
