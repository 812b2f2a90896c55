"""Whether it serves, whether it can work, and what an administrator is told about it."""

import shutil
from types import SimpleNamespace

import pytest

from portal import checks, health
from portal.accounts import break_glass
from portal.db import db
from portal.directory.ldap import Step
from tests.conftest import make_app


@pytest.mark.parametrize("address", ["/healthz", "/readyz"])
def test_both_answer_anybody_without_a_session(app, company, address):
    answer = app.test_client().get(address)
    assert (answer.status_code, answer.text, answer.mimetype) == (200, "ok\n", "text/plain")
    assert "Set-Cookie" not in answer.headers


def test_health_asks_no_database(app, company, statements):
    app.test_client().get("/healthz")
    assert statements == []


def test_not_ready_tells_the_network_nothing(app, company, monkeypatch):
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=10))
    answer = app.test_client().get("/readyz")
    assert (answer.status_code, answer.text) == (503, "not ok\n")
    assert health.troubles() == ["Only 0 MB are free in " + app.config["DATA_DIR"] + "."]


def test_not_ready_before_the_tables_are_made(tmp_path):
    bare = make_app(f"sqlite:///{tmp_path}/portal.db")
    assert bare.test_client().get("/readyz").status_code == 503
    with bare.app_context():
        assert "`flask upgrade` has not run" in health.troubles()[0]


@pytest.fixture
def check(app, company, monkeypatch):
    def run(**settings):
        for name, value in {"TESTING": False, "PUBLIC_URL": "https://portal.example", "PROXIES": 1, **settings}.items():
            monkeypatch.setitem(app.config, name, value)
        db.session.rollback()
        done = app.test_cli_runner().invoke(args=["check"])
        return done.exit_code, done.output

    return run


def test_nothing_to_say(check):
    assert check() == (0, "The portal can serve.\n")


@pytest.mark.parametrize(
    ("settings", "code", "says"),
    [
        ({"TESTING": True}, 1, "stop: The portal runs in debug or test mode"),
        ({"PUBLIC_URL": ""}, 1, "stop: PUBLIC_URL is not set"),
        ({"PUBLIC_URL": "http://portal.example"}, 0, "note: PUBLIC_URL is not https: passwords travel in clear"),
        ({"PROXIES": 0}, 0, "note: PUBLIC_URL is https and PROXIES is 0"),
        ({"SECRET_KEY_FALLBACKS": ["old"]}, 0, "note: An old secret key is still believed"),
        ({"DATA_DIR": "/nowhere"}, 1, "stop: The folder /nowhere is missing"),
    ],
)
def test_each_finding(check, settings, code, says):
    found = check(**settings)
    assert found[0] == code and says in found[1]


def test_no_directory_and_one_that_stops(app, check, monkeypatch):
    monkeypatch.setattr(app.extensions["directory"], "probe", lambda: [Step("connect", True, "x", 1), Step("stopped", False, "wrong certificate", 2)])
    assert "stop: The directory test stops at “stopped”: wrong certificate" in check()[1]
    monkeypatch.setitem(app.extensions, "directory", None)
    assert "stop: LDAP_URL is not set: nobody can sign in." in check()[1]


def test_a_local_administrator_is_named(check):
    break_glass.create("emergency")
    db.session.commit()
    assert check() == (0, "note: The local administrator emergency is switched on.\nNothing of this stops the portal.\n")


def test_a_check_that_fails_is_said_and_the_rest_goes_on(check, monkeypatch):
    def _odd():
        raise ValueError

    monkeypatch.setattr(checks, "CHECKS", [_odd, *checks.CHECKS])
    code, told = check(PUBLIC_URL="")
    assert code == 1 and "The check of odd could not be made: ValueError." in told and "PUBLIC_URL is not set" in told
