"""Budgets, the table, `bench.json`. Statements, bytes, commits and plans are judged; time is told."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.bench.inside import Figures

GROWTH = 1.3
"""What a page may cost at the largest size, in the smallest one's cost."""


@dataclass(frozen=True)
class Budget:
    """At most: ceilings of CPU, statements, bytes as the proxy sends them (gzip 1), commits."""

    ratio: float
    statements: int | None = None
    bytes: int | None = None
    commits: int = 0


BUDGETS = {
    "full": Budget(2.0, 10, 12_000),
    "region": Budget(0.6, 6, 4_000),
    "save": Budget(1.5, commits=1),
    "pdf": Budget(1.2),
    "sync": Budget(3.0),
}


@dataclass(frozen=True)
class Line:
    """One figure of the report."""

    page: str
    kind: str
    viewer: str
    people: int
    database: str
    figures: Figures
    long: bool = False
    most: int | None = None  # statements of this page wherever it is asked (`tests/everywhere/costs.py`)

    @property
    def slow(self) -> bool:
        return self.kind in BUDGETS and self.figures.ratio > BUDGETS[self.kind].ratio

    def over(self) -> list[str]:
        """What of it must not be."""
        budget, found = BUDGETS.get(self.kind), []
        most = self.most or (budget.statements if budget else None)
        if most and self.figures.statements > most:
            found.append(f"{self.figures.statements} statements of {most}")
        if budget and budget.bytes and self.figures.sent > budget.bytes and not self.long:
            found.append(f"{self.figures.sent} bytes of {budget.bytes}")
        if budget and self.kind in ("full", "region", "save") and self.figures.commits > budget.commits:
            found.append(f"{self.figures.commits} commits of {budget.commits}")
        return found + self.figures.scans

    def told(self) -> dict[str, object]:
        """For `bench.json`; `bytes` as the proxy sends them."""
        figures = self.figures
        who = {"page": self.page, "kind": self.kind, "viewer": self.viewer, "people": self.people, "database": self.database}
        return {**who, "ratio": round(figures.ratio, 2), "statements": figures.statements, "bytes": figures.sent, "html": figures.html}


def verdicts(lines: Sequence[Line]) -> list[str]:
    """Everything that must not be, in sentences: budgets, and statements that grow with the company."""
    found = [f"{line.page} for {line.viewer}, {line.people} people, {line.database}: {problem}" for line in lines for problem in line.over()]
    for rows in _together(lines):
        counts = {row.people: row.figures.statements for row in rows}
        if len(set(counts.values())) > 1 and not rows[0].most:  # a literal holds for every size
            found.append(f"{rows[0].page} for {rows[0].viewer}, {rows[0].database}: the statements grow with the company, {counts}")
    return found


def table(lines: Sequence[Line]) -> str:
    """One row for a page, viewer and database; a column for each size. `!` = above its budget of CPU or growth."""
    sizes = sorted({line.people for line in lines if line.kind in ("full", "region", "save")})
    head = f"{'page':38} {'kind':7} {'viewer':10} {'database':11}" + "".join(f"{size:>9}" for size in sizes) + f"{'grows':>8}{'SQL':>5}{'gzip':>7}{'html':>8}"
    rows = [head]
    for several in _together(lines):
        first, costs = several[0], {row.people: row for row in several}
        figures = "".join(f"{costs[size].figures.ratio:8.2f}{'!' if costs[size].slow else ' '}" if size in costs else " " * 9 for size in sizes)
        grown = several[-1].figures.ratio / first.figures.ratio if len(several) > 1 else 1.0
        most = max(several, key=lambda row: row.figures.sent).figures
        marks = f"{grown:7.2f}{'!' if grown > GROWTH else ' '}{max(row.figures.statements for row in several):4d} {most.sent:6d} {most.html:7d}"
        rows.append(f"{first.page:38} {first.kind:7} {first.viewer:10} {first.database:11}{figures}{marks}")
    return "\n".join(rows)


def write(lines: Iterable[Line], file: Path) -> None:
    file.write_text(json.dumps([line.told() for line in lines], ensure_ascii=False, indent=1) + "\n")


def _together(lines: Iterable[Line]) -> list[list[Line]]:
    """Lines of the same page for different sizes, the smallest first."""
    found: dict[tuple[str, ...], list[Line]] = {}
    for line in sorted(lines, key=lambda line: line.people):
        found.setdefault((line.page, line.kind, line.viewer, line.database), []).append(line)
    return list(found.values())
