"""Feedback as rows: values, questions, what was said, with the entries it would have left."""

from collections.abc import Mapping
from datetime import date, timedelta

from portal.demo.chance import before_today, dice, midnight, moment
from portal.demo.company import Company
from portal.demo.days import workday
from portal.demo.goals import Cascade
from portal.demo.loading.bulk import Bulk
from portal.demo.loading.people import Known
from portal.demo.words.feedback import ASKED, SAID, VALUES, Asked, Said
from portal.feedback.models import Ask, CompanyValue, Feedback
from portal.feedback.operations import topic_key
from portal.feedback.states import Asking, State

HELD = ("quarter", "year")
"""The periods whose goals are linked, the shorter one first."""


def write_feedback(bulk: Bulk, company: Company, known: Known, goals: Cascade, objectives: Mapping[str, int]) -> None:
    """Everything that people of the demo told and asked each other."""
    values = {name: bulk.add(CompanyValue, name=name, meaning=meaning, retired_at=None, version=1) for name, meaning in VALUES}
    answers = {(one.to, one.asked, one.by): one for one in SAID if one.asked}
    asks: dict[tuple[str, str, str], int] = {}
    for asked in ASKED:
        goal = _goal(asked.by, asked.goal, goals, objectives)
        for whom in asked.to:
            answer = answers.get((asked.by, asked.topic, whom))
            asks[asked.by, asked.topic, whom] = _ask(bulk, company.today, known, asked, whom, goal=goal, answer=answer)
    for n, said in enumerate(sorted(SAID, key=lambda one: -one.days)):
        row = bulk.add(
            Feedback,
            person_id=known.people[said.to],
            author_id=known.people[said.by],
            public=said.public,
            words=said.words,
            objective_id=_goal(said.to, said.goal, goals, objectives),
            value_id=values[said.value] if said.value else None,
            ask_id=asks.get((said.to, said.asked, said.by)),
            state=State.GIVEN,
            at=(at := moment(_day(company.today, said.days), dice("feedback", n), 9, 18)),
            withdrawn_at=None,
            version=1,
        )
        kind = "feedback.praised" if said.public else "feedback.given"
        about = ("person", known.people[said.to])
        bulk.journal.note(kind, at, known.people[said.by], about, ("feedback", row), steps=(None, "given"))


def _ask(bulk: Bulk, today: date, known: Known, asked: Asked, whom: str, *, goal: int | None, answer: Said | None) -> int:
    day = _day(today, asked.days)
    at, settled, state = moment(day, dice(asked.topic), 8, 9), None, Asking.OPEN
    if answer is not None:
        state, settled = Asking.ANSWERED, midnight(_day(today, answer.days)) + timedelta(hours=9)
    elif whom in asked.declined:
        state, settled = Asking.DECLINED, moment(day + timedelta(days=1), dice(asked.topic, whom), 9, 18)
    row = bulk.add(
        Ask,
        person_id=known.people[asked.by],
        asked_id=known.people[whom],
        topic=asked.topic,
        topic_key=topic_key(asked.topic),
        objective_id=goal,
        due=day + timedelta(days=asked.due),
        state=state,
        at=at,
        settled_at=settled,
        version=1,
    )
    about, thing = ("person", known.people[asked.by]), ("feedback_ask", row)
    bulk.journal.note("feedback_ask.asked", at, known.people[asked.by], about, thing)
    if settled:
        kind = "feedback_ask.answer" if answer else "feedback_ask.decline"
        bulk.journal.note(kind, settled, known.people[whom], about, thing, steps=("open", state.value))
    return row


def _day(today: date, days: int) -> date:
    return workday(before_today(today, days))


def _goal(person: str, part: str, goals: Cascade, objectives: Mapping[str, int]) -> int | None:
    """A goal that runs of this person, by a part of its title."""
    found = (goal for period in HELD for goal in goals.of(person, period) if part and part in goal.title)
    goal = next(found, None)
    return objectives[goal.code] if goal else None
