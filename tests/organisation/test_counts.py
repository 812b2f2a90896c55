"""What stands counted with departments and positions is what counting finds, whatever HR changes."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from portal import clock
from portal.db import db
from portal.directory.lines import on
from portal.directory.models import Assignment, Post, Unit
from portal.organisation import operations, queries
from portal.organisation.operations import Place, Standing


def counted():
    """Both, counted anew."""
    day = clock.today()
    rows = queries._summed([queries._Row(*row) for row in db.session.execute(queries._then(), {"day": day})])
    posts = select(Post.id, func.count(Assignment.id)).outerjoin(Assignment, (Assignment.post_id == Post.id) & on(day, Assignment))
    return {row.id: row.people for row in rows}, dict(db.session.execute(posts.group_by(Post.id)).all())


def kept():
    db.session.expire_all()
    return dict(db.session.execute(select(Unit.id, Unit.people)).all()), dict(db.session.execute(select(Post.id, Post.people)).all())


def moved(company, who, **place):
    known = {"unit_id": company.units.sales, "post": "Clerk", "manager_id": company.wang}
    operations.move(db.session.get(queries.Person, who), Place(**{**known, **place}), clock.today(), company.viewer("hu"))


def another_post(company):
    moved(company, company.li)
    moved(company, company.li, post="Buyer")  # neither the department nor the manager: no closure follows


def a_second_post(company, ends=False):
    who, place = db.session.get(queries.Person, company.li), Place(company.units.research, "Tester", "", company.zhou, 2_000)
    operations.add_second(who, place, clock.today() - timedelta(days=3), None, company.viewer("hu"))
    db.session.flush()
    if ends:
        second = db.session.scalar(select(Assignment).where(Assignment.person_id == company.li, Assignment.primary.is_(False)))
        operations.end_second(who, second, clock.today(), company.viewer("hu"))


def a_unit_elsewhere(company):
    unit = db.session.get(Unit, company.units.sales)
    operations.change_unit(unit, Standing("sales", company.units.research, company.wang), clock.today(), company.viewer("hu"))


CHANGES = {
    "moved": lambda company: moved(company, company.li, unit_id=company.units.research, manager_id=company.zhou),
    "another post": another_post,
    "a second post": a_second_post,
    "no second post": lambda company: a_second_post(company, ends=True),
    "a unit elsewhere": a_unit_elsewhere,
}


@pytest.mark.parametrize("change", CHANGES)
def test_what_is_kept_is_what_is_counted(company, change):
    CHANGES[change](company)
    db.session.commit()
    assert kept() == counted()
    assert max(kept()[0].values()) > 1


def test_the_tree_of_today_is_that_of_the_day_before(company):
    today, before = clock.today(), clock.today() - timedelta(days=1)
    for top in (None, company.units.all):
        assert queries.tree(today, top) == queries.tree(before, top)
