"""Next year in the demo: one set returned and written on, one proposed, the others begin. Written by the verbs themselves."""

from datetime import date, timedelta
from typing import Any

from sqlalchemy import select

from portal import access, clock, journal
from portal.access.viewer import Viewer
from portal.access.viewer import load as standing
from portal.db import db
from portal.demo.loading.people import Known
from portal.dialogues import operations, queries
from portal.dialogues.models import GoalDialogue
from portal.directory.models import UnitLine
from portal.goals import copying
from portal.goals.models import Objective
from portal.goals.operations import realign
from portal.goals.states import State
from portal.numbers import split_evenly
from portal.periods.models import Kind, Period

BOSS, MANAGER, WRITER, PROPOSER = "qin.lang", "lin.zhiyuan", "zhou.xiaolan", "he.yiming"
RETURNED = "方向都对。合格率我想再往上走半步，最后一项别只交文件，要有人真的用起来。"
ASKED = "今年第四季度已经稳住了。新扭矩枪到位后，目标还能往上走半步吗？"
ANSWERED = "够得着，但扭矩枪要二季度才到。我按全年提，一季度先保住现在的水平。"


def write_dialogues(known: Known) -> None:
    """The year to come, opened by a manager of the demo for his people."""
    today = clock.today()
    ahead = _next_year(today)
    manager, writer = standing(known.people[MANAGER], today), standing(known.people[WRITER], today)
    reports = [mate.id for mate in queries.team(manager, ahead.id)]
    days = {"propose_by": today + timedelta(10), "agree_by": today + timedelta(24)}
    above = _agreed_above(ahead, manager, known)
    opened = operations.open_for(ahead, reports, manager, **days)
    for one in opened:
        if one.person_id == writer.id:
            _returned(one, _proposed(one, writer, above), writer, manager)
        elif one.person_id == known.people[PROPOSER]:
            _proposed(one, standing(one.person_id, today), above)


def _next_year(today: date) -> Period:
    year = today.year + 1
    name = f"{year} 年"
    known = db.session.scalar(select(Period).where(Period.name == name))
    ahead = known or Period(name=name, kind=Kind.YEAR, begins=date(year, 1, 1), ends=date(year + 1, 1, 1))
    db.session.add(ahead)
    db.session.flush()
    return ahead


def _agreed_above(ahead: Period, manager: Viewer, known: Known) -> list[int]:
    """What the department and the manager have agreed on already, for others to support."""
    boss = standing(known.people[BOSS], clock.today())
    made: list[int] = []
    units = select(UnitLine.upper_id).where(UnitLine.lower_id == manager.unit_id)
    whose = (Objective.person_id == manager.id, Objective.unit_id.in_(units))
    for where in whose:
        found = select(Objective).where(where, Objective.state == State.AGREED, Objective.period_id == _year_before(ahead))
        for goal in db.session.scalars(found.order_by(Objective.id).limit(4)).all():
            copy = copying.again(goal, ahead.id, boss)
            acts = access.acts_on(boss, copy)
            for step in (copy.propose, copy.agree):
                journal.step(step(acts, clock.now()), copy, boss, acts, {"title": copy.title})
            made = [*made, copy.id] if copy.person_id else [copy.id, *made]
    return made


def _year_before(ahead: Period) -> Any:
    """This year, whose goals go on."""
    found = select(Period.id).where(Period.kind == Kind.YEAR, Period.begins < ahead.begins).order_by(Period.begins.desc())
    return found.limit(1).scalar_subquery()


def _proposed(dialogue: GoalDialogue, writer: Viewer, above: list[int]) -> list[Objective]:
    """A first draft from this year's goals, sent to the manager."""
    o = Objective
    mine = select(o).where(o.person_id == writer.id, o.period_id == _year_before(dialogue.period), o.state == State.AGREED)
    operations.bring(dialogue, db.session.scalars(mine.order_by(o.id).limit(5)).all(), writer)
    goals = queries.goals_of(writer, dialogue)
    for goal, up in zip(goals, above, strict=False):
        realign(goal, {up: 10_000}, writer, None)
    operations.weigh(dialogue, goals, operations.split(goals, {goal.id: 0 for goal in goals}), writer)
    operations.propose(dialogue, goals, writer, access.acts_on(writer, dialogue))
    return goals


def _returned(dialogue: GoalDialogue, goals: list[Objective], writer: Viewer, manager: Viewer) -> None:
    """Back with a question; the second draft is being written."""
    answers = access.acts_on(manager, dialogue)
    operations.say(dialogue, goals[0].id, ASKED, manager, answers)
    operations.send_back(dialogue, goals, manager, answers, RETURNED)
    operations.say(dialogue, goals[0].id, ANSWERED, writer, access.acts_on(writer, dialogue))
    first, *others = (goal.id for goal in goals)
    rest = dict(zip(others, split_evenly(len(others), 6_000), strict=True))
    operations.weigh(dialogue, goals, {first: 4_000, **rest}, writer)
