"""Grades of years before the portal: brought in by HR as a workbook, shown where somebody's results are looked at."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any

from sqlalchemy import Select, bindparam, select

from portal import access, clock, imports, journal
from portal.access import Act, Viewer
from portal.db import db
from portal.directory.models import Person
from portal.imports import Kind, Outcome, Remark, Row, SheetDef
from portal.imports.kinds import TOLD, Step
from portal.reviews.models import EarlierResult
from portal.words import N_, Sentence

YEAR = re.compile(r"[0-9]{4}")
FIRST_YEAR, MOST_POINTS = 1990, Decimal(1_000)
COLUMNS = (
    ("number", N_("Number or account")),
    ("name", N_("Name")),
    ("year", N_("Year")),
    ("grade", N_("Grade")),
    ("points", N_("Points")),
    ("words", N_("Remark")),
)
SHEET = SheetDef("grades", N_("Grades"), COLUMNS, ("number", "year", "grade"))


def of(viewer: Viewer, person_id: int) -> Sequence[EarlierResult]:
    """Somebody's, the latest first, as far as the viewer may see them."""
    return db.session.scalars(*_of(viewer, person=person_id)).all()


@access.prepared
def _of(viewer: Viewer) -> Select[EarlierResult]:
    seen = access.rows(Act.SEE_EARLIER_RESULT, viewer, EarlierResult)
    mine = select(EarlierResult).where(EarlierResult.person_id == bindparam("person"), seen)
    return mine.order_by(EarlierResult.year.desc()).limit(20)


def register() -> None:
    """Called once by create_app."""
    word, back = N_("Grades of earlier years"), "reviews.cycles"
    imports.register(Kind("grades", word, back, (SHEET,), Act.RUN_CYCLES, _check, _filled, _write))


@dataclass
class _Plan:
    """What is new, and what is another one now."""

    rows: list[tuple[int, int, str, Decimal | None, str]] = field(default_factory=list)


def _filled() -> Mapping[str, Sequence[Sequence[Any]]]:
    found = select(Person.number, Person.login, Person.name, EarlierResult).join(Person, Person.id == EarlierResult.person_id)
    rows = db.session.execute(found.order_by(EarlierResult.year.desc(), Person.id))
    return {
        "grades": [(number or login, name, one.year, one.grade, one.points, one.words) for number, login, name, one in rows]
    }


def _check(sheets: Mapping[str, Sequence[Row]], step: Step) -> Outcome:
    people: dict[str, tuple[int, str]] = {}
    for i, name, number, login in db.session.execute(select(Person.id, Person.name, Person.number, Person.login)):
        people |= {key: (i, name) for key in (login, number) if key}
    known = {(one.person_id, one.year): one for one in db.session.scalars(select(EarlierResult))}
    outcome, seen = Outcome(plan=_Plan()), dict[tuple[int, int], int]()
    rows = sheets.get("grades", ())
    for n, row in enumerate(rows, 1):
        if n % 1_000 == 0:
            step(n, len(rows))
        wanted = _read(row, people)
        if isinstance(wanted, Sentence | str):
            outcome.remarks.append(Remark("grades", row.n, wanted, problem=True))
            continue
        person, name, year, grade, points, words = wanted
        if (person, year) in seen:
            same = N_("The same as row %(row)s.", row=seen[person, year])
            outcome.remarks.append(Remark("grades", row.n, same, problem=True))
            continue
        seen[person, year] = row.n
        was = known.get((person, year))
        if was is not None and (was.grade, was.points, was.words) == (grade, points, words):
            outcome.same += 1
            continue
        told = {"name": name, "year": year, "grade": grade, "was": was.grade if was else ""}
        sentence = N_("%(name)s, %(year)s: %(grade)s instead of %(was)s") if was else N_("%(name)s, %(year)s: %(grade)s")
        outcome.remarks.append(Remark("grades", row.n, Sentence(sentence, told)))
        outcome.plan.rows.append((person, year, grade, points, words))
    return outcome


def _read(row: Row, people: Mapping[str, tuple[int, str]]) -> tuple[int, str, int, str, Decimal | None, str] | Sentence | str:
    """The row as values, or the sentence that says what is wrong with it."""
    cells = row.cells
    who = people.get(str(cells.get("number") or "").strip())
    if who is None:
        return N_("Nobody has the number or account %(text)s.", text=str(cells.get("number") or "–")[:40])
    year = str(cells.get("year") or "").strip()
    if not YEAR.fullmatch(year) or not FIRST_YEAR <= int(year) <= clock.today().year:
        return N_("%(text)s is no year before or of today.", text=year[:20] or "–")
    grade, words = str(cells.get("grade") or "").strip(), str(cells.get("words") or "").strip()
    if not grade or len(grade) > 20 or len(words) > 500:
        return N_("A grade of at most 20 characters is wanted, and a remark of at most 500.")
    points = cells.get("points")
    try:
        value = None if points is None else round(Decimal(str(points)), 2)
    except InvalidOperation:
        value = Decimal(-1)
    if value is not None and not (value.is_finite() and 0 <= value <= MOST_POINTS):
        return N_("%(text)s are no points.", text=str(points)[:20])
    return (*who, int(year), grade, value, words)


def _write(outcome: Outcome, by: Viewer, step: Step) -> None:
    known = {(one.person_id, one.year): one for one in db.session.scalars(select(EarlierResult))}
    for n, (person, year, grade, points, words) in enumerate(outcome.plan.rows):
        if n % TOLD == 0:
            step(n, len(outcome.plan.rows))
        one = known.get((person, year))
        was = one.grade if one else None
        if one is None:
            one = EarlierResult(person_id=person, year=year)
            db.session.add(one)
        one.grade, one.points, one.words = grade, points, words
        db.session.flush()
        journal.write("earlier_result.entered", one, by, words={"year": year, "before": was, "after": grade})
