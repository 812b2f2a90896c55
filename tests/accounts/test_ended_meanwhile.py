"""A session that is ended while its password is being confirmed stays ended, whichever of the two comes first."""

from threading import Event, Thread

import pytest
from sqlalchemy import event, func, select

from portal import once
from portal.accounts.models import LoginSession, Why
from portal.db import db
from portal.owncopy.models import OwnCopy

ASKED, SESSIONS = "/account/copy", "/account/sessions"
LONG = 20


@pytest.fixture
def two(company, browser):
    """李 at the desk and on the phone."""
    made = browser("10.0.0.1"), browser("10.0.0.2")
    for one in made:
        one.sign_in("li")
    return made


def sent(one, url, **fields):
    """A form of this browser, from a thread of its own: nothing of the test's database session is in it."""
    asked = {"data": {"once": once.fresh(), **fields}, "headers": {"Origin": one.base}, "environ_base": {"REMOTE_ADDR": one.address}}
    answers = []
    thread = Thread(target=lambda: answers.append(one.client.post(url, **asked)))
    thread.start()
    return thread, answers


def ids():
    db.session.rollback()
    return list(db.session.scalars(select(LoginSession.id).order_by(LoginSession.id)))


def running():
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(LoginSession).where(LoginSession.revoked_at.is_(None)))


WAYS = {"this one": lambda desk: f"{SESSIONS}/{desk}/end", "all others": lambda _: f"{SESSIONS}/end"}


@pytest.mark.parametrize("way", WAYS)
def test_ended_while_the_directory_is_asked(two, directory, monkeypatch, way):
    """The lost phone: whoever holds it confirms the password at the moment it is signed out elsewhere."""
    phone, desk = two
    end, ask = WAYS[way](ids()[0]), directory.check

    def meanwhile(login, password):
        thread, answers = sent(desk, end)
        thread.join(LONG)
        assert answers[0].status_code == 303
        return ask(login, password)

    db.session.rollback()
    monkeypatch.setattr(directory, "check", meanwhile)
    answer = phone.post(ASKED, password="right")
    assert answer.status_code == 401 and "signed out" in answer.text
    assert phone.get(SESSIONS).status_code == 401 and desk.get(SESSIONS).status_code == 200
    assert db.session.scalars(select(OwnCopy)).all() == []
    assert db.session.scalars(select(LoginSession.why).order_by(LoginSession.id)).all() == [Why.ELSEWHERE, None]


@pytest.mark.parametrize("way", ["this one", "all others", "here"])
def test_ended_while_it_gets_its_new_id(two, way):
    """The new id is written, not yet committed: whoever ends the session waits for it and ends it too."""
    phone, desk = two
    url = {**WAYS, "here": lambda _: "/logout"}[way](ids()[0])
    by = two[0] if way == "here" else desk
    written, goes_on = Event(), Event()

    def holds(_connection, _cursor, statement, *_rest):
        if statement.startswith("INSERT INTO login_session"):
            written.set()
            goes_on.wait(LONG)

    db.session.rollback()
    engine = db.engine
    event.listen(engine, "after_cursor_execute", holds)
    try:
        confirming, confirmed = sent(phone, ASKED, password="right")
        assert written.wait(LONG)
        ending, ended = sent(by, url)
        ending.join(0.5)  # it waits for the lock
        goes_on.set()
        confirming.join(LONG)
        ending.join(LONG)
    finally:
        event.remove(engine, "after_cursor_execute", holds)
    assert (confirmed[0].status_code, ended[0].status_code) == (303, 303)
    assert running() == 1, "the desk alone"
    assert phone.get(SESSIONS).status_code == 401 and desk.get(SESSIONS).status_code == 200


def test_ending_all_others_from_a_session_with_an_old_id_keeps_it(two):
    """A second tab still has the old id for some seconds: the sign-in is the same."""
    phone, desk = two
    old = desk.cookie()
    assert desk.post(ASKED, password="right").status_code == 303
    new = desk.cookie()
    desk.client.set_cookie("portal", old, domain="localhost")
    assert desk.post(f"{SESSIONS}/end").status_code == 303
    desk.client.set_cookie("portal", new, domain="localhost")
    assert desk.get(SESSIONS).status_code == 200 and phone.get(SESSIONS).status_code == 401
