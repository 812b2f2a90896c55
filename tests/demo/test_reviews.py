"""The rounds of reviews: who wrote, how they ended, and that nothing in them was stamped by a machine."""

from collections import Counter
from datetime import UTC, date, datetime

import pytest
from flask import Flask
from sqlalchemy import func, select

from portal import clock
from portal.cycles.models import Cycle
from portal.db import db
from portal.demo.chance import midnight
from portal.demo.company import company
from portal.demo.load import load
from portal.demo.reviews import rounds
from portal.demo.words.judged import DRAFT, JUDGED, SUBMITTED, WHY
from portal.directory.models import Person
from portal.goals.models import Objective
from portal.journal import check
from portal.journal.models import Entry
from portal.periods.models import Period
from portal.reviews.models import Assessment, Part, Rating, Review, Section, Signature
from portal.reviews.states import State
from tests.conftest import _empty

DAYS = (date(2026, 11, 25), date(2027, 1, 1), date(2028, 2, 29), date(2027, 7, 31))


@pytest.mark.parametrize("day", DAYS, ids=str)
def test_everything_written_lies_behind_us_in_its_order(day: date) -> None:
    found = company(day)
    for each in rounds(found):
        assert list(each.dues) == sorted(each.dues)
        assert each.opened < midnight(day)
        for story in each.stories:
            steps = [story.handed_in, story.submitted, story.released, story.acknowledged, story.archived]
            known = [at for at in (each.opened, *steps) if at]
            assert known == sorted(known), story.person
            assert known[-1] < midnight(day), story.person


def test_last_year_everybody_was_judged_this_year_most_have_handed_in() -> None:
    last, now = rounds(company(DAYS[0]))
    assert all(story.theirs and story.released for story in last.stories)
    assert sum(story.own is None for story in last.stories) == 3  # without an account
    handed = [story.person for story in now.stories if story.handed_in]
    assert {"zhou.xiaolan", "lin.zhiyuan", "he.yiming"} <= set(handed)
    assert 0.7 < len(handed) / len(now.stories) < 1
    assert {story.person for story in now.stories if story.submitted} == set(SUBMITTED)
    assert now.name == "2026 年度绩效评估"


def test_words_are_each_persons_own() -> None:
    said = [text for judged in JUDGED.values() for text in (*judged[2:6], *judged[6]) if text]
    assert [text for text, times in Counter(said).items() if times > 1] == []
    assert all(len(text) >= 8 for text in said)
    fives = {(key, n) for key, judged in JUDGED.items() for n, digit in enumerate(judged[0], 1) if digit in "15"}
    assert fives == set(WHY)
    assert all(len(why) >= 30 for why in WHY.values())
    assert set(DRAFT) == {"zhou.xiaolan"}


def the_review(login: str, year: int) -> Review:
    found = select(Review).join(Person, Person.id == Review.person_id).join(Cycle, Cycle.id == Review.cycle_id)
    review = db.session.scalar(found.where(Person.login == login, Cycle.name.startswith(str(year))))
    assert review is not None
    return review


@pytest.fixture
def loaded(app: Flask) -> Flask:
    load()
    return app


def test_the_rounds_stand_where_the_demo_wants_them(loaded: Flask) -> None:
    today = clock.today()
    zhou = the_review("zhou.xiaolan", today.year)
    assert zhou.state is State.ASSESSMENT
    assert zhou.handed_in_at is not None
    lin = zhou.assessment(Part.MANAGER)
    assert lin is not None
    assert lin.assessor.login == "lin.zhiyuan"
    assert lin.saved_at is not None
    assert lin.in_at is None
    assert 4 <= sum(rating.value is not None for rating in lin.ratings) < 5
    before = the_review("zhou.xiaolan", today.year - 1)
    assert (before.state, before.grade) == (State.ARCHIVED, "A")
    assert before.weights_are_whole
    assert the_review("su.muyan", today.year - 1).state is State.DISAGREED
    states = select(Cycle.name, Cycle.state).order_by(Cycle.id)
    assert [row.state.value for row in db.session.execute(states)] == ["closed", "running"]
    boss = select(Review.state).join(Person, Person.id == Review.person_id).where(Person.login == "xu.mingchuan")
    assert len(db.session.scalars(boss).all()) == 1  # nobody assesses him: he is listed in the running round
    paper = select(func.count()).select_from(Signature).where(Signature.method == "paper")
    assert db.session.scalar(paper) == 3
    grades = Counter(db.session.scalars(select(Review.grade).where(Review.released_at.is_not(None))))
    assert grades["B"] > grades["C"] > 0
    assert grades["A"] > 0
    assert check() == []


@pytest.mark.parametrize("day", DAYS[1:], ids=str)
def test_it_loads_on_any_day(app_of: object, day: date) -> None:
    app: Flask = app_of("sqlite")  # type: ignore[operator]
    with app.app_context():
        _empty("sqlite")
        with clock.at(datetime(day.year, day.month, day.day, 1, 30, tzinfo=UTC)):
            load()
            assert clock.today() == day
        assert db.session.scalar(select(func.max(Entry.at))) < midnight(day)
        ended = select(func.count()).select_from(Objective).join(Period, Period.id == Objective.period_id)
        assert db.session.scalar(ended.where(Period.ends <= day, Objective.state != "closed")) == 0
        assert db.session.scalar(select(func.count()).select_from(Assessment).where(Assessment.in_at.is_not(None))) > 100
        assert db.session.scalar(select(func.count()).select_from(Rating)) > 700
        assert check() == []
        db.session.rollback()
        db.session.remove()


def test_scores_are_what_the_sections_say(loaded: Flask) -> None:
    rows = db.session.execute(select(Review.id, Review.score).where(Review.score.is_not(None))).all()
    assert len(rows) > 50
    for review, score in rows:
        parts = db.session.execute(select(Section.weight, Section.score).where(Section.review_id == review, Section.weight > 0)).all()
        whole = sum(part.weight * part.score for part in parts) / sum(part.weight for part in parts)
        assert abs(whole - score) < 1
