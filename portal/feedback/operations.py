"""Verbs of feedback: give, ask, answer, decline, withdraw, report, decide. The journal keeps that it was, never the words."""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from portal import clock, journal
from portal.access import Act, Held, Viewer
from portal.db import db, spelled
from portal.directory.models import Person
from portal.feedback import queries
from portal.feedback.models import Ask, CompanyValue, Feedback, Report
from portal.feedback.states import ASK, FEEDBACK, REPORT, State, Verdict
from portal.words import N_
from portal.workflow import NotHeld, Refused

A_DAY = 50
"""Pieces of feedback somebody gives within a day; nobody means more."""


@dataclass(frozen=True)
class Said:
    """What is said, as plain values."""

    words: str
    public: bool = False
    objective_id: int | None = None
    value_id: int | None = None


def may_give(person: Person, by: Viewer) -> None:
    """Raises NotHeld for nobody of the company, Refused for oneself and where feedback is not in use."""
    if by.outside:
        raise NotHeld(Act.SEE_FEEDBACK)
    if person.id == by.id:
        raise Refused(N_("Feedback is for others. What you think of your own work belongs into your own view of a check-in."))
    if not queries.uses_feedback(person):
        raise Refused(N_("Feedback is not in use where this person works."))


def give(person: Person, said: Said, by: Viewer, ask: tuple[Ask, Held] | None = None) -> Feedback:
    """Tell somebody something; with `ask` in answer to their question. Raises Refused, also beyond what a day allows."""
    may_give(person, by)
    if queries.given_today(by) >= A_DAY:
        raise Refused(N_("That is a lot of feedback for one day. Go on tomorrow."))
    made = Feedback(person_id=person.id, author_id=by.id, public=said.public, words=said.words.strip(), at=clock.now())
    made.objective_id, made.value_id = said.objective_id, said.value_id
    if ask is not None:
        row, acts = ask
        taken = ASK.take("answer", row, acts, clock.now())
        made.ask_id = row.id
        journal.step(taken, row, by, acts)
    db.session.add(made)
    db.session.flush()
    journal.write("feedback.praised" if said.public else "feedback.given", made, by, now=State.GIVEN)
    return made


def topic_key(topic: str) -> str:
    """A topic without what spelling adds: the same question to the same person is asked once."""
    plain = unicodedata.normalize("NFKC", topic).casefold()
    return "".join(letter for letter in plain if letter.isalnum()) or plain


def ask(topic: str, people: Sequence[Person], objective_id: int | None, due: date | None, by: Viewer) -> list[Ask]:
    """Ask each of these about a topic; who was asked about it before is left out."""
    if by.outside:
        raise NotHeld(Act.SEE_ASK)
    # Locked, so that the same question sent from two devices is asked once.
    db.session.execute(select(Person.id).where(Person.id == by.id).with_for_update())
    key, now = topic_key(topic), clock.now()
    before = queries.asked_already(by, key)
    made = []
    for person in people:
        if person.id not in before and person.id != by.id:
            one = Ask(person_id=by.id, asked_id=person.id, topic=topic, topic_key=key, due=due, at=now)
            one.objective_id = objective_id
            db.session.add(one)
            db.session.flush()
            journal.write("feedback_ask.asked", one, by)
            made.append(one)
    return made


def decline(row: Ask, by: Viewer, acts: Held) -> None:
    """Who was asked would rather not; they need not say why."""
    journal.step(ASK.take("decline", row, acts, clock.now()), row, by, acts)


def take_back(row: Ask, by: Viewer, acts: Held) -> None:
    """Who asked does not need it any more."""
    journal.step(ASK.take("take back", row, acts, clock.now()), row, by, acts)


def withdraw(feedback: Feedback, by: Viewer, acts: Held) -> None:
    """Within a day: the words go, that something was said stays."""
    taken = FEEDBACK.take("withdraw", feedback, acts, clock.now())
    feedback.words = ""
    journal.step(taken, feedback, by, acts)


def report(feedback: Feedback, reason: str, by: Viewer, acts: Held) -> Report:
    """Tell HR that it should not stand there. Raises Refused when somebody did already, or there is nothing to read."""
    if Act.REPORT_FEEDBACK not in acts:
        raise NotHeld(Act.REPORT_FEEDBACK)
    if feedback.state is not State.GIVEN:
        raise Refused(N_("Its words are not shown to anybody any more."))
    same = select(Report.id).where(Report.feedback_id == feedback.id, Report.state == spelled(Verdict.OPEN))
    if db.session.scalar(same) is not None:
        raise Refused(N_("It was reported already: HR looks at it."))
    made = Report(feedback_id=feedback.id, person_id=feedback.author_id, reporter_id=by.id, words=feedback.words)
    made.reason, made.at = reason.strip(), clock.now()
    db.session.add(made)
    db.session.flush()
    journal.write("feedback_report.made", made, by, now=Verdict.OPEN)
    return made


def decide(row: Report, step: str, why: str, by: Viewer, acts: Held) -> None:
    """HR keeps the words or hides them, with a reason that both sides are told."""
    taken = REPORT.take(step, row, acts, clock.now(), reason=why)
    row.decided_by_id, row.why = by.id, why.strip()
    if row.state is Verdict.HIDDEN:
        feedback = db.session.scalars(select(Feedback).where(Feedback.id == row.feedback_id).with_for_update()).one()
        if feedback.state is State.GIVEN:  # what was withdrawn meanwhile is hidden already
            feedback.state = State.HIDDEN
            journal.write("feedback.hidden", feedback, by, was=State.GIVEN, now=State.HIDDEN)
    journal.step(taken, row, by, acts)


def have_read(row: Report, by: Viewer) -> None:
    """One of the two has read what HR decided."""
    if row.reporter_id == by.id:
        row.read_by_reporter = True
    if row.person_id == by.id:
        row.read_by_author = True


class Taken(ValueError):
    """Another value has this name; the text is a sentence for the field."""


def make_value(name: str, meaning: str, by: Viewer) -> CompanyValue:
    """A new value of the company. Raises Taken."""
    _free(name, None)
    made = CompanyValue(name=name, meaning=meaning)
    db.session.add(made)
    db.session.flush()
    journal.write("company_value.made", made, by, words={"name": name, "meaning": meaning})
    return made


def change_value(value: CompanyValue, name: str, meaning: str, by: Viewer) -> None:
    """Its name and what it means; praise that names it follows. Raises Taken."""
    _free(name, value.id)
    now, was = {"name": name, "meaning": meaning}, {"name": value.name, "meaning": value.meaning}
    if now == was:
        return
    value.name, value.meaning = name, meaning
    changed = {field: {"before": was[field], "after": now[field]} for field in now if was[field] != now[field]}
    journal.write("company_value.changed", value, by, words={"title": name, **changed})


def retire(value: CompanyValue, by: Viewer) -> None:
    """New praise cannot name it any more; what named it keeps it."""
    if value.retired_at is not None:
        raise Refused(N_("This value is retired already."))
    value.retired_at = clock.now()
    journal.write("company_value.retired", value, by, words={"name": value.name})


def restore(value: CompanyValue, by: Viewer) -> None:
    """A retired value is taken up again."""
    if value.retired_at is None:
        raise Refused(N_("This value is not retired."))
    value.retired_at = None
    journal.write("company_value.restored", value, by, words={"name": value.name})


def _free(name: str, but: int | None) -> None:
    other = select(CompanyValue.id).where(CompanyValue.name == name)
    if db.session.scalar(other.where(CompanyValue.id != but) if but else other):
        raise Taken(N_("Another value has this name."))
