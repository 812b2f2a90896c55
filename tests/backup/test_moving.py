"""From SQLite to PostgreSQL by one command: everything arrives as it was, or nothing does; the source is only read."""

import hashlib
import re
import sqlite3
import subprocess
import sys
from contextlib import closing

import psycopg
import pytest
from sqlalchemy import create_engine, func, inspect, select, text

from portal import journal
from portal.backup import moving
from portal.cli import bring_up_to_date
from portal.db import Model, db
from portal.directory.models import Person
from tests.build import an_objective
from tests.company import found
from tests.conftest import make_app
from tests.databases import fresh_url
from tests.tables import bring_tables
from tests.visitor import Visitor

PEOPLE = ("lin.zhiyuan", "shen.jiahe", "wu.tao", "sun.hao")
PAGES = ("/", "/goals/board", "/goals/mine", "/goals/team", "/goals/tree", "/check-ins", "/actions", "/reviews", "/cycles", "/team", "/audit", "/admin/jobs", "/admin/roles", "/organisation/people", "/directory/runs")


@pytest.fixture
def target(request, tmp_path):
    return fresh_url(request, "postgresql", tmp_path)


@pytest.fixture
def source(tmp_path):
    """A small portal on SQLite."""
    app = make_app(f"sqlite:///{tmp_path}/portal.db", DATA_DIR=str(tmp_path))
    with app.app_context():
        bring_tables()
        company = found()
        goal = an_objective(company.period, person_id=company.li, title="数字 and \\ tab\t")
        db.session.commit()
        journal.write("objective.edited", goal, company.viewer("li"), words={"title": "one", "n": [1, None, "é"]})
        db.session.commit()
        yield app
        db.session.remove()
        db.engine.dispose()


def moved(app, url):
    db.session.remove()
    done = app.test_cli_runner().invoke(args=["move-database", url])
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    return done.exit_code, done.output


def tables_of(url):
    engine = create_engine(url)
    try:
        return inspect(engine).get_table_names()
    finally:
        engine.dispose()


def seen(app):
    """What several people see; without what is new on every page."""
    with app.app_context():
        ids = dict(db.session.execute(select(Person.login, Person.id).where(Person.login.in_(PEOPLE))).all())
        told = {}
        for name in PEOPLE:
            who = Visitor(app, ids[name])
            for page in PAGES:
                answer = who.client.get(page)
                told[name, page] = answer.status_code, re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}", "", answer.text)
        db.session.remove()
        return told


def test_the_demo_company_is_the_same_on_both(demo_file, target, tmp_path):
    file = demo_file()
    app = make_app(f"sqlite:///{file}", DATA_DIR=str(tmp_path))
    before = hashlib.sha256(file.read_bytes()).hexdigest()
    with app.app_context():
        db.engine.dispose()
        code, said = moved(app, target)
        assert (code, "each compared" in said) == (0, True), said
        assert hashlib.sha256(file.read_bytes()).hexdigest() == before, "the source was only read"
        assert bring_up_to_date() is None
        ours = seen(app)
        db.engine.dispose()
    there = make_app(target, DATA_DIR=str(tmp_path))
    theirs = seen(there)
    assert sorted(status for status, _ in ours.values()).count(200) > len(ours) / 2
    assert {place: text for place, text in ours.items() if theirs[place] != text} == {}
    with there.app_context():
        assert there.test_cli_runner().invoke(args=["journal-check"]).output.startswith("The journal is whole")
        count_on()
        assert moved(there, target)[1].startswith("Error: This portal does not run on SQLite")
        db.engine.dispose()


def count_on():
    """The numbers of every table go on."""
    for table in Model.metadata.sorted_tables:
        column = table.autoincrement_column
        if column is not None and db.session.scalar(select(func.count()).select_from(table)):
            most = db.session.scalar(select(func.max(column)))
            sequence = db.session.scalar(text("SELECT pg_get_serial_sequence(:name, :column)"), {"name": f'"{table.name}"', "column": column.name})
            if sequence:
                assert db.session.scalar(text("SELECT nextval(:name)"), {"name": sequence}) == most + 1, table.name
    db.session.rollback()


def test_whatever_does_not_arrive_whole_moves_nothing(source, target, monkeypatch):
    """A row that gets lost, a reference to nothing, text that PostgreSQL cannot hold."""
    read = moving._rows
    with monkeypatch.context() as patch:
        patch.setattr(moving, "_rows", lambda at, table: (row for row in read(at, table) if at.dialect.name == "sqlite" or table.name != "unit" or row[0] > 1))
        refused(source, target, "What arrived in unit is not what was sent")
    spoil("UPDATE assignment SET unit_id = unit_id + 999 WHERE id = 1")
    refused(source, target, "fk_assignment_unit_id")
    spoil("UPDATE assignment SET unit_id = unit_id - 999 WHERE id = 1")
    spoil("UPDATE objective SET title = 'a' || char(0) || 'b'")
    refused(source, target, "A row of objective does not fit into PostgreSQL, nothing was moved")


def spoil(sql):
    """Past every rule of ours, as only SQLite lets it."""
    with closing(sqlite3.connect(db.engine.url.database)) as raw, raw:
        raw.execute(sql)


def refused(source, target, words, tables=()):
    code, said = moved(source, target)
    assert (code, words in said, tables_of(target)) == (1, True, list(tables)), said


def test_what_may_not_be_moved_where_is_refused(source, target):
    with psycopg.connect(target.replace("+psycopg", ""), autocommit=True) as connection:
        connection.execute("CREATE TABLE theirs (n int)")
        refused(source, target, "holds tables that are not the portal's", ["theirs"])
        connection.execute("DROP TABLE theirs; CREATE TABLE alembic_version (version_num text); INSERT INTO alembic_version VALUES ('001')")
        refused(source, target, "is at version 001", ["alembic_version"])
        connection.execute("DROP TABLE alembic_version")
    head = db.session.scalar(text("SELECT version_num FROM alembic_version"))
    at_version("001")
    refused(source, target, "run `flask upgrade` first")
    at_version(head)
    for url in ("sqlite:////tmp/other.db", "nonsense", "mysql://x/y"):
        assert moved(source, url)[0] == 2
    code, said = moved(source, "postgresql://portal@127.0.0.1:1/portal")
    assert (code, "The new database cannot be used: connection" in said) == (1, True), said


def at_version(number):
    db.session.execute(text("UPDATE alembic_version SET version_num = :number"), {"number": number})
    db.session.commit()


def test_a_portal_that_runs_is_not_moved_and_an_empty_one_takes_it_once(source, target):
    """A web server that is idle still holds its connection."""
    script = "import sqlite3, sys; c = sqlite3.connect(sys.argv[1]); c.execute('SELECT count(*) FROM person').fetchone(); print('open', flush=True); sys.stdin.read()"
    with subprocess.Popen([sys.executable, "-c", script, db.engine.url.database], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
        assert other.stdout.readline() == b"open\n"
        refused(source, target, "stop its servers and workers first")
        other.stdin.close()
    with make_app(target).app_context():
        bring_tables()  # its tables may be there already
        db.engine.dispose()
    assert moved(source, target)[0] == 0
    code, said = moved(source, target)
    assert (code, "is not empty: somebody works in it already" in said) == (1, True), said
