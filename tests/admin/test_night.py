"""The night's look at the journal: quiet when the chain is whole, in sight when it is not."""

import pytest
from sqlalchemy import select, text, update

from portal import jobs, journal
from portal.admin.jobs import JOB, TIDY
from portal.checks import database
from portal.db import db
from portal.jobs.models import Job, State
from portal.journal.models import Entry
from tests.build import an_objective
from tests.databases import unguarded

BROKEN = "The journal is not what was written. Keep a copy of the database as it is now; the log says which entry."


@pytest.fixture
def written(company):
    goal = an_objective(company.period, person_id=company.li)
    for title in ("one", "two"):
        journal.write("objective.edited", goal, company.viewer("li"), words={"title": title})
    db.session.commit()


def night(kind=JOB):
    jobs.ask(kind)
    db.session.commit()
    while jobs.work_one():
        pass
    return db.session.execute(select(Job.state, Job.why).order_by(Job.id.desc()).limit(1)).one()


def told():
    return [found.sentence for found in database.whole_chain()]


def test_a_whole_chain_is_quiet_and_tables_are_known(company, written):
    assert (night().state, night(TIDY).state, told()) == (State.DONE, State.DONE, [])
    if db.engine.dialect.name == "sqlite":
        assert db.session.scalar(text("SELECT count(*) FROM sqlite_stat1 WHERE tbl = 'objective'")) > 0


def test_a_broken_chain_stays_in_sight(company, written, caplog):
    with unguarded(db.session.connection()):
        db.session.execute(update(Entry).where(Entry.n == 1).values(actor_id=company.wu))
    db.session.commit()
    state, why = night()
    assert (state, why) == (State.WAITING, BROKEN), "asked again later, then a person is asked"
    assert "journal: entry 1: broken link" in caplog.text
    assert [said.partition(". Keep")[0] for said in told()] == ["The journal is not what was written: entry 1: broken link"]
