"""From an empty portal to an open one: the local administrator, then HR; left and gone on with; the door closed meanwhile."""

import re
import struct
import zlib
from io import BytesIO

import pytest
from PIL import Image, ImageFile
from sqlalchemy import func, select

from portal import clock, jobs
from portal.access.models import Pilot, Role, RoleGrant, Switch
from portal.accounts import break_glass
from portal.accounts.models import Kind, LoginSession
from portal.accounts.signing_in import SENTENCES, Refusal
from portal.cli import bring_up_to_date
from portal.db import db
from portal.demo.slapd import free_port
from portal.directory.ldap import Directory
from portal.directory.models import Person, Unit
from portal.jobs.models import Job
from portal.journal.models import Payload
from portal.periods.models import Period
from portal.settings import Setting
from portal.settings.pictures import drawn
from portal.sync.jobs import _interval
from tests.accounts.conftest import Browser
from tests.conftest import make_app
from tests.databases import fresh_url
from tests.slapd import settings
from tests.visitor import ORIGIN, Visitor


@pytest.fixture
def empty(app, slapd):
    """A portal nobody is in yet, beside a directory of fourteen."""
    db.session.add(Setting(name="open", value=False, by_id=None, at=clock.now()))
    db.session.commit()
    app.extensions["directory"], before = Directory(settings(slapd)), app.extensions["directory"]
    yield app
    app.extensions["directory"] = before


@pytest.fixture
def local(empty):
    password = break_glass.create("setup")
    person = db.session.scalars(select(Person.id).where(Person.name == "setup")).one()
    visitor = Visitor(empty, None)
    visitor.password = password
    row = LoginSession.begin(person, clock.now(), kind=Kind.LOCAL)
    db.session.add(row)
    db.session.commit()
    with visitor.client.session_transaction() as session:
        session["_user_id"] = row.token
    return visitor


def people():
    return db.session.scalar(select(func.count()).select_from(Person).where(Person.directory_key.is_not(None)))


def picture(kind="PNG", size=(600, 300)):
    made = BytesIO()
    Image.new("RGB", size, "red").save(made, kind)
    return made.getvalue()


def upload(visitor, data, **more):
    fields = {"logo": (BytesIO(data), "logo.png"), "once": f"logo-{len(data)}-{more}", **more}
    return visitor.client.post("/setup/logo", data=fields, headers={"Origin": ORIGIN}, content_type="multipart/form-data")


def test_the_company_is_named_by_hr_and_no_name_is_proposed(company, local, visit):
    shown = local.get("/setup/company").text
    assert '<fieldset class="stack tight" disabled>' in shown and "Save and go on" not in shown, "it only looks"
    assert "disabled>" in local.get("/setup/capabilities").text
    hr, rest = visit(company.hu), {"company_seal": "华", "year_begins_in": "4", "time_zone": "Asia/Shanghai", "language": "zh"}
    asked = hr.get("/setup/company").text
    assert 'name="company_name" value=""' in asked and "<title>First run · Performance portal</title>" in asked
    assert hr.post("/setup/company", company_name=" ", **rest).status_code == 422
    hr.post("/setup/company", company_name="华兴精密", **rest)
    assert "华兴精密 performance portal</title>" in hr.get("/setup/company").text


def test_from_empty_to_open(empty, local, visit):
    assert local.get("/").location == "/setup" and local.get("/setup").location == "/setup/directory"
    first = local.get("/setup/directory").text
    assert "departmentNumber" in first and "生产部" in first and "Does not work" not in first

    local.post("/setup/trial")
    assert 'hx-trigger="every 2s' in local.get("/setup/trial").text
    jobs.work_one()
    tried = local.get("/setup/trial", target="setup").text
    assert "<h1>" not in tried
    assert ("every 2s" in tried, "14" in tried, "赵总" in tried, people()) == (False, True, True, 0)
    assert local.get("/setup").location == "/setup/people"

    local.post("/setup/people")
    jobs.work_one()
    assert people() > 10
    assert local.get("/setup").location == "/setup/hr"

    db.session.execute(select(1))
    wang = db.session.scalars(select(Person).where(Person.login == "wang")).one().id
    found = local.get("/setup/hr?q=wangf", target="found")
    assert "王芳" in found.text and "<h1>" not in found.text
    assert 'name="password"' in local.get(f"/setup/hr?person={wang}").text and local.get("/setup/hr?person=999999").status_code == 404
    assert f'<input type="hidden" name="person" value="{wang}">' in local.post("/setup/hr", person=str(wang), password="guessed").text
    assert (local.post("/setup/hr", person=str(wang), password="guessed").status_code, db.session.scalar(select(func.count()).select_from(RoleGrant))) == (422, 0)
    page = local.post("/setup/hr", person=str(wang), password=local.password).text
    assert "HR goes on" in page and "王芳" in page
    for act in ("company", "capabilities", "opening", "logo"):
        assert local.post(f"/setup/{act}", follow=False).status_code == 403, "HR decides about these"

    hr = visit(wang)
    assert (hr.get("/").location, hr.get("/setup").location) == ("/setup", "/setup/company")
    assert hr.post("/setup/opening", follow=False).status_code == 409
    company = {"company_name": "华兴精密", "company_seal": "华", "year_begins_in": "4", "time_zone": "Asia/Shanghai", "language": "zh"}
    assert hr.post("/setup/company", follow=False, **company).location == "/setup/period"
    hr.client.set_cookie("language", "en")
    hr.post("/setup/period", year=str(clock.today().year))
    assert db.session.scalar(select(Period.name).where(Period.kind == "quarter").limit(1)).endswith("季度"), "as everybody reads it, whoever made it"
    assert db.session.scalar(select(func.count()).select_from(Period)) == 1 + 2 + 4 + 12
    assert db.session.scalars(select(Period.begins).where(Period.kind == "year")).one().month == 4
    units = {unit.name: unit.id for unit in db.session.scalars(select(Unit))}
    without = hr.post("/setup/capabilities", goals="pilot", checkins="off", feedback="off", reviews="off")
    assert (without.status_code, "Choose at least one department" in without.text) == (422, True)
    assert db.session.scalars(select(Switch.capability)).all() == [], "all of it or nothing"
    assert re.findall(r"<dd>(.*?)</dd>", without.text) == ["Whole company"] * 4, "the door opens with what is saved, not with what is chosen"
    hr.post("/setup/capabilities", goals="pilot", checkins="pilot", feedback="off", reviews="off", unit=[str(units["生产部"])])
    assert re.findall(r"<dd>(.*?)</dd>", hr.get("/setup/capabilities").text) == ["Pilot", "Pilot", "Off", "Off"]
    assert db.session.scalars(select(Switch.capability).order_by(Switch.capability)).all() == ["checkins", "feedback", "goals", "reviews"]
    assert {*db.session.execute(select(Pilot.capability, Pilot.unit_id))} == {("goals", units["生产部"]), ("checkins", units["生产部"])}

    li = db.session.scalars(select(Person).where(Person.login == "li")).one().id
    assert visit(li).get("/").status_code == 403
    assert hr.post("/setup/opening", follow=False).location == "/"
    assert (visit(li).get("/").status_code, visit(li).get("/setup").status_code) == (200, 403)
    assert "/setup" not in hr.get("/").text, "it is over"
    assert _interval().total_seconds() > 0


def test_who_came_stays_in_sight_when_the_next_run_finds_nothing_new(empty, local):
    for _ in ("asked for", "by the clock, at once"):
        local.post("/setup/people")
        jobs.work_one()
        assert "赵总" in local.get("/setup/people").text


def test_until_somebody_decides_nobody_is_read(empty, local):
    assert _interval().total_seconds() == 0
    answer = Browser(empty).sign_in("li", "Passw0rd!")
    assert (answer.status_code, SENTENCES[Refusal.NOT_OPEN] in answer.text) == (401, True)
    assert db.session.scalar(select(func.count()).select_from(Job)) == 0 and people() == 0


def test_whoever_leaves_can_be_followed_by_somebody_else(empty, company, visit):
    """What is done is done: HR of a company that is there begins where nothing is yet."""
    hu = visit(company.hu)
    assert hu.get("/setup").location == "/setup/directory"
    assert "Done" in hu.get("/setup/directory").text
    assert [visit(getattr(company, name)).get("/goals/mine").status_code for name in ("li", "zheng", "qian", "hu")] == [403, 403, 403, 200]


def test_nobody_makes_themselves_hr(company, visit):
    db.session.add(RoleGrant(person_id=company.sun, role=Role.SYSTEM_ADMIN, since=clock.today()))
    db.session.commit()
    sun = visit(company.sun)
    assert sun.post("/setup/hr", follow=False, person=str(company.sun), password="right").status_code == 409
    assert sun.post("/setup/hr", follow=False, person=str(company.hu), password="right").status_code == 409, "held already"
    assert sun.post("/setup/hr", follow=False, person="999999", password="right").status_code == 404
    assert sun.post("/setup/hr", follow=False, person=str(company.li), password="right").status_code == 303
    assert db.session.scalar(select(Payload.words).order_by(Payload.entry_n.desc())) == {"unit": None, "since": clock.today().isoformat(), "until": None, "why": ""}


def test_a_directory_that_fails_says_so_and_changes_nobody(empty, local, slapd):
    empty.extensions["directory"] = Directory(settings(slapd, LDAP_BIND_PASSWORD="wrong"))
    page = local.get("/setup/directory").text
    assert page.count("the service account is refused") == 1 and "Go on" not in page, "told once"
    assert "LDAP_BIND_DN or its password is wrong" in page and "LDAP_MAP_" not in page
    local.post("/setup/trial")
    jobs.work_one()
    assert "Nobody was changed" in local.get("/setup/trial").text and people() == 0


def test_one_server_of_two_is_enough_to_go_on(empty, local, slapd):
    empty.extensions["directory"] = Directory(settings(slapd, LDAP_URL=f"ldaps://localhost:{free_port()},{slapd.tls_url}"))
    page = local.get("/setup/directory").text
    assert "Does not work" in page and "Go on" in page and "LDAP_MAP_" in page


def test_the_command_tells_the_password_once_and_later_how_to_get_another(empty):
    def said():
        return empty.test_cli_runner().invoke(args=["first-run"]).output

    assert re.search(r"^    \S+$", said(), re.M)
    again = said()
    assert not re.search(r"^    \S+$", again, re.M) and "/login/local as setup" in again and "break-glass create setup" in again


def test_the_command_says_nothing_of_an_open_portal(app, company):
    assert app.test_cli_runner().invoke(args=["first-run"]).output == ""


def test_without_a_directory_it_says_what_to_write(empty, local):
    empty.extensions["directory"] = None
    assert "LDAP_BIND_PASSWORD_FILE" in local.get("/setup/directory").text
    assert "<button" not in re.search(r'id="run".*?</section>', local.get("/setup/trial").text, re.S)[0]


def test_a_wrong_zone_is_told_at_its_field_and_nothing_is_kept(company, visit):
    given = {"company_name": "华兴", "company_seal": "华", "year_begins_in": "13", "time_zone": "Mars/Base", "language": "zh"}
    page = visit(company.hu).post("/setup/company", **given)
    assert (page.status_code, "Mars/Base" in page.text, "华兴" in page.text) == (422, True, True)
    assert 'id="time_zone-error"' in page.text and 'id="year_begins_in-error"' in page.text
    assert db.session.scalar(select(func.count()).select_from(Setting)) == 0


def test_the_logo_is_drawn_anew_served_to_all_and_taken_away(company, visit):
    hu = visit(company.hu)
    assert upload(hu, picture("JPEG")).status_code == 303
    page = visit(None).get("/login").text
    address = re.search(r'class="logo" src="(/logo\?v=\w{12})"', page)[1]
    served = visit(None).get(address)
    assert (served.mimetype, "immutable" in served.headers["Cache-Control"]) == ("image/png", True)
    with Image.open(BytesIO(served.data)) as kept:
        assert kept.size == (256, 128)
    assert upload(hu, b"", act="remove").status_code == 303
    assert "/logo" not in visit(None).get("/login").text and visit(None).get(address).status_code == 404


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def beginning(kind, data):
    """A sound PNG with one more part behind its head."""
    whole = picture()
    return whole[:33] + chunk(kind, data) + whole[33:]


def bomb():
    """A PNG whose head says 60,000 pixels a side."""
    head = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 6, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0" * 1000)) + chunk(b"IEND", b"")


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"MZ\x90\x00" * 100, "This is no PNG or JPEG picture."),
        (b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "This is no PNG or JPEG picture."),
        (picture()[:60], "This is no PNG or JPEG picture."),
        (picture("GIF"), "This is no PNG or JPEG picture."),
        (bomb(), "The picture is larger than 4000 pixels on one side."),
        (b"\x89PNG" + b"x" * 505_000, "The picture is larger than 500 kB."),
        (beginning(b"iCCP", b"a\0"), "This is no PNG or JPEG picture."),
        (beginning(b"cHRM", b"x"), "This is no PNG or JPEG picture."),
        (beginning(b"zTXt", b"k\0\0" + zlib.compress(b"x" * 2_000_000)), "This is no PNG or JPEG picture."),
    ],
    ids=("program", "svg", "cut", "gif", "bomb", "large", "profile", "colours", "words"),
)
def test_what_is_no_picture_is_told_at_its_field(company, visit, monkeypatch, data, why):
    monkeypatch.setattr(ImageFile, "LOAD_TRUNCATED_IMAGES", True)  # as where something was printed before
    answer = upload(visit(company.hu), data)
    assert (answer.status_code, why in answer.text) == (422, True)
    with pytest.raises(ValueError, match="picture"):
        drawn("company_logo", data)


@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_a_new_database_is_closed(request, tmp_path, database):
    app = make_app(fresh_url(request, database, tmp_path, "first"))
    with app.app_context():
        bring_up_to_date()
        assert db.session.scalars(select(Setting.value).where(Setting.name == "open")).one() is False
        db.session.remove()
        db.engine.dispose()
