"""A backup of the demo company, put back elsewhere, is the same portal: six people crawl both and read the same."""

import re
from collections import Counter, deque
from html import unescape
from urllib.parse import urljoin

import pytest
from sqlalchemy import select
from werkzeug.exceptions import HTTPException

from portal.backup import making
from portal.cli import bring_up_to_date
from portal.db import db
from portal.directory.models import Person
from portal.settings import Setting
from tests.conftest import DATABASES, make_app
from tests.databases import fresh_url
from tests.visitor import Visitor

PEOPLE = ("zhou.xiaolan", "lin.zhiyuan", "qin.lang", "shen.jiahe", "sun.hao", "wu.tao")
EACH = 2  # addresses of one page, whoever comes there first
OWN = r'[0-9a-f]{8}-[0-9a-f-]{27}|\d\d:\d\d(:[\d.]+)?'
"""What no two answers share: keys of forms, times; what is no page, such as a workbook, is told by its kind."""
NOT_THE_SAME = {"accounts.sessions", "directory.connection"}
"""Whoever signs in is listed; nobody is signed in after a restore."""


@pytest.fixture
def original(request, demo_file, tmp_path):
    """The demo company with what lies beside its database, on one of both."""
    data = tmp_path / "original"
    (data / "archive/2025").mkdir(parents=True)
    (data / "archive/2025/JX-1.pdf").write_bytes(b"%PDF paper")
    app = make_app(f"sqlite:///{demo_file()}", DATA_DIR=str(data))
    if request.param == "postgresql":
        url = fresh_url(request, "postgresql", tmp_path, "original")
        with app.app_context():
            run(app, "move-database", url)
        app = make_app(url, DATA_DIR=str(data))
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


def run(app, *words):
    db.session.remove()
    done = app.test_cli_runner().invoke(args=list(words))
    assert (done.exit_code, done.exception) == (0, None), done.output
    return done.output


def crawled(app):
    """{(who, address): (status, text)} of what they reach by links: each begins at home, and each page is asked for twice."""
    told, taken, routes = {}, Counter(), app.url_map.bind("localhost")
    people = dict(db.session.execute(select(Person.login, Person.id).where(Person.login.in_(PEOPLE))).all())
    for login in PEOPLE:
        visitor, waiting = Visitor(app, people[login], check=False), deque(["/"])
        while waiting:
            address = waiting.popleft()
            answer = visitor.get(address)
            told[login, address] = answer.status_code, re.sub(OWN, "", answer.text) if answer.mimetype == "text/html" else answer.mimetype
            for link in re.findall(r'<a\b[^>]*?\shref="([^"#]+)', answer.text) if answer.mimetype == "text/html" else ():
                step = urljoin(address, unescape(link))
                try:
                    endpoint = routes.match(step.partition("?")[0])[0]
                except HTTPException:
                    continue
                if endpoint not in NOT_THE_SAME and taken[endpoint] < EACH:
                    taken[endpoint] += 1
                    waiting.append(step)
    return told


@pytest.mark.parametrize("original", DATABASES, indirect=True)
def test_what_is_put_back_is_the_portal_that_was_saved(original, request, tmp_path):
    run(original, "backup")
    (saved,) = (tmp_path / "original/backups").glob(making.GLOB)
    ours = crawled(original)
    db.session.remove()
    kind = db.engine.dialect.name
    place = tmp_path / "restored"
    place.mkdir()
    url = f"sqlite:///{place}/portal.db" if kind == "sqlite" else fresh_url(request, kind, tmp_path, "restored")
    there = make_app(url, DATA_DIR=str(place), SECRET_KEY=original.secret_key)
    with there.app_context():
        assert "Restored." in run(there, "restore", str(saved))
        bring_up_to_date()
        paused = db.session.get_one(Setting, "mail_open")
        assert paused.value is False, "nobody is written to twice, until somebody has looked"
        db.session.delete(paused)
        db.session.commit()
        assert run(there, "journal-check").startswith("The journal is whole")
        theirs = crawled(there)
        db.session.remove()
        db.engine.dispose()
    assert len(ours) > 70 and {status for status, _ in ours.values()} <= {200, 303}
    assert {place for place in ours.keys() | theirs.keys() if ours.get(place) != theirs.get(place)} == set()
    assert (place / "archive/2025/JX-1.pdf").read_bytes() == b"%PDF paper"
