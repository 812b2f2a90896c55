"""Signing in: what each answer of the directory comes to, and what must not happen on the way."""

import re
import threading
import time as wall

import pytest
from sqlalchemy import func, select, update

from portal.accounts import signing_in
from portal.accounts.models import LoginAttempt, LoginSession
from portal.accounts.signing_in import SENTENCES, Refusal
from portal.db import db
from portal.directory.ldap import Answer
from portal.directory.models import Person, Status
from portal.jobs.models import Job
from portal.journal.models import Entry
from portal.sync.queries import JOB


def sessions():
    return db.session.scalar(select(func.count()).select_from(LoginSession))


def test_the_right_password_opens_the_portal(company, browser):
    answer = browser().sign_in("li", next="/goals/7")
    assert (answer.status_code, answer.location, sessions()) == (303, "/goals/7", 1)


@pytest.mark.parametrize("next_", ["//evil.example", "/\\evil.example", "https://evil.example/x", "javascript:alert(1)"])
def test_the_way_back_stays_in_the_portal(company, browser, next_):
    assert browser().sign_in("li", next=next_).location == "/"
    assert f'value="{next_}"' not in browser().get(f"/login?next={next_}").text


@pytest.mark.parametrize(
    ("said", "status", "why"),
    [
        (Answer.REFUSED, 401, Refusal.WRONG),
        (Answer.LOCKED, 401, Refusal.WRONG),  # said to wrong passwords too
        (Answer.DISABLED, 401, Refusal.DISABLED),
        (Answer.EXPIRED, 401, Refusal.EXPIRED),
        (Answer.PASSWORD_EXPIRED, 401, Refusal.PASSWORD_EXPIRED),
        (Answer.RESTRICTED, 401, Refusal.RESTRICTED),
        (Answer.UNREACHABLE, 503, Refusal.UNREACHABLE),
    ],
)
def test_each_answer_of_the_directory_in_plain_words(company, browser, directory, said, status, why):
    directory.answers["li"] = said
    answer = browser().sign_in("li", next="/goals/7")
    assert (answer.status_code, SENTENCES[why] in answer.text, sessions()) == (status, True, 0)
    assert 'value="li"' in answer.text and 'value="/goals/7"' in answer.text, "only the password is typed again"
    assert "right" not in answer.text
    assert ("Retry-After" in answer.headers) is (status == 503)


def test_no_directory_at_all_is_said_as_well(app, company, browser, monkeypatch):
    monkeypatch.setitem(app.extensions, "directory", None)
    assert browser().sign_in("li").status_code == 503


def test_a_link_to_the_companys_password_page(app, company, browser, directory, configured):
    assert "https://password.example" not in browser().get("/login").text
    directory.answers["li"] = Answer.PASSWORD_EXPIRED
    assert "A company computer asks for it" in browser().sign_in("li").text, "and somebody who has none is told a way"
    configured({"PASSWORD_URL": "https://password.example"})
    assert "https://password.example" in browser().get("/login").text
    said = browser().sign_in("li").text
    assert re.search(r'href="https://password.example"[^>]*>Set a new password', said) and "A company computer" not in said


def test_somebody_the_mirror_does_not_know_yet(company, browser, directory):
    directory.keys["newcomer"] = "key-of-a-newcomer"
    one = browser()
    for _ in range(2):
        answer = one.sign_in("newcomer")
        assert (answer.status_code, answer.location, sessions()) == (303, "/login", 0)
        assert SENTENCES[Refusal.NOT_HERE_YET] in one.get("/login").text
    wanted = db.session.scalars(select(Job)).one()
    assert (wanted.kind, wanted.args["dry"]) == (JOB, False), "one sync is asked for, however often they try"


def test_the_directorys_key_decides_and_not_the_name(company, browser, directory):
    directory.keys["li"] = "key-sun"  # renamed in the directory, not yet synced
    browser().sign_in("li")
    assert db.session.scalars(select(LoginSession.person_id)).all() == [company.sun]


def test_somebody_listed_as_having_left_is_refused_and_listed(company, browser):
    db.session.execute(update(Person).where(Person.id == company.li).values(status=Status.LEFT))
    db.session.commit()
    one = browser()
    answer = one.sign_in("li")
    assert (answer.status_code, answer.location, sessions()) == (303, "/login", 0)
    assert SENTENCES[Refusal.LEFT] in one.get("/login").text.replace("&#39;", "'")
    entry = db.session.scalars(select(Entry)).one()
    assert (entry.kind, entry.subject_id) == ("account.refused", company.li)


@pytest.mark.parametrize(("login", "password"), [("", "right"), ("li", ""), ("x" * 129, "right"), ("li", "x" * 257), (" ", "right")])
def test_what_cannot_be_right_never_reaches_the_directory(company, browser, directory, login, password):
    assert (browser().sign_in(login, password).status_code, directory.asked) == (401, [])


def test_a_name_has_one_spelling(company, browser, directory):
    assert browser().sign_in("  Ｌi ").status_code == 303
    assert directory.asked == ["li"]


def test_known_and_unknown_names_get_the_same_answer_in_the_same_time(company, browser, directory, configured):
    configured({"LOGIN_SECONDS": 0.2})
    took, texts = {}, {}
    for name, seconds in (("li", 0.1), ("nobody", 0.0)):  # a directory that gives unknown names away
        directory.seconds, took[name] = seconds, 1.0
        for n in range(3):  # the best of three: the machine has other work
            began = wall.monotonic()
            answer = browser(f"10.0.0.{n}").sign_in(name, "wrong")
            took[name] = min(took[name], wall.monotonic() - began)
        texts[name] = re.sub(r'value="[^"]*"', "", answer.text)
    assert texts["li"] == texts["nobody"]
    assert abs(took["li"] - took["nobody"]) < 0.05 and min(took.values()) >= 0.2


def test_nobody_waits_for_the_directory_but_the_one_who_signs_in(app, company, browser, directory):
    """Others save while a bind takes long: no transaction is open meanwhile."""
    directory.seconds = 1.0
    slow, done = browser(), []

    def sign_in():
        with app.app_context():
            done.append(slow.sign_in("sun").status_code)
            db.session.remove()

    db.session.rollback()
    thread = threading.Thread(target=sign_in)
    thread.start()
    wall.sleep(0.3)
    began = wall.monotonic()
    db.session.execute(update(Person).where(Person.id == company.li).values(name="saved meanwhile"))
    db.session.commit()
    assert wall.monotonic() - began < 0.5 and done == []
    thread.join(10)
    assert done == [303]


def test_an_attempt_is_counted_before_the_directory_is_asked(company, browser, directory, monkeypatch):
    seen = []
    check = directory.check
    monkeypatch.setattr(directory, "check", lambda *given: (seen.append(db.session.scalar(select(func.count()).select_from(LoginAttempt))), check(*given))[1])
    browser().sign_in("li", "wrong")
    assert seen == [4], "device, address, account, bind"


def test_every_answer_has_its_sentence():
    assert set(SENTENCES) == set(Refusal)
    assert {said for said in Answer if said is not Answer.OK} == set(signing_in.FROM_DIRECTORY)


def test_login_works_without_javascript_and_in_the_dialog(company, browser):
    answer = browser().post("/login", {"HX-Request": "true", "HX-Target": "relogin"}, login="li", password="wrong")
    assert (answer.status_code, answer.headers["HX-Retarget"], "<dialog" in answer.text) == (401, "#relogin", True)
