"""The adapter on a real slapd: every pitfall once."""

import contextlib
import re
import shutil
import tempfile
import threading
import uuid
from datetime import date
from pathlib import Path

import pytest

from portal.demo.slapd import Slapd, certificates, free_port
from portal.directory.ldap import Answer, Directory, DirectoryIncomplete, DirectoryUnreachable, Settings, SettingsWrong, verdict
from portal.directory.ldap_settings import KNOWN
from portal.directory.ldap_wire import Deadline, context
from portal.sync.troubles import plain
from tests.domain import Domain
from tests.slapd import BASE, GROUPS, PASSWORD, PEOPLE, SERVICE, head, ldif, person, settings
from tests.stalls import Proxy, Silent, timed

SHORT = 0.6  # seconds: the deadline of the stall tests; one test proves the real five


def ways(slapd):
    return {
        "plain": {"LDAP_URL": slapd.url},
        "starttls": {"LDAP_URL": slapd.url.replace("127.0.0.1", "localhost"), "LDAP_START_TLS": "1"},
        "ldaps": {"LDAP_URL": slapd.tls_url},
    }


@pytest.mark.parametrize("way", ["plain", "starttls", "ldaps"])
def test_right_and_wrong_password_on_every_way(slapd, way):
    directory = Directory(settings(slapd, **ways(slapd)[way]))
    answer, entry = directory.check("wang", PASSWORD)
    assert (answer, entry.login, entry.name, entry.mail, entry.number) == (Answer.OK, "wang", "王芳", "wang@huaxing.example", "E2")
    assert (entry.department, entry.title, entry.mobile, entry.manager_dn) == ("生产部", "经理", "13800000002", f"uid=zhao,{PEOPLE}")
    assert directory.check("zhao", "wrong") == (Answer.REFUSED, None)


NAMES = ["wang@huaxing.example", "*", "*)(uid=*", "wan*", "wang)(|(uid=*", "(uid=wang)", "wang\\", "\\2a", "nobody", "王芳", f"uid=wang,{PEOPLE}", "ｗａｎｇ\u202e", "wang,", "wang\n"[:-1] + "\x01"]


@pytest.mark.parametrize("name", NAMES, ids=repr)
def test_no_name_reaches_another_account(directory, name):
    assert directory.check(name, PASSWORD) == (Answer.REFUSED, None)


def test_a_name_that_only_looks_like_the_account_is_another_one(slapd, directory):
    """slapd takes two spaces for one, Active Directory ü for u: under each spelling the portal would count anew."""
    slapd.load(person("ma chao", "马超", "zhao"))
    try:
        assert directory.check("MA chao", PASSWORD)[0] is Answer.OK
        assert directory.check("ma  chao", PASSWORD) == (Answer.REFUSED, None)
    finally:
        slapd.modify(f"dn: uid=ma chao,{PEOPLE}\nchangetype: delete\n")


UNUSABLE = [("", PASSWORD), ("  ", PASSWORD), ("wang", ""), ("wang", "\0"), ("wang\0", PASSWORD), ("wang", f"{PASSWORD}\0"), ("w" * 257, PASSWORD), ("wang", "p" * 1025), ("wang", "\ud800")]


@pytest.mark.parametrize(("name", "password"), UNUSABLE, ids=lambda text: repr(text)[:20])
def test_what_could_never_fit_is_refused_before_the_network(slapd, name, password):
    nowhere = Directory(settings(slapd, LDAP_URL=f"ldap://127.0.0.1:{free_port()}"))
    assert nowhere.check(name, password) == (Answer.REFUSED, None)  # else it would be UNREACHABLE


@pytest.mark.parametrize("password", ["­", "\u200b­", " ", "ª"], ids=ascii)
def test_a_password_is_sent_as_typed(slapd, directory, password):
    """SASLprep would leave nothing of the first two: an empty password, which many directories take for a guest."""
    assert directory.check("hr", password) == (Answer.REFUSED, None)


@pytest.mark.parametrize(("login", "password"), [("wf", PASSWORD), ("br", PASSWORD), ("sun", "密码　😀!"), (" WANG ", PASSWORD)])
def test_special_names_and_passwords_get_in(directory, login, password):
    answer, entry = directory.check(login, password)
    assert answer is Answer.OK and entry.login == login.strip().lower()


def test_the_directorys_own_reason_after_the_right_password(directory):
    assert directory.check("expired", PASSWORD)[0] is Answer.PASSWORD_EXPIRED
    assert directory.check("reset", PASSWORD)[0] is Answer.PASSWORD_EXPIRED
    assert directory.check("expired", "wrong") == (Answer.REFUSED, None)
    assert directory.check("reset", "wrong") == (Answer.REFUSED, None)
    assert directory.check("by.hand", PASSWORD) == (Answer.LOCKED, None)


def test_locked_after_five_wrong_passwords(directory):
    for _ in range(5):
        assert directory.check("locked", "wrong") == (Answer.REFUSED, None)
    assert directory.check("locked", PASSWORD) == (Answer.LOCKED, None)
    assert directory.check("li", PASSWORD)[0] is Answer.OK  # nobody else is


def test_two_entries_for_one_login_let_nobody_in(directory, caplog):
    assert directory.check("twin", PASSWORD) == (Answer.REFUSED, None)
    assert "several entries" in caplog.text


def test_disabled_expired_and_must_change_as_active_directory_says_them():
    """Error 49 with Microsoft's reasons, as a real domain controller writes them."""
    text = "80090308: LdapErr: DSID-0C0903A9, comment: AcceptSecurityContext error, data {}, v1db1"
    said = {code: verdict({"result": 49, "message": text.format(code)}) for code in ("52e", "525", "530", "531", "533", "701", "773", "532", "775")}
    assert said == {
        "52e": Answer.REFUSED, "525": Answer.REFUSED, "530": Answer.RESTRICTED, "531": Answer.RESTRICTED, "533": Answer.DISABLED, "701": Answer.EXPIRED,
        "773": Answer.PASSWORD_EXPIRED, "532": Answer.PASSWORD_EXPIRED, "775": Answer.LOCKED,
    }  # fmt: skip
    assert verdict({"result": 51, "message": ""}) is Answer.UNREACHABLE


def test_an_unknown_name_takes_as_long_as_a_known_one(directory):
    def middle(name):
        return sorted(timed(directory.check, name, "wrong")[1] for _ in range(4))[1]

    assert 0.3 < middle("nobody") / middle("wf") < 3


def test_wrong_authority_wrong_host_wrong_service_password_and_nobody_there(slapd, tmp_path, caplog):
    certificates(tmp_path)
    cases = {
        "certificate verify failed": {"LDAP_CA_FILE": str(tmp_path / "ca.pem")},
        "service account is refused": {"LDAP_BIND_PASSWORD": "wrong"},
        "Connection refused": {"LDAP_URL": f"ldaps://localhost:{free_port()}"},
        "noSuchObject": {"LDAP_BASE": "dc=nowhere"},
        "not known": {"LDAP_URL": "ldaps://nowhere.invalid"},
    }
    for why, change in cases.items():
        caplog.clear()
        directory = Directory(settings(slapd, **change))
        assert directory.check("wang", PASSWORD) == (Answer.UNREACHABLE, None), why
        if why != "not known":  # a resolver says it in its own words
            assert why in caplog.text
        with pytest.raises((DirectoryUnreachable, DirectoryIncomplete)):
            list(directory.people())
        last = directory.probe()[-1]
        assert not last.ok and plain(last.seen), last.seen


@pytest.mark.parametrize("way", ["starttls", "ldaps"])
def test_a_certificate_for_another_name_is_refused(slapd, tmp_path, way):
    with_name = Slapd(tmp_path, BASE, names="DNS:other.example", fast=True).start()
    try:
        directory = Directory(Settings.from_config({**with_name.settings(SERVICE), **ways(with_name)[way]}))
        answer = directory.check("wang", PASSWORD)
        assert answer == (Answer.UNREACHABLE, None) and "another name" in plain(directory.probe()[-1].seen)
    finally:
        with_name.stop()


def test_stopped_and_started_again(slapd):
    directory = Directory(settings(slapd))
    slapd.stop()
    try:
        assert directory.check("wang", PASSWORD) == (Answer.UNREACHABLE, None)
    finally:
        slapd.start()
    assert directory.check("wang", PASSWORD)[0] is Answer.OK


def test_several_servers_in_order_under_one_deadline(slapd):
    with Silent() as silent:
        urls = f"ldaps://localhost:{free_port()}, ldaps://localhost:{silent.port}, {slapd.tls_url}"
        directory = Directory(settings(slapd, LDAP_URL=urls, LDAP_TIMEOUT="3"))
        (answer, entry), took = timed(directory.check, "wang", PASSWORD)
        assert answer is Answer.OK and entry and took < 3
        assert timed(directory.check, "wang", PASSWORD)[1] < 0.5  # the silent one is asked last for a while


@pytest.mark.parametrize("way", ["plain", "starttls", "ldaps"])
def test_a_server_that_never_answers(slapd, way):
    with Silent() as silent:
        change = ways(slapd)[way]
        change["LDAP_URL"] = change["LDAP_URL"].rsplit(":", 1)[0] + f":{silent.port}"
        directory = Directory(settings(slapd, **change, LDAP_TIMEOUT=SHORT))
        answer, took = timed(directory.check, "wang", PASSWORD)
        assert answer == (Answer.UNREACHABLE, None) and took < SHORT + 0.5


STOPS = [("plain", n) for n in (1, 5, 14, 30, 200)] + [("starttls", n) for n in (1, 5, 20, 47, 400, 1200)] + [("ldaps", n) for n in (1, 5, 100, 800, 1300)]


@pytest.mark.parametrize(("way", "stop"), STOPS)
def test_a_server_that_stops_after_some_bytes(slapd, way, stop):
    port = slapd.tls_port if way == "ldaps" else slapd.port
    with Proxy(port, stop) as proxy:
        change = ways(slapd)[way]
        change["LDAP_URL"] = change["LDAP_URL"].rsplit(":", 1)[0] + f":{proxy.port}"
        directory = Directory(settings(slapd, **change, LDAP_TIMEOUT=SHORT))
        answer, took = timed(directory.check, "wang", PASSWORD)
        assert answer == (Answer.UNREACHABLE, None) and took < SHORT + 0.5
        assert proxy.passed == stop


@pytest.mark.parametrize("way", ["plain", "starttls", "ldaps"])
def test_a_server_that_trickles_ends_with_the_deadline_too(slapd, way):
    """Each byte comes in time for ldap3's own timeout; all of them do not."""
    with Proxy(slapd.tls_port if way == "ldaps" else slapd.port, 3, pause=0.1) as proxy:
        change = ways(slapd)[way]
        change["LDAP_URL"] = change["LDAP_URL"].rsplit(":", 1)[0] + f":{proxy.port}"
        directory = Directory(settings(slapd, **change, LDAP_TIMEOUT=SHORT))
        answer, took = timed(directory.check, "wang", PASSWORD)
        assert answer == (Answer.UNREACHABLE, None) and took < SHORT + 0.5


def test_the_default_deadline_is_five_seconds_for_all_servers_together(slapd):
    with Silent() as one, Silent() as two:
        directory = Directory(settings(slapd, LDAP_URL=f"ldaps://localhost:{one.port},ldaps://localhost:{two.port}"))
        answer, took = timed(directory.check, "wang", PASSWORD)
        assert answer == (Answer.UNREACHABLE, None) and 4.5 < took < 6


@pytest.mark.parametrize("garbage", [b"HTTP/1.1 400 Bad Request\r\n\r\n", b"\x30\x84\xff\xff\xff\xff", b"\x30\x03\x02\x01\x01" * 9, b"\0" * 64, b"\x30\x80"])
def test_garbage_is_no_answer(slapd, garbage):
    with Silent() as server:
        def speak():
            client, _ = server.socket.accept()
            client.recv(1000)
            client.sendall(garbage)
            client.close()

        threading.Thread(target=speak, daemon=True).start()
        directory = Directory(settings(slapd, LDAP_URL=f"ldap://127.0.0.1:{server.port}", LDAP_TIMEOUT=SHORT))
        answer, took = timed(directory.check, "wang", PASSWORD)
        assert answer == (Answer.UNREACHABLE, None) and took < SHORT + 0.5


def test_people_are_complete_and_mapped(directory):
    found = {entry.login: entry for entry in directory.people() if entry.login != "twin"}
    assert found.keys() == {"zhao", "wang", "li", "sun", "wf", "br", "expired", "reset", "locked", "by.hand", "hr", "sys"}
    assert {login for login, entry in found.items() if entry.disabled} == {"by.hand"}
    assert found["wf"].name == "王, 芳" and found["zhao"].manager_dn is None
    assert len({entry.key for entry in found.values()}) == 12
    assert found["li"].fingerprint == next(e for e in directory.people() if e.login == "li").fingerprint != found["sun"].fingerprint


def test_the_department_can_come_from_the_tree(slapd):
    found = {entry.login: entry.department for entry in Directory(settings(slapd, LDAP_DEPARTMENT_FROM="ou")).people()}
    assert (found["wf"], found["li"]) == ("研发部, 一组", "people")


def test_the_department_can_come_from_a_group(slapd):
    """A person in two of them is in the first by name; an empty branch would take everybody's department away."""
    branch = f"ou=departments,{BASE}"
    text = ldif(branch, objectClass="organizationalUnit", ou="departments")
    text += ldif(f"cn=研发\\, 一组,{branch}", objectClass="groupOfNames", cn="研发, 一组", member=[f"UID=li, {PEOPLE.upper()}", f"uid=sun,{PEOPLE}"])
    text += ldif(f"cn=采购,{branch}", objectClass="groupOfUniqueNames", cn="采购", uniqueMember=[f"uid=sun,{PEOPLE}", f"uid=wang,{PEOPLE}"])
    slapd.load(text)
    by_group = {"LDAP_DEPARTMENT_FROM": "group", "LDAP_DEPARTMENT_GROUPS": branch, "LDAP_PAGE_SIZE": 1}
    found = {entry.login: entry.department for entry in Directory(settings(slapd, **by_group)).people()}
    assert (found["li"], found["sun"], found["wang"], found["zhao"]) == ("研发, 一组", "研发, 一组", "采购", None)
    with pytest.raises(DirectoryIncomplete, match="there is no group below"):
        list(Directory(settings(slapd, **by_group | {"LDAP_DEPARTMENT_GROUPS": PEOPLE})).people())


def domain(server):
    return Directory(Settings.from_config({**GOOD, "LDAP_KIND": "ad", "LDAP_URL": server.url}))


def test_a_group_too_large_for_one_answer_is_read_in_ranges():
    """Active Directory's way. ldap3 left to itself puts the parts together, and takes a part that is refused for the end."""
    everybody = [f"cn=u{n}" for n in range(5)]
    with Domain(everybody) as server:
        assert domain(server).groups(["cn=all"]) == {"cn=all": set(everybody)}
    for after, why in (("busy", "group cn=all: busy"), ("nothing", "its members end after")):
        with Domain(everybody, after) as server, pytest.raises(DirectoryIncomplete, match=why):
            domain(server).groups(["cn=all"])


def test_an_empty_page_is_not_the_end():
    with Domain([]) as server:
        assert [entry.login for entry in domain(server).people()] == ["li"]
        assert [(step.name, step.ok) for step in domain(server).probe()][-2:] == [("search", True), ("person", True)]


def test_without_starttls_no_password_leaves(slapd):
    """Somebody between us and the directory says that it knows no StartTLS: what was to be hidden is not sent."""
    heard = b""
    with Silent() as server:
        def speak():
            nonlocal heard
            client, _ = server.socket.accept()
            heard += client.recv(1000)
            client.sendall(bytes.fromhex("300c02010178070a010204000400"))  # extendedResp: protocolError
            client.settimeout(1)
            with contextlib.suppress(OSError):
                while more := client.recv(1000):
                    heard += more
            client.close()

        thread = threading.Thread(target=speak, daemon=True)
        thread.start()
        directory = Directory(settings(slapd, LDAP_URL=f"ldap://127.0.0.1:{server.port}", LDAP_START_TLS="1", LDAP_TIMEOUT=SHORT))
        assert directory.check("wang", PASSWORD) == (Answer.UNREACHABLE, None)
        thread.join(5)
    assert b"1.3.6.1.4.1.1466.20037" in heard and SERVICE.encode() not in heard and PASSWORD.encode() not in heard


def test_an_answer_cut_short_raises_and_is_never_taken_for_everybody():
    """A service account without the right to read more than 500: ldap3 itself calls this a success."""
    folder = Path(tempfile.mkdtemp(prefix="slapd-"))
    server = Slapd(folder, BASE, fast=True)
    conf = folder / "slapd.conf"
    conf.write_text("\n".join(line for line in conf.read_text().splitlines() if not line.startswith("limits")))
    server.load_bulk(head() + "".join(person(f"u{n}") for n in range(620)))
    server.start()
    try:
        seen = []
        with pytest.raises(DirectoryIncomplete):
            seen.extend(Directory(Settings.from_config(server.settings(SERVICE))).people())
        assert len(seen) <= 500
    finally:
        server.stop()
        shutil.rmtree(folder)


def test_groups_nested_in_circles_and_by_login(directory):
    admins, unix, nowhere = f"cn=hr-admins,{GROUPS}", f"cn=unix,{GROUPS}", f"cn=nowhere,{GROUPS}"
    found = directory.groups([admins, unix, nowhere, "no name at all"])
    assert found == {admins: {f"uid=wang,{PEOPLE}", f"uid=hr,ou=PEOPLE,{BASE.upper().replace('DC=', 'dc=')}"}, unix: {f"uid=sys,{PEOPLE}"}}


def test_an_entry_of_active_directory_is_mapped():
    ad = Directory(Settings.from_config({**GOOD, "LDAP_KIND": "ad", "LDAP_MAP_HIRED_ON": "extensionAttribute1"}))
    key = uuid.uuid4()
    raw = {"objectGUID": [key.bytes_le], "sAMAccountName": [b"wangf"], "displayName": ["王芳".encode()], "employeeID": [b"E2"], "department": ["生产部".encode()], "userAccountControl": [b"512"], "extensionAttribute1": [b"20240301000000.0Z"]}
    entry = ad._entry({"dn": "CN=王芳,OU=生产部,DC=x", "raw_attributes": raw})
    assert (entry.key, entry.login, entry.name, entry.number, entry.department) == (str(key), "wangf", "王芳", "E2", "生产部")
    assert (entry.hired_on, entry.disabled, entry.mail) == (date(2024, 3, 1), False, None)
    for control, off in ((b"514", True), (b"66050", True), (b"66048", False), (b"-2147483136", False)):
        assert ad._entry({"dn": "CN=x", "raw_attributes": raw | {"userAccountControl": [control]}}).disabled is off
    with pytest.raises(DirectoryIncomplete):
        ad._entry({"dn": "CN=x", "raw_attributes": {"sAMAccountName": [b"x"]}})


def test_the_probe_tells_each_step(directory):
    steps = directory.probe()
    assert [step.name for step in steps] == ["connect", "tls", "bind", "search", "person", "person", "person"]
    assert all(step.ok for step in steps)


def test_the_probe_tells_once_what_stops_it_and_at_which_step(slapd):
    def told(**change):
        return [(step.name, step.ok) for step in Directory(settings(slapd, **change)).probe()]

    nobody = f"ldaps://localhost:{free_port()}"
    assert told(LDAP_BIND_PASSWORD="wrong") == [("connect", True), ("tls", True), ("bind", False)]
    assert told(LDAP_URL=nobody) == [("connect", False)]
    assert told(LDAP_URL=f"{nobody},{slapd.tls_url}")[:2] == [("connect", False), ("connect", True)]
    assert told(LDAP_BASE="dc=nowhere")[-1] == ("stopped", False)
    second = f"{slapd.tls_url},{nobody}"  # nobody would miss it before the first is away
    assert told(LDAP_URL=second)[2:5] == [("bind", True), ("connect", False), ("search", True)]
    assert told(LDAP_URL=second, LDAP_BASE="dc=nowhere")[-2:] == [("connect", False), ("stopped", False)]
    assert told(LDAP_PERSON_FILTER="(objectClass=nothing)")[-2:] == [("bind", True), ("search", False)], "nobody is no company"
    assert told(LDAP_CA_FILE="") == told(LDAP_URL=f"ldaps://localhost:{slapd.port}") == [("connect", True), ("tls", False)]


PLAIN = {
    "('socket ssl wrapping error: [SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: self-signed certificate in certificate chain (_ssl.c:1006)',)": "LDAP_CA_FILE",
    "socket ssl wrapping error: [SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: certificate has expired (_ssl.c:1006)": "no longer valid",
    "the service account is refused: invalidCredentials 80090308: LdapErr: DSID-0C090439, comment: AcceptSecurityContext error, data 52e, v4563": "LDAP_BIND_DN",
    **{f"the service account is refused: invalidCredentials 80090308: LdapErr: DSID-0C0903A9, comment: AcceptSecurityContext error, data {code}, v1db1": part for code, part in {"532": "does not expire", "773": "does not expire", "533": "switched off", "701": "switched off", "775": "locked the service", "530": "certain hours", "531": "certain hours"}.items()},
    "the service account is refused: strongerAuthRequired BindSimple: Transport encryption required.": "encrypted line",
    "ldap://a: error receiving data: timed out": "in time",
    "ldap://a: session terminated by server": "hung up",
    "socket connection error while opening: [Errno 113] No route to host": "firewalls",
    "insufficientAccessRights": "may not read",
    "operationsError 000004DC: In order to perform this operation a successful bind must be completed": "",
}


@pytest.mark.parametrize(("said", "part"), PLAIN.items())
def test_what_a_directory_says_is_told_in_plain_words_or_left_as_it_is(said, part):
    assert part in plain(said) if part else plain(said) == ""


def test_a_sync_that_stalls_raises_too(slapd):
    with Proxy(slapd.port, 3000) as proxy:
        directory = Directory(settings(slapd, LDAP_URL=f"ldap://127.0.0.1:{proxy.port}", LDAP_TIMEOUT=0.1))
        with pytest.raises(DirectoryUnreachable):
            list(directory.people())


GOOD = {"LDAP_URL": "ldaps://a", "LDAP_BASE": "dc=x", "LDAP_BIND_DN": "cn=p", "LDAP_BIND_PASSWORD": "s"}
WRONG = [
    ({"LDAP_GROUP_HRADMIN": "cn=hr"}, "LDAP_GROUP_HRADMIN is not a setting"),
    ({"LDAP_URL": ""}, "LDAP_URL is not set"), ({"LDAP_URL": "http://a"}, "LDAP_URL has 'http://a'"), ({"LDAP_URL": "ldap://a"}, "in the open"),
    ({"LDAP_URL": "ldaps://a,ldap://b"}, "ldap://b:389 would send"), ({"LDAP_START_TLS": "1"}, "use one of the two"), ({"LDAP_KIND": "novell"}, "openldap or ad"),
    ({"LDAP_BASE": ""}, "LDAP_BASE"), ({"LDAP_BIND_PASSWORD": ""}, "LDAP_BIND_PASSWORD"), ({"LDAP_CA_FILE": "/nowhere.pem"}, "there is no file"),
    ({"LDAP_TIMEOUT": "soon"}, "a number"), ({"LDAP_TIMEOUT": "0"}, "between"), ({"LDAP_START_TLS": "maybe"}, "on or off"), ({"LDAP_URL": "ldaps://a:70000"}, "LDAP_URL"),
    ({"LDAP_DEPARTMENT_FROM": "title"}, "attribute, ou or group"), ({"LDAP_DEPARTMENT_FROM": "group"}, "LDAP_DEPARTMENT_GROUPS is not set"), ({"LDAP_URL": "ldaps://a/dc=x"}, "LDAP_URL"), ({"LDAP_URL": " , "}, "LDAP_URL"),
]  # fmt: skip


@pytest.mark.parametrize(("change", "why"), WRONG)
def test_wrong_settings_are_named(change, why):
    with pytest.raises(SettingsWrong) as refused:
        Settings.from_config({**GOOD, **change})
    assert why in str(refused.value)


def test_settings_and_presets(tmp_path):
    secret = tmp_path / "secret"
    secret.write_text("from a file\n")
    found = Settings.from_config({**GOOD, "LDAP_KIND": "ad", "LDAP_URL": "ldap://a,ldap://b:3389", "LDAP_START_TLS": "on", "LDAP_BIND_PASSWORD_FILE": str(secret), "LDAP_MAP_EMPLOYEE_NO": "employeeNumber", "LDAP_GROUP_HR_ADMIN": "cn=hr"})
    assert (found.key, found.login, found.names["number"], found.names["department"]) == ("objectGUID", "sAMAccountName", "employeeNumber", "department")
    assert ([str(url) for url in found.urls], found.bind_password, found.groups) == (["ldap://a:389", "ldap://b:3389"], "from a file", {"HR_ADMIN": "cn=hr"})
    assert "from a file" not in repr(found)
    for url in ("ldap://127.0.0.1", "ldap://localhost:1389", "ldap://[::1]:389"):
        assert Settings.from_config({**GOOD, "LDAP_URL": url}).urls[0].is_loopback
    assert Settings.from_config({**GOOD, "LDAP_URL": "ldap://a", "LDAP_ALLOW_PLAIN": "1"}).timeout == 5


def test_every_setting_is_told_to_whoever_runs_the_portal():
    told = Path("docs/directory.md").read_text()
    source = Path("portal/directory/ldap_settings.py").read_text()
    assert {name for name in KNOWN if name not in told} == set()
    assert set(re.findall(r'"(LDAP_[A-Z_]+)"', source)) <= KNOWN and set(re.findall(r"LDAP_[A-Z_]+[A-Z]", told)) <= KNOWN


def test_a_deadline_is_shared_out_and_ends():
    whole = Deadline(1.0)
    assert 0.3 < whole.share(3, 5).left() < 0.34
    with pytest.raises(TimeoutError):
        Deadline(0).left()
    with pytest.raises(OSError):
        context("/nowhere.pem")
