"""Signing in through the pages on a real slapd: each trouble of a directory in plain words, never a hang."""

import socket
import time

import pytest
from sqlalchemy import func, select

from portal.accounts.models import LoginSession
from portal.accounts.signing_in import SENTENCES, Refusal
from portal.db import db
from portal.directory.ldap import Directory
from portal.directory.models import Person
from tests.accounts.conftest import Browser
from tests.conftest import make_app
from tests.slapd import PASSWORD, settings


@pytest.fixture
def real(app, slapd):
    """The portal on that directory, its people mirrored by their stable keys."""
    directory = Directory(settings(slapd))
    for entry in directory.people():
        db.session.add(Person(name=entry.name, login=None, directory_key=entry.key))
    db.session.commit()
    made = make_app(app.config["SQLALCHEMY_DATABASE_URI"], DIRECTORY=directory)
    yield made
    with made.app_context():
        db.engine.dispose()


def who_is_in():
    return db.session.scalars(select(Person.name).join(LoginSession, LoginSession.person_id == Person.id)).all()


@pytest.mark.parametrize(
    ("login", "password", "name"),
    [
        ("li", PASSWORD, "李雷"),
        ("LI ", PASSWORD, "李雷"),
        ("sun", "密码　😀!", "孙丽"),
        ("wf", PASSWORD, "王, 芳"),  # a comma and a plus in the DN
        ("br", PASSWORD, "张 (三)\\*"),
    ],
)
def test_these_come_in(real, login, password, name):
    assert Browser(real).sign_in(login, password).status_code == 303
    assert who_is_in() == [name]


@pytest.mark.parametrize(
    ("login", "password", "why"),
    [
        ("li", "wrong", Refusal.WRONG),
        ("nobody", PASSWORD, Refusal.WRONG),
        ("twin", PASSWORD, Refusal.WRONG),  # two entries for one name
        ("*", PASSWORD, Refusal.WRONG),
        ("*)(uid=li", PASSWORD, Refusal.WRONG),
        ("li\0", PASSWORD, Refusal.WRONG),
        ("li", PASSWORD + "\0", Refusal.WRONG),
        ("li", "", Refusal.WRONG),
        ("by.hand", PASSWORD, Refusal.WRONG),  # locked: the same words as a wrong password
        ("expired", PASSWORD, Refusal.PASSWORD_EXPIRED),
        ("expired", "wrong", Refusal.WRONG),
        ("reset", PASSWORD, Refusal.PASSWORD_EXPIRED),
    ],
)
def test_these_do_not_and_are_told_why_only_after_the_right_password(real, login, password, why):
    answer = Browser(real).sign_in(login, password)
    assert (answer.status_code, SENTENCES[why] in answer.text, who_is_in()) == (401, True, [])


def test_the_directory_itself_never_locks_through_us(real):
    """It would after five; the portal stops before, and the owner's known device still comes in."""
    mine = Browser(real)
    assert mine.sign_in("zhao", PASSWORD).status_code == 303
    for n in range(8):
        Browser(real, f"10.0.1.{n}").sign_in("zhao", "wrong")
    assert mine.sign_in("zhao", PASSWORD).status_code == 303


@pytest.fixture
def silent():
    """A server that accepts and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def test_a_silent_directory_ends_within_its_deadline_and_others_go_on(real, slapd, silent):
    working = Browser(real)
    working.sign_in("li", PASSWORD)
    real.extensions["directory"] = Directory(settings(slapd, LDAP_URL=f"ldaps://127.0.0.1:{silent}", LDAP_TIMEOUT="1"))
    began = time.monotonic()
    answer = Browser(real).sign_in("wang", PASSWORD)
    assert (answer.status_code, time.monotonic() - began < 3) == (503, True)
    assert SENTENCES[Refusal.UNREACHABLE] in answer.text and "Retry-After" in answer.headers
    assert working.get("/account/sessions").status_code == 200
    assert db.session.scalar(select(func.count()).select_from(LoginSession)) == 1
