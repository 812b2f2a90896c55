"""A generated company of 500 on both databases: shape, figures as a rebuild would store them, a whole chain."""

from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import func, select

from portal.checkins.models import CheckIn, Note
from portal.cycles.models import Cycle
from portal.db import db
from portal.demo.load import load_many
from portal.demo.many import PLACES, SPAN
from portal.directory.models import Person, ReportingLine, Unit
from portal.goals import rollup
from portal.goals.models import Measure, Objective, ObjectiveParent
from portal.journal import check
from portal.periods.models import Period
from portal.reviews.judging import Judgement, Rules, counted
from portal.reviews.models import Review, Signature
from portal.reviews.queries import with_form
from portal.reviews.states import State
from tests.conftest import DATABASES, empty

SIZE = 500


@pytest.fixture(scope="module", params=DATABASES)
def many(request: pytest.FixtureRequest, app_of: object) -> Iterator[None]:
    app: Flask = app_of(request.param)  # type: ignore[operator]
    with app.app_context():
        empty()
        load_many(SIZE)
        yield
        db.session.rollback()
        db.session.remove()


def count(model: object, *where: object) -> int:
    return db.session.scalar(select(func.count()).select_from(model).where(*where)) or 0  # type: ignore[arg-type]


def test_the_sizes_are_those_asked_for(many: None) -> None:
    assert count(Person) == SIZE
    assert count(Objective, Objective.person_id.is_not(None)) == 5 * SIZE  # four of this year, one of the last
    assert count(Measure) == 13 * SIZE
    assert count(Review) == 2 * SIZE
    assert count(CheckIn) == 12 * (SIZE - 1)
    assert count(Note) > count(CheckIn)


def test_named_accounts_stand_where_they_stand_in_the_small_company(many: None) -> None:
    found = db.session.execute(select(Person.login, Person.name).where(Person.login.in_(PLACES.values())))
    known = {row.login: row.name for row in found}
    assert len(known) == len(PLACES)
    assert known["zhou.xiaolan"] == "周晓岚"
    by_login = {login: person for person, login in db.session.execute(select(Person.id, Person.login))}
    above = select(ReportingLine.depth).where(ReportingLine.manager_id == by_login["lin.zhiyuan"], ReportingLine.report_id == by_login["zhou.xiaolan"])
    assert db.session.scalar(above) == 1
    assert db.session.scalar(select(Person.span).where(Person.login == "xu.mingchuan")) == SIZE - 1


def test_a_manager_has_eight_reports_and_units_have_heads(many: None) -> None:
    widest = select(func.count()).where(ReportingLine.depth == 1).group_by(ReportingLine.manager_id).order_by(func.count().desc())
    assert db.session.scalar(widest.limit(1)) == SPAN
    assert count(Unit) == count(Objective, Objective.unit_id.is_not(None)) / 2


def test_some_goals_serve_two_parents_and_one_has_three_hundred_children(many: None) -> None:
    two = select(ObjectiveParent.child_id).group_by(ObjectiveParent.child_id).having(func.count() == 2)
    assert 0.03 < len(db.session.scalars(two).all()) / (4 * SIZE) < 0.06
    assert db.session.scalar(select(func.max(Objective.children))) == SIZE - 100  # 2,000 where there are so many
    shares = select(func.sum(ObjectiveParent.share)).group_by(ObjectiveParent.child_id).distinct()
    assert db.session.scalars(shares).all() == [10_000]


def test_stored_figures_are_those_of_a_rebuild(many: None) -> None:
    periods = db.session.scalars(select(Period.id)).all()
    assert [found for period in periods for found in rollup.rebuild(period)] == []
    db.session.rollback()


def test_levels_grow_downwards(many: None) -> None:
    child, parent = Objective.__table__.alias(), Objective.__table__.alias()
    pairs = select(child.c.level, parent.c.level).select_from(ObjectiveParent).join(child, child.c.id == ObjectiveParent.child_id)
    assert all(low > high for low, high in db.session.execute(pairs.join(parent, parent.c.id == ObjectiveParent.parent_id)))


def test_the_chain_holds(many: None) -> None:
    assert check() == []


def test_the_next_row_gets_the_next_id(many: None) -> None:
    db.session.add(Unit(name="新部门"))
    db.session.flush()
    assert db.session.scalar(select(func.max(Unit.id))) == count(Unit)
    db.session.rollback()


def test_people_are_never_added_to_somebody_elses(many: None) -> None:
    with pytest.raises(ValueError, match="already"):
        load_many(10)


def test_last_years_round_is_archived_with_what_was_frozen(many: None) -> None:
    found = select(Review.state, func.count()).join(Cycle, Cycle.id == Review.cycle_id).where(Cycle.state == "closed")
    assert [tuple(row) for row in db.session.execute(found.group_by(Review.state))] == [(State.ARCHIVED, SIZE)]
    review = db.session.scalar(select(Review).where(Review.state == State.ARCHIVED).limit(1).offset(77))
    assert review is not None
    judgement = Judgement(with_form(review), counted(review.assessments), Rules.now())
    assert judgement.total.score == review.score
    assert judgement.total.grade == review.grade
    assert {facts.title for facts in judgement.facts.values()} >= {"解决问题", review.items[0].title}
    assert all(item.frozen for item in review.items)
    assert count(Signature) == 2 * SIZE - 1  # nobody is above the first


def test_part_of_this_years_round_is_handed_in(many: None) -> None:
    found = select(Review.state, func.count()).join(Cycle, Cycle.id == Review.cycle_id).where(Cycle.state == "running")
    states = {row[0]: row[1] for row in db.session.execute(found.group_by(Review.state))}
    assert states == {State.ASSESSMENT: SIZE * 3 // 5, State.SELF_ASSESSMENT: SIZE * 2 // 5}
    review = db.session.scalar(select(Review).where(Review.state == State.ASSESSMENT).limit(1))
    assert review is not None
    assert with_form(review).missing("self") == []
