"""The company's day: everything that asks for today goes by the setting, from the first statement on."""

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select

from portal import clock, jobs, settings
from portal.access.models import Role, RoleGrant
from portal.db import db
from portal.directory.models import Assignment
from portal.settings import Setting
from tests.sync.test_sync import branch  # noqa: F401 - a fixture

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)  # in Shanghai it is the first still, on Kiritimati the second


@pytest.fixture
def kiritimati(app, monkeypatch):
    before = clock.zone().key
    db.session.add(Setting(name="time_zone", value="Pacific/Kiritimati", at=NOON))
    db.session.commit()
    monkeypatch.setattr(clock, "now", lambda: NOON)
    yield date(2026, 3, 2)
    clock.keep_zone(before)


def test_what_one_may_see_is_decided_by_it(company, visit, kiritimati):
    db.session.add(RoleGrant(person_id=company.sun, role=Role.AUDITOR, since=kiritimati))
    db.session.commit()
    assert visit(company.sun).get("/access/grants").status_code == 200, "the role began with the company's day"


def test_a_job_goes_by_what_is_set_when_it_begins(app, company, kiritimati):
    seen = []
    jobs.register("zone.test", lambda _: seen.append((clock.today(), settings.value("rhythm_days"))))
    for days in (30, 60):
        jobs.ask("zone.test")
        db.session.merge(Setting(name="rhythm_days", value=days, at=NOON, version=1))
        db.session.commit()
        while jobs.work_one():
            pass
    assert seen == [(kiritimati, 30), (kiritimati, 60)]


def test_a_sync_begins_assignments_on_it(branch, kiritimati):  # noqa: F811
    branch.sync()
    assert set(db.session.scalars(select(Assignment.since))) == {kiritimati}
