"""Two of HR at the same moment, each with a connection of their own: one comes second, and sees what the first has done."""

from datetime import timedelta
from threading import Event, Thread

import pytest
from sqlalchemy import event, select

from portal import clock, once
from portal.access.models import Role, RoleGrant
from portal.db import db
from portal.directory import lines
from portal.directory.models import Person, ReportingLine
from portal.organisation import asof, operations
from tests.visitor import ORIGIN

LONG = 20


@pytest.fixture
def pair(company, visit):
    """Two HR administrators."""
    db.session.add(RoleGrant(person_id=company.wang, role=Role.HR_ADMIN, since=clock.today() - timedelta(days=9)))
    db.session.commit()
    made = visit(company.hu).client, visit(company.wang).client
    db.session.rollback()
    return made


def together(pair, table, first, second):
    """Both forms: the second is sent when the first has written into `table` and not committed."""
    written, goes_on, answers = Event(), Event(), [None, None]

    def holds(_connection, _cursor, statement, *_rest):
        if table in statement and statement.split()[0] in ("INSERT", "UPDATE") and not written.is_set():
            written.set()
            goes_on.wait(LONG)

    def press(n, form):
        answers[n] = pair[n].post(form[0], data={"once": once.fresh(), **form[1]}, headers={"Origin": ORIGIN})

    engine = db.engine
    event.listen(engine, "after_cursor_execute", holds)
    try:
        both = [Thread(target=press, args=each) for each in enumerate((first, second))]
        both[0].start()
        assert written.wait(LONG)
        both[1].start()
        both[1].join(0.5)  # it waits
        goes_on.set()
        for one in both:
            one.join(LONG)
    finally:
        event.remove(engine, "after_cursor_execute", holds)
    db.session.rollback()
    return answers


def hung(company, name, parent, since):
    unit = getattr(company.units, name)
    return f"/organisation/units/{unit}", {"name": name, "parent": parent, "head": "", "since": since.isoformat(), "version": "1"}


@pytest.mark.parametrize("days", [0, 20])
def test_no_two_departments_hang_below_each_other(company, pair, days):
    since = clock.today() + timedelta(days=days)
    first, second = together(pair, "unit_term", hung(company, "sales", "research", since), hung(company, "research", "sales", since))
    assert (first.status_code, second.status_code) == (303, 422) and "A unit cannot hang below itself." in second.text
    assert company.units.sales not in asof.units_above(company.units.sales, since)[1:]
    operations.keep_today(since)


def placed(company, who, manager):
    form = {"unit": "research", "post": "", "level": "", "manager": manager, "since": clock.today().isoformat(), "version": "1"}
    return f"/organisation/people/{getattr(company, who)}/place", form


def test_both_moves_count(company, pair):
    """The closure is written anew by each: the second one's has the first one's change."""
    first, second = together(pair, "assignment", placed(company, "li", "E5"), placed(company, "sun", "E5"))
    assert (first.status_code, second.status_code) == (303, 303)
    boss = db.session.scalars(select(Person.id).where(Person.number == "E5")).one()
    below = set(db.session.scalars(select(ReportingLine.report_id).where(ReportingLine.manager_id == boss, ReportingLine.depth == 1)))
    assert {company.li, company.sun} <= below


def test_the_same_department_in_two_hands(company, pair):
    since = clock.today()
    first, second = together(pair, "unit_term", hung(company, "sales", "research", since), hung(company, "sales", "all", since))
    assert (first.status_code, second.status_code) == (303, 409)


def test_a_job_waits_and_a_form_is_given_back(company, pair, app, monkeypatch):
    if db.engine.dialect.name == "sqlite":
        pytest.skip("SQLite waits for its one writer by itself")
    monkeypatch.setattr(lines, "PATIENCE", "200ms")
    url, fields = placed(company, "li", "E5")
    with db.engine.begin() as busy:
        busy.exec_driver_sql(f"SELECT pg_advisory_xact_lock({lines.ALONE})")
        answer = pair[0].post(url, data={"once": once.fresh(), **fields}, headers={"Origin": ORIGIN})
        assert answer.status_code == 503 and "Retry-After" in answer.headers and "E5" in answer.text
    assert pair[0].post(url, data={"once": once.fresh(), **fields}, headers={"Origin": ORIGIN}).status_code == 303
