"""A company objective given to people by a rule (department with all below it, post family, level): who gets it, and why not.

It stands as a draft with each of them, under the company objective; they and their managers change and agree it as any other.
Asked again, the same rule gives it only to those who do not have it yet.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, case, exists, false, func, insert, or_, select
from sqlalchemy.orm import aliased

from portal import clock, jobs, journal
from portal.access import Viewer
from portal.access.viewer import load
from portal.db import db
from portal.directory.lines import on
from portal.directory.models import Assignment, Person, Post, Status, UnitLine
from portal.goals.copying import plan_of
from portal.goals.kinds import Audience, Kind
from portal.goals.models import Objective, ObjectiveParent
from portal.goals.states import State
from portal.jobs import Context
from portal.jobs.models import Job
from portal.settings import queries as settings
from portal.strategy import keeping, making
from portal.strategy.models import AssignedGoal
from portal.strategy.states import unclaimable
from portal.words import N_
from portal.workflow import Refused

JOB = "strategy.assign"
AT_ONCE = 200
"""So many are given it while one waits; more in the background, as many at a time."""
SHOWN = 50
GETS, HAS, AWAY, LEADERLESS, FAMILY, LEVEL = "gets", "has", "away", "leaderless", "family", "level"
WHY = {
    GETS: N_("gets it"),
    HAS: N_("has it already"),
    AWAY: N_("is on leave"),
    LEADERLESS: N_("has no manager who could agree it"),
    FAMILY: N_("another post family"),
    LEVEL: N_("another level"),
}


@dataclass(frozen=True)
class Rule:
    """Whom it is for: a department with all below it, and of these only a post family, only a level where one is said."""

    unit_id: int
    family: str = ""
    level: str = ""


@dataclass(frozen=True)
class Somebody:
    """One line of the preview."""

    id: int
    name: str
    post: str
    level: str
    why: str


@dataclass(frozen=True)
class Preview:
    """How many there are of each, and the first of those who get it, have it, and are left out."""

    counts: dict[str, int]
    people: Sequence[Somebody]

    def of(self, *whys: str) -> list[Somebody]:
        """Those of one kind."""
        return [one for one in self.people if one.why in whys]

    @property
    def out(self) -> list[Somebody]:
        """Those left out, each with the reason."""
        return self.of(AWAY, LEADERLESS, FAMILY, LEVEL)

    @property
    def left_out(self) -> int:
        """How many are."""
        return sum(n for why, n in self.counts.items() if why not in (GETS, HAS))


def preview(objective: Objective, rule: Rule) -> Preview:
    """What giving it now would do. Two statements."""
    judged = _judged(objective.id, rule).subquery()
    counted = select(judged.c.why, func.count()).group_by(judged.c.why)
    counts: dict[str, int] = dict(db.session.execute(counted).all())
    place = func.row_number().over(partition_by=judged.c.why, order_by=judged.c.id).label("place")
    ranked = select(judged, place).subquery()
    shown = select(ranked).where(ranked.c.place <= SHOWN).order_by(ranked.c.why, ranked.c.id)
    people = [Somebody(row.id, row.name, row.post or "", row.level, row.why) for row in db.session.execute(shown)]
    return Preview({why: counts.get(why, 0) for why in WHY}, people)


def give(objective: Objective, rule: Rule, by: Viewer) -> int | None:
    """Give it to whoever gets it; how many got it now, or None: many are given it in the background. Raises Refused."""
    see_to(objective)
    waiting = db.session.scalar(select(func.count()).select_from(_next(objective.id, rule, AT_ONCE + 1).subquery())) or 0
    if waiting <= AT_ONCE:
        return _some(objective, rule, by)
    args = {"objective_id": objective.id, "unit_id": rule.unit_id, "family": rule.family, "level": rule.level}
    jobs.ask(JOB, args, key=f"{JOB}:{objective.id}", by=by.id)
    return None


def see_to(objective: Objective) -> None:
    """Raises Refused for what is not in force, or is over."""
    if reason := unclaimable(objective):
        raise Refused(reason)


def register() -> None:
    """Called once by create_app."""
    jobs.register(JOB, _work, N_("Giving a company objective to many"))


def how_far(objective_id: int) -> tuple[int, int] | None:
    """(done, of how many) of what is being given in the background, or None."""
    asked = (
        select(Job.done, Job.total).where(Job.key == f"{JOB}:{objective_id}", Job.ended_at.is_(None)).order_by(Job.id.desc())
    )
    found = db.session.execute(asked.limit(1)).first()
    return (found[0], found[1] or 0) if found else None


def families() -> Sequence[str]:
    """Post families there are."""
    return db.session.scalars(select(Post.family).where(Post.family != "").distinct().order_by(Post.family)).all()


def _work(context: Context) -> None:
    args = context.args
    rule, by = Rule(args["unit_id"], args["family"], args["level"]), load(context.asked_by_id or 0, clock.today())
    done = context.done
    waiting = select(func.count()).select_from(_next(args["objective_id"], rule, None).subquery())
    total = done + (db.session.scalar(waiting) or 0)
    while True:
        objective = db.session.get_one(Objective, args["objective_id"])
        see_to(objective)
        given = _some(objective, rule, by)
        if not given:
            break
        done += given
        context.step(done, max(total, done))
    db.session.commit()


def _some(objective: Objective, rule: Rule, by: Viewer) -> int:
    """The next ones, in the caller's transaction. Whoever presses at the same moment waits for the objective's row."""
    db.session.execute(select(Objective.id).where(Objective.id == objective.id).with_for_update(key_share=True))
    ids = db.session.scalars(_next(objective.id, rule, AT_ONCE)).all()
    if not ids:
        return 0
    (plan,) = keeping.to_copy([objective.id])
    period = plan.period
    facts = {name: getattr(plan, name) for name in ("title", "why", "kind", "perspective")}
    facts |= {"period_id": plan.period_id, "audience": Audience(settings.text(_audience(plan.kind)))}
    measures = [plan_of(each, period, period) for each in plan.measures]
    drafted = [making.Drafted(facts, measures, person_id=i, parent_id=objective.id) for i in ids]
    made = making.draft(drafted, {period.id: period}, by)
    now = clock.now()
    rows = [
        {"objective_id": objective.id, "person_id": i, "made_id": goal, "by_id": by.id, "at": now}
        for i, goal in zip(ids, made, strict=True)
    ]
    db.session.execute(insert(AssignedGoal), rows)
    words = {"title": plan.title, "people": len(ids)}
    journal.write("objective.assigned", plan, by, words=words)
    return len(ids)


def _audience(kind: Kind) -> str:
    return "kpi_audience" if kind is Kind.KPI else "okr_audience"


def _next(objective_id: int, rule: Rule, limit: int | None) -> Select[Any]:
    judged = _judged(objective_id, rule).subquery()
    found: Select[Any] = select(judged.c.id).where(judged.c.why == GETS).order_by(judged.c.id)
    return found.limit(limit) if limit else found


def _judged(objective_id: int, rule: Rule) -> Select[Any]:
    """Everybody of the department and those below it, by their first post of today, each with what the rule says."""
    a, inside = Assignment, select(UnitLine.lower_id).where(UnitLine.upper_id == rule.unit_id)
    away = Person.status == Status.LEAVE
    why = case(
        (_other(Post.family, rule.family), FAMILY),
        (_other(a.level, rule.level), LEVEL),
        (_has(objective_id), HAS),
        (away, AWAY),
        (a.manager_id.is_(None), LEADERLESS),
        else_=GETS,
    )
    found: Select[Any] = select(Person.id, Person.name, Post.name.label("post"), a.level, why.label("why"))
    found = found.select_from(a).join(Person, Person.id == a.person_id).outerjoin(Post, Post.id == a.post_id)
    return found.where(a.unit_id.in_(inside), a.primary, on(clock.today(), a), Person.status != Status.LEFT)


def _other(column: Any, wanted: str) -> ColumnElement[bool]:
    return func.coalesce(column, "") != wanted if wanted else false()


def _has(objective_id: int) -> ColumnElement[bool]:
    """Given before, or somebody set it directly below: also what was taken back since is not given again."""
    child, tie = aliased(Objective), aliased(ObjectiveParent)
    below = exists().where(child.person_id == Person.id, child.state != State.WITHDRAWN, tie.child_id == child.id)
    given = exists().where(AssignedGoal.objective_id == objective_id, AssignedGoal.person_id == Person.id)
    return or_(given, below.where(tie.parent_id == objective_id))
