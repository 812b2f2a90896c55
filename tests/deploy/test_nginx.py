"""What a company puts in front of the portal, tried whole: nginx, two web processes over TLS, PostgreSQL, slapd."""

import os
import re
import signal
import socket
import threading
import time
from collections import Counter
from decimal import Decimal
from urllib.parse import urlencode

import psycopg
import pytest
from sqlalchemy import delete, select

from portal import guard, once
from portal.accounts.models import LoginSession
from portal.db import db
from portal.directory.ldap import Directory
from portal.directory.models import Person
from portal.goals.models import Measure, MeasureValue
from portal.imports import reading
from portal.settings import NAMES, Setting
from tests.build import an_objective
from tests.company import found
from tests.conftest import make_app
from tests.databases import fresh_url
from tests.deploy.stack import PROJECT, Stack, children
from tests.slapd import PASSWORD, PEOPLE, SERVICE, settings
from tests.tables import bring_tables
from tests.visitor import Visitor

SITE = (PROJECT / "deploy/nginx/portal.conf").read_text()
PAGES = PROJECT / "deploy/nginx/pages"
AWAY = ("绩效门户暂时无法访问", "The portal is away for a moment")


@pytest.fixture(scope="module")
def world(request, tmp_path_factory, slapd):
    """The stack, its application for looking into the database, somebody signed in, and an address that saves values."""
    folder = tmp_path_factory.mktemp("nginx")
    url = fresh_url(request, "postgresql", folder, "nginx")
    app = make_app(url)
    stack = Stack(folder)
    directory = {**slapd.settings(SERVICE), "LDAP_BASE": PEOPLE}
    with app.app_context():
        bring_tables()
        company = found()
        db.session.execute(delete(Setting).where(Setting.name == "open"))  # its first run is over
        li = db.session.get(Person, company.li)
        li.directory_key = next(entry.key for entry in Directory(settings(slapd)).people() if entry.login == "li")
        goal = an_objective(company.period, person_id=company.li)
        db.session.commit()
        address = f"/goals/measures/{goal.measures[0].id}/values"
        cookie = Visitor(app, company.li).client.get_cookie("portal").value
        db.session.remove()
        try:
            stack.start({"DATA_DIR": str(folder), "DATABASE_URL": url, "SECRET_KEY": app.secret_key, **directory})
            yield stack, address, {"Cookie": f"__Host-portal={cookie}"}, url
        finally:
            stack.stop()
            db.session.remove()
            db.engine.dispose()


@pytest.fixture
def stack(world):
    """Whole again, whatever the test before has killed."""
    for web, port in zip(world[0].webs, world[0].inner, strict=False):
        if web.process is None:
            web.start()
            world[0].wait(port)
    return world[0]


def stored() -> Counter:
    db.session.rollback()
    return Counter(db.session.scalars(select(MeasureValue.value)))


def a_value(number: int) -> dict[str, object]:
    return {"once": once.fresh(), "value": number, "confidence": 5}


def test_signing_in_over_tls(world, stack):
    assert stack.redirected("/goals?q=a") == (308, f"{stack.origin}/goals?q=a")
    sent = {"once": once.fresh(), "login": "li", "password": PASSWORD}
    # Whatever a visitor claims to be: the address is the one nginx sees, the names are those of the settings.
    forged = {"X_Forwarded_For": "203.0.113.9", "X_Forwarded_Host": "evil.example", "X_Forwarded_Prefix": "/evil", "Forwarded": "for=203.0.113.9"}
    answer = stack.post("/login", sent, source="127.0.0.5", Script_Name="/evil", SCRIPT_NAME_="/evil", **forged)
    assert (answer.status, answer["Location"]) == (303, "/")
    cookies = [value for name, value in answer.headers.getheaders() if name.lower() == "set-cookie"]
    session = next(cookie for cookie in cookies if cookie.startswith("__Host-portal="))
    assert all({"Secure", "HttpOnly", "SameSite=Lax", "Path=/"} <= {*re.split(r"; ", cookie)} for cookie in cookies)
    home = stack.ask("GET", "/", Cookie=session.split(";")[0], **forged)
    assert home.status == 200 and "evil" not in home.text
    assert [value for name, value in home.headers.getheaders() if name == "Strict-Transport-Security"] == ["max-age=31536000"]
    db.session.rollback()
    assert db.session.scalars(select(LoginSession.ip).where(LoginSession.ip != "")).all() == ["127.0.0.5"]


def test_pages_are_packed_and_the_log_holds_no_question(world, stack):
    plain = stack.ask("GET", "/login?next=/secret-word")
    packed = stack.ask("GET", "/login", Accept_Encoding="gzip")
    assert (packed["Content-Encoding"], plain["Content-Encoding"]) == ("gzip", None)
    assert len(packed.body) < len(plain.body) / 2 and "Cookie" in packed["Vary"]
    assert "gzip_comp_level 1;" in SITE
    log = (stack.folder / "portal.log").read_text()
    assert '"GET /login"' in log and "secret-word" not in log


def test_static_files_as_the_portal_gives_them_and_kept(world, stack):
    for path, kept in (("/static/css/base.css?v=abc", "public, max-age=31536000, immutable"), ("/static/icon.svg", "no-cache")):
        ours, theirs = stack.ask("GET", path), stack.ask("GET", path, port=stack.inner[0])
        assert ours.body == theirs.body and ours["Server"] == "nginx"
        names = (*guard.HEADERS, "Cache-Control", "Strict-Transport-Security")
        assert {n: ours[n] for n in names if n != "Strict-Transport-Security" or theirs[n]} == {n: theirs[n] for n in names if theirs[n]}
        assert (ours["Cache-Control"], ours["Strict-Transport-Security"]) == (kept, "max-age=31536000")
    assert stack.ask("GET", "/static/../portal/db.py").status in (400, 404)


def test_what_is_too_large_is_refused_in_words(world, stack):
    _, address, signed, _ = world
    largest = max(*guard.WITH_A_FILE.values(), reading.MOST_BYTES + 100_000, 4_000_000)
    (limit,) = re.findall(r"client_max_body_size (\d+)m;", SITE)
    assert int(limit) * 2**20 > largest * 1.2, "what the portal refuses, it refuses itself"
    answer = stack.post(address, {**a_value(1), "why": "x" * 5_000_000}, **signed)
    assert answer.status == 413 and "A form may bring 4 MB" in answer.text
    for size, way in ((int(limit) * 2**20 + 1, {}), (int(limit) * 2**20 + 1, {"HX_Request": "true"})):
        refused = stack.ask("POST", address, Content_Length=str(size), Origin=stack.origin, **signed, **way)
        assert (refused.status, refused["Retry-After"]) == (413, None)
        assert "提交的内容太大" in refused.text and "This is too large to be taken" in refused.text
        assert (refused["HX-Retarget"], refused.text.startswith("<dialog")) == (("#relogin", True) if way else (None, False))
    assert stored() == Counter()


def test_pages_of_nginx_are_complete_and_strict():
    assert "default-src 'none'; style-src 'self'; frame-ancestors 'none'" in SITE
    for page in PAGES.glob("*-page.html"):
        text = page.read_text()
        (sheet,) = re.findall(r'<link rel="stylesheet" href="/(static/css/[a-z]+\.css)">', text)
        assert not re.search(r"@import|url\(", (PROJECT / sheet).read_text()), "it brings nothing along"
        assert not re.search(r"<script|<style|src=|style=|url\(", text) and text.count("href=") == 1
    for page in PAGES.glob("large-*.html"):
        assert {int(most) for most in re.findall(r"(\d+) MB", page.read_text())} == {reading.MOST_BYTES // 1_000_000, NAMES["file_mb"].high}


class Saving(threading.Thread):
    """Somebody who saves, and sends again what got no answer, with the same key, as the page would."""

    def __init__(self, stack, address, signed, numbers):
        super().__init__()
        self.stack, self.address, self.signed, self.numbers = stack, address, signed, numbers
        self.repeated, self.strange = 0, []

    def run(self):
        for number in self.numbers:
            form = a_value(number)
            for _ in range(100):
                try:
                    answer = self.stack.post(self.address, form, **self.signed)
                except OSError as why:  # nginx is there: nobody's line may break
                    self.strange.append(repr(why))
                    return
                if answer.status == 303:
                    break
                self.repeated += 1
                if answer.status != 503 or AWAY[1] not in answer.text:
                    self.strange.append((answer.status, answer.text[:300]))


class Looking(threading.Thread):
    """Somebody who reads one page after the other until told to stop."""

    def __init__(self, stack, signed):
        super().__init__()
        self.stack, self.signed, self.over, self.seen = stack, signed, threading.Event(), []

    def run(self):
        while not self.over.is_set():
            try:
                self.seen.append(self.stack.ask("GET", "/", **self.signed).status)
            except OSError as why:
                self.seen.append(repr(why))


def test_one_machine_dies_under_load_and_nobody_reading_notices(world, stack):
    _, address, signed, _ = world
    savers = [Saving(stack, address, signed, range(n * 10 + 100, n * 10 + 110)) for n in range(3)]
    readers = [Looking(stack, signed) for _ in range(2)]
    for thread in (*savers, *readers):
        thread.start()
    until = time.monotonic() + 20
    while sum(stored().values()) < 8 and time.monotonic() < until:
        time.sleep(0.02)
    stack.webs[0].kill()
    for thread in savers:
        thread.join()
    for reader in readers:
        reader.over.set()
        reader.join()
    assert [saver.strange for saver in savers] == [[]] * 3
    assert {*readers[0].seen, *readers[1].seen} == {200}
    assert stored() == Counter(Decimal(n) for n in range(100, 130))
    db.session.execute(delete(MeasureValue))
    db.session.commit()


class Held:
    """The measure's row is held, so that a save waits inside a web process; which one, the database tells."""

    def __init__(self, url):
        self.url = url.replace("+psycopg", "")
        self.connection = psycopg.connect(self.url)

    def __enter__(self):
        self.connection.execute("SELECT * FROM measure FOR UPDATE")
        self.connection.execute("SELECT * FROM objective FOR UPDATE")
        return self

    def __exit__(self, *_):
        self.connection.rollback()
        self.connection.close()

    def waiting(self) -> str:
        until = time.monotonic() + 15
        with psycopg.connect(self.url, autocommit=True) as looking:
            while time.monotonic() < until:
                row = looking.execute("SELECT application_name FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND application_name ~ 'web'").fetchone()
                if row:
                    return row[0]
                time.sleep(0.02)
        raise AssertionError("no save is waiting")


def in_background(work):
    """What it returned, once it has."""
    got = []

    def run():
        try:
            got.append(work())
        except OSError as why:
            got.append(why)

    thread = threading.Thread(target=run)
    thread.start()
    return thread, got


def test_a_form_whose_process_dies_is_not_handed_to_the_other(world, stack):
    _, address, signed, url = world
    form = a_value(1)
    with Held(url) as held:
        thread, got = in_background(lambda: stack.post(address, form, **signed))
        name = held.waiting()
        for worker in next(web for web in stack.webs if web.name == name).workers():
            os.kill(worker, signal.SIGKILL)
        thread.join(20)
        assert got[0].status == 503 and all(words in got[0].text for words in AWAY)
    time.sleep(0.3)
    assert stored() == Counter(), "sent to one process alone: had the other one got it, it would stand here now"
    assert stack.post(address, form, **signed).status == 303  # sent again by the browser, as the page says
    assert stored() == Counter([Decimal(1)])


@pytest.mark.parametrize("cut", ["half", "whole", "nginx"])
def test_a_line_cut_in_the_middle_of_a_save(world, stack, cut):
    """By a browser that was closed, or by nginx that died: saved once or not at all, and once when it is sent again."""
    _, address, signed, url = world
    number = {"half": 2, "whole": 3, "nginx": 4}[cut]
    form = a_value(number)
    body = urlencode(form).encode()
    head = (
        f"POST {address} HTTP/1.1\r\nHost: localhost:{stack.port}\r\nOrigin: {stack.origin}\r\nCookie: {signed['Cookie']}\r\n"
        f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n\r\n"
    ).encode()
    with Held(url) as held, socket.create_connection(("localhost", stack.port)) as line:
        sending = stack.context.wrap_socket(line, server_hostname="localhost")
        sending.sendall(head + (body[: len(body) // 2] if cut == "half" else body))
        if cut != "half":
            held.waiting()
        if cut == "nginx":
            (worker,) = children(stack.nginx.pid)
            os.kill(worker, signal.SIGKILL)
        sending.close()
    time.sleep(0.3)
    assert stored()[Decimal(number)] == 0 if cut == "half" else stored()[Decimal(number)] <= 1
    assert stack.post(address, form, **signed).status == 303
    assert stored()[Decimal(number)] == 1


def test_a_restart_on_one_machine_loses_no_request(world, stack):
    """The socket is systemd's: what comes while the web process is away waits there."""
    alone = stack.webs[2]
    assert stack.ask("GET", "/healthz", port=stack.alone).status == 200
    alone.process.terminate()
    alone.process.wait()
    thread, got = in_background(lambda: stack.ask("GET", "/login", port=stack.alone))
    alone.start()
    thread.join(30)
    assert got[0].status == 200


def updating(stack, browser, address, signed, scripts):
    """A page with the form of a value, as a browser shows it."""
    context = browser.new_context(ignore_https_errors=True, java_script_enabled=scripts, extra_http_headers={"Cookie": signed["Cookie"]})
    page = context.new_page()
    db.session.rollback()
    goal = db.session.get_one(Measure, int(address.split("/")[3])).objective_id
    page.goto(f"{stack.origin}/goals/{goal}/update")
    return page, page.locator(f"form[action='{address}']")


def test_both_dead_there_is_a_page_and_no_form_is_lost(world, stack, browser):
    """With htmx a message lies over the form; without scripts the browser sends the form again when the page is loaded again."""
    _, address, signed, _ = world
    (page, form), (bare, plain) = (updating(stack, browser, address, signed, scripts) for scripts in (True, False))
    for web in stack.webs[:2]:
        web.kill()
    read, values = stack.ask("GET", "/goals/"), a_value(9)
    sent, over = stack.post(address, values, **signed), stack.post(address, values, HX_Request="true", **signed)
    for answer in (read, sent, over):
        assert (answer.status, answer["Retry-After"], answer["Cache-Control"]) == (503, "10", "no-store")
        assert all(words in answer.text for words in AWAY)
        assert "default-src 'none'" in answer["Content-Security-Policy"] and answer["Server"] == "nginx"
    assert (read["Refresh"], sent["Refresh"], over["Refresh"]) == ("10", None, None), "a form that was sent is not thrown away"
    assert (over["HX-Retarget"], over["HX-Reswap"], over.text.startswith("<dialog")) == ("#relogin", "innerHTML", True)
    assert stack.ask("GET", "/static/css/base.css?v=1").status == 200
    for it, number, shown in ((form, 31, page), (plain, 32, bare)):
        it.locator("[name=value]").fill(str(number))
        it.get_by_role("button").last.click()
        shown.get_by_text(AWAY[0]).first.wait_for()
    assert bare.locator("main").evaluate("box => getComputedStyle(box).borderTopWidth") == "1px", "its style sheet came too"
    stack.webs[1].start()
    until = time.monotonic() + 30
    while stack.post(address, values, **signed).status != 303 and time.monotonic() < until:
        time.sleep(0.2)
    while stored()[Decimal(31)] == 0 and time.monotonic() < until:  # each process of nginx finds out by itself who lives again
        page.get_by_role("dialog").get_by_role("button").click()
        assert form.locator("[name=value]").input_value() == "31"
        form.get_by_role("button").last.click()
        page.get_by_role("dialog").or_(page.get_by_text("31")).first.wait_for()
    while stored()[Decimal(32)] == 0 and time.monotonic() < until:
        bare.reload()
    assert [stored()[Decimal(number)] for number in (9, 31, 32)] == [1, 1, 1]
    for shown in (page, bare):
        shown.context.close()
