"""Archiving: by a job, with the rights of whom asked, checked, written once, and never handed out damaged."""

import hashlib

import pytest
from sqlalchemy import select

from portal import clock, jobs
from portal.db import db
from portal.jobs.models import Job, State
from portal.printing import archive, checks
from portal.printing.models import ArchivedCopy
from portal.settings import Setting
from tests.printing import reading
from tests.printing.test_pages import form, say  # noqa: F401 - a fixture


@pytest.fixture(autouse=True)
def data_dir(app, tmp_path, monkeypatch):
    monkeypatch.setitem(app.config, "DATA_DIR", str(tmp_path))
    monkeypatch.setitem(app.config, "PUBLIC_URL", "https://portal.example")
    return tmp_path


@pytest.fixture
def archived(company, form):  # noqa: F811
    def work(name="hu"):
        archive.ask("sample", form, company.viewer(name))
        db.session.commit()
        while jobs.work_one():
            pass
        return db.session.scalars(select(Job).order_by(Job.id.desc())).first()

    return work


def rows():
    db.session.rollback()
    return db.session.scalars(select(ArchivedCopy)).all()


def test_a_form_is_archived_once(company, archived, data_dir, tmp_path):
    assert (archived().state, archived().state) == (State.DONE, State.DONE)
    [copy] = rows()
    content = archive.read(copy)
    assert (hashlib.sha256(content).hexdigest(), len(content), copy.pages) == (copy.sha256, copy.size, 1)
    assert [(str(f.relative_to(data_dir)), f.stat().st_mode & 0o777) for f in data_dir.rglob("*.pdf")] == [("archive/2026/JX-2026-PR-000001-1.pdf", 0o400)]
    assert (checks.problems(content), list(data_dir.rglob("*.part"))) == ([], [])
    text = reading.text(content, tmp_path)
    assert "Archived by hu" in text and f"https://portal.example/v/{copy.code}" in text
    assert copy.data["subject"] == "李雷"


def test_no_number_leads_out_of_the_archive(archived, data_dir):
    """HR chooses how numbers begin; one that was chosen before there was a rule for it must not name a folder either."""
    db.session.add(Setting(name="form_prefix", value="../../../out", at=clock.now()))
    db.session.commit()
    assert archived().state == State.DONE
    [file] = (data_dir / "archive" / "2026").iterdir()
    assert file.name == "_________out-2026-PR-000001-1.pdf"


def test_a_changed_form_is_archived_beside_its_older_version(archived, form):  # noqa: F811
    archived()
    say(form, "改过的话")
    archived()
    assert sorted(copy.version for copy in rows()) == [1, 2]


def test_who_may_not_archive_cannot_have_it_done(archived):
    job = archived("li")
    assert (job.state, job.why, rows()) == (State.WAITING, "Whoever asked for it may no longer do this.", [])


def test_the_file_is_for_whom_may_archive(company, visit, archived):
    archived()
    [code] = [copy.code for copy in rows()]
    answers = {name: visit(getattr(company, name)).get(f"/archive/{code}") for name in ("hu", "li", "wang", "wu")}
    assert {name: answer.status_code for name, answer in answers.items()} == {"hu": 200, "li": 403, "wang": 403, "wu": 404}
    assert answers["hu"].headers["Content-Disposition"].startswith('attachment; filename="JX-2026-PR-000001.pdf"')
    assert "The copy in the archive" in visit(None).get(f"/v/{code}").text


def test_a_damaged_file_is_not_handed_out(company, visit, archived, data_dir):
    archived()
    [code] = [copy.code for copy in rows()]
    [file] = data_dir.rglob("*.pdf")
    file.chmod(0o600)
    file.write_bytes(file.read_bytes().replace(b"PDF", b"pdf", 1))
    hu = visit(company.hu, check=False)
    with pytest.raises(AssertionError, match="not the one that was written"):
        hu.get(f"/archive/{code}")


def test_characters_without_a_font_stop_the_archive(archived, form, caplog):  # noqa: F811
    say(form, "名字里有 \U000f1234")
    job = archived()
    assert (rows(), "no installed font" in job.why, "\U000f1234" in job.why, "\U000f1234" in caplog.text) == ([], True, False, True)


def test_without_an_address_nothing_is_archived(app, archived, monkeypatch):
    monkeypatch.setitem(app.config, "PUBLIC_URL", "")
    assert "PUBLIC_URL is not set" in archived().why
