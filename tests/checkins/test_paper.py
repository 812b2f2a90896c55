"""The record on paper: what both said and agreed, for who may read it on screen; a private note is on no paper."""

import pytest
from flask import g
from sqlalchemy import select, update

from portal import access
from portal.access import Act
from portal.access.models import Delegation
from portal.actions.models import Action
from portal.checkins import sheets
from portal.checkins.models import CheckIn, CheckInGoal, Field, Note, Obstacle, Voice
from portal.db import db
from portal.goals.models import Audience
from portal.goals.states import State as Goals
from portal.journal.models import Entry
from portal.printing.models import Document
from tests.build import a_check_in, a_file, an_objective
from tests.company import LONG_AGO
from tests.printing import reading


@pytest.fixture
def talk(company, app, tmp_path, monkeypatch):
    monkeypatch.setitem(app.config, "DATA_DIR", str(tmp_path))
    made = a_check_in(company.li, company.wang, note="只给自己看的话", action="八号工位试装", obstacle=Obstacle.DEPENDENCY)
    said = {(Voice.MANAGER, Field.PROGRESS): "五号工位上线", (Voice.MANAGER, Field.OBSTACLE): "等导轨", (Voice.EMPLOYEE, Field.VIEW): "夜班缺人"}
    for (voice, field), text in said.items():
        made.notes.append(Note(voice=voice, field=field, text=text))
    goal = an_objective(company.period, person_id=company.li, title="错漏装归零", audience=Audience.LINE, state=Goals.AGREED)
    db.session.add(CheckInGoal(check_in_id=made.id, objective_id=goal.id, confidence=8))
    a_file("check_in", made.id, company.li, company.li, name="夹具图纸.pdf")
    db.session.commit()
    return made.id


def sheet(app, company, name, talk):
    with app.test_request_context("/"):
        g.viewer = company.viewer(name)
        return sheets.load(g.viewer, talk)


def fetched(visitor, talk):
    with visitor.post(f"/print/check_in/{talk}") as answer:
        return answer.status_code, answer.mimetype, answer.data


def test_it_says_what_both_said_and_agreed(company, visit, talk, tmp_path):
    li = visit(company.li)
    assert f"/print/check_in/{talk}" in li.get(f"/check-ins/{talk}").text
    status, kind, content = fetched(li, talk)
    assert (status, kind) == (200, "application/pdf")
    read = "".join(reading.text(content, tmp_path).split())
    for words in ("五号工位上线", "等导轨", "夜班缺人", "八号工位试装", "错漏装归零", "夹具图纸.pdf"):
        assert words in read, words
    assert "Page1of1" in read and "Printedbyli" in read and "-CI-" in read
    assert db.session.scalars(select(Entry.kind)).all() == ["check_in.printed"]


def test_a_private_note_is_on_no_paper(company, visit, talk):
    _status, _kind, content = fetched(visit(company.wang), talk)
    everything = reading.everything(content) + b"".join(reading.attachments(content).values())
    assert "五号工位上线".encode() in everything and "只给自己看的话".encode() not in everything


def test_who_may_read_it_may_print_it_and_nobody_else(company, visit, talk):
    stands = {name: fetched(visit(getattr(company, name)), talk)[0] for name in ("li", "wang", "zhao", "qian", "zheng", "hu", "sun", "wu", "feng")}
    assert stands == {"li": 200, "wang": 200, "zhao": 200, "qian": 200, "zheng": 200, "hu": 404, "sun": 404, "wu": 404, "feng": 404}


@pytest.mark.parametrize("app", ["sqlite"], indirect=True)  # no database decides about it
def test_a_goal_its_reader_may_not_see_is_left_out(app, company, talk):
    db.session.add(Delegation(giver_id=company.wang, taker_id=company.wu, act=Act.RECORD_CHECK_IN, since=LONG_AGO, reason="leave"))
    db.session.commit()
    mine, theirs = sheet(app, company, "wang", talk), sheet(app, company, "wu", talk)
    assert [goal.title for goal in mine.sheet.goals] == ["错漏装归零"] and theirs.sheet.goals == ()
    assert (mine.copy, theirs.copy) == ("Manager's copy", "For use in the company")


def test_it_says_who_recorded_for_whom(app, company, talk):
    assert "on behalf" not in sheet(app, company, "li", talk).sheet.voices[0].how
    db.session.execute(update(CheckIn).values(recorded_by_id=company.feng))
    db.session.commit()
    voice = sheet(app, company, "li", talk).sheet.voices[0]
    assert voice.name == "wang" and "recorded by feng on behalf" in voice.how


def test_what_is_not_shared_yet_is_not_printed(company, visit):
    draft = a_check_in(company.li, company.wang, state="draft", recorded_by_id=company.li).id
    db.session.commit()
    li = visit(company.li)
    assert "/print/" not in li.get(f"/check-ins/{draft}").text and li.post(f"/print/check_in/{draft}").status_code == 404


@pytest.mark.parametrize("change", ["words", "promise", "confirmed"])
def test_a_record_that_changed_is_another_version(company, visit, talk, change):
    wang = visit(company.wang)
    ordered = wang.post(f"/print/check_in/{talk}", follow=False).location
    made = db.session.scalars(select(Action.id)).one()
    if change == "words":
        wang.post(f"/check-ins/{talk}/words", progress="六号工位上线", obstacle_text="等导轨", version="1")
    elif change == "promise":
        visit(company.li).post(f"/actions/{made}/settlement")
    else:
        visit(company.li).post(f"/check-ins/{talk}/confirmation", version="1")
    assert wang.get(ordered).status_code == 409, "what was ordered says something else now"
    assert fetched(wang, talk)[0] == 200
    assert db.session.scalars(select(Document.version)).all() == [2]


def test_nobody_archives_what_two_people_said(company, talk):
    record = db.session.get(CheckIn, talk)
    assert not any(Act.ARCHIVE_FORM in access.acts_on(company.viewer(name), record) for name in ("hu", "wang", "li", "zheng"))
