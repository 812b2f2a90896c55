"""A browser that signs in from an address, and a clock that a test sets."""

from contextvars import Context
from datetime import datetime, timedelta

import pytest

from portal import clock, once
from portal.db import db


class Browser:
    """One browser with its cookies at one address; `secure` speaks https."""

    def __init__(self, app, address="10.0.0.1", secure=False):
        self.client, self.address = app.test_client(), address
        self.base = "https://localhost" if secure else "http://localhost"

    def get(self, url, **headers):
        return self._run(self.client.get, url, headers=headers)

    def post(self, url, headers=None, **fields):
        sent = {"Origin": self.base, **(headers or {})}
        return self._run(self.client.post, url, data={"once": once.fresh(), **fields}, headers=sent)

    def sign_in(self, login, password="right", **fields):  # noqa: S107 - the directory of the tests knows it
        return self.post("/login", login=login, password=password, **fields)

    def cookie(self, name="portal"):
        found = self.client.get_cookie(name, domain="localhost")
        return found and found.value

    def _run(self, ask, url, **options):
        db.session.rollback()
        db.session.expunge_all()
        answer = Context().run(ask, url, base_url=self.base, environ_base={"REMOTE_ADDR": self.address}, **options)
        db.session.rollback()
        db.session.expunge_all()
        return answer


@pytest.fixture
def browser(app, company):
    return lambda *args, **options: Browser(app, *args, **options)


@pytest.fixture
def directory(app):
    return app.extensions["directory"]


class Time:
    """What the portal believes the time to be."""

    def __init__(self):
        self.now = clock.now()

    def passes(self, **amount):
        self.now += timedelta(**amount)

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def time(monkeypatch):
    made = Time()
    monkeypatch.setattr(clock, "now", made)
    return made


@pytest.fixture
def configured(app):
    """Change a setting of the machine for one test."""
    before = dict(app.config)
    yield app.config.update
    app.config.clear()
    app.config.update(before)
