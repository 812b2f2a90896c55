"""`python -m tests.bench`: what pages cost at 500 and 5,000 people; `--full` adds 50,000, PostgreSQL and the sync.

Prints a table and writes `bench.json`. Ends with 1 when statements, bytes, commits or plans are over their budget;
time never fails. `--only TEXT` measures the pages whose name contains it, `--people N` other sizes.
"""

import argparse
import shutil
import sys
import tempfile
import warnings
from collections.abc import Iterator
from pathlib import Path

from tests.bench import ceiling, companies, inside, judging, others, outside, pages
from tests.bench.caller import Caller, signed_in
from tests.bench.judging import Line
from tests.databases import Postgres
from tests.printing import cost
from tests.sync import measuring

SIZES, LARGE = (500, 5_000), 50_000


def say(text: str = "") -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


class Bench:
    """One run in a temporary folder."""

    def __init__(self, folder: Path, only: str) -> None:
        self.folder, self.only = folder, only
        app = ceiling.create(f"sqlite:///{folder}/ceiling.db")
        self.cookie = f"session={ceiling.fill(app)}"
        self.ceiling = Caller(app, self.cookie)

    def on_sqlite(self, people: int) -> Iterator[Line]:
        url = companies.copied(people, self.folder)
        app = companies.portal(url)
        who = pages.cast(app)
        callers = {role: signed_in(app, person) for role, person in who.people.items()}
        cases = [case for case in pages.cases(who) if self.only in case.page]
        for case in cases:
            yield Line(case.page, case.kind, case.viewer, people, "sqlite", inside.measured(case, callers[case.viewer], self.ceiling), case.long, pages.most(app, case))
        if people == SIZES[-1]:
            self._served(url, people, [case for case in cases if case.served], callers)
        if not self.only and people == SIZES[0]:
            yield Line("login", "login", "manager", people, "sqlite", others.login(url, self.folder))
            yield Line("review as PDF", "pdf", "", people, "sqlite", inside.Figures(cost.ratio(app), 0, 0, 0, 0, []))
        Path(url.removeprefix("sqlite:///")).unlink()

    def on_postgresql(self, people: int, server: Postgres) -> Iterator[Line]:
        app = companies.filled(server.fresh(f"bench_{people}"), people)
        who = pages.cast(app)
        callers = {role: signed_in(app, person) for role, person in who.people.items()}
        for case in (case for case in pages.cases(who) if self.only in case.page):
            figures = inside.measured(case, callers[case.viewer], self.ceiling, lambda: inside.cpu_of_children(server.process))
            yield Line(case.page, case.kind, case.viewer, people, "postgresql", figures, case.long, pages.most(app, case))

    def _served(self, url: str, people: int, cases: list[pages.Case], callers: dict[str, Caller]) -> None:
        """Over HTTP; told at once, as these figures are the machine's as much as ours."""
        if not cases:
            return
        say(f"\nover HTTP, {people} people: {outside.CONNECTIONS} connections{'':12}    r/s   p50   p95 ms  CPU ms  |  ceiling: r/s  CPU ms  errors")
        board = f'tests.bench.ceiling:create("sqlite:///{self.folder}/ceiling.db")'
        with outside.serving(self.folder, "portal", DATABASE_URL=url) as ours, outside.serving(self.folder, "ceiling", board) as unit:
            for case in cases:
                mine, one = outside.compared(case, callers[case.viewer], ours, unit, self.cookie)
                told = f"{mine.rate:7.0f} {mine.slow(50):5.0f} {mine.slow(95):5.0f} {mine.cost:10.1f}  |  {one.rate:12.0f} {one.cost:7.1f} {mine.errors + one.errors:7d}"
                say(f"{case.page:38} {case.viewer:10} {told}")


def run(options: argparse.Namespace, folder: Path) -> list[Line]:
    bench, lines = Bench(folder, options.only), []
    sizes = options.people or ([*SIZES, LARGE] if options.full else SIZES)
    for people in sizes:
        lines += bench.on_sqlite(people)
    if options.full:
        (folder / "postgresql").mkdir(mode=0o755)
        server = Postgres(folder / "postgresql")
        try:
            for people in sizes:
                lines += bench.on_postgresql(people, server)
        finally:
            server.stop()
        synced = measuring.measure(folder, LARGE).ratios()
        lines += [Line(f"sync: {name}", "sync", "", LARGE, "sqlite", inside.Figures(cpu, 0, 0, 0, 0, [])) for name, (_, cpu) in synced.items()]
    return lines


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--full", action="store_true")
    options.add_argument("--people", type=int, action="append")
    options.add_argument("--only", default="")
    chosen = options.parse_args()
    warnings.filterwarnings("ignore", category=DeprecationWarning)
    folder = Path(tempfile.mkdtemp(prefix="bench-"))
    folder.chmod(0o755)
    try:
        lines = run(chosen, folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    judging.write(lines, companies.PROJECT / "bench.json")
    say(f"\nin process, as a multiple of the ceiling page (login of a bare bind, pdf of bare WeasyPrint, sync of the bare search)\n{judging.table(lines)}")
    wrong = judging.verdicts(lines)
    say("\n".join(["", "over budget:", *wrong]) if wrong else "\nEverything counted is within its budget.")
    return bool(wrong)


if __name__ == "__main__":
    sys.exit(main())
