"""The night's check puts a stored figure right that was damaged, and stops between periods when asked."""

from decimal import Decimal

from sqlalchemy import select, update

from portal import jobs
from portal.db import db
from portal.goals.jobs import JOB
from portal.goals.models import Objective
from portal.jobs.models import Job, State
from tests.build import a_measure, an_objective


def test_a_damaged_figure_is_put_right_at_night(company):
    goal = an_objective(company.period, person_id=company.li, measures=0)
    goal.measures.append(a_measure(current=Decimal(5)))
    goal_id = goal.id
    db.session.commit()
    db.session.execute(update(Objective).where(Objective.id == goal_id).values(rolled_progress=Decimal("0.9")))
    jobs.ask(JOB)
    db.session.commit()
    assert jobs.work_one()
    db.session.expire_all()
    assert db.session.scalar(select(Objective.rolled_progress)) == Decimal("0.5")
    assert db.session.scalars(select(Job.state)).all() == [State.DONE]
