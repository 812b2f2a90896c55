"""What stops a request half way: wrong hosts and origins, a busy or dead database, too much text, our own mistakes.

Nothing typed is lost, no page tells more than it must.
"""

import re
import sqlite3
import threading

import pytest
from flask import g, request
from sqlalchemy import select, text, update

from portal import clock
from portal.accounts.confirming import confirm_password, recently_confirmed
from portal.accounts.models import LoginSession, Why
from portal.config import read
from portal.db import db
from portal.directory.ldap import Answer
from portal.directory.models import Person
from portal.guard import HEADERS
from portal.web import done
from tests.accounts.conftest import Browser
from tests.conftest import make_app

HTMX = {"HX-Request": "true", "HX-Target": "totals"}


@pytest.fixture
def odd(app, company):
    """The portal with three routes that go wrong, on the database of the test."""
    made = make_app(app.config["SQLALCHEMY_DATABASE_URI"])
    made.config["PROPAGATE_EXCEPTIONS"] = False

    @made.post("/sign")
    def sign():
        confirm_password(g.viewer)
        db.session.execute(update(Person).where(Person.id == g.viewer.id).values(name=request.form["words"]))
        return done("/account/sessions")

    @made.post("/late")
    def late():
        db.session.add(Person(name="x"))
        confirm_password(g.viewer)

    @made.post("/fails")
    def fails():
        raise ValueError("a mistake of ours with a secret")

    @made.post("/clash")
    def clash():
        db.session.execute(text("DO $$ BEGIN RAISE EXCEPTION 'x' USING ERRCODE = '40001'; END $$"))
        return done("/")

    yield made
    with made.app_context():
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def li(odd):
    made = Browser(odd)
    made.sign_in("li")
    return made


def name_of(company):
    db.session.rollback()
    return db.session.scalar(select(Person.name).where(Person.id == company.li))


# -- the password once more


def test_signing_with_the_password(company, li, odd):
    before, cookie = db.session.scalars(select(LoginSession)).one().id_hash, li.cookie()
    assert li.post("/sign", words="signed", password="right").status_code == 303
    old, new = db.session.scalars(select(LoginSession).order_by(LoginSession.id)).all()
    assert name_of(company) == "signed" and li.cookie() != cookie
    assert (old.id_hash, old.why, new.why, new.created == old.created, new.auth_at >= old.auth_at) == (before, Why.REPLACED, None, True, True)


def test_the_old_id_dies_but_not_under_a_double_click(company, odd, li, time):
    copied = Browser(odd)
    copied.client.set_cookie("portal", li.cookie(), domain="localhost")
    li.post("/sign", words="signed", password="right")
    assert copied.get("/account/sessions").status_code == 200
    time.passes(seconds=21)
    assert (copied.get("/account/sessions").status_code, li.get("/account/sessions").status_code) == (401, 200)


def test_sent_twice_it_is_signed_once(company, odd, li):
    first = li.post("/sign", once="k", words="first", password="right")
    second = li.post("/sign", once="k", words="second", password="right")
    assert (first.location, second.location, name_of(company)) == ("/account/sessions", "/account/sessions", "first")


@pytest.mark.parametrize(("said", "status"), [(Answer.REFUSED, 422), (Answer.DISABLED, 422), (Answer.UNREACHABLE, 503)])
def test_without_proof_nothing_is_signed_and_the_text_stays(company, odd, li, said, status):
    odd.extensions["directory"].answers["li"] = said
    page = li.post("/sign", words="my words", version="7", password="right")
    assert (page.status_code, name_of(company)) == (status, "li")
    assert ">my words</textarea>" in page.text and 'name="version" value="7"' in page.text
    assert 'type="password"' in page.text and ">right<" not in page.text
    message = li.post("/sign", HTMX, words="x", password="right")
    assert (message.status_code, message.headers["HX-Retarget"], "<dialog" in message.text) == (status, "#relogin", True)


def test_it_is_throttled_like_a_login_but_not_by_others(company, odd, li):
    for n in range(5):
        Browser(odd, f"10.0.1.{n}").sign_in("li", "wrong")
    assert li.post("/sign", words="signed", password="right").status_code == 303
    answers = [li.post("/sign", words="x", password="wrong") for _ in range(6)]
    assert [a.status_code for a in answers][-1] == 429 and "Retry-After" in answers[-1].headers


def test_the_password_of_somebody_else_proves_nothing(company, odd, li):
    odd.extensions["directory"].keys["li"] = "key-sun"
    assert li.post("/sign", words="x", password="right").status_code == 422 and name_of(company) == "li"


def test_it_has_to_come_first_in_a_view(company, odd, li):
    assert li.post("/late", password="right").status_code == 500
    assert db.session.scalar(select(Person.id).where(Person.name == "x")) is None


def test_no_transaction_is_open_while_the_directory_is_asked(company, odd, li):
    odd.extensions["directory"].seconds = 1.0
    thread = threading.Thread(target=lambda: li.client.post("/sign", data={"once": "k", "words": "signed", "password": "right"}, headers={"Origin": "http://localhost"}))
    thread.start()
    threading.Event().wait(0.4)
    began = clock.now()
    db.session.execute(update(Person).where(Person.id == company.sun).values(name="meanwhile"))
    db.session.commit()
    assert (clock.now() - began).total_seconds() < 0.5
    thread.join(10)
    assert name_of(company) == "signed"


@pytest.mark.parametrize(("minutes", "recent"), [(0, True), (4.9, True), (5.1, False), (-1, False)])
def test_recently_confirmed(odd, time, minutes, recent):
    with odd.test_request_context():
        g.login = LoginSession.begin(1, time.now)
        time.passes(minutes=minutes)
        assert recently_confirmed() is recent


# -- the database


def test_a_busy_database_asks_to_send_again_with_the_same_key(app, company, odd, li):
    if db.engine.dialect.name == "sqlite":
        db.session.rollback()
        other = sqlite3.connect(db.engine.url.database, isolation_level=None, timeout=0)
        other.execute("BEGIN IMMEDIATE")
        page = li.post("/sign", once="the-key", words="my words", password="right")
        message = None
        other.execute("ROLLBACK")
    else:
        page = li.post("/clash", once="the-key", words="my words")
        message = li.post("/clash", HTMX, words="my words")
    assert (page.status_code, page.headers["Retry-After"]) == (503, "3")
    assert ">my words</textarea>" in page.text and 'name="once" value="the-key"' in page.text and "Send again" in page.text
    if message:
        assert (message.status_code, message.headers["HX-Retarget"], "my words" in message.text) == (503, "#relogin", False)
    assert li.post("/sign", once="the-key", words="my words", password="right").status_code == 303
    assert name_of(company) == "my words"


def test_a_dead_database_is_said_in_plain_words(app, company, odd, li, tmp_path):
    gone = make_app(f"sqlite:///{tmp_path}/nowhere/portal.db") if db.engine.dialect.name == "sqlite" else make_app("postgresql+psycopg://x@/x?host=/nowhere")
    gone.config["PROPAGATE_EXCEPTIONS"] = False
    one = Browser(gone)
    one.client.set_cookie("portal", li.cookie(), domain="localhost")
    page = one.post("/sign", words="my words")
    assert page.status_code == 503 and "The portal cannot save just now" in page.text and ">my words</textarea>" in page.text
    page = one.get("/sign")
    assert page.status_code == 503 and "The portal cannot answer just now" in page.text and "what you wrote" not in page.text
    assert (one.get("/healthz").status_code, one.get("/readyz").status_code) == (200, 503)


# -- our own mistakes, too much, the wrong way


def test_a_mistake_of_ours_tells_nothing_and_keeps_the_text(company, li):
    page = li.post("/fails", words="my words")
    assert page.status_code == 500 and "my words" in page.text and "secret" not in page.text and "Traceback" not in page.text


def test_too_large_is_said_clearly(company, li):
    page = li.post("/sign", words="x" * 4_100_000)
    assert page.status_code == 413 and "A form may bring 4 MB" in page.text
    message = li.post("/sign", HTMX, words="x" * 4_100_000)
    assert (message.status_code, message.headers["HX-Retarget"]) == (413, "#relogin")


def test_a_review_of_a_megabyte_of_chinese_is_not_too_large(company, li):
    assert li.post("/sign", words="绩" * 400_000, password="right").status_code == 303


def test_the_wrong_method(company, li):
    page = li.get("/logout")
    assert (page.status_code, page.headers["Allow"]) == (405, "OPTIONS, POST")


def test_what_somebody_may_no_longer_see_still_gives_the_writer_the_text(company, li):
    page = li.post("/goals/999/edit", title="my words", why="", version="1")
    assert page.status_code == 404 and re.search(r"<textarea[^>]*readonly>my words<", page.text)


# -- where it came from


def test_a_wrong_origin_names_both_addresses_and_offers_nothing(company, li):
    page = li.post("/goals/1/edit", {"Origin": "https://other.example"}, title="my words")
    assert page.status_code == 403 and "https://other.example" in page.text and "http://localhost" in page.text
    assert "my words" in page.text and "<form" not in page.text.split("<main", 1)[1].split("</main>")[0], "to be copied, not to be sent by one click"


def public(**more):
    found = read({"SECRET_KEY": "x" * 40, "PUBLIC_URL": "https://portal.example", **more})
    return {name: found[name] for name in ("PUBLIC_URL", "ORIGINS", "TRUSTED_HOSTS", "REQUIRE_HTTPS")}


@pytest.mark.parametrize(("host", "status"), [("portal.example", 401), ("evil.example", 400), ("localhost", 401), ("127.0.0.1:8000", 401), ("portal.example.evil", 400)])
def test_only_known_hosts(odd, company, host, status):
    odd.config.update(public())
    client = odd.test_client()
    answer = client.get("/account/sessions", headers={"Host": host})
    assert answer.status_code == status and HEADERS.items() <= dict(answer.headers).items()
    assert "evil" not in answer.text
    assert client.post("/login", headers={"Host": host, "Origin": "https://portal.example"}).status_code in (400, 401)


def test_only_https_where_it_is_required(odd, company):
    odd.config.update(public(REQUIRE_HTTPS="1"))
    client = odd.test_client()
    moved = client.get("/login?next=/x", headers={"Host": "portal.example"})
    assert (moved.status_code, moved.location) == (308, "https://portal.example/login?next=/x")
    assert client.post("/login", headers={"Host": "portal.example", "Origin": "https://portal.example"}).status_code == 403
    assert client.get("/healthz", headers={"Host": "localhost"}).status_code == 200
    assert client.get("/login", base_url="https://portal.example").status_code == 200


@pytest.mark.parametrize(("origin", "status"), [("https://portal.example", 401), ("https://second.example", 401), ("http://portal.example", 403), ("https://portal.example:8443", 403)])
def test_the_listed_origins_and_no_other(odd, company, origin, status):
    odd.config.update(public(ORIGINS="https://second.example"))
    answer = odd.test_client().post("/login", base_url="https://portal.example", headers={"Origin": origin})
    assert answer.status_code == status


@pytest.mark.parametrize(("proxies", "address"), [(0, "10.0.0.7"), (1, "203.0.113.9"), (2, "198.51.100.1")])
def test_forwarded_headers_are_believed_only_from_our_proxies(app, company, proxies, address):
    made = make_app(app.config["SQLALCHEMY_DATABASE_URI"], PROXIES=proxies)
    headers = {"X-Forwarded-For": "198.51.100.1, 203.0.113.9", "X-Forwarded-Proto": "https", "X-Forwarded-Host": "portal.example"}
    headers["Origin"] = "https://portal.example" if proxies else "http://localhost"
    client = made.test_client()
    answer = client.post("/login", data={"login": "li", "password": "right"}, headers=headers, environ_base={"REMOTE_ADDR": "10.0.0.7"})
    assert db.session.scalars(select(LoginSession.ip)).one() == address
    assert any(line.startswith("__Host-portal=") for line in answer.headers.getlist("Set-Cookie")) is bool(proxies)
    with made.app_context():
        db.engine.dispose()
