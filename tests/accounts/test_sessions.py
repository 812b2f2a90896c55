"""Sessions: what the cookie is, how long one lasts, and everybody who can end it."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from portal.accounts import operations
from portal.accounts.models import LoginSession, Why, hash_of
from portal.clock import now
from portal.db import db
from portal.directory.models import Person, Status
from portal.journal.models import Entry
from portal.settings import Setting

PAGE = "/account/sessions"


@pytest.fixture
def li(browser):
    made = browser()
    made.sign_in("li")
    return made


def row():
    return db.session.scalars(select(LoginSession).order_by(LoginSession.id.desc())).first()


def set_cookies(answer):
    return {line.split("=")[0]: line for line in answer.headers.getlist("Set-Cookie")}


def test_the_cookie_over_http(browser):
    line = set_cookies(browser().sign_in("li"))["portal"]
    assert "HttpOnly" in line and "SameSite=Lax" in line and "Path=/" in line
    assert "Secure" not in line and "Domain" not in line and "Expires" not in line and "Max-Age" not in line


def test_the_cookies_over_https(browser):
    found = set_cookies(browser(secure=True).sign_in("li"))
    assert set(found) == {"__Host-portal", "__Host-device"}
    for line in found.values():
        assert "HttpOnly" in line and "SameSite=Lax" in line and "Path=/;" in line + ";" and "Secure" in line and "Domain" not in line


def test_a_cookie_of_http_is_no_cookie_of_https(app, browser, li):
    secure = browser(secure=True)
    secure.client.set_cookie("portal", li.cookie(), domain="localhost")
    assert (li.get(PAGE).status_code, secure.get(PAGE).status_code) == (200, 401)


def test_the_database_holds_no_token(li):
    with li.client.session_transaction() as session:
        token = session["_user_id"]
    assert len(token) == 43 and row().id_hash == hash_of(token) != token


def test_a_session_fixed_before_the_login_is_worth_nothing(browser):
    """An attacker plants a cookie of theirs; after the login it is another one, and theirs is dead."""
    attacker, victim = browser("10.6.6.6"), browser()
    attacker.sign_in("sun")
    planted = attacker.cookie()
    victim.client.set_cookie("portal", planted, domain="localhost")
    victim.sign_in("li")
    assert victim.cookie() != planted
    assert attacker.get(PAGE).status_code == 401, "the planted session was ended"
    assert db.session.scalars(select(LoginSession.why).order_by(LoginSession.id)).all() == [Why.REPLACED, None]


def test_each_login_has_a_new_id(li):
    first = row().id_hash
    li.sign_in("li")
    assert row().id_hash != first


@pytest.mark.parametrize(("hours", "status"), [(7.9, 200), (8.1, 401)])
def test_idle(li, time, hours, status):
    time.passes(hours=hours)
    assert li.get(PAGE).status_code == status


def test_seen_moves_the_idle_limit_and_nothing_moves_the_absolute_one(li, time):
    for _ in range(2):
        time.passes(hours=5)
        assert li.get(PAGE).status_code == 200
    time.passes(hours=2, minutes=1)
    assert li.get(PAGE).status_code == 401


def test_what_is_over_stays_over(li, time):
    time.passes(hours=9)
    assert [li.get(PAGE).status_code for _ in "abc"] == [401] * 3
    assert time.now - row().seen > timedelta(hours=8), "looking must not revive it for a copied cookie"


def test_seen_is_noted_once_a_minute(li, time, statements):
    time.passes(seconds=30)
    li.get(PAGE)
    assert row().seen < time.now
    time.passes(seconds=31)
    li.get(PAGE)
    assert row().seen == time.now


def test_the_limits_are_settings(li, time):
    db.session.add_all([Setting(name="idle_hours", value=1, at=now()), Setting(name="session_hours", value=2, at=now())])
    db.session.commit()
    time.passes(minutes=59)
    assert li.get(PAGE).status_code == 200
    time.passes(minutes=62)
    assert li.get(PAGE).status_code == 401


def test_a_session_of_the_future_does_not_count(li, time):
    time.passes(minutes=-4)
    assert li.get(PAGE).status_code == 200
    time.passes(minutes=-2)
    assert li.get(PAGE).status_code == 401


def test_signing_out(app, browser, li):
    copied = browser()
    copied.client.set_cookie("portal", li.cookie(), domain="localhost")
    assert copied.get(PAGE).status_code == 200
    answer = li.post("/logout")
    assert (answer.status_code, answer.location, "Clear-Site-Data" in answer.headers) == (303, "/login", False)
    assert (li.get(PAGE).status_code, copied.get(PAGE).status_code, row().why) == (401, 401, Why.SIGNED_OUT)


def test_signing_out_over_https_clears_what_the_browser_kept(browser):
    one = browser(secure=True)
    one.sign_in("li")
    assert one.post("/logout").headers["Clear-Site-Data"] == '"cache", "storage"'


def test_whom_the_directory_disables_is_out_at_the_next_request(company, li):
    db.session.execute(update(Person).where(Person.id == company.li).values(status=Status.LEFT))
    db.session.commit()
    assert li.get(PAGE).status_code == 401


def test_the_sync_ends_all_sessions_of_somebody(company, browser, li):
    phone, other = browser("10.0.0.2"), browser("10.0.0.3")
    phone.sign_in("li")
    other.sign_in("sun")
    assert operations.end_sessions(company.li, Why.LEFT) == 2
    db.session.commit()
    assert [b.get(PAGE).status_code for b in (li, phone, other)] == [401, 401, 200]


def test_the_list_of_my_sessions(company, browser, li):
    phone = browser("10.0.0.2")
    phone.post("/login", {"User-Agent": "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0) Version/17.0 Safari/604.1"}, login="li", password="right")
    browser("10.0.0.3").sign_in("sun")
    page = li.get(PAGE).text
    assert "Safari, iPhone" in page and "10.0.0.2" in page and "10.0.0.3" not in page
    assert page.count("This one") == 1 and page.count("Sign out there") == 1


def test_ending_one_and_all_others(company, browser, li):
    here = row().id
    others = [browser(f"10.0.0.{n}") for n in (2, 3, 4)]
    for other in others:
        other.sign_in("li")
    last = row().id
    assert li.post(f"{PAGE}/{last}/end").location == PAGE
    assert [b.get(PAGE).status_code for b in (li, *others)] == [200, 200, 200, 401]
    assert li.post(f"{PAGE}/end").location == PAGE
    assert [b.get(PAGE).status_code for b in (li, *others)] == [200, 401, 401, 401]
    assert db.session.get_one(LoginSession, here).why is None
    assert db.session.scalars(select(Entry.kind)).all() == ["account.sessions_ended"]


def test_somebody_elses_session_does_not_exist(company, browser, li):
    mine = row().id
    sun = browser()
    sun.sign_in("sun")
    assert sun.post(f"{PAGE}/{mine}/end").status_code == 404 and li.get(PAGE).status_code == 200


def test_the_language_is_kept_with_the_person_and_before_the_login_in_the_browser(company, browser):
    one = browser()
    answer = one.post("/language", language="zh", back="/login")
    assert (answer.location, "登录" in one.get("/login").text) == ("/login", True)
    one.sign_in("li")
    one.post("/language", language="en", back=PAGE)
    assert db.session.get_one(Person, company.li).language == "en"
    other = browser()
    other.client.set_cookie("language", "zh", domain="localhost")
    other.sign_in("li")
    assert '<html lang="en">' in other.get(PAGE).text, "the person's own choice goes before the browser's"
    assert one.post("/language", language="xx").status_code == 400


def test_one_statement_reads_session_person_and_limits(company, li, statements):
    li.get(PAGE)
    assert sum("login_session" in sql for sql in statements) == 2, "who asks, and the list itself"
    assert sum("FROM setting" in sql.split("WHERE login_session.id_hash")[0] and "login_session" not in sql for sql in statements) <= 1


def test_an_answer_is_not_lost_because_seen_cannot_be_noted(company, li, time, monkeypatch):
    from sqlalchemy.exc import OperationalError  # noqa: PLC0415 - only here

    from portal.accounts import views  # noqa: PLC0415

    def busy(_why):
        raise OperationalError("UPDATE", {}, Exception("database is locked"))

    monkeypatch.setattr(views, "own_transaction", busy)
    time.passes(minutes=5)
    assert li.get(PAGE).status_code == 200


def test_a_lost_phone_is_signed_out_at_the_machine(app, browser, li):
    phone, other = browser("10.0.0.8"), browser("10.0.0.9")
    phone.sign_in("li")
    other.sign_in("sun")
    told = app.test_cli_runner().invoke(args=["sign-out", "li"])
    assert told.output == "2 session(s) of li ended.\n"
    assert [one.get(PAGE).status_code for one in (li, phone, other)] == [401, 401, 200]
    assert db.session.scalars(select(Entry.kind)).all() == ["account.sessions_ended"]
    assert app.test_cli_runner().invoke(args=["sign-out", "nobody"]).exit_code == 1
