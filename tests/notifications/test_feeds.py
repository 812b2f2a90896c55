"""The feed of a calendar: what is in it, and whose key opens it how long."""

from datetime import timedelta
from html import unescape
from pathlib import Path

import pytest
from icalendar import Calendar
from sqlalchemy import select, text, update

from portal import clock
from portal.accounts.models import LoginSession
from portal.db import db
from portal.directory.models import Person, Status
from tests.build import a_check_in, a_cycle, a_review, an_objective


def address(page: str) -> str:
    return unescape(page.partition('readonly value="')[2].partition('"')[0]).removeprefix("http://localhost")


@pytest.fixture
def feed(company, visit):
    a_check_in(company.li, company.wang, held_on=clock.today(), state="confirmed", confirmed_at=clock.now(), note="a secret note")
    an_objective(company.period, person_id=company.li, state="proposed", title="保密目标")
    cycle = a_cycle(company.period, state="running", self_due=clock.today() + timedelta(9))
    a_review(company.wang, {company.wang: "self", company.zhao: "manager"}, cycle)
    db.session.execute(update(Person).where(Person.id == company.li).values(pinyin="li xiao long", name="李小龙"))
    db.session.commit()
    return address(visit(company.wang).post("/account/notifications/calendar").text)


def test_it_opens_in_a_calendar_and_tells_days_kinds_and_initials_only(company, visit, feed):
    answer = visit(None).get(feed)
    assert answer.status_code == 200 and answer.mimetype == "text/calendar" and "no-store" in answer.headers["Cache-Control"]
    found = Calendar.from_ical(answer.data)
    events = {str(one["summary"]): one for one in found.walk("VEVENT")}
    assert found.get("version") == "2.0" and not found.errors
    assert events["Dialogue due: L. X. L."].decoded("dtstart") == clock.today() + timedelta(14)
    assert events["Self-assessments to write"].decoded("dtstart") == clock.today() + timedelta(9)
    assert len({str(one["uid"]) for one in events.values()}) == len(events) == 4, "李, 孙, one's own manager, the form"
    for secret in ("李小龙", "保密目标", "a secret note", "cycle", "wang"):
        assert secret not in answer.text


def test_the_key_is_shown_once_kept_as_a_digest_and_renewed(company, visit, feed):
    wang, token = visit(company.wang), feed.rsplit("/", 1)[1].removesuffix(".ics")
    assert len(token) >= 43 and token not in wang.get("/account/notifications").text
    kept = " ".join(str(row) for table in ("calendar_feed", "once") for row in db.session.execute(text(f"SELECT * FROM {table}")))  # noqa: S608 - our own names
    db.session.rollback()
    assert token not in kept
    newer = address(wang.post("/account/notifications/calendar").text)
    assert (visit(None).get(feed).status_code, visit(None).get(newer).status_code) == (404, 200)
    wang.post("/account/notifications/calendar/end")
    assert visit(None).get(newer).status_code == 404


def test_it_ends_with_the_account_and_opens_nothing_else(company, visit, feed):
    assert visit(None).get("/account/notifications").status_code == 401
    assert db.session.scalars(select(LoginSession).where(LoginSession.person_id.is_(None))).all() == []
    db.session.execute(update(Person).where(Person.id == company.wang).values(status=Status.LEFT))
    db.session.commit()
    assert visit(None).get(feed).status_code == 404


def test_no_log_has_the_key(company, visit, feed, caplog):
    with caplog.at_level("DEBUG"):
        visit(None).get(feed)
    assert feed.rsplit("/", 1)[1] not in caplog.text
    assert '"~^[^?]*/calendar/" "/calendar/-"' in Path("deploy/nginx/maps.conf").read_text(), "nginx writes no more of the path"


def test_a_calendar_that_asks_without_end_waits(app, company, visit, feed, monkeypatch):
    monkeypatch.setitem(app.config, "CALENDARS", "2/hour")
    answers = [visit(None).get(feed) for _ in range(3)]
    assert [one.status_code for one in answers] == [200, 200, 429]
    assert answers[2].headers["Retry-After"] == "600"
