"""The demo year into the database: after the directory's sync, or by itself where there is no directory."""

from datetime import UTC, datetime, time, timedelta

from sqlalchemy import delete, exists, select

from portal import clock, search
from portal.db import db
from portal.demo.company import Company, company
from portal.demo.goals import cascade
from portal.demo.loading.bulk import Bulk
from portal.demo.loading.claims import write_claims
from portal.demo.loading.dialogues import write_dialogues
from portal.demo.loading.feedback import write_feedback
from portal.demo.loading.goals import write_goals, write_periods
from portal.demo.loading.many import Many
from portal.demo.loading.many_goals import Goals
from portal.demo.loading.many_reviews import Reviews
from portal.demo.loading.many_talks import Talks
from portal.demo.loading.people import write_people
from portal.demo.loading.reviews import write_reviews
from portal.demo.loading.talks import write_talks
from portal.demo.reviews import rounds
from portal.demo.talks import talks
from portal.directory import lines
from portal.directory.models import Person
from portal.goals import coverage
from portal.goals.models import Objective
from portal.jobs.models import Job
from portal.printing.archive import JOB
from portal.settings import Setting

QUIET, EACH = timedelta(minutes=10), timedelta(seconds=6)


def is_loaded() -> bool:
    """Whether there are goals already: the demo never writes over somebody's work."""
    return bool(db.session.scalar(select(exists().where(Objective.id.is_not(None)))))


def _open_doors() -> None:
    """A demo needs no first run."""
    db.session.execute(delete(Setting).where(Setting.name == "open"))


def load(seed: int = 1) -> Company:
    """Write the demo year and commit. Raises ValueError when there are goals already."""
    if is_loaded():
        raise ValueError("there are goals in this database already")
    _open_doors()
    made = company(clock.today())
    bulk = Bulk(db.session.connection())
    known = write_people(bulk, made)
    lines.rebuild(made.today)
    spans = write_periods(bulk, made)
    goals = cascade(made, seed)
    objectives = write_goals(bulk, made, known, goals, spans)
    write_claims(bulk, made, goals, objectives, known)
    write_talks(bulk, made, known, talks(made, goals, seed), objectives)
    write_feedback(bulk, made, known, goals, objectives)
    bulk.write()
    write_reviews(bulk, known, rounds(made, seed), spans)
    _draw_later()
    bulk.finish()
    evening = datetime.combine(made.today - timedelta(days=1), time(18), clock.zone()).astimezone(UTC)
    with clock.at(evening):  # like everything of the demo it lies behind us
        write_dialogues(known)
    search.rebuild()
    db.session.commit()
    return made


def _draw_later() -> None:
    """Last year's forms are drawn for the archive one by one while the demo is looked at: no other job waits for them."""
    for n, job in enumerate(db.session.scalars(select(Job).where(Job.kind == JOB).order_by(Job.id))):
        job.run_at = clock.now() + QUIET + n * EACH


def load_many(count: int, seed: int = 1) -> None:
    """Write a company of `count` people into an empty database and commit. Raises ValueError when somebody is there."""
    if db.session.scalar(select(exists().where(Person.id.is_not(None)))):
        raise ValueError("there are people in this database already")
    _open_doors()
    today = clock.today()
    many = Many(db.session.connection(), count, today, seed)
    many.organisation()
    many.roles()
    many.write_periods()
    lines.rebuild(today)
    goals = Goals(many)
    goals.write()
    talks_of_many = Talks(many, goals)
    talks_of_many.write()
    many.fast.analyse()
    reviews_of_many = Reviews(many, goals)
    reviews_of_many.write()
    talks_of_many.journal(reviews_of_many.entries())
    for period_id in many.period_ids.values():
        coverage.count_period(period_id)
    many.fast.finish("objective_parent", "check_in_goal", "entry", "payload")
    search.rebuild()
    db.session.commit()
