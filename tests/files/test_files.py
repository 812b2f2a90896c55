"""Files beside a check-in: what is taken, under which name, who gets it, and that a refusal leaves nothing behind."""

import os
import stat
import time
import zipfile
from contextvars import Context
from io import BytesIO

import pytest
from sqlalchemy import select

from portal import clock, files, journal, once
from portal.db import db
from portal.files.kinds import JPEG, clean_name
from portal.files.kinds import PDF as PDF_KIND
from portal.files.models import StoredFile
from portal.files.operations import LARGEST
from portal.files.queries import folder
from portal.journal.models import Entry, Payload
from portal.settings import Setting
from tests.build import a_check_in
from tests.visitor import ORIGIN

PDF = b"%PDF-1.7 something"


def office(*parts):
    made = BytesIO()
    with zipfile.ZipFile(made, "w") as packed:
        for part in ("[Content_Types].xml", *parts):
            packed.writestr(part, "x")
    return made.getvalue()


@pytest.fixture
def talk(company, app, tmp_path, monkeypatch):
    monkeypatch.setitem(app.config, "DATA_DIR", str(tmp_path))
    made = a_check_in(company.li, company.wang)
    db.session.commit()
    return made.id


def lying():
    return sorted(folder().glob("*")) if folder().exists() else []


def send(visitor, talk, content, name="report.pdf", key=None):
    """As a browser sends it; the body is built here, for the client would leave a large one lying open."""
    parts = ((b'name="once"', (key or once.fresh()).encode()), (f'name="file"; filename="{name}"'.encode(), content))
    body = b"".join(b"--x\r\nContent-Disposition: form-data; %s\r\n\r\n%s\r\n" % part for part in parts) + b"--x--\r\n"
    headers = {"Origin": ORIGIN, **visitor._headers(None)}
    asked = {"data": body, "content_type": "multipart/form-data; boundary=x", "headers": headers}
    answer = visitor._sent(Context().run(visitor.client.post, f"/check-ins/{talk}/files", **asked))
    return visitor.get(answer.location) if answer.status_code == 303 else answer


def got(visitor, address):
    """What a download brings: status, bytes and headers."""
    with visitor.get(address) as answer:
        return answer.status_code, answer.data, answer.headers


def test_both_sides_add_and_whoever_sees_the_talk_downloads(company, visit, talk):
    assert "The file stands beside" in send(visit(company.li), talk, PDF, "一季度 总结.pdf").text
    send(visit(company.wang), talk, b"a,b\n1,2\n", "figures.csv")
    first, second = db.session.scalars(select(StoredFile).order_by(StoredFile.id)).all()
    address, other = f"/check-ins/{talk}/files/{first.id}", f"/check-ins/{talk}/files/{second.id}"
    stored = {first.stored, second.stored}
    assert [got(visit(getattr(company, name)), address)[0] for name in ("li", "wang", "zhao", "zheng", "sun", "wu")] == [200, 200, 200, 200, 404, 404]
    _status, content, headers = got(visit(company.wang), address)
    assert (content, headers["Content-Type"], headers["X-Content-Type-Options"], headers["Cache-Control"]) == (PDF, "application/pdf", "nosniff", "private, no-store")
    assert headers["Content-Disposition"].startswith("attachment;") and "%E4%B8%80%E5%AD%A3%E5%BA%A6" in headers["Content-Disposition"]
    assert got(visit(company.li), other)[1] == b"a,b\n1,2\n"
    assert {path.name for path in lying()} == stored and not any("pdf" in name for name in stored)
    assert {stat.S_IMODE(path.stat().st_mode) for path in lying()} == {0o600}
    page = visit(company.li).get(f"/check-ins/{talk}").text
    assert "一季度 总结.pdf" in page and "figures.csv" in page
    entries = db.session.execute(select(Entry.kind, Entry.actor_id, Payload.words).join(Payload, Payload.entry_n == Entry.n).order_by(Entry.n)).all()
    assert [tuple(row) for row in entries] == [("check_in.filed", company.li, {"what": "一季度 总结.pdf"}), ("check_in.filed", company.wang, {"what": "figures.csv"})]
    assert journal.check() == [] and "figures.csv" in visit(company.li).get(f"/people/{company.li}").text


def test_a_file_of_another_talk_is_not_found_here(company, visit, talk):
    other = a_check_in(company.sun, company.wang)
    db.session.commit()
    other = other.id
    send(visit(company.wang), other, PDF)
    file = db.session.scalar(select(StoredFile.id))
    assert got(visit(company.wang), f"/check-ins/{other}/files/{file}")[0] == 200
    assert got(visit(company.li), f"/check-ins/{talk}/files/{file}")[0] == 404


@pytest.mark.parametrize(
    ("content", "name", "why"),
    [
        (b"MZ\x90\x00\x03 program", "harmless.pdf", "Such a file is not taken"), (b"<svg\x00>", "x.svg", "Such a file is not taken"), (b"", "empty.pdf", "The file is empty"),
        (office("word/document.xml", "word/vbaProject.bin"), "macros.docx", "holds macros"), (office("META-INF/MANIFEST.MF"), "x.jar", "Such a file is not taken"),
        (b"PK\x03\x04 broken", "x.docx", "Such a file is not taken"), (b"%PDF-" + b"x" * LARGEST, "large.pdf", "larger than 20 MB"), (PDF, "", "Choose a file first"),
    ],
    ids=["program", "binary", "empty", "macros", "jar", "broken", "large", "none"],
)  # fmt: skip
def test_what_is_not_taken_is_told_at_the_field_and_leaves_nothing(company, visit, talk, content, name, why):
    page = send(visit(company.li), talk, content, name)
    assert page.status_code == 422 and why in page.text and 'id="file-error"' in page.text
    assert lying() == [] and db.session.scalar(select(StoredFile.id)) is None


def test_what_is_beyond_every_form_is_refused_before_it_is_read(company, visit, talk):
    assert send(visit(company.li), talk, b"%PDF-" + b"x" * 21_500_000).status_code == 413


@pytest.mark.parametrize(
    ("content", "name", "kept"),
    [
        (PDF, "../../etc/passwd", "passwd.pdf"), (b"\x89PNG\r\n\x1a\n....", "photo.pdf", "photo.pdf.png"), (b"\xff\xd8\xff....", "a.jpeg", "a.jpeg"),
        (PDF, "in\u202efdp.exe", "infdp.exe.pdf"), (PDF, "...", "file.pdf"), (office("xl/workbook.xml"), "plan.xlsx", "plan.xlsx"), ("中文\n".encode("gb18030"), "表.csv", "表.csv"), (b"<script>alert(1)</script>", "a.html", "a.html.txt"),
    ],
)  # fmt: skip
def test_the_name_is_made_harmless_and_ends_as_the_content_is(company, visit, talk, content, name, kept):
    send(visit(company.li), talk, content, name)
    file = db.session.scalars(select(StoredFile)).one()
    name, address = file.name, f"/check-ins/{talk}/files/{file.id}"
    assert name == kept and "text/html" not in got(visit(company.li), address)[2]["Content-Type"]


def test_a_name_has_no_folder_of_any_system_and_an_end():
    assert clean_name("C:\\Users\\li\\report.PDF", PDF_KIND) == "report.pdf"
    assert clean_name("x" * 5_000 + ".JPEG", JPEG) == "x" * 100 + ".jpeg"


def test_who_may_not_add(company, visit, talk):
    assert [send(visit(getattr(company, name)), talk, PDF).status_code for name in ("zhao", "zheng", "sun", "wu")] == [403, 403, 404, 404]
    draft = a_check_in(company.li, company.wang, state="draft")
    db.session.commit()
    assert send(visit(company.wang), draft.id, PDF).status_code == 409 and lying() == []


def test_a_second_send_is_the_first_one(company, visit, talk):
    visitor, key = visit(company.li), "the same key"
    for _ in "ab":
        send(visitor, talk, PDF, key=key)
    assert len(db.session.scalars(select(StoredFile)).all()) == len(lying()) == 1


def test_all_files_together_have_a_limit_and_each_talk_has_one(company, visit, talk, monkeypatch):
    db.session.add(Setting(name="files_mb", value=0, at=clock.now()))
    db.session.commit()
    page = send(visit(company.li), talk, PDF)
    assert page.status_code == 422 and "no room for more files" in page.text and lying() == []
    db.session.delete(db.session.get_one(Setting, "files_mb"))
    db.session.commit()
    for _ in range(20):
        assert send(visit(company.li), talk, PDF).status_code == 200
    page = send(visit(company.li), talk, PDF)
    assert page.status_code == 422 and "There are 20 files here already" in page.text and len(lying()) == 20


@pytest.mark.parametrize(("code", "why"), [(0, None), (1, "found something"), (2, "did not answer")])
def test_a_scanner_of_the_machine_decides(company, app, visit, talk, tmp_path, monkeypatch, code, why):
    scanner = tmp_path / "scan"
    scanner.write_text(f'#!/bin/sh\ntest -s "$2" && test "$1" = --quiet && exit {code}\nexit 9\n')
    scanner.chmod(0o700)
    monkeypatch.setitem(app.config, "FILE_SCANNER", f"{scanner} --quiet")
    page = send(visit(company.li), talk, PDF)
    assert (page.status_code, len(lying())) == ((200, 1) if why is None else (422, 0)) and (why or "") in page.text
    monkeypatch.setitem(app.config, "FILE_SCANNER", "/nowhere/scan")
    assert "did not answer" in send(visit(company.li), talk, PDF).text


def test_bytes_that_no_row_knows_are_removed_after_a_day(company, visit, talk):
    send(visit(company.li), talk, PDF)
    for name, age in (("orphan", 2), ("fresh", 0)):
        (folder() / name).write_bytes(b"x")
        os.utime(folder() / name, (time.time() - age * 86_400,) * 2)
    kept = db.session.scalar(select(StoredFile.stored))
    os.utime(folder() / kept, (time.time() - 200_000,) * 2)
    files.sweep()
    assert {path.name for path in lying()} == {kept, "fresh"}
