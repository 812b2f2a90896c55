"""Whether it serves, whether it can work, and what an administrator is told about it."""

import shutil
from types import SimpleNamespace

import pytest

from portal import health
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
    assert health.troubles() == [f"Only 0 MB are free in {app.config['DATA_DIR']}: below 500 MB nothing is saved safely."]


def test_not_ready_before_the_tables_are_made(tmp_path):
    bare = make_app(f"sqlite:///{tmp_path}/portal.db")
    assert bare.test_client().get("/readyz").status_code == 503
    with bare.app_context():
        assert "`flask upgrade` has not run" in health.troubles()[0]
