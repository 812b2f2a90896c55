"""Files beside a check-in: what is taken, under which name, who gets it, and that a refusal leaves nothing behind."""

import errno
import hashlib
import os
import re
import stat
import time
import zipfile
from concurrent.futures import ThreadPoolExecutor
from contextvars import Context
from io import BytesIO
from threading import Barrier

import pytest
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from portal import clock, files, journal, once
from portal.access.models import Switch
from portal.db import db
from portal.files import operations
from portal.files.kinds import JPEG, clean_name
from portal.files.kinds import PDF as PDF_KIND
from portal.files.models import StoredFile
from portal.files.queries import folder, path_of
from portal.journal.models import Entry, Payload
from portal.settings import Setting
from tests.build import a_check_in
from tests.visitor import ORIGIN

PDF = b"%PDF-1.7 something"


LARGEST = 20_000_000


def office(*parts, types="x"):
    made = BytesIO()
    with zipfile.ZipFile(made, "w") as packed:
        for part in ("[Content_Types].xml", *parts):
            packed.writestr(part, types)
    return made.getvalue()


@pytest.fixture
def talk(company, app, tmp_path, monkeypatch):
    monkeypatch.setitem(app.config, "DATA_DIR", str(tmp_path))
    made = a_check_in(company.li, company.wang)
    db.session.commit()
    return made.id


def lying():
    return sorted(folder().glob("*")) if folder().exists() else []


def send(visitor, talk, content, name="report.pdf", key=None, kind="check_in", target=None):
    """As a browser sends it; the body is built here, for the client would leave a large one lying open."""
    parts = ((b'name="once"', (key or once.fresh()).encode()), (f'name="file"; filename="{name}"'.encode(), content))
    body = b"".join(b"--x\r\nContent-Disposition: form-data; %s\r\n\r\n%s\r\n" % part for part in parts) + b"--x--\r\n"
    headers = {"Origin": ORIGIN, **visitor._headers(target)}
    asked = {"data": body, "content_type": "multipart/form-data; boundary=x", "headers": headers}
    answer = visitor._sent(Context().run(visitor.client.post, f"/files/{kind}/{talk}", **asked))
    return visitor.get(answer.location, target) if answer.status_code == 303 else answer


def digest(content):
    return hashlib.sha256(content).hexdigest()


def got(visitor, address):
    """What a download brings: status, bytes and headers."""
    with visitor.get(address) as answer:
        return answer.status_code, answer.data, answer.headers


def test_both_sides_add_and_whoever_sees_the_talk_downloads(company, visit, talk):
    assert "The file is added" in send(visit(company.li), talk, PDF, "一季度 总结.pdf").text
    send(visit(company.wang), talk, b"a,b\n1,2\n", "figures.csv")
    first, second = db.session.scalars(select(StoredFile).order_by(StoredFile.at)).all()
    address, other = f"/files/{first.id}", f"/files/{second.id}"
    stored = {first.id.hex, second.id.hex}
    assert [got(visit(getattr(company, name)), address)[0] for name in ("li", "wang", "zhao", "zheng", "sun", "wu")] == [200, 200, 200, 200, 404, 404]
    _status, content, headers = got(visit(company.wang), address)
    assert (content, headers["Content-Type"], headers["X-Content-Type-Options"], headers["Cache-Control"]) == (PDF, "application/pdf", "nosniff", "private, no-store")
    assert headers["Content-Security-Policy"].endswith("; sandbox")
    assert headers["Content-Disposition"].startswith("attachment;") and "%E4%B8%80%E5%AD%A3%E5%BA%A6" in headers["Content-Disposition"]
    assert got(visit(company.li), other)[1] == b"a,b\n1,2\n"
    assert {path.name for path in lying()} == stored and not any("pdf" in name for name in stored)
    assert {stat.S_IMODE(path.stat().st_mode) for path in lying()} == {0o600}
    page = visit(company.li).get(f"/check-ins/{talk}").text
    assert "一季度 总结.pdf" in page and "figures.csv" in page
    entries = db.session.execute(select(Entry.kind, Entry.actor_id, Payload.words).join(Payload, Payload.entry_n == Entry.n).order_by(Entry.n)).all()
    assert [tuple(row) for row in entries] == [("check_in.filed", company.li, {"what": "一季度 总结.pdf", "size": len(PDF), "sha256": digest(PDF)}), ("check_in.filed", company.wang, {"what": "figures.csv", "size": 8, "sha256": digest(b"a,b\n1,2\n")})]
    assert journal.check() == [] and "figures.csv" in visit(company.li).get(f"/people/{company.li}").text


@pytest.mark.parametrize(
    ("content", "name", "why"),
    [
        (b"MZ\x90\x00\x03 program", "harmless.pdf", "Such a file is not taken"), (b"<svg\x00>", "x.svg", "Such a file is not taken"), (b"", "empty.pdf", "The file is empty"),
        (office("word/document.xml", "word/vbaProject.bin"), "macros.docx", "holds macros"), (office("META-INF/MANIFEST.MF"), "x.jar", "Such a file is not taken"),
        (b"PK\x03\x04 broken", "x.docx", "Such a file is not taken"), (b"%PDF-" + b"x" * LARGEST, "large.pdf", "larger than 20 MB"), (PDF, "", "Choose a file first"),
        (office("word/document.xml", "word/other.bin", types="application/vnd.ms-office.vbaProject"), "hidden.docx", "holds macros"), (office("xl/workbook.xml", "xl/macrosheets/sheet1.xml"), "old.xlsx", "holds macros"),
        (PDF + office("a.class"), "both.pdf", "Such a file is not taken"), (b"PK\x03\x04" + b"x" * 40 + b"PK\x05\x06" + b"\xff" * 18, "trap.docx", "Such a file is not taken"),
    ],
    ids=["program", "binary", "empty", "macros", "jar", "broken", "large", "none", "hidden-macros", "old-macros", "polyglot", "endless-list"],
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
    name, address = file.name, f"/files/{file.id}"
    assert name == kept and "text/html" not in got(visit(company.li), address)[2]["Content-Type"]


def test_a_name_has_no_folder_of_any_system_and_an_end():
    assert clean_name("C:\\Users\\li\\report.PDF", PDF_KIND) == "report.pdf"
    long = clean_name("总" * 85 + ".pdf", PDF_KIND)
    assert len(long.encode()) <= 255 and long.endswith("总.pdf") and clean_name("a\0b.pdf", PDF_KIND) == "ab.pdf"
    assert clean_name("x" * 5_000 + ".JPEG", JPEG) == "x" * 100 + ".jpeg"


def test_who_may_not_add(company, visit, talk):
    assert [send(visit(getattr(company, name)), talk, PDF).status_code for name in ("zhao", "zheng", "sun", "wu")] == [403, 403, 404, 404]
    draft = a_check_in(company.li, company.wang, state="draft")
    db.session.commit()
    assert send(visit(company.wang), draft.id, PDF).status_code == 409 and lying() == []
    confirmed = a_check_in(company.li, company.wang, state="confirmed", confirmed_at=clock.now())
    db.session.commit()
    assert send(visit(company.wang), confirmed.id, PDF).status_code == 409 and lying() == []


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
    told = db.session.execute(select(Entry.actor_id, Payload.words).join(Payload, Payload.entry_n == Entry.n).where(Entry.kind == "file.refused")).all()
    assert told == ([(company.li, {"what": "report.pdf", "sha256": digest(PDF), "thing": "check_in"})] if code == 1 else [])
    assert (page.status_code, len(lying())) == ((200, 1) if why is None else (422, 0)) and (why or "") in page.text


@pytest.mark.parametrize("how", ["missing", "misspelt", "crashes", "hangs"])
def test_a_scanner_that_does_not_answer_lets_nothing_in(company, app, visit, talk, tmp_path, monkeypatch, how):
    scanner = tmp_path / "scan"
    # What it starts keeps its pipes open and outlives it: nobody waits for that.
    scanner.write_text("#!/bin/sh\nsleep 30 &\nwait\n" if how == "hangs" else "#!/bin/sh\nkill -SEGV $$\n")
    scanner.chmod(0o700)
    monkeypatch.setattr(operations, "PATIENCE", 0.3)
    monkeypatch.setitem(app.config, "FILE_SCANNER", {"missing": "/nowhere/scan", "misspelt": "scan 'x"}.get(how, str(scanner)))
    began = time.monotonic()
    page = send(visit(company.li), talk, PDF)
    assert (page.status_code, "did not answer" in page.text, lying()) == (422, True, []) and time.monotonic() - began < 5
    assert db.session.scalar(select(StoredFile.id)) is None


def test_a_full_disk_is_told_and_leaves_no_half_file(company, visit, talk, monkeypatch):
    def full(_file):
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(operations.os, "fsync", full)
        page = send(visit(company.li), talk, PDF)
    assert page.status_code == 422 and "no room for the file" in page.text and lying() == []


def test_a_disk_that_is_full_before_the_file_is_whole(company, visit, talk, monkeypatch):
    class Full(BytesIO):
        def write(self, _piece):
            raise OSError(errno.ENOSPC, "No space left on device")

    li = visit(company.li)
    sent = {"data": {"once": "k", "file": (BytesIO(PDF), "a.pdf")}, "headers": {"Origin": ORIGIN, **li._headers(None)}}
    with monkeypatch.context() as patched:
        patched.setattr("werkzeug.wrappers.Request._get_file_stream", lambda *_, **__: Full())
        answer = Context().run(li.client.post, f"/files/check_in/{talk}", **sent)
    assert (answer.status_code, answer.headers.get("Retry-After"), lying()) == (503, "60", []), answer.text


def test_who_keeps_the_settings_sees_the_room(company, visit, talk):
    send(visit(company.li), talk, PDF)
    assert "1 kB of 10 GB are used" in visit(company.hu).get("/admin/settings").text


def test_with_check_ins_off_their_files_are_nowhere(company, visit, talk):
    send(visit(company.li), talk, PDF)
    file = db.session.scalar(select(StoredFile.id))
    db.session.add(Switch(capability="checkins"))
    db.session.commit()
    li = visit(company.li)
    assert [li.get(f"/files/check_in/{talk}").status_code, li.get(f"/files/{file}").status_code, li.get(f"/files/{file}/removal").status_code] == [404] * 3


def test_little_room_is_kept_for_the_database(company, visit, talk, monkeypatch):
    monkeypatch.setattr(operations, "NEEDED", 10**18)
    page = send(visit(company.li), talk, PDF)
    assert page.status_code == 422 and "no room for the file" in page.text and lying() == []


def test_bytes_that_no_row_knows_are_removed_after_a_day(company, visit, talk):
    send(visit(company.li), talk, PDF)
    for name, age in (("orphan", 2), ("fresh", 0)):
        (folder() / name).write_bytes(b"x")
        os.utime(folder() / name, (time.time() - age * 86_400,) * 2)
    kept = db.session.scalar(select(StoredFile.id)).hex
    os.utime(folder() / kept, (time.time() - 200_000,) * 2)
    found = files.sweep()
    assert {path.name for path in lying()} == {kept, "fresh"}
    assert ({path.name for path in found.orphaned}, found.files, found.used, found.missing) == ({"orphan", "fresh"}, 1, len(PDF), ())


def test_bytes_that_are_gone_are_told(company, visit, talk, caplog):
    send(visit(company.li), talk, PDF)
    file = db.session.scalars(select(StoredFile)).one()
    path_of(file).unlink()
    file_id = file.id
    assert files.sweep().missing == files.stock().missing == (file_id,) and "a backup may have them" in caplog.text
    li = visit(company.li)
    for address in (f"/check-ins/{talk}", f"/files/check_in/{talk}"):
        page = li.get(address)
        assert page.status_code == 200 and "the file is missing" in page.text and f"/files/{file_id}\"" not in page.text
    answer = li.get(f"/files/{file_id}")
    assert answer.status_code == 404 and "its content is not where it should be" in answer.text


def test_who_put_it_there_takes_it_away_and_that_is_written_down(company, visit, talk):
    li, wang = visit(company.li), visit(company.wang)
    send(li, talk, PDF, "mine.pdf")
    file_id = db.session.scalar(select(StoredFile.id))
    address = f"/files/{file_id}/removal"
    assert [visit(getattr(company, name)).get(address).status_code for name in ("wang", "zhao", "zheng", "sun", "wu")] == [403, 403, 403, 404, 404]
    assert [visit(getattr(company, name)).post(address, follow=False).status_code for name in ("wang", "zhao", "zheng", "sun", "wu")] == [403, 403, 403, 404, 404]
    asked = li.get(address)
    assert "Remove this file?" in asked.text and len(lying()) == 1
    done = li.post(address)
    assert done.status_code == 200 and "The file is removed" in done.text and lying() == []
    entry = db.session.execute(select(Entry.actor_id, Payload.words).join(Payload, Payload.entry_n == Entry.n).where(Entry.kind == "check_in.unfiled")).one()
    assert tuple(entry) == (company.li, {"what": "mine.pdf", "size": len(PDF), "sha256": digest(PDF)})
    assert li.post(address, follow=False).status_code == 404 and wang.get(f"/files/{file_id}").status_code == 404
    assert "took “mine.pdf” away" in li.get(f"/people/{company.li}").text.replace("<b>", "").replace("</b>", "")


def test_a_confirmed_record_keeps_its_files(company, visit, talk):
    li = visit(company.li)
    send(li, talk, PDF)
    file_id = db.session.scalar(select(StoredFile.id))
    li.post(f"/check-ins/{talk}/confirmation", version="1")
    assert [li.get(f"/files/{file_id}/removal").status_code, li.post(f"/files/{file_id}/removal", follow=False).status_code] == [409, 409]
    page = li.get(f"/check-ins/{talk}").text
    assert "Add a file" not in page and "/removal" not in page and len(lying()) == 1


def test_a_transaction_that_fails_keeps_the_bytes(company, visit, talk):
    send(visit(company.li), talk, PDF)
    assert files.erase(files.of_subject(company.li)) == 1
    db.session.flush()
    db.session.rollback()
    assert len(lying()) == 1 and len(files.of_subject(company.li)) == 1
    db.session.commit()
    assert len(lying()) == 1, "what was rolled back is not done later"
    files.erase(files.of_subject(company.li))
    db.session.commit()
    assert lying() == [] and files.of_subject(company.li) == []


def test_a_commit_that_fails_leaves_no_row_and_a_commit_is_not_undone_by_cleaning(company, visit, talk, monkeypatch):
    """The database goes away at the commit: nobody knows whether it came through, so the bytes wait for the night."""
    def broken(*_):
        raise OperationalError("COMMIT", {}, Exception("gone"))

    li, real = visit(company.li), operations.add
    with monkeypatch.context() as patched, pytest.raises(OperationalError):
        patched.setattr(operations, "add", lambda *given: (real(*given), broken()))
        send(li, talk, PDF)
    db.session.rollback()
    assert len(lying()) == 1 and files.stock().orphaned == tuple(lying()) and db.session.scalar(select(StoredFile.id)) is None


def test_two_at_the_edge_of_the_room_do_not_pass_it_together(company, app, visit, talk, monkeypatch):
    """Room for one and a half: of six at once on six records, one is in."""
    talks = [a_check_in(company.li, company.wang).id for _ in range(6)]
    db.session.add(Setting(name="files_mb", value=1, at=clock.now()))
    db.session.commit()
    content = b"%PDF-" + b"x" * 660_000
    clients, gate = [visit(company.li) for _ in talks], Barrier(len(talks))
    parts = b"--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.pdf\"\r\n\r\n" + content + b"\r\n"

    def go(n):
        gate.wait()
        body = parts + b"--x\r\nContent-Disposition: form-data; name=\"once\"\r\n\r\nkey-%d\r\n--x--\r\n" % n
        sent = {"data": body, "content_type": "multipart/form-data; boundary=x", "headers": {"Origin": ORIGIN}}
        return Context().run(clients[n].client.post, f"/files/check_in/{talks[n]}", **sent).status_code

    db.session.rollback()
    with ThreadPoolExecutor(len(talks)) as pool:
        codes = sorted(pool.map(go, range(len(talks))))
    assert codes == [303, 422, 422, 422, 422, 422]
    assert files.used() == len(content) and len(lying()) == 1


def test_only_the_region_changes_and_what_is_typed_stays(company, visit, talk):
    """With htmx the refused file is told in its own region; without a script the way there keeps the text as a draft."""
    li = visit(company.li)
    page = send(li, talk, b"MZ\x00", target="files")
    assert page.status_code == 422 and page.text.lstrip().startswith("<section") and "Such a file is not taken" in page.text and 'id="view"' not in page.text
    assert send(li, talk, PDF, target="files").text.lstrip().startswith("<section")
    there = li.post(f"/check-ins/{talk}/view", act="files", text="half a sentence", version="1")
    assert there.status_code == 200 and 'type="file"' in there.text
    back = li.get(f"/check-ins/{talk}").text
    draft = re.search(r"/drafts/\d+", back)
    assert draft and "half a sentence" in li.get(draft[0]).text
    wang = visit(company.wang)
    assert 'type="file"' in wang.post(f"/check-ins/{talk}/note", act="files", text="noted").text and "noted" in wang.get(f"/check-ins/{talk}").text
