"""One button, one file: made in the background, fetched by its person alone, gone after some days."""

import csv
import io
import json
import re
from zipfile import ZipFile

import pytest
from sqlalchemy import select, update

from portal import clock, jobs
from portal.access.models import Role, RoleGrant
from portal.accounts.models import LoginSession
from portal.checkins.models import Note
from portal.db import Model, db
from portal.directory.models import Person
from portal.jobs.models import Job, State
from portal.journal.models import Entry
from portal.owncopy import operations
from portal.owncopy.models import OwnCopy
from portal.owncopy.packing import SECTIONS
from portal.reviews.models import EarlierResult
from tests.build import a_check_in, a_file, an_objective
from tests.company import LONG_AGO
from tests.everywhere.exemptions import NOT_IN_COPY
from tests.strictness import review

PAGE = "/account/copy"


@pytest.fixture(autouse=True)
def _place(request, tmp_path):
    if "app" in request.fixturenames:
        app = request.getfixturevalue("app")
        before, app.config["DATA_DIR"] = app.config["DATA_DIR"], str(tmp_path)
        yield
        app.config["DATA_DIR"] = before
    else:
        yield


def work():
    while jobs.work_one():
        pass
    db.session.expire_all()


def copy_of(visitor, ask=True):
    """{name: bytes} of somebody's copy, asked for and fetched as a browser would."""
    if ask:
        assert visitor.post(PAGE, password="right").status_code == 200
        work()
    where = re.search(r'action="(/account/copy/\d+/fetch)"', visitor.get(PAGE).text).group(1)
    with visitor.get(visitor.post(where, follow=False).location) as answer:
        assert (answer.status_code, answer.mimetype) == (200, "application/zip")
        content = answer.data
    with ZipFile(io.BytesIO(content)) as packed:
        assert packed.testzip() is None
        return {name: packed.read(name) for name in packed.namelist()}


def test_every_column_that_names_a_person_is_in_a_section_or_exempt():
    tables = Model.metadata.tables.values()
    named = {f"{table.name}.{c.name}" for table in tables for c in table.columns for key in c.foreign_keys if key.column.table.name == "person"}
    covered = set().union(*(section.covers for section in SECTIONS))
    assert covered - named == set() and NOT_IN_COPY.keys() - named == set() and covered & NOT_IN_COPY.keys() == set()
    assert named - covered - NOT_IN_COPY.keys() == set(), "a new column: into a section of portal/owncopy, or exempt with a reason"


def test_it_is_made_fetched_and_complete(company, visit):
    an_objective(company.period, person_id=company.li, title="=1+1", why="why\nin two lines")
    talk = a_check_in(company.li, company.wang)
    db.session.add(Note(check_in_id=talk.id, voice="manager", field="progress", text="说得好 <b>"))
    a_file("check_in", talk.id, company.li, company.wang, b"the bytes", "说明.txt")
    db.session.add(RoleGrant(person_id=company.li, role=Role.AUDITOR, since=LONG_AGO))
    db.session.commit()
    li = visit(company.li)
    assert "There is none at the moment" in li.get(PAGE).text
    assert li.post(PAGE, password="wrong").status_code == 422
    assert li.post(PAGE, password="right").status_code == 200 and "is being made" in li.get(PAGE).text
    assert li.post(PAGE, password="right").status_code == 409, "one at a time"
    work()
    assert db.session.execute(select(Job.state, Job.done).where(Job.kind == operations.JOB)).one() == (State.DONE, len(SECTIONS))
    found = copy_of(li, ask=False)
    expected = {f"{section.name}.{ending}" for section in SECTIONS for ending in ("json", "csv", "html")} | {"index.html", "style.css", "manifest.json"}
    file = next(name for name in found if name.startswith("files/"))
    assert set(found) == expected | {file} and found[file] == b"the bytes" and file.endswith("-说明.txt")
    goals = json.loads(found["goals.json"])
    assert [(one["title"], one["why"], one["measures"][0]["target"]) for one in goals] == [("=1+1", "why\nin two lines", "10.000000")]
    rows = list(csv.reader(io.StringIO(found["goals.csv"].decode("utf-8-sig"))))
    assert found["goals.csv"].startswith(b"\xef\xbb\xbf") and "'=1+1" in rows[1] and "Draft" in rows[1], "no formula, and words instead of codes"
    assert json.loads(found["check-ins.json"])[0]["progress"] == "说得好 <b>" and "说得好 &lt;b&gt;".encode() in found["check-ins.html"]
    assert json.loads(found["roles.json"])[0]["role"] == "auditor" and json.loads(found["person.json"])[0]["login"] == "li"
    assert json.loads(found["organisation.json"])[0]["manager"] == "wang" and len(json.loads(found["sessions.json"])) == 3
    told = {one["name"]: one["records"] for one in json.loads(found["manifest.json"])["sections"]}
    assert (told["goals"], told["check-ins"], told["leave"]) == (1, 1, 0)
    for name in expected:
        if name.endswith(".html"):
            review(found[name].decode())
    kinds = db.session.execute(select(Entry.kind, Entry.actor_id).where(Entry.object_type == "own_copy").order_by(Entry.n)).all()
    assert kinds == [("own_copy.asked", company.li), ("own_copy.fetched", company.li)]


def test_nobody_else_fetches_it_and_not_without_the_password(company, visit):
    li = visit(company.li)
    li.post(PAGE, password="right")
    work()
    number = db.session.scalars(select(OwnCopy.id)).one()
    for name in ("wang", "hu", "zheng"):
        other = visit(getattr(company, name))
        assert other.get(f"{PAGE}/{number}/file").status_code == 404
        assert other.post(f"{PAGE}/{number}/fetch", password="right").status_code == 404
    db.session.execute(update(LoginSession).values(auth_at=clock.now().replace(year=2020)))
    db.session.commit()
    assert li.get(f"{PAGE}/{number}/file").status_code == 303, "back to the page that asks for it"
    assert 'id="fetch-password"' in li.get(PAGE).text
    assert li.post(f"{PAGE}/{number}/fetch", password="wrong").status_code == 422
    answer = li.post(f"{PAGE}/{number}/fetch", password="right", follow=False)
    with li.get(answer.location) as file:
        assert file.mimetype == "application/zip"


def test_a_new_one_replaces_the_old_and_says_the_same(company, visit):
    an_objective(company.period, person_id=company.li)
    db.session.add(EarlierResult(person_id=company.li, year=2020, grade="B"))
    db.session.commit()
    li = visit(company.li)
    first, second = copy_of(li), copy_of(li)
    dated = {"index.html", "manifest.json"} | {name for name in first if name.startswith("sessions")}
    assert {n: b for n, b in first.items() if n not in dated} == {n: b for n, b in second.items() if n not in dated}
    there = db.session.scalars(select(OwnCopy.file).where(OwnCopy.file.is_not(None))).all()
    assert [path.name for path in operations.folder().iterdir()] == there and len(there) == 1


def test_it_speaks_the_language_of_who_asked(company, visit):
    db.session.execute(update(Person).where(Person.id == company.li).values(language="zh"))
    db.session.commit()
    found = copy_of(visit(company.li))
    assert '<html lang="zh">' in found["index.html"].decode() and "目标" in found["goals.csv"].decode("utf-8-sig")


def test_a_copy_that_cannot_be_made_is_told_and_leaves_nothing(company, visit, monkeypatch):
    li = visit(company.li)
    li.post(PAGE, password="right")
    monkeypatch.setattr(operations.Packer, "close", lambda *_: (_ for _ in ()).throw(OSError("full")))
    db.session.execute(update(Job).values(attempts=2))
    db.session.commit()
    work()
    assert list(operations.folder().iterdir()) == []
    assert "could not be made" in li.get(PAGE).text
    monkeypatch.undo()
    assert li.post(PAGE, password="right").status_code == 200
    work()
    assert "Fetch the file" in li.get(PAGE).text
