"""A workbook of organisation facts: template, preview, all or nothing; and what is not taken."""

import threading
import zipfile
from datetime import date, timedelta
from io import BytesIO

import pytest
from openpyxl import Workbook, load_workbook
from sqlalchemy import event, func, select

from portal import clock, jobs, journal, once
from portal.access.models import Role, RoleGrant
from portal.db import db
from portal.directory.lines import on
from portal.directory.models import Absence, Assignment, Person, ReportingLine, Unit, UnitTerm
from portal.imports import operations
from portal.imports.models import Import, ImportLine, State
from portal.imports.writing import workbook
from portal.jobs.models import Job
from portal.journal.models import Entry
from tests.visitor import ORIGIN

PEOPLE = ("Employee number", "Account", "Name", "Department", "Position", "Level", "Manager's number or account", "Person type", "First day", "Held by HR", "Effective from")


def sent(visitor, content, name="facts.xlsx"):
    fields = {"file": (BytesIO(content), name), "once": f"{hash(content)}-{name}"}
    visitor._headers(None)
    return visitor.client.post("/imports/organisation", data=fields, headers={"Origin": ORIGIN}, content_type="multipart/form-data")


def book(*people, sheet="People", head=PEOPLE, **others):
    return workbook([(sheet, head, people), *((name.replace("_", " "), rows[0], rows[1:]) for name, rows in others.items())])


def checked(visitor, content):
    """Send and let the worker check; its page."""
    answer = sent(visitor, content)
    assert answer.status_code == 303, answer.text
    jobs.work_one()
    db.session.rollback()
    return int(answer.location.rsplit("/", 1)[1])


def written(visitor, import_id):
    assert visitor.post(f"/imports/{import_id}/confirmation", follow=False).status_code == 303
    jobs.work_one()
    db.session.rollback()
    return db.session.get(Import, import_id).state


def now(person):
    row = db.session.scalars(select(Assignment).where(Assignment.person_id == person, Assignment.primary, on(clock.today(), Assignment))).one()
    return row.unit.name, row.post.name if row.post else "", row.level, row.manager_id


def said(import_id):
    return [line.words["msgid"] % line.words["figures"] for line in db.session.scalars(select(ImportLine).where(ImportLine.import_id == import_id).order_by(ImportLine.n))]


def test_what_was_taken_out_goes_back_in_unchanged(company, visit):
    hu = visit(company.hu)
    db.session.add(Absence(person_id=company.li, kind="Sick leave", since=clock.today(), until=None))
    db.session.add(Assignment(person_id=company.sun, unit_id=company.units.research, share=2_500, primary=False, level="P5", since=date(2025, 1, 1)))
    db.session.commit()
    filled = hu.get("/imports/organisation/template?filled=1")
    assert "attachment" in filled.headers["Content-Disposition"]
    n = checked(hu, filled.data)
    one = db.session.get(Import, n)
    assert (one.state, one.changes, one.problems, one.same) == (State.CHECKED, 0, 0, 3 + 11 + 1 + 1)
    assert "Everything stands here like that already." in hu.get(f"/imports/{n}").text
    assert hu.post(f"/imports/{n}/confirmation", follow=False).status_code == 409


def test_all_of_it_is_previewed_then_written(company, visit):
    hu, soon = visit(company.hu), clock.today() + timedelta(days=7)
    content = book(
        ("E3", None, None, "lab", "Engineer", "P6", "E5", "staff", None, "yes", None),
        ("E4", None, None, "sales", "Seller", "P4", "E2", None, date(2020, 5, 4), None, soon),
        ("W9", None, "老钱", "sales", "Fitter", "P2", "E2", "worker", None, None, None),
        Departments=(("Department name", "Hangs below", "Head's number or account"), ("lab", "research", "E6")),
        Leave=(("Number or account", "Kind of leave", "Effective from", "Back on"), ("E6", "Sick leave", clock.today(), None)),
        Second_posts=(("Number or account", "Department", "Share in per cent", "Effective from"), ("E4", "lab", 20, clock.today())),
    )
    n = checked(hu, content)
    page = hu.get(f"/imports/{n}").text
    assert "li: department lab instead of sales" in page and "New without an account: 老钱, sales" in page and "New department lab" in page
    assert now(company.li)[0] == "sales", "nothing is written yet"
    assert written(hu, n) is State.WRITTEN
    assert now(company.li) == ("lab", "Engineer", "P6", company.zhou)
    assert now(company.sun) == ("sales", "", "", company.wang)
    later = db.session.scalars(select(Assignment).where(Assignment.person_id == company.sun, Assignment.primary).order_by(Assignment.since.desc())).first()
    assert (later.since, later.level, later.post.name, db.session.get(Person, company.sun).hired_on) == (soon, "P4", "Seller", date(2020, 5, 4))
    assert db.session.scalar(select(ReportingLine.manager_id).where(ReportingLine.report_id == company.li, ReportingLine.depth == 1)) == company.zhou
    qian = db.session.scalars(select(Person).where(Person.number == "W9")).one()
    assert (qian.kind, now(qian.id)) == ("worker", ("sales", "Fitter", "P2", company.wang))
    lab = db.session.scalars(select(UnitTerm).join(Unit, Unit.id == UnitTerm.unit_id).where(Unit.name == "lab")).one()
    assert (lab.parent_id, lab.head_id) == (company.units.research, company.wu)
    assert db.session.get(Person, company.wu).status.value == "leave"
    assert db.session.scalar(select(Assignment.share).where(Assignment.person_id == company.sun, Assignment.primary.is_(False))) == 2_000
    kinds = set(db.session.scalars(select(Entry.kind)))
    assert kinds == {"unit.made", "unit.changed", "person.added", "person.changed", "assignment.changed", "assignment.added", "absence.added", "import.written"}
    assert journal.check() == [] and db.session.get(Import, n).content is None


@pytest.mark.parametrize(
    ("row", "why"),
    [
        (("E77", None, None, "sales", None, None, None, None, None, None, None), "Nobody has this number"),
        (("E3", None, None, "nowhere", None, None, "E2", None, None, None, None), "There is no department called nowhere"),
        (("E3", None, None, "sales", None, None, "E99", None, None, None, None), "Nobody has the number or account E99"),
        (("E3", None, None, "sales", None, None, "E3", None, None, None, None), "cannot be their own manager"),
        (("E1", None, None, "all", None, None, "E3", None, None, None, None), "their own superior"),
        (("E3", None, None, "sales", "x" * 90, None, "E2", None, None, None, None), "At most 80 characters"),
        (("E3", None, None, "sales", None, None, "E2", None, "soon", None, None), "soon is no day"),
        (("E3", None, None, "sales", None, None, "E2", None, None, "perhaps", None), "Write yes or no"),
        ((None, None, "x", "sales", None, None, "E2", None, None, None, None), "Neither number nor account"),
    ],
)
def test_a_wrong_row_stops_all_of_it_and_is_named(company, visit, row, why):
    hu = visit(company.hu)
    n = checked(hu, book(("E4", None, None, "research", None, None, "E5", None, None, None, None), row))
    one = db.session.get(Import, n)
    assert one.problems == 1 and why in said(n)[0], said(n)
    assert "People 3" in hu.get(f"/imports/{n}").text
    assert hu.post(f"/imports/{n}/confirmation", follow=False).status_code == 409
    assert now(company.sun)[0] == "sales"


def test_the_same_person_twice_is_a_mistake(company, visit):
    row = ("E3", None, None, "sales", "A", None, "E2", None, None, None, None)
    assert "The same as row 2." in said(checked(visit(company.hu), book(row, row)))[0]


def test_chinese_heads_are_read_too(company, visit):
    head = ("工号", "部门", "岗位", "职级", "上级的工号或账号", "由 HR 维护")
    n = checked(visit(company.hu), book(("E3", "research", "工程师", "P5", "E5", "是"), sheet="人员名单", head=head))
    assert db.session.get(Import, n).problems == 0 and db.session.get(Import, n).changes > 0


def test_it_is_told_how_far_the_writing_is(company, visit, monkeypatch):
    monkeypatch.setattr("portal.organisation.workbook.TOLD", 1)
    hu, moved = visit(company.hu), ("research", None, None, "E5", None, None, None, None)
    n = checked(hu, book(("E3", None, None, *moved), ("E4", None, None, *moved)))
    hu.post(f"/imports/{n}/confirmation", follow=False)
    page = hu.get(f"/imports/{n}").text
    assert "being written" in page and "takes about as long as the check did" in page
    jobs.work_one()
    db.session.rollback()
    one = db.session.get(Import, n)
    job = db.session.scalars(select(Job).where(Job.key == f"imports.write:{n}")).one()
    assert (one.state, job.state) == (State.WRITTEN, "done")
    assert (job.done, job.total) == ((2, 2) if db.engine.dialect.name == "postgresql" else (0, None))
    told, one.state = job.total == 2, State.WRITING  # as somebody sees it who looks in between
    db.session.commit()
    assert ("2 / 2" in hu.get(f"/imports/{n}").text) is told


def test_whoever_was_faster_is_not_overwritten(company, visit):
    hu = visit(company.hu)
    n = checked(hu, book(("E3", None, None, "research", None, None, "E5", None, None, None, None)))
    hu.post(f"/organisation/people/{company.li}/place", unit="sales", post="Lead", level="", manager="E2", since=clock.today().isoformat(), version="1")
    assert written(hu, n) is State.CHECKED
    assert "Since the preview something else was changed" in hu.get(f"/imports/{n}").text and now(company.li)[1] == "Lead"


MOVED = ("E3", None, None, "research", None, None, "E5", None, None, None, None)


@pytest.mark.parametrize("content", [book(MOVED), None], ids=["readable", "unreadable"])
def test_what_is_dropped_while_it_is_checked_stays_dropped(company, visit, monkeypatch, content):
    hu, check = visit(company.hu), operations._checked

    def meanwhile(one, step):
        n = one.id
        db.session.commit()  # as each step of a long check does
        dropped.append(hu.post(f"/imports/{n}/dropping", follow=False).status_code)
        return check(db.session.get(Import, n), step)

    dropped = []
    monkeypatch.setattr(operations, "_checked", meanwhile)
    n = checked(hu, content or formula())
    one = db.session.get(Import, n)
    assert (dropped, one.state, one.content, one.changes) == ([303], State.DROPPED, None, 0)
    assert hu.post(f"/imports/{n}/confirmation", follow=False).status_code == 409


@pytest.mark.parametrize("first", ["confirmation", "dropping"])
def test_written_and_dropped_at_once_one_wins_and_the_other_is_told(company, visit, monkeypatch, first):
    hu, wang = visit(company.hu), visit(company.wang)
    db.session.add(RoleGrant(person_id=company.wang, role=Role.HR_ADMIN, since=clock.today() - timedelta(days=9)))
    db.session.commit()
    n = checked(hu, book(MOVED))
    second = {"confirmation": "dropping", "dropping": "confirmation"}[first]
    reached, goes_on, answers = threading.Event(), threading.Event(), {}

    def holds(_connection, _cursor, statement, *_rest):
        if statement.startswith("UPDATE import SET") and not reached.is_set():
            reached.set()
            goes_on.wait(20)

    def press(act, client):
        answers[act] = client.post(f"/imports/{n}/{act}", data={"once": once.fresh()}, headers={"Origin": ORIGIN}).status_code

    engine = db.engine
    db.session.rollback()
    event.listen(engine, "after_cursor_execute", holds)
    try:
        both = [threading.Thread(target=press, args=one) for one in ((first, hu.client), (second, wang.client))]
        both[0].start()
        assert reached.wait(20)
        both[1].start()
        both[1].join(0.5)
        goes_on.set()
        for one in both:
            one.join(20)
    finally:
        event.remove(engine, "after_cursor_execute", holds)
    db.session.rollback()
    assert answers == {first: 303, second: 409}
    assert db.session.get(Import, n).state is {"confirmation": State.WRITING, "dropping": State.DROPPED}[first]


def formula():
    made = Workbook()
    made.active.title = "People"
    made.active.append(PEOPLE)
    made.active.append(["E3", None, None, "=A1", None, None, "E2", None, None, None, None])
    return saved(made)


def merged():
    made = Workbook()
    made.active.title = "People"
    made.active.append(PEOPLE)
    made.active.merge_cells("A2:B3")
    return saved(made)


def saved(made):
    file = BytesIO()
    made.save(file)
    return file.getvalue()


def zipped(**parts):
    file = BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in parts.items():
            packed.writestr(name.replace("__", "/").replace("_x", ".x"), content)
    return file.getvalue()


def with_macros():
    file = BytesIO(book())
    with zipfile.ZipFile(file, "a") as packed:
        packed.writestr("xl/vbaProject.bin", b"x")
    return file.getvalue()


def damaged():
    """A workbook whose packed sheet was hurt on its way here."""
    file = BytesIO(book(("E3", None, None, "sales", None, None, "E2", None, None, None, None)))
    with zipfile.ZipFile(file) as packed:
        sheet = next(part for part in packed.infolist() if part.filename.startswith("xl/worksheets/"))
    content = bytearray(file.getvalue())
    begins = sheet.header_offset + 30 + len(sheet.filename)
    content[begins : begins + 40] = b"\xff" * 40
    return bytes(content)


AT_ONCE = {
    "program": (b"MZ\x90\x00" * 1_000, "This is no Excel workbook"),
    "text": ("工号,姓名\n1,王".encode(), "This is no Excel workbook"),
    "zip": (zipped(a_xml=b"x"), "This is no Excel workbook"),
    "bomb": (zipped(xl__workbook_xml=b"<a/>", xl__worksheets__sheet1_xml=b"\0" * 60_000_000), "too large"),
    "macros": (with_macros(), "holds macros"),
    "nothing": (b"", "Choose a workbook first."),
    "damaged": (damaged(), "This is no Excel workbook"),
}
LATER = {
    "formula": (formula(), "a formula"),
    "merged": (merged(), "merged cells"),
    "sheet": (book(sheet="Other"), "no sheet named like in the template"),
    "column": (book(head=("Employee number", "Name")), "lacks the column"),
    "broken": (zipped(xl__workbook_xml=b"<workbook", xl__worksheets__sheet1_xml=b"<"), "This is no Excel workbook"),
}


@pytest.mark.parametrize("case", AT_ONCE)
def test_what_is_no_workbook_is_told_at_once(company, visit, case):
    content, why = AT_ONCE[case]
    answer = sent(visit(company.hu), content)
    assert (answer.status_code, why in answer.text) == (422, True)
    assert db.session.scalar(select(func.count()).select_from(Import)) == 0


@pytest.mark.parametrize("share", ["inf", "1e308", "nan", "-5", "²"])
def test_a_share_that_is_none(company, visit, share):
    head = ("Number or account", "Department", "Share in per cent", "Effective from")
    n = checked(visit(company.hu), workbook([("Second posts", head, [("E3", "research", share, clock.today())])]))
    assert "A share between 1 and 99 per cent is wanted." in said(n)[0]


@pytest.mark.parametrize("case", LATER)
def test_what_cannot_be_read_is_refused_with_its_reason(company, visit, case):
    content, why = LATER[case]
    hu = visit(company.hu)
    n = checked(hu, content)
    page = hu.get(f"/imports/{n}").text
    assert db.session.get(Import, n).state is State.REFUSED and why in page
    assert '<a class="btn primary" href="/imports/organisation">Send another workbook</a>' in page


def test_words_never_become_a_formula(company, visit):
    person = db.session.get(Person, company.li)
    person.name = '=HYPERLINK("http://evil")'
    db.session.commit()
    sheet = load_workbook(BytesIO(visit(company.hu).get("/imports/organisation/template?filled=1").data))["People"]
    cell = next(cell for row in sheet.iter_rows() for cell in row if cell.value == '=HYPERLINK("http://evil")')
    assert cell.data_type == "s" or cell.quotePrefix or cell.data_type != "f"


def test_it_can_be_dropped_and_only_hr_sends(company, visit):
    hu = visit(company.hu)
    n = checked(hu, book(("E3", None, None, "research", None, None, "E5", None, None, None, None)))
    assert hu.post(f"/imports/{n}/dropping", follow=False).status_code == 303
    assert (db.session.get(Import, n).state, db.session.get(Import, n).content) == (State.DROPPED, None)
    for name in ("li", "wang", "zheng", "chen"):
        other = visit(getattr(company, name))
        assert [other.get(a).status_code for a in (f"/imports/{n}", "/imports/organisation", "/imports/organisation/template")] == [403] * 3
    assert hu.get("/imports/nothing").status_code == 404
