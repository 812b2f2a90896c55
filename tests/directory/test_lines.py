"""The closures of today: what one move writes is what writing everything anew would."""

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, update

from portal import clock
from portal.db import db
from portal.directory import lines
from portal.directory.models import Assignment, Person, ReportingLine, Unit
from portal.organisation import operations
from portal.organisation.operations import Newcomer, Place
from tests.company import NAMES


def kept():
    """All that is written down of today's lines."""
    above = select(ReportingLine.manager_id, ReportingLine.report_id, ReportingLine.depth).order_by(ReportingLine.manager_id, ReportingLine.report_id)
    people = select(Person.id, Person.unit_id, Person.span).order_by(Person.id)
    units = select(Unit.id, Unit.people).order_by(Unit.id)
    return [[tuple(row) for row in db.session.execute(each)] for each in (above, people, units)]


MOVES = st.tuples(st.sampled_from(NAMES), st.sampled_from((*NAMES, None)), st.sampled_from(("all", "sales", "research")), st.sampled_from((0, 3, 20)))


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(moves=st.lists(MOVES, min_size=1, max_size=6))
def test_a_move_writes_what_a_rebuild_would(company, moves):
    hu = company.viewer("hu")
    for who, manager, unit, ago in moves:
        person, above = db.session.get(Person, getattr(company, who)), manager and getattr(company, manager)
        try:
            operations.move(person, Place(getattr(company.units, unit), manager_id=above), clock.today() - timedelta(days=ago), hu)
        except operations.Wrong:
            continue
        written = kept()
        lines.rebuild(clock.today())
        assert written == kept()
    db.session.rollback()


def test_somebody_who_comes_and_leaves_again(company):
    hu = company.viewer("hu")
    new = operations.add_person(Newcomer("老钱", "W7", "worker"), Place(company.units.sales, manager_id=company.li), clock.today(), hu)
    came = kept()
    lines.rebuild(clock.today())
    assert came == kept() and db.session.get(Person, company.zhao).span == len(NAMES)
    operations.let_go(new, clock.today(), hu)
    left = kept()
    lines.rebuild(clock.today())
    assert left == kept()


def test_a_circle_is_refused_and_so_is_what_no_company_has(company):
    db.session.execute(update(Assignment).where(Assignment.person_id == company.zhao).values(manager_id=company.wang))
    with pytest.raises(ValueError, match="a circle"):
        lines.rebuild_below(company.wang, clock.today())
    db.session.rollback()
    for one, above in zip(range(100, 142), range(99, 141), strict=True):
        db.session.add(Person(id=one, name=str(one), number=str(one)))
        db.session.flush()
        db.session.add(Assignment(person_id=one, unit_id=company.units.all, manager_id=above if above > 99 else None, since=clock.today()))
    with pytest.raises(ValueError, match="40 levels"):
        for one in range(100, 142):
            lines.rebuild_below(one, clock.today())
    db.session.rollback()
