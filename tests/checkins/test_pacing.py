"""How often two talk, and when it rests: whose rhythm counts, who sets it, what a pause does, what is seen from above."""

import html
import re
import threading
from contextvars import Context
from datetime import timedelta

import pytest
from sqlalchemy import select

from portal import clock, journal, once
from portal.access import Subject
from portal.checkins import queries
from portal.checkins.models import Field, Note, Pause, Prompt, Rhythm, Voice
from portal.db import db
from portal.directory import lines
from portal.directory.models import Assignment, Person
from portal.journal.models import Payload
from tests.build import a_check_in
from tests.company import LONG_AGO
from tests.visitor import ORIGIN, Visitor

DAY = timedelta(1)
ASKS = "/check-ins/questions/check_in/manager"


def pair(company):
    return next(p for p in queries.people(company.viewer("wang"), clock.today()) if p.id == company.li)


def version(page):
    return page.text.partition('name="version"')[2].partition('value="')[2].partition('"')[0]


def test_a_person_goes_before_the_department_before_the_company(company, visit):
    a_check_in(company.li, company.wang, held_on=clock.today() - 5 * DAY)
    db.session.commit()
    wang, hu, own = visit(company.wang), visit(company.hu), f"/check-ins/people/{company.li}/rhythm"
    assert pair(company).every == 14 and "as the company has it" in wang.get(own).text
    unit = company.viewer("li").unit_id
    hu.post(f"/check-ins/rhythms/{unit}", days="30", version="0")
    assert pair(company).every == 30
    page = wang.post(own, days="7", version=version(wang.get(own)))
    assert pair(company).every == 7 and "set for this person" in page.text
    assert pair(company).standing.due == clock.today() + 2 * DAY
    wang.post(own, days="", version=version(wang.get(own)))
    assert pair(company).every == 30, "taken away again: as the department has it"


@pytest.mark.parametrize("days", ["6", "93", "x", "7.5"])
def test_days_that_are_no_rhythm_are_told_at_the_field(company, visit, days):
    answer = visit(company.wang).post(f"/check-ins/people/{company.li}/rhythm", days=days, version="0", follow=False)
    assert (answer.status_code, f'value="{days}"' in answer.text, "error" in answer.text) == (422, True, True)
    assert db.session.scalar(select(Rhythm.id)) is None


def test_two_who_set_it_at_once_are_shown_each_other(company, visit):
    own = f"/check-ins/people/{company.li}/rhythm"
    visit(company.wang).post(own, days="7", version="0")
    clash = visit(company.hu).post(own, days="30", version="0", follow=False)
    assert (clash.status_code, "30" in clash.text, "7" in clash.text) == (409, True, True)
    assert db.session.scalar(select(Rhythm.every_days)) == 7


def test_a_pause_makes_nothing_late_and_ends_when_one_says(company, visit):
    a_check_in(company.li, company.wang, held_on=clock.today() - 40 * DAY)
    db.session.commit()
    assert pair(company).standing.late(clock.today()) == 26
    wang, at = visit(company.wang), f"/check-ins/people/{company.li}/pauses"
    today = clock.today()
    page = wang.post(at, since=today.isoformat(), until=(today + 30 * DAY).isoformat(), reason="training")
    assert "In training" in page.text and pair(company).standing.paused
    again = wang.post(at, since=today.isoformat(), until=(today + 9 * DAY).isoformat(), reason="other", follow=False)
    assert (again.status_code, "already rests" in again.text) == (422, True)
    wang.post(f"{at}/{db.session.scalars(select(Pause.id)).one()}/end")
    assert pair(company).standing.late(clock.today()) == 26
    told = [entry.kind for entry in journal.timeline(company.viewer("li"), Subject(person_id=company.li), None, 10, ("pause.begun", "pause.ended"))]
    assert told == ["pause.ended", "pause.begun"], "the person reads that it rested"


@pytest.mark.parametrize(("first", "last"), [(0, 0), (5, 3), (-9, -2), (0, 400)])
def test_days_that_cannot_rest_are_refused(company, visit, first, last):
    today = clock.today()
    days = {"since": (today + first * DAY).isoformat(), "until": (today + last * DAY).isoformat()}
    answer = visit(company.wang).post(f"/check-ins/people/{company.li}/pauses", **days, reason="project", follow=False)
    assert (answer.status_code, days["until"] in answer.text) == (422, True)
    assert db.session.scalar(select(Pause.id)) is None


def test_from_above_one_sees_dates_and_never_a_word(company, visit):
    talk = a_check_in(company.li, company.wang, held_on=clock.today() - 40 * DAY)
    db.session.add(Note(check_in_id=talk.id, voice=Voice.MANAGER, field=Field.PROGRESS, text="四号线"))
    db.session.commit()
    page = visit(company.zhao).get("/check-ins/below").text
    assert ">wang<" in page and "1 late" in page and "四号线" not in page and ">li<" not in page
    assert "No managers report to you" in visit(company.li).get("/check-ins/below").text


def test_a_team_of_sixty_is_spread(company):
    """Nobody has ever talked: two first talks on a working day, however large the team."""
    for n in range(60):
        person = Person(name=f"p{n}", number=f"N{n}")
        db.session.add(person)
        db.session.flush()
        unit = company.viewer("wang").unit_id
        db.session.add(Assignment(person_id=person.id, unit_id=unit, manager_id=company.wang, since=LONG_AGO))
    lines.rebuild(clock.today())
    db.session.commit()
    due = [p.standing.due for p in queries.people(company.viewer("wang"), clock.today())]
    assert len(due) >= 60 and max(due.count(day) for day in due) <= 2


def test_hr_writes_the_questions_and_both_sides_read_them(company, visit):
    hu, wang = visit(company.hu), visit(company.wang)
    record = f"/check-ins/people/{company.li}/record"
    assert "What moved since last time?" in wang.get(record).text
    hu.post(ASKS, zh="", en="Was ist neu?\n\nWas fehlt?", version="0")
    assert "Was ist neu?" in wang.get(record).text and "What moved since last time?" not in wang.get(record).text
    assert "Was fehlt?" in visit(company.li).get("/check-ins/questions").text
    assert "Which facts does the result rest on?" in wang.get(f"{record}?kind=result", "questions").text
    hu.post(ASKS, act="ours", zh="x", en="", version="1")
    assert "What moved since last time?" in wang.get(record).text
    assert db.session.execute(select(Prompt.zh, Prompt.en)).all() == [("", "")]
    assert hu.post(ASKS, zh="x", en="", version="1", follow=False).status_code == 409, "a form of before the words were taken away"


def test_everybody_reads_the_questions_in_their_language_or_in_the_other(company, visit):
    hu, li = visit(company.hu), visit(company.li)

    def read(language):
        li.client.set_cookie("language", language)
        return li.get("/check-ins/questions").text

    assert "What moved since last time?" in read("en") and "上次以来有什么进展" in read("zh"), "the portal's own, in both"
    hu.post(ASKS, zh="这周哪里卡住了？", en="What is stuck this week?", version="0")
    assert "What is stuck this week?" in read("en") and "这周哪里卡住了？" in read("zh")
    assert "这周哪里卡住了？" not in read("en") and "What is stuck this week?" not in read("zh")
    hu.post(ASKS, zh="这周哪里卡住了？", en=" ", version="1")
    assert "这周哪里卡住了？" in read("en") and "What moved" not in read("en")
    hu.post(ASKS, zh="", en="What is stuck this week?", version="2")
    assert "What is stuck this week?" in read("zh")
    refused = hu.post(ASKS, zh=" ", en="", version="3", follow=False)
    assert refused.status_code == 422 and "one language at least" in refused.text
    entries = db.session.scalars(select(Payload.words).order_by(Payload.entry_n)).all()
    assert [sorted(words) for words in entries] == [["en", "name", "zh"], ["en", "name"], ["en", "name", "zh"]]
    assert entries[1]["en"] == {"before": "What is stuck this week?", "after": ""}


def test_hr_changes_one_language_and_the_portals_words_stand_in_the_other(company, visit):
    hu = visit(company.hu)
    form = hu.get(ASKS).text
    known = {name: html.unescape(re.search(rf'<textarea[^>]* name="{name}"[^>]*>\r?\n?([^<]*)<', form)[1]) for name in ("zh", "en")}
    assert "上次以来有什么进展" in known["zh"] and "What moved since last time?" in known["en"]
    hu.post(ASKS, version="0", **known)
    assert db.session.scalars(select(Payload.words)).all() == [], "saved as it stood: still the portal's"
    hu.post(ASKS, version="0", zh=known["zh"], en="What now?")
    visitor = visit(company.li)
    visitor.client.set_cookie("language", "zh")
    assert "上次以来有什么进展" in visitor.get("/check-ins/questions").text


def test_words_of_two_in_hr_are_both_shown(company, visit):
    hu = visit(company.hu)
    hu.post("/check-ins/questions/career/employee", zh="", en="Energie?", version="0")
    clash = hu.post("/check-ins/questions/career/employee", zh="", en="Richtung?", version="0", follow=False)
    assert (clash.status_code, "Energie" in clash.text, "Richtung" in clash.text) == (409, True, True)


def at_one_moment(app, people, own, *forms):
    """What two browsers are answered that send these fields in one moment."""
    visitors, answers = [Visitor(app, person) for person in people], []
    db.session.rollback()  # outside a request every transaction is a writer: ours would keep the file
    start = threading.Barrier(len(visitors))

    def post(visitor, fields):
        start.wait(10)
        fields, headers = {"once": once.fresh(), "version": "0", **fields}, {"Origin": ORIGIN}
        answers.append(Context().run(visitor.client.post, own, data=fields, headers=headers).status_code)

    threads = [threading.Thread(target=post, args=each) for each in zip(visitors, forms, strict=True)]
    [thread.start() for thread in threads]
    [thread.join(30) for thread in threads]
    return sorted(answers)


def test_two_of_hr_who_write_the_first_words_in_one_moment_come_one_after_the_other(app, company):
    """Neither answers with an error: whoever is second is shown what the first wrote."""
    words = {"zh": "", "en": "Energie?"}, {"zh": "", "en": "Richtung?"}
    assert at_one_moment(app, (company.hu, company.hu), ASKS, *words) == [303, 409]
    assert db.session.scalars(select(Prompt.en)).one() in ("Energie?", "Richtung?")


def test_two_who_set_the_first_rhythm_in_one_moment_come_one_after_the_other(app, company):
    """Neither answers with an error: whoever is second is shown what the first chose."""
    own = f"/check-ins/people/{company.li}/rhythm"
    assert at_one_moment(app, (company.wang, company.hu), own, {"days": "7"}, {"days": "30"}) == [303, 409]
    assert db.session.scalars(select(Rhythm.every_days)).one() in (7, 30)
