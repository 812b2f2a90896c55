"""Whoever may not see an object finds its files nowhere: not in a list, not by their address, not in a print, not by sending one."""

import re
from decimal import Decimal

import pytest
from sqlalchemy import select, update

from portal import clock, files
from portal.db import db
from portal.directory import lines
from portal.directory.models import Assignment
from portal.files.models import StoredFile
from portal.goals.models import Audience, Measure, MeasureValue, Objective
from portal.goals.states import State
from portal.periods.models import Period
from portal.printing import registry
from portal.reviews.models import Assessment, Evidence, Part, Pin
from tests.build import a_check_in, an_objective
from tests.company import NAMES
from tests.files.test_files import PDF, got, lying, send
from tests.reviews.forms import a_case, handed_in, hidden, state_of

ALL = set(NAMES)


@pytest.fixture
def room(app, tmp_path, monkeypatch):
    monkeypatch.setitem(app.config, "DATA_DIR", str(tmp_path))


@pytest.fixture
def case(company, room):
    if db.engine.dialect.name != "sqlite":
        pytest.skip("that both databases agree is asked elsewhere")
    return a_case(company)


def parts_of(case):
    found = {part.relation: part.id for part in db.session.scalars(select(Assessment).where(Assessment.review_id == case.id))}
    db.session.rollback()
    return found


def who_gets(company, visit, file_id):
    """Everybody asks for it by its address."""
    answers = {name: got(visit(getattr(company, name)), f"/files/{file_id}")[0] for name in NAMES}
    assert set(answers.values()) <= {200, 404}, answers
    return {name for name, status in answers.items() if status == 200}


def who_reads(company, visit, words, *pages):
    """Who finds the name of a file on any page, or region of one."""
    found = tuple(set() for _ in words)
    for name in NAMES:
        visitor = visit(getattr(company, name), check=False)
        whole = "".join(visitor.get(page, target).text for page, target in pages)
        for word, who in zip(words, found, strict=True):
            who.update({name} if word in whole else ())
    return found


def put(visitor, kind, object_id, name):
    assert "The file is added" in send(visitor, object_id, PDF, name, kind=kind).text
    found = db.session.scalar(select(StoredFile.id).where(StoredFile.name == name))
    db.session.rollback()
    return found


def test_a_file_of_a_part_is_as_open_as_the_part(company, visit, case):
    """The person's draft is the person's, the manager's stays hidden from the person until the release."""
    li, wang, hu = visit(company.li), visit(company.wang), visit(company.hu)
    parts = parts_of(case)
    own, theirs = put(li, "assessment", parts["self"], "CANARY-OWN.pdf"), put(wang, "assessment", parts["manager"], "CANARY-BOSS.pdf")
    pages = [(address, None) for address in (f"/people/{company.li}", f"/reviews/{case.id}", case.form, "/audit", f"/files/assessment/{parts['self']}")]
    pages += [(f"/files/assessment/{parts['manager']}", "files")]

    def seen():
        gets = who_gets(company, visit, own), who_gets(company, visit, theirs)
        assert gets == who_reads(company, visit, ("CANARY-OWN", "CANARY-BOSS"), *pages)
        return gets

    assert seen() == ({"li"}, {"wang"}), "drafts"
    handed_in(case, li)
    assert seen() == ({"li"}, {"wang"}), "one side is in"
    handed_in(case, wang, "manager")
    readers = {"wang", "zhao", "hu", "qian", "zheng"}
    assert seen() == (readers | {"li"}, readers), "ready: everybody but the person"
    assert {file.name for file in files.of_subject(company.li, company.viewer("li"))} == {"CANARY-OWN.pdf"}, "one's own copy"
    hu.post(f"/reviews/{case.id}/release", password="right")
    assert state_of(case) == "released"
    assert seen() == (readers | {"li"}, readers | {"li"})
    assert {file.name for file in files.of_subject(company.li, company.viewer("li"))} == {"CANARY-OWN.pdf", "CANARY-BOSS.pdf"}


def test_only_its_author_writes_and_what_was_handed_in_stays(company, visit, case):
    li, wang = visit(company.li), visit(company.wang)
    parts = parts_of(case)
    own = put(li, "assessment", parts["self"], "own.pdf")
    for name in NAMES:
        for part in set(parts.values()) - {parts["self"] if name == "li" else parts["manager"] if name == "wang" else 0}:
            assert send(visit(getattr(company, name)), part, PDF, kind="assessment").status_code in (403, 404), name
            assert visit(getattr(company, name)).get(f"/files/assessment/{part}").status_code in (200, 404)
        if name != "li":
            assert visit(getattr(company, name)).post(f"/files/{own}/removal", follow=False).status_code == 404, name
    assert len(lying()) == 1
    handed_in(case, li)
    assert send(li, parts["self"], PDF, kind="assessment").status_code == 409
    assert [li.get(f"/files/{own}/removal").status_code, li.post(f"/files/{own}/removal", follow=False).status_code] == [409, 409]
    theirs = put(wang, "assessment", parts["manager"], "theirs.pdf")
    handed_in(case, wang, "manager")
    assert wang.post(f"/files/{theirs}/removal", follow=False).status_code == 409 and len(lying()) == 2
    visit(company.hu).post(f"/reviews/{case.id}/return", reason="look again")
    assert wang.post(f"/files/{theirs}/removal", follow=False).status_code == 303, "returned, it is written again"
    assert len(lying()) == 1


def test_the_form_and_what_is_typed_in_it_outlive_a_refused_file(company, visit, case):
    """Without a script the way to the files is a button of the form: what was typed is saved first."""
    li = visit(company.li)
    part, item = parts_of(case)["self"], case.asked_of["self"][0]
    there = li.post(case.form, version=hidden(li.get(case.form).text, "version"), act="files", **{f"words-{item}": "typed before"})
    assert there.status_code == 200 and 'type="file"' in there.text
    assert send(li, part, b"MZ\x00", kind="assessment").status_code == 422
    assert "typed before" in li.get(case.form).text
    wrong = li.post(case.form, version=hidden(li.get(case.form).text, "version"), act="files", **{f"words-{item}": "x" * 20_001})
    assert wrong.status_code == 422 and "x" * 20_001 in wrong.text


def test_the_paper_lists_what_its_reader_may_see(company, visit, case):
    li, wang = visit(company.li), visit(company.wang)
    parts = parts_of(case)
    put(li, "assessment", parts["self"], "own.pdf")
    kind = registry.kind_or_404("review")
    empty = kind.fingerprint(case.id)
    put(wang, "assessment", parts["manager"], "theirs.pdf")

    def listed(name):
        found = [(file.beside, file.name, file.size, len(file.sha256)) for file in kind.load(company.viewer(name), case.id).sheet.attachments]
        db.session.rollback()
        return found

    assert kind.fingerprint(case.id) == empty and listed("li") == listed("wang") == []
    handed_in(case, li)
    handed_in(case, wang, "manager")
    mine, boss = ("Self-assessment", "own.pdf", "1 kB", 64), ("Line manager", "theirs.pdf", "1 kB", 64)
    assert (listed("li"), sorted(listed("wang"))) == ([mine], [boss, mine])
    before = kind.fingerprint(case.id)
    db.session.execute(update(StoredFile).where(StoredFile.name == "own.pdf").values(sha256="0" * 64))
    assert kind.fingerprint(case.id) != before, "the paper's code vouches for the list"


def a_value(company, **fields):
    goal = an_objective(company.period, person_id=company.li, state=State.AGREED, **fields)
    value = MeasureValue(measure_id=goal.measures[0].id, value=Decimal(4), by_id=company.li, at=clock.now())
    db.session.add(value)
    db.session.flush()
    made = goal.id, value.id
    db.session.commit()
    return made


@pytest.mark.parametrize(("audience", "sees"), [(Audience.LINE, {"li", "wang", "zhao", "hu", "qian", "zheng", "feng"}), (Audience.COMPANY, ALL)])
def test_a_file_of_a_value_is_as_open_as_its_goal(company, visit, room, audience, sees):
    if db.engine.dialect.name != "sqlite":
        pytest.skip("that both databases agree is asked elsewhere")
    goal, value = a_value(company, audience=audience)
    file = put(visit(company.li), "measure_value", value, "CANARY-VALUE.pdf")
    assert who_gets(company, visit, file) == sees
    for address in (f"/goals/{goal}", f"/files/measure_value/{value}", f"/goals/{goal}/history"):
        assert who_reads(company, visit, ("CANARY-VALUE",), (address, None)) == (sees,), address
    adds = {name for name in NAMES if send(visit(getattr(company, name)), value, PDF, kind="measure_value").status_code == 200}
    assert adds == {"li", "wang", "zhao"}
    mine = db.session.scalar(select(StoredFile.id).where(StoredFile.by_id == company.wang))
    assert visit(company.zhao).post(f"/files/{mine}/removal", follow=False).status_code == 403, "neither put it there nor reported the value"
    db.session.execute(update(Objective).where(Objective.id == goal).values(state="closed", closed_at=clock.now()))
    db.session.commit()
    li = visit(company.li)
    assert [send(li, value, PDF, kind="measure_value").status_code, li.post(f"/files/{file}/removal", follow=False).status_code] == [409, 409]
    db.session.execute(update(Objective).where(Objective.id == goal).values(state="agreed", closed_at=None))
    db.session.execute(update(Period).values(closed=True))
    db.session.commit()
    assert [send(li, value, PDF, kind="measure_value").status_code, li.post(f"/files/{file}/removal", follow=False).status_code] == [409, 409]


def test_what_a_handed_in_assessment_rests_on_keeps_its_files(company, visit, case):
    li, wang = visit(company.li), visit(company.wang)
    value = db.session.scalar(select(MeasureValue.id).join(Measure).where(Measure.name == "first"))
    talk = a_check_in(company.li, company.wang)
    db.session.commit()
    talk_id = talk.id
    proofs = {"measure_value": (value, put(li, "measure_value", value, "proof.pdf")), "check_in": (talk_id, put(li, "check_in", talk_id, "talk.pdf"))}
    page = wang.get(f"/reviews/{case.id}/evidence").text
    assert "proof.pdf" in page and "talk.pdf" in page
    part = db.session.scalars(select(Assessment).where(Assessment.review_id == case.id, Assessment.relation == Part.MANAGER)).one()
    db.session.add_all(Pin(assessment_id=part.id, item_id=case.goals[0], kind=kind, evidence_id=i, at=clock.now()) for kind, i in ((Evidence.VALUE, value), (Evidence.CHECK_IN, talk_id)))
    db.session.commit()
    assert li.get(f"/files/{proofs['check_in'][1]}/removal").status_code == 200, "a draft holds nothing"
    handed_in(case, li)
    handed_in(case, wang, "manager", **{f"words-{i}": "enough" for i in case.skills})
    for kind, (object_id, file) in proofs.items():
        assert [send(li, object_id, PDF, kind=kind).status_code, li.post(f"/files/{file}/removal", follow=False).status_code] == [409, 409], kind
    shown = {file.name for file in registry.kind_or_404("review").load(company.viewer("wang"), case.id).sheet.attachments}
    assert shown == {"proof.pdf", "talk.pdf"}


def test_after_a_move_the_old_manager_reads_what_the_record_shows_and_changes_nothing(company, visit, room):
    """李 moves from 王 to 周: the talk 王 recorded stays readable to 王, the goals go on without 王."""
    talk = a_check_in(company.li, company.wang)
    db.session.commit()
    _goal, value = a_value(company, audience=Audience.LINE)
    talk_id, wang = talk.id, visit(company.wang)
    told, proof = put(wang, "check_in", talk_id, "talk.pdf"), put(wang, "measure_value", value, "proof.pdf")
    db.session.execute(update(Assignment).where(Assignment.person_id == company.li).values(manager_id=company.zhou, unit_id=company.units.research))
    lines.rebuild(clock.today())
    db.session.commit()
    assert who_gets(company, visit, told) == {"li", "wang", "zhao", "zhou", "zheng"}
    assert who_gets(company, visit, proof) & {"wang", "zhou"} == {"zhou"}
    wang = visit(company.wang)
    assert [send(wang, talk_id, PDF).status_code, wang.post(f"/files/{told}/removal", follow=False).status_code] == [403, 403]
    assert [send(wang, value, PDF, kind="measure_value").status_code, wang.post(f"/files/{proof}/removal", follow=False).status_code] == [404, 404]
    assert len(lying()) == 2


def test_guessed_addresses_lead_nowhere(company, visit, room):
    talk = a_check_in(company.li, company.wang)
    db.session.commit()
    talk_id, li = talk.id, visit(company.li)
    file = put(li, "check_in", talk_id, "a.pdf")
    real = str(file)
    others = [f"{'0' if real[0] != '0' else '1'}{real[1:]}", real.replace("-", ""), "1", "..%2f..%2fportal.db", f"{real}/../x"]
    assert [li.get(f"/files/{address}").status_code for address in others] == [404] * len(others)
    assert [li.get(f"/files/{kind}/{talk_id}").status_code for kind in ("checkin", "review", "stored_file", "CHECK_IN", "person")] == [404] * 5
    db.session.execute(update(StoredFile).values(object_type="nothing_of_ours"))
    db.session.commit()
    assert who_gets(company, visit, file) == set(), "what nobody guards nobody gets"
    assert re.fullmatch(r"[0-9a-f]{32}", lying()[0].name)
