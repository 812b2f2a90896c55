"""What is due goes, what is not stays; a rule is tried before it counts; the journal stays whole."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from portal import clock, jobs, journal
from portal.accounts.models import LoginSession
from portal.checkins.models import CheckIn, Note
from portal.db import db
from portal.directory.models import Person, Status
from portal.jobs.models import Job, State
from portal.journal.models import Entry, Payload
from portal.retention import operations, queries
from portal.retention.jobs import JOB
from portal.retention.kept import KINDS, tables
from portal.retention.models import RetentionRule, RetentionRun
from tests.build import a_check_in, a_session
from tests.everywhere.exemptions import NOT_FORGOTTEN

LONG = timedelta(days=800)


def rule(kind, keep, event="ended"):
    by = db.session.scalars(select(Person.id).limit(1)).one()
    db.session.add(RetentionRule(kind=kind, event=event, keep=keep, by_id=by, at=clock.now()))
    db.session.commit()


def a_talk(company, held_on, words="words", person="li"):
    talk = a_check_in(getattr(company, person), company.wang, held_on=held_on)
    db.session.add(Note(check_in_id=talk.id, voice="manager", field="progress", text=words))
    journal.write("check_in.shared", talk, company.viewer("wang"), words={"progress": words})
    db.session.commit()
    return talk.id


def night():
    jobs.ask(JOB)
    db.session.commit()
    while jobs.work_one():
        pass
    return db.session.execute(select(Job.state, Job.done).where(Job.kind == JOB).order_by(Job.id.desc()).limit(1)).one()


def test_every_table_is_kept_by_a_rule_or_exempt():
    every = set(Entry.metadata.tables)
    assert tables() - every == set() and NOT_FORGOTTEN.keys() - every == set()
    assert tables() & NOT_FORGOTTEN.keys() == set()
    assert every - tables() - NOT_FORGOTTEN.keys() == set(), "a new table: under a kind of portal/retention/kept.py, or exempt with a reason"


def test_what_is_due_goes_and_the_chain_stays_whole(company):
    old, young = a_talk(company, clock.today() - LONG, "OLD"), a_talk(company, clock.today(), "YOUNG")
    assert night() == (State.DONE, 0), "without a rule nothing of it is due"
    rule("check_ins", 24)
    assert night() == (State.DONE, 1)
    assert db.session.scalars(select(Note.text)).all() == ["YOUNG"] and set(db.session.scalars(select(CheckIn.id))) == {old, young}
    assert [words.get("progress") for words in db.session.scalars(select(Payload.words)) if "progress" in words] == ["YOUNG"]
    run = db.session.scalars(select(RetentionRun)).one()
    said = db.session.execute(select(Entry.actor_id, Payload.words).join(Payload).where(Entry.kind == "retention_run.applied")).one()
    assert said == (None, {"name": "check_ins", "rows": 1, "boundary": run.boundary.isoformat()}) and run.ended
    assert journal.check() == [] and night() == (State.DONE, 0), "done once"


def test_it_stops_between_two_batches_and_goes_on(company, monkeypatch):
    for _ in range(5):
        a_session(company.li, seen=clock.now() - LONG)
    db.session.commit()
    monkeypatch.setattr(operations, "AT_ONCE", 2)
    jobs.ask(JOB)
    db.session.execute(update(Job).values(cancel=True))
    db.session.commit()
    jobs.work_one()
    assert db.session.execute(select(Job.state, Job.done, Job.total)).one() == (State.CANCELLED, 2, 5)
    db.session.execute(update(Job).values(state=State.WAITING, cancel=False, ended_at=None))
    db.session.commit()
    jobs.work_one()
    assert db.session.execute(select(Job.state, Job.done)).one() == (State.DONE, 5)
    assert [row.rows for row in db.session.scalars(select(RetentionRun).order_by(RetentionRun.id))] == [2, 3]
    assert db.session.scalars(select(LoginSession)).all() == [] and journal.check() == []


def test_a_hold_keeps_everything_of_one_person(company, visit):
    held, free = a_talk(company, clock.today() - LONG, "HELD"), a_talk(company, clock.today() - LONG, "FREE", "sun")
    visit(company.hu).post(f"/admin/retention/people/{company.li}/hold", hold_reason="a dispute", password="right")
    rule("check_ins", 1)
    night()
    assert db.session.scalars(select(Note.text)).all() == ["HELD"] and held != free
    assert visit(company.hu).post(f"/admin/retention/people/{company.li}/hold", hold_reason="twice", password="right").status_code == 409
    visit(company.hu).post(f"/admin/retention/people/{company.li}/lift", password="right")
    night()
    assert db.session.scalars(select(Note.text)).all() == []


def test_a_rule_is_tried_first_and_confirmed(company, visit):
    a_talk(company, clock.today() - LONG)
    hu, page = visit(company.hu), "/admin/retention/kinds/check_ins"
    tried = hu.get(f"{page}?event=ended&keep=24").text
    assert "1 row happened before" in tried and "Nothing was removed" in tried and 'name="due" value="1"' in tried
    for refused in ({"due": "0", "password": "right"}, {"due": "", "password": "right"}, {"due": "1", "password": "wrong"}):
        assert hu.post(page, event="ended", keep="24", **refused).status_code == 422
    for wrong in ("0", "601", "x"):
        assert hu.get(f"{page}?event=ended&keep={wrong}").status_code == 422
    assert hu.get(f"{page}?event=never&keep=3").status_code == 422
    assert hu.get("/admin/retention/kinds/sessions?event=ended&keep=").status_code == 422, "sessions are not kept for ever"
    assert db.session.scalars(select(RetentionRule)).all() == []
    assert hu.post(page, event="ended", keep="24", due="1", password="right").status_code == 200
    found = db.session.scalars(select(RetentionRule)).one()
    assert (found.event, found.keep, found.by_id) == ("ended", 24, company.hu)
    told = db.session.execute(select(Entry.actor_id, Payload.words).join(Payload).where(Entry.kind == "retention_rule.changed")).one()
    assert told == (company.hu, {"name": "check_ins", "before": "for ever", "after": "ended 24 months"})
    assert "24 months after the talk" in hu.get("/admin/retention").text
    assert hu.post(page, event="ended", keep="", due="0", password="right").status_code == 200, "and back to for ever"


def test_who_shortened_a_rule_stays_to_be_read(company, visit):
    """A short rule for the journal does not take away the entry that says who made it."""
    visit(company.hu).post("/admin/retention/kinds/journal_portal", event="ended", keep="1", due="0", password="right")
    with clock.at(clock.now() + LONG):
        night()
    assert "ended 1 months" in str(db.session.scalars(select(Payload.words)).all())


@pytest.mark.parametrize("name", KINDS)
def test_each_kind_finds_what_is_due_on_both_databases(company, name):
    """The SQL of every event can be asked and its rows can be cleared; what is cleared is not found again."""
    kind = KINDS[name]
    for event in kind.events:
        tried = queries.Rule(kind, event, 1)
        assert (queries.count(tried), queries.sample(tried), list(queries.batch(tried, 5))) == (0, [], [])
    kind.erase([])


def test_months_are_those_of_the_calendar():
    day = clock.today().replace(year=2024, month=3, day=31)
    assert [queries.months_before(day, n).isoformat() for n in (1, 3, 12, 15)] == ["2024-02-29", "2023-12-31", "2023-03-31", "2022-12-31"]


def test_leavers_are_found_and_colleagues_are_not(company, visit):
    db.session.execute(update(Person).where(Person.id == company.sun).values(status=Status.LEFT, left_on=clock.today()))
    db.session.commit()
    page = visit(company.hu).get("/admin/retention/people?q=su").text
    assert f"/people/{company.sun}" in page and "Nobody fits" in visit(company.hu).get("/admin/retention/people?q=li").text
