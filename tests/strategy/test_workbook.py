"""The library as a workbook: what was taken out goes back in unchanged, every bad row is named, nothing is half written."""

import re
import time
from decimal import Decimal
from io import BytesIO

import pytest
from sqlalchemy import func, select, update

from portal import clock, jobs, journal
from portal.db import db
from portal.goals.kinds import Audience, Direction, Kind, Perspective, Rule, Shape
from portal.goals.models import Measure, Milestone, Objective, Revision, Theme
from portal.goals.states import State
from portal.imports.models import Import, ImportLine
from portal.imports.models import State as Import_
from portal.imports.writing import workbook
from portal.journal.models import Entry
from portal.periods.models import Period
from tests.build import an_objective
from tests.imports.test_organisation import written
from tests.visitor import ORIGIN

THEMES = ("Goal period", "Theme", "Perspective", "Retired")
OBJECTIVES = ("Goal period", "Code", "Objective", "Why it matters", "Kind", "Theme", "Accountable: number or account", "Weight in per cent", "Who sees it", "Why it changes")
MEASURES = ("Goal period", "Code or title of the objective", "Measure", "What it counts", "Unit of measure", "Start", "Target", "Weight in per cent")
NOW = "this quarter"


def book(themes=(), objectives=(), measures=(), head=MEASURES):
    return workbook([("Themes", THEMES, themes), ("Objectives", OBJECTIVES, objectives), ("Measures", head, measures)])


def sent(visitor, content, name="library.xlsx"):
    fields = {"file": (BytesIO(content), name), "once": f"{hash(content)}-{name}-{time.monotonic_ns()}"}
    visitor._headers(None)
    return visitor.client.post("/imports/library", data=fields, headers={"Origin": ORIGIN}, content_type="multipart/form-data")


def checked(visitor, content):
    answer = sent(visitor, content)
    assert answer.status_code == 303, answer.text
    jobs.work_one()
    db.session.rollback()
    return int(answer.location.rsplit("/", 1)[1])


def said(import_id):
    lines = select(ImportLine).where(ImportLine.import_id == import_id).order_by(ImportLine.n)
    return [(line.problem, line.row, line.words["msgid"] % line.words["figures"]) for line in db.session.scalars(lines)]


def problems(import_id):
    return [(row, words) for problem, row, words in said(import_id) if problem]


def an_odd_library(company):
    """Everything that a goal of the company can be, in an open period."""
    theme = Theme(period_id=company.period, name="first choice", perspective=Perspective.CUSTOMER)
    db.session.add_all([theme, Theme(period_id=company.period, name="old", perspective=Perspective.LEARNING, retired_at=clock.now())])
    db.session.flush()
    goal = an_objective(company.period, title="=share", why="one\r\ntwo  ", theme_id=theme.id, weight=3_334, accountable_id=company.wang, measures=2, state=State.AGREED)
    goal.measures[0].name, goal.measures[0].baseline, goal.measures[0].target = "orders, total", Decimal("0.1"), Decimal("123456.654321")
    goal.measures[1].shape, goal.measures[1].name = Shape.MILESTONES, "audit"
    goal.measures[1].milestones = [Milestone(name="book", weight=3, due=clock.today()), Milestone(name="trial", position=1)]
    kpi = an_objective(company.period, title="cost", kind=Kind.KPI, audience=Audience.LINE, measures=3)
    curve, band, judged = kpi.measures
    curve.name, curve.rule, curve.baseline, curve.target, curve.threshold, curve.stretch, curve.direction = "curve", Rule.CURVE, Decimal(5), Decimal(2), Decimal(4), Decimal(1), Direction.DOWN
    curve.rule_values, curve.veto, curve.weight = {"stepped": True, "cap": "110"}, True, 10_000
    band.name, band.direction, band.low, band.high, band.baseline, band.target = "band", Direction.BAND, Decimal(1), Decimal(9), Decimal(1), Decimal(9)
    judged.name, judged.rule, judged.shape, judged.rule_values, judged.target = "events", Rule.DEDUCTION, Shape.NUMBER, {"each": "2.5"}, Decimal(1)
    an_objective(company.period, title="given up", state=State.WITHDRAWN)
    db.session.commit()
    return goal.id, kpi.id


@pytest.mark.parametrize("language", ["en", "zh"])
def test_what_was_taken_out_goes_back_in_unchanged(company, visit, language):
    an_odd_library(company)
    hu = visit(company.hu)
    hu.post("/language", language=language, follow=False)
    n = checked(hu, hu.get("/imports/library/template?filled=1").data)
    one = db.session.get(Import, n)
    assert (one.state, one.changes, one.problems, one.same) == (Import_.CHECKED, 0, 0, 2 + 2 + 5), said(n)


def test_a_new_library_is_previewed_then_written(company, visit):
    hu = visit(company.hu)
    n = checked(hu, book(
        [(NOW, "quality", "Internal process", None), (NOW, "people", "Learning and innovation", "no")],
        [(NOW, None, "fewer complaints", "they cost", "KPI", "quality", "E2", 30, "The management line", None), (NOW, None, "heirs", None, None, "people", None, 70, None, None)],
        [(NOW, "fewer complaints", "complaints", "Number", "件", 120, 60, 60), (NOW, "fewer complaints", "cost", "Money", "万元", 12.5, 10, 40), (NOW, "heirs", "posts with an heir", "Per cent", None, 20, 80, None)],
    ))
    assert problems(n) == [] and "New objective: fewer complaints" in hu.get(f"/imports/{n}").text
    assert db.session.scalar(select(func.count()).select_from(Objective)) == 0, "nothing is written yet"
    assert written(hu, n) is Import_.WRITTEN
    first, second = db.session.scalars(select(Objective).order_by(Objective.id)).all()
    assert (first.title, first.why, first.kind, first.theme.name, first.perspective, first.accountable_id, first.weight, first.audience, first.state) == (
        "fewer complaints", "they cost", Kind.KPI, "quality", Perspective.PROCESS, company.wang, 3_000, Audience.LINE, State.DRAFT)
    assert [(m.name, m.shape, m.direction, m.unit, m.baseline, m.target, m.weight) for m in first.measures] == [
        ("complaints", Shape.NUMBER, Direction.DOWN, "件", Decimal(120), Decimal(60), 6_000), ("cost", Shape.CURRENCY, Direction.DOWN, "万元", Decimal("12.5"), Decimal(10), 4_000)]
    assert second.accountable_id == company.hu and second.code == f"C{db.session.get(Period, company.period).begins:%y}-{second.id:04}"
    assert sorted(db.session.scalars(select(Entry.kind))) == ["import.written", "objective.created", "objective.created", "theme.made", "theme.made"]
    assert journal.check() == []
    again = checked(hu, hu.get("/imports/library/template?filled=1").data)
    assert (db.session.get(Import, again).changes, problems(again)) == (0, [])


def test_what_a_workbook_cannot_say_of_a_rule_stays(company, visit):
    _goal, kpi = an_odd_library(company)
    hu, code = visit(company.hu), db.session.get(Objective, kpi).code
    head = (*MEASURES, "Scoring rule", "Threshold, 60 points", "Stretch, 120 points", "In steps", "Veto")
    n = checked(hu, book(measures=[(NOW, code, "curve", "Number", None, 5, 2.5, 100, "Threshold, target, stretch", 4, 1, "yes", "yes")], head=head))
    assert written(hu, n) is Import_.WRITTEN, said(n)
    curve = db.session.scalars(select(Measure).where(Measure.name == "curve")).one()
    assert (curve.target, curve.rule_values, curve.threshold) == (Decimal("2.5"), {"stepped": True, "cap": "110"}, Decimal(4))


def test_changes_are_told_and_written_and_what_was_agreed_needs_its_reason(company, visit):
    goal, _kpi = an_odd_library(company)
    hu, code = visit(company.hu), db.session.get(Objective, goal).code
    row = (NOW, code, "share of orders", "one two", "OKR, committed", "first choice", "wang", 33.34, "The management line")
    bare = checked(hu, book(objectives=[(*row, None)]))
    assert problems(bare) == [(2, "=share was agreed: say in the column why it changes.")]
    n = checked(hu, book(objectives=[(*row, "a better word")], measures=[(NOW, code, "orders, total", "Number", None, 0.1, 200000, 100)]))
    assert [words for _, _, words in said(n)] == ["=share is called share of orders from now on", "share of orders, orders, total: target 200000 instead of 123456.654321"], "as the sheets follow each other"
    assert problems(n) == []
    assert written(hu, n) is Import_.WRITTEN
    revised = db.session.scalars(select(Revision)).one()
    orders = db.session.scalars(select(Measure.id).where(Measure.objective_id == goal, Measure.name == "orders, total")).one()
    assert (revised.why, revised.before["title"], revised.after[f"target@{orders}"], db.session.get(Objective, goal).title) == ("a better word", "=share", "200000", "share of orders")
    assert len(db.session.get(Objective, goal).measures) == 2, "what a workbook does not name stays"


GOOD = (NOW, None, "fine", None, None, None, None, None, None, None)


@pytest.mark.parametrize(("book_", "sheet", "why"), [
    ({"themes": [("next decade", "x", "Financial", None)]}, 2, "There is no period called next decade."),
    ({"themes": [(NOW, "x", "somewhere", None)]}, 2, "somewhere is none of the words this column takes."),
    ({"themes": [(NOW, "x", "Financial", "perhaps")]}, 2, "Write yes or no, not perhaps."),
    ({"themes": [(NOW, "x", "Financial", None), (NOW, "x", "Customer", None)]}, 3, "The same as row 2."),
    ({"themes": [("old quarter", "x", "Financial", None)]}, 2, "old quarter is closed: nothing is set or changed in it."),
    ({"objectives": [("old quarter", None, "x", *[None] * 7)]}, 2, "old quarter is closed: nothing is set or changed in it."),
    ({"objectives": [(NOW, "C99-9999", "x", *[None] * 7)]}, 2, "No company objective of this period has the code C99-9999."),
    ({"objectives": [(NOW, None, "x" * 201, *[None] * 7)]}, 2, "At most 200 characters"),
    ({"objectives": [(NOW, None, "x", None, None, "nowhere", None, None, None, None)]}, 2, f"{NOW} has no theme called nowhere."),
    ({"objectives": [(NOW, None, "x", None, None, None, "E99", None, None, None)]}, 2, "Nobody has the number or account E99."),
    ({"objectives": [(NOW, None, "x", None, None, None, None, 33.333, None, None)]}, 2, "A weight is a figure from 0 to 100 with at most two decimals, not 33.333."),
    ({"objectives": [(NOW, None, "x", None, None, None, None, 60, None, None), (NOW, None, "y", None, None, None, None, 41, None, None)]}, 3, "With this row the weights of the period's objectives add up to 101 %: at most 100 %."),
    ({"objectives": [GOOD], "measures": [(NOW, "fine", "m", None, None, 5, 5, None)]}, 2, "The target is the same as the start: there is no way to go. Change one of them."),
    ({"objectives": [GOOD], "measures": [(NOW, "fine", "m", None, None, None, 5, None)]}, 2, "A measure needs a start and a target."),
    ({"objectives": [GOOD], "measures": [(NOW, "fine", "m", None, None, "many", 5, None)]}, 2, "many is no figure."),
    ({"objectives": [GOOD], "measures": [(NOW, "fine", "m", None, None, 1, 5, 99.99)]}, 2, "The weights of its measures add up to 99.99 %: exactly 100 % are needed, or none at all."),
    ({"objectives": [GOOD], "measures": [(NOW, "unheard", "m", None, None, 1, 5, None)]}, 2, "No objective of this workbook or of the library is called unheard."),
    ({"objectives": [GOOD], "measures": [(NOW, "fine", "m", "Milestones", None, None, None, None)]}, 2, "Write one milestone a line."),
    ({"objectives": [GOOD], "measures": [(NOW, "fine", "m", None, None, 1, 5, None), (NOW, "fine", "m", None, None, 1, 6, None)]}, 3, "The same as row 2."),
])
def test_a_bad_row_is_named_and_stops_all_of_it(company, visit, book_, sheet, why):
    db.session.add(Period(name="old quarter", kind="quarter", begins=clock.today().replace(year=2001), ends=clock.today().replace(year=2002), closed=True))
    db.session.commit()
    hu = visit(company.hu)
    n = checked(hu, book(**book_))
    assert problems(n) == [(sheet, why)]
    assert hu.post(f"/imports/{n}/confirmation", follow=False).status_code == 409
    assert db.session.scalar(select(func.count()).select_from(Objective)) == 0


def test_a_sheet_under_another_name_is_not_passed_over(company, visit):
    hu = visit(company.hu)
    copied = [("Themes", THEMES, [(NOW, "first choice", "Customer", None)]), ("Objectives (2)", OBJECTIVES, [GOOD]), ("Notes", ("what we said",), [])]
    n = checked(hu, workbook(copied))
    page = hu.get(f"/imports/{n}").text
    assert re.search(r"Sheet Objectives \(2\) has the columns of [^,]*Objectives[^,]*, and is not called so\.", page)
    assert hu.post(f"/imports/{n}/confirmation", follow=False).status_code == 409
    n = checked(hu, workbook([copied[0], copied[2]]))
    assert not problems(n) and "New theme" in hu.get(f"/imports/{n}").text, "a sheet of notes harms nobody"


@pytest.mark.parametrize("state", [State.CLOSED, State.WITHDRAWN])
def test_what_is_over_is_not_changed(company, visit, state):
    goal, _kpi = an_odd_library(company)
    db.session.execute(update(Objective).where(Objective.id == goal).values(state=state, closed_at=clock.now() if state is State.CLOSED else None, agreed_at=clock.now() if state is State.CLOSED else None))
    db.session.commit()
    code = db.session.scalar(select(Objective.code).where(Objective.id == goal))
    n = checked(visit(company.hu), book(objectives=[(NOW, code, "another", *[None] * 6, "why")]))
    assert len(problems(n)) == 1


def test_only_keepers_send_it(company, visit):
    assert sent(visit(company.li), book()).status_code == 403
    assert visit(company.zheng).get("/imports/library").status_code == 403


def test_many_objectives_are_written_at_once(company, visit):
    """Twenty thousand take under a minute (tests/bench says how long); here a tenth of them, with their figures right."""
    hu, many = visit(company.hu), 2_000
    objectives = [(NOW, None, f"objective {n}", "why", "KPI", None, "E2", None, None, None) for n in range(many)]
    content = book((), objectives, [(NOW, f"objective {n}", "orders", "Number", "件", 0, n + 1, None) for n in range(many)])
    began = time.process_time()
    n = checked(hu, content)
    assert (db.session.get(Import, n).changes, problems(n)) == (many, [])
    assert written(hu, n) is Import_.WRITTEN
    assert time.process_time() - began < 20, "seconds for thousands"
    rows = db.session.execute(select(Objective.title, Objective.code, Objective.id, Measure.target).join(Measure, Measure.objective_id == Objective.id).order_by(Objective.id)).all()
    assert len(rows) == many and all(row.title == f"objective {row.target - 1:.0f}" and row.code.endswith(f"-{row.id:04}") for row in rows)
