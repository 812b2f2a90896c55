"""A form as people meet it: 李's review, opened with the shipped scheme, with goals, values and talks behind it."""

import re
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from sqlalchemy import select

from portal import clock
from portal.checkins.models import Note
from portal.cycles.operations import Dates
from portal.db import db
from portal.goals.models import Kind, Measure, MeasureValue, Rule
from portal.goals.states import State as Goal
from portal.periods.models import Period
from portal.reviews.models import Item, Review, Section
from portal.reviews.opening import open_cycle
from portal.settings.models import Setting
from tests.build import a_check_in, a_measure, an_objective

LONG = "一件具体的事：当时三号工位夜里连续漏装，先停线，再把三道工序改成只能一种装法，当月少了一半。"


@dataclass
class Case:
    """Ids of one review: `goals` its KPI items, `skills` what is rated, `own` and `theirs` the questions of each side."""

    id: int
    goals: list[int]
    okr: int
    skills: list[int]
    asked_of: dict[str, list[int]]

    @property
    def form(self) -> str:
        return f"/reviews/{self.id}/form"

    def answers(self, part: str, rating: int = 3, **more: str) -> dict[str, str]:
        """A complete side."""
        rated = {f"rate-{i}": str(rating) for i in self.skills}
        said = {f"words-{i}": f"{part} says {i}" for i in self.asked_of[part]}
        return {**rated, **said, **more}


def in_english() -> None:
    """The shipped form in the language of the tests."""
    db.session.add(Setting(name="language", value="en", at=clock.now()))
    db.session.flush()


def a_case(company, who: str = "li", boss: str = "wang") -> Case:
    in_english()
    person, manager, at = getattr(company, who), getattr(company, boss), clock.now()
    for title, weight, current in (("first", 6_000, "10"), ("second", 3_000, "12"), ("third", 1_000, None)):
        made = an_objective(company.period, person_id=person, kind=Kind.KPI, state=Goal.AGREED, title=title, weight=weight, measures=0)
        made.measures = [a_measure(name=title, rule=Rule.RATIO_UP, unit="个", current=Decimal(current) if current else None)]
    okr = an_objective(company.period, person_id=person, kind=Kind.OKR_ASPIRATIONAL, state=Goal.AGREED, title="reach far", measures=0)
    okr.measures = [a_measure(name="key result", current=Decimal(7))]
    db.session.flush()
    first = db.session.scalars(select(Measure).where(Measure.name == "first")).one()
    db.session.add(MeasureValue(measure_id=first.id, value=Decimal(10), comment="comment of the first", by_id=person, at=at - timedelta(days=3)))
    talk = a_check_in(person, manager, note="PRIVATE-NOTE", held_on=clock.today() - timedelta(days=5))
    draft = a_check_in(person, manager, state="draft", held_on=clock.today() - timedelta(days=4))
    db.session.add_all([Note(check_in_id=talk.id, voice="manager", field="progress", text="shared words"), Note(check_in_id=draft.id, voice="manager", field="progress", text="DRAFT-WORDS")])
    days = Dates(*(clock.today() + timedelta(days=n) for n in (10, 20, 30, 40)))
    open_cycle(db.session.get_one(Period, company.period), company.viewer("hu"), "this year", days)
    db.session.commit()
    return case_of(company, who)


def case_of(company, who: str) -> Case:
    review = db.session.scalars(select(Review).where(Review.person_id == getattr(company, who))).one()
    items = db.session.scalars(select(Item).join(Section).where(Section.review_id == review.id).order_by(Section.position, Item.position)).all()
    goals = [i.id for i in items if i.objective_id and i.section.kind == "kpi"]
    okr = next((i.id for i in items if i.objective_id and i.section.kind == "okr"), 0)
    rated = [i.id for i in items if i.definition and i.definition.anchors]
    asked = {part: [i.id for i in items if i.definition and not i.definition.anchors and i.definition.asked == [part]] for part in ("self", "manager")}
    found = Case(review.id, goals, okr, rated, asked)
    db.session.rollback()
    return found


def hidden(html: str, name: str) -> str:
    return re.search(rf'name="{name}"[^>]*value="([^"]*)"', html).group(1)


def state_of(case: Case) -> str:
    db.session.rollback()
    return db.session.get_one(Review, case.id, populate_existing=True).state


def handed_in(case: Case, visitor, part: str = "self", **more) -> None:
    """One side complete; the manager signs as well."""
    version = hidden(visitor.get(case.form).text, "version")
    answer = visitor.post(case.form, version=version, act="submit", **case.answers(part, **more))
    assert "to fill in before" not in answer.text, answer.text
    if part == "manager":
        answer = visitor.post(f"/reviews/{case.id}/submission", password="right")
        assert answer.status_code == 200, answer.text
