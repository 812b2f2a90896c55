"""Robots of groups: the vendors' documented formats, what they say, and where nobody can lead them."""

import base64
import hashlib
import hmac
import http.server
import json
import socket
import ssl
import subprocess
from datetime import UTC, datetime, timedelta
from threading import Thread
from urllib.parse import parse_qs, urlsplit

import pytest
from sqlalchemy import select, text

from portal import clock
from portal.db import db
from portal.jobs import engine
from portal.jobs.models import Job
from portal.jobs.models import State as JobState
from portal.journal.models import Payload
from portal.notifications import outside, robots, sealing
from portal.notifications.models import Post, Robot, RobotKind, State
from tests.notifications.conftest import at, work

NOW = datetime(2026, 11, 30, 1, 0, 0, 123_000, tzinfo=UTC)
SECRET = "SECf4e0a5b3"
WECOM = "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=693a91f6-7xxx-4bc4-97a0-0ec2sifa5aaa"
DINGTALK = "https://oapi.dingtalk.com/robot/send?access_token=abc"
FEISHU = "https://open.feishu.cn/open-apis/bot/v2/hook/xxxx"


def digest_of(key: str, message: str) -> str:
    return base64.b64encode(hmac.new(key.encode(), message.encode(), hashlib.sha256).digest()).decode()


def test_wecom_as_documented():
    """企业微信 群机器人配置说明, 文本类型: {"msgtype": "text", "text": {"content": …}}."""
    url, body = robots.written(RobotKind.WECOM, WECOM, "", "质量部：5", NOW)
    assert url == WECOM and json.loads(body) == {"msgtype": "text", "text": {"content": "质量部：5"}}


def test_dingtalk_as_documented():
    """钉钉 自定义机器人安全设置, 加签: timestamp in milliseconds, sign = urlencode(base64(HmacSHA256(secret, timestamp + "\\n" + secret)))."""
    url, body = robots.written(RobotKind.DINGTALK, DINGTALK, SECRET, "5", NOW)
    said = parse_qs(urlsplit(url).query)
    millis = said["timestamp"][0]
    assert millis == "1796000400123" and said["sign"] == [digest_of(SECRET, f"{millis}\n{SECRET}")] and said["access_token"] == ["abc"]
    assert json.loads(body) == {"msgtype": "text", "text": {"content": "5"}}
    assert robots.written(RobotKind.DINGTALK, DINGTALK, "", "5", NOW)[0] == DINGTALK


def test_feishu_as_documented():
    """飞书 自定义机器人使用指南, 签名校验: timestamp in seconds, the text timestamp + "\\n" + secret is the key, the message is empty."""
    url, body = robots.written(RobotKind.FEISHU, FEISHU, SECRET, "5", NOW)
    assert url == FEISHU
    assert json.loads(body) == {"timestamp": "1796000400", "sign": digest_of(f"1796000400\n{SECRET}", ""), "msg_type": "text", "content": {"text": "5"}}
    assert json.loads(robots.written(RobotKind.FEISHU, FEISHU, "", "5", NOW)[1]) == {"msg_type": "text", "content": {"text": "5"}}


INSIDE = [
    "127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "255.255.255.255", "224.0.0.1", "::1", "::", "fe80::1", "fe80::1%eth0",
    "fc00::1", "::ffff:127.0.0.1", "::ffff:169.254.169.254", "64:ff9b::7f00:1", "2002:7f00:1::", "2001:0:7f00:1::", "::127.0.0.1", "ff02::1",
]  # fmt: skip


@pytest.mark.parametrize("address", INSIDE)
def test_no_address_of_ours_is_public(address):
    assert not outside.is_public(address)


@pytest.mark.parametrize("address", ["8.8.8.8", "203.205.254.1", "2400:3200::1", "::ffff:8.8.8.8"])
def test_the_others_are(address):
    assert outside.is_public(address)


@pytest.mark.parametrize(
    "url",
    [
        "http://oapi.dingtalk.com/x", "https://oapi.dingtalk.com:8443/x", "https://a:b@oapi.dingtalk.com/", "https://evil.example/", "https://127.0.0.1/", "https://2130706433/",
        "https://oapi.dingtalk.com.evil.example/", "https://evil.example#oapi.dingtalk.com", "https://oapi.dingtalk.com/#x", "https://oapi.dingtalk.com/\r\nHost: x", "https://oapi.dingtalk.com\\@evil/",
        "https://[::1]/", "file:///etc/passwd", "gopher://oapi.dingtalk.com/", "https://oapi.dingtalk.com:x/", "", "https://oapi.dingtalk.com/机器人", "https://oapi.dingtalk.com/\x7f",
    ],
)  # fmt: skip
def test_an_address_that_is_none_of_a_robot(app, url):
    assert outside.problem(url)
    with pytest.raises(outside.NotReached):
        outside.post(url, b"{}")


@pytest.mark.parametrize("answers", [["10.0.0.1"], ["8.8.8.8", "127.0.0.1"], ["::ffff:10.0.0.1"], []])
def test_a_name_that_leads_inside_is_not_asked(app, monkeypatch, answers):
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_a, **_k: [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (one, 443)) for one in answers])
    monkeypatch.setattr(socket, "create_connection", lambda *_a: pytest.fail("it was connected to"))
    with pytest.raises(outside.NotReached, match="own network"):
        outside.post(DINGTALK, b"{}")


@pytest.fixture(scope="session")
def certificate(tmp_path_factory):
    """(certificate, key) of the vendors' hosts, made once: to find a key takes longer than a test."""
    folder = tmp_path_factory.mktemp("vendor")
    key, cert = folder / "key", folder / "cert"
    hosts = "DNS:oapi.dingtalk.com,DNS:open.feishu.cn,DNS:qyapi.weixin.qq.com"
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-subj", "/CN=vendor", "-addext", f"subjectAltName={hosts}", "-keyout", key, "-out", cert], check=True, capture_output=True)
    return cert, key


@pytest.fixture
def vendor(app, certificate, tmp_path, monkeypatch):
    """A vendor's host on this machine, with a certificate we trust; the only address inside that counts as outside."""
    cert, key = certificate

    class Vendor(http.server.BaseHTTPRequestHandler):
        got, answers = [], (200, {}, b'{"errcode": 0, "errmsg": "ok"}')

        def do_POST(self):
            self.got.append((self.headers["Host"], self.path, self.rfile.read(int(self.headers["Content-Length"]))))
            status, headers, body = Vendor.answers
            self.send_response(status)
            for name, value in {"Content-Length": str(len(body)), **headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Vendor)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(cert, key)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    trusted = ssl.create_default_context(cafile=str(cert))

    def to_here(to, seconds):
        assert to[0] == "8.8.8.8", to
        here = socket.socket()
        here.settimeout(seconds)
        here.connect(("127.0.0.1", server.server_port))
        return here

    monkeypatch.setattr(ssl, "create_default_context", lambda *_a, **_k: trusted)
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_a, **_k: [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("8.8.8.8", 443))])
    monkeypatch.setattr(socket, "create_connection", to_here)
    monkeypatch.setitem(app.config, "DATA_DIR", str(tmp_path))
    monkeypatch.setitem(app.config, "PUBLIC_URL", "https://portal.company.example")
    yield Vendor
    server.shutdown()
    server.server_close()


def a_robot(hu, **more):
    fields = {"kind": "dingtalk", "name": "质量部群", "address": DINGTALK, "secret": SECRET, "unit": "", **more}
    return hu.post("/admin/robots/new", **fields)


def test_a_group_is_told_a_number_once_a_day_and_nothing_of_anybody(staff, visit, vendor):
    hu = visit(staff.hu)
    assert "质量部群" in a_robot(hu, unit=staff.units.sales).text
    work("digest")
    work("digest", moment=at(hour=11))
    ((host, path, body),) = vendor.got
    assert host == "oapi.dingtalk.com" and "sign=" in path
    assert json.loads(body)["text"]["content"] == "sales：有 2 次对话到期。 https://portal.company.example/" or "sales: 2 check-ins are due." in body.decode()
    assert not [name for name in ("li", "sun", "wang") if name in body.decode().split()]
    assert "taken" in hu.get("/admin/robots").text


@pytest.mark.parametrize(
    ("answers", "why"),
    [
        ((500, {}, b"oops"), "answered with an error"),
        ((302, {"Location": "https://169.254.169.254/latest/meta-data"}, b""), "sends us to another address"),
        ((200, {}, b'{"errcode": 310000, "errmsg": "sign not match"}'), "refuses the message"),
        ((200, {}, b"<html>"), "refuses the message"),
        ((200, {}, b"x" * 200_000), "too long"),
        ((200, {}, b"[" * 60_000), "refuses the message"),
    ],
)
def test_what_goes_wrong_is_told_and_tried_twice_more(staff, visit, vendor, answers, why):
    hu = visit(staff.hu)
    a_robot(hu)
    vendor.answers = answers
    with clock.at(at()):
        engine.ask("digest")
        db.session.commit()
        while engine.work_one():
            pass
    for n in (1, 2, 3):
        with clock.at(at() + timedelta(hours=n)):
            while engine.work_one():
                pass
    assert why in db.session.scalar(select(Robot.told_why))
    assert why in hu.get("/admin/robots").text
    assert db.session.scalar(select(Post.state)) is State.FAILED and len(vendor.got) == 3
    assert db.session.scalar(select(Job.state).where(Job.kind == "robots")) is JobState.FAILED


def test_what_opens_a_group_is_sealed_and_in_no_page_and_no_journal(staff, visit, vendor, tmp_path):
    hu = visit(staff.hu)
    page = a_robot(hu).text
    assert SECRET not in page and "access_token" not in page
    kept = str(db.session.execute(text("SELECT address, secret FROM robot")).all()) + str(db.session.execute(text("SELECT words FROM payload")).all())
    assert SECRET not in kept and "access_token" not in kept
    assert (tmp_path / "robot.key").stat().st_mode & 0o077 == 0
    (tmp_path / "robot.key").unlink()
    robot = db.session.scalars(select(Robot.id)).one()
    hu.post(f"/admin/robots/{robot}/try")
    with clock.at(clock.now() + timedelta(seconds=1)):
        while engine.work_one():
            pass
    assert "Enter it again" in hu.get("/admin/robots").text and vendor.got == []
    hu.post(f"/admin/robots/{robot}/remove")
    assert db.session.scalars(select(Robot)).all() == []


def test_who_keeps_robots(staff, visit, vendor):
    assert visit(staff.zheng).get("/admin/robots").status_code == 200
    assert visit(staff.zheng).get("/admin/robots/new").status_code == 403
    assert visit(staff.wang).get("/admin/robots").status_code == 403
    hu = visit(staff.hu)
    assert hu.post("/admin/robots/new", kind="wecom", name="x", address=WECOM, secret="s", unit="", follow=False).status_code == 422
    assert "ROBOT_HOSTS" in hu.post("/admin/robots/new", kind="wecom", name="x", address="https://169.254.169.254/", unit="", follow=False).text


@pytest.fixture
def robot(staff, visit, vendor):
    a_robot(visit(staff.hu))
    return db.session.scalars(select(Robot.id)).one()


def opened(robot):
    found = db.session.get_one(Robot, robot)
    return sealing.unseal(found.address), found.secret and sealing.unseal(found.secret)


def changed(visitor, robot, version="1", **fields):
    known = {"name": "质量部群", "unit": "", "told": "on", "signs": "on", "address": "", "secret": ""}
    return visitor.post(f"/admin/robots/{robot}", version=version, follow=False, **{**known, **fields})


def test_a_robot_is_changed_and_what_opens_it_is_kept_unless_entered_anew(staff, visit, robot):
    hu = visit(staff.hu)
    assert f'href="/admin/robots/{robot}"' in hu.get("/admin/robots").text
    form = hu.get(f"/admin/robots/{robot}").text
    assert SECRET not in form and "access_token" not in form and "质量部群" in form
    assert changed(hu, robot, name="装配群", unit=str(staff.units.sales)).status_code == 303
    found = db.session.get_one(Robot, robot)
    assert (found.name, found.unit_id, opened(robot)) == ("装配群", staff.units.sales, (DINGTALK, SECRET))
    anew = f"{DINGTALK}d"
    changed(hu, robot, "2", address=anew, secret="SECnew")
    assert opened(robot) == (anew, "SECnew")
    changed(hu, robot, "3", signs="off")
    assert opened(robot) == (anew, None)
    assert 'name="signs"' not in hu.get(f"/admin/robots/{robot}").text, "there is no secret to go without"
    kept = db.session.scalars(select(Payload.words).order_by(Payload.entry_n)).all()[1:]
    assert [sorted(words) for words in kept] == [["department", "name"], ["department", "name", "new_address", "new_secret"], ["name", "secret"]]
    assert "SECnew" not in str(kept) and "access_token" not in str(kept)


def test_a_robot_that_is_switched_off_is_told_nothing(staff, visit, robot, vendor):
    hu = visit(staff.hu)
    changed(hu, robot, told="off")
    assert "Switched off" in hu.get("/admin/robots").text
    work("digest")
    assert vendor.got == []
    changed(hu, robot, "2", told="on")
    work("digest", moment=at(1))
    assert len(vendor.got) == 1


def test_two_who_change_a_robot_see_both_texts_and_never_what_opens_it(staff, visit, robot):
    first, second = visit(staff.hu), visit(staff.hu)
    changed(first, robot, name="装配群")
    clash = changed(second, robot, name="总装群", told="off")
    words = clash.text.replace("<mark>", "").replace("</mark>", "")
    assert clash.status_code == 409 and "装配群" in words and "总装群" in words
    assert SECRET not in words and "access_token" not in words
    assert db.session.get_one(Robot, robot).told


def test_what_is_wrong_with_a_changed_robot_is_said(staff, visit, robot):
    hu = visit(staff.hu)
    wrong = changed(hu, robot, address="https://169.254.169.254/")
    assert wrong.status_code == 422 and "ROBOT_HOSTS" in wrong.text
    assert changed(hu, robot, name=" ").status_code == 422
    assert changed(visit(staff.zheng), robot, name="x").status_code == 403
    assert opened(robot) == (DINGTALK, SECRET)
