"""The local administrator: made at the machine, in when the directory is down, sees nobody's goals."""

import re

import pytest
from sqlalchemy import select

from portal.access import Act, Relation, acts_on, rows, sights
from portal.accounts import break_glass
from portal.accounts.models import BreakGlass, LoginSession
from portal.db import db
from portal.directory.ldap import Answer
from portal.directory.models import Person, Status
from portal.goals.models import Audience, Objective
from portal.journal.models import Entry
from portal.workflow import NotHeld
from tests.build import an_objective

PAGE = "/login/local"


@pytest.fixture
def run(app):
    return lambda *words: app.test_cli_runner().invoke(args=["break-glass", *words])


@pytest.fixture
def password(company, run):
    told = run("create", "emergency").output
    return re.search(r"^    (\S+)$", told, re.M).group(1)


def kinds():
    return db.session.scalars(select(Entry.kind).order_by(Entry.n)).all()


def test_off_by_default(company, browser):
    assert browser().get(PAGE).status_code == 404
    assert browser().post(PAGE, login="admin", password="admin").status_code == 404


def test_the_password_is_strong_shown_once_and_kept_nowhere(company, run, password):
    assert len(password.replace("-", "")) == 32
    kept = db.session.scalars(select(BreakGlass)).one()
    assert kept.secret_hash.startswith("$argon2id$") and password not in kept.secret_hash
    assert password not in run("list").output and "emergency" in run("list").output


@pytest.mark.parametrize("name", ["", "a", "Admin", "a b", "x" * 33, "../x"])
def test_names_that_cannot_be(company, run, name):
    assert run("create", name).exit_code != 0


def test_in_while_the_directory_is_down(company, browser, directory, password):
    directory.answers["emergency"] = Answer.UNREACHABLE
    one = browser()
    assert one.post(PAGE, login="emergency", password=password).location == "/"
    assert one.get("/account/sessions").status_code == 200 and directory.asked == []
    assert kinds() == ["break_glass.changed", "break_glass.used"], "every use is noted"
    led_to = set(re.findall(r'href="(/[a-z-]*)', one.get("/more").text))
    assert "/admin" in led_to and not led_to & {"/goals", "/check-ins", "/feedback", "/reviews", "/team", "/strategy"}, "it has no goals"


def test_wrong_ones_are_slowed_each_address_for_itself(company, browser, password):
    attacker = browser("10.6.6.6")
    assert [attacker.post(PAGE, login="emergency", password="x").status_code for _ in range(6)] == [401] * 5 + [429]
    assert browser("10.0.0.9").post(PAGE, login="emergency", password=password).status_code == 303
    assert browser("10.0.0.9").post(PAGE, login="nobody", password="x").status_code == 401


def test_the_ordinary_login_knows_no_local_administrator(company, browser, password):
    assert browser().sign_in("emergency", password).status_code == 401


def test_a_new_password_replaces_the_old_one(company, browser, run, password):
    newer = re.search(r"^    (\S+)$", run("create", "emergency").output, re.M).group(1)
    assert browser().post(PAGE, login="emergency", password=password).status_code == 401
    assert browser().post(PAGE, login="emergency", password=newer).status_code == 303


def test_switched_off_it_is_out_at_once(company, browser, run, password):
    one = browser()
    one.post(PAGE, login="emergency", password=password)
    said = run("disable", "emergency")
    assert (said.exit_code, "Nobody is system administrator now" in said.output) == (0, True)
    assert one.get("/account/sessions").status_code == 401 and browser().get(PAGE).status_code == 404
    assert kinds()[-1] == "break_glass.changed"
    assert run("disable", "emergency").exit_code == 1


def test_a_short_session(company, browser, password, time):
    one = browser()
    one.post(PAGE, login="emergency", password=password)
    time.passes(minutes=31)
    assert one.get("/account/sessions").status_code == 401


def test_nobody_of_the_company(company, password):
    person = db.session.scalars(select(Person).where(Person.name == "emergency")).one()
    assert (person.status, person.login, person.directory_key, person.unit_id) == (Status.LEFT, None, None, None)


def test_no_row_of_any_kind_is_open_to_it(company, password):
    person = db.session.scalars(select(BreakGlass.person_id)).one()
    goal = an_objective(company.period, audience=Audience.COMPANY, person_id=person)
    viewer = break_glass.viewer(person)
    for model, sight in sights().items():
        for act in sight.acts:
            assert db.session.scalars(select(model).where(rows(act, viewer, model))).all() == [], (model, act)
    assert acts_on(viewer, goal) == {} and viewer.roles == {Relation.SYSTEM_ADMIN}
    with pytest.raises(NotHeld):
        from portal.access import must  # noqa: PLC0415 - only here

        must(Act.SEE_AUDIT, viewer)


def test_its_pages_show_no_goal(company, browser, password):
    an_objective(company.period, audience=Audience.COMPANY, title="the secret plan")
    db.session.commit()
    goal_id = db.session.scalar(select(Objective.id))
    one = browser()
    one.post(PAGE, login="emergency", password=password)
    me = db.session.scalars(select(LoginSession.person_id)).one()
    for address in (f"/goals/{goal_id}", f"/goals/periods/{company.period}/tree", f"/goals/periods/{company.period}/people/{me}"):
        assert "the secret plan" not in one.get(address).text
    assert one.get(f"/goals/{goal_id}").status_code == 404
