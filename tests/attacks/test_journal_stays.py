"""Nobody changes what the journal says, not even through a hole in the portal: the database refuses."""

import pytest
from sqlalchemy import delete, select, text, update
from sqlalchemy.exc import DBAPIError

from portal import clock, journal
from portal.db import db
from portal.journal.models import Entry, Payload
from tests.build import an_objective

CHANGES = [
    update(Entry).values(actor_id=1),
    delete(Entry),
    text("UPDATE entry SET at = at"),
    text("REPLACE INTO entry SELECT * FROM entry"),
    update(Payload).values(words={"title": "another"}),
]


@pytest.mark.parametrize("change", CHANGES, ids=str)
def test_an_entry_stays_as_it_was_written(company, change):
    if "REPLACE" in str(change) and db.engine.dialect.name != "sqlite":
        pytest.skip("SQLite's own statement")
    goal = an_objective(company.period, person_id=company.li)
    journal.write("objective.edited", goal, company.viewer("li"), words={"title": "title"})
    db.session.commit()
    before = db.session.execute(select(Entry.__table__)).all()
    db.session.rollback()
    with pytest.raises(DBAPIError, match="only grows"):
        db.session.execute(change)
    db.session.rollback()
    assert db.session.execute(select(Entry.__table__)).all() == before and journal.check() == []


def test_words_can_be_erased_when_their_time_is_over(company):
    goal = an_objective(company.period, person_id=company.li)
    journal.write("objective.edited", goal, company.viewer("li"), words={"title": "title"})
    db.session.commit()
    db.session.execute(delete(Payload))
    db.session.commit()
    assert journal.check() == [] and clock.now() >= db.session.scalars(select(Entry.at)).one()
