"""Grades of years before the portal: a workbook brings them, and who may see a result sees them."""

from decimal import Decimal
from io import BytesIO

import pytest
from sqlalchemy import select

from portal import clock, jobs, journal
from portal.db import db
from portal.imports.models import Import, State
from portal.imports.writing import workbook
from portal.reviews.models import EarlierResult
from tests.imports.test_organisation import said
from tests.visitor import ORIGIN

HEAD = ("Number or account", "Name", "Year", "Grade", "Points", "Remark")


def send(hu, *rows):
    hu._headers(None)
    fields = {"file": (BytesIO(workbook([("Grades", HEAD, rows)])), "grades.xlsx"), "once": f"{hash(rows)}"}
    answer = hu.client.post("/imports/grades", data=fields, headers={"Origin": ORIGIN}, content_type="multipart/form-data")
    jobs.work_one()
    db.session.rollback()
    return int(answer.location.rsplit("/", 1)[1])


def write(hu, n):
    hu.post(f"/imports/{n}/confirmation", follow=False)
    jobs.work_one()
    db.session.rollback()
    return db.session.get(Import, n).state


def test_they_are_brought_in_corrected_and_seen_by_whom_it_concerns(company, visit):
    hu = visit(company.hu)
    assert write(hu, send(hu, ("E3", "li", 2024, "B+", 91.5, "old scale"), ("li", None, "2025", "A", None, None))) is State.WRITTEN
    one = db.session.scalars(select(EarlierResult).where(EarlierResult.year == 2024)).one()
    assert (one.grade, one.points, one.words) == ("B+", Decimal("91.5"), "old scale")
    n = send(hu, ("E3", None, 2024, "B", 91.5, "old scale"), ("E3", None, 2025, "A", None, None))
    assert (said(n), db.session.get(Import, n).same) == (["li, 2024: B instead of B+"], 1)
    write(hu, n)
    for name in ("li", "wang", "zhao", "hu", "qian", "zheng"):
        assert "Grades of earlier years" in visit(getattr(company, name)).get(f"/people/{company.li}").text, name
    assert "Grades of earlier years" not in visit(company.wang).get(f"/people/{company.sun}").text
    assert journal.check() == []
    filled = hu.get("/imports/grades/template?filled=1").data
    hu._headers(None)
    answer = hu.client.post("/imports/grades", data={"file": (BytesIO(filled), "x.xlsx"), "once": "again"}, headers={"Origin": ORIGIN}, content_type="multipart/form-data")
    jobs.work_one()
    db.session.rollback()
    back = db.session.get(Import, int(answer.location.rsplit("/", 1)[1]))
    assert (back.changes, back.problems, back.same) == (0, 0, 2)


@pytest.mark.parametrize(
    ("row", "why"),
    [
        (("E99", None, 2024, "A", None, None), "Nobody has the number or account E99"),
        (("E3", None, clock.today().year + 1, "A", None, None), "is no year"),
        (("E3", None, "²", "A", None, None), "is no year"),
        (("E3", None, 2024, "A", "nan", None), "nan are no points"),
        (("E3", None, 2024, None, None, None), "A grade of at most 20"),
        (("E3", None, 2024, "A", "many", None), "many are no points"),
    ],
)
def test_a_wrong_row_is_named(company, visit, row, why):
    assert why in said(send(visit(company.hu), row))[0]


def test_only_who_runs_cycles_brings_them(company, visit):
    for name in ("li", "wang", "zheng", "chen"):
        assert visit(getattr(company, name)).get("/imports/grades").status_code == 403
