"""The rounds of reviews: who wrote, how they ended, and that nothing in them was stamped by a machine."""

from collections import Counter
from datetime import UTC, date, datetime

import pytest
from flask import Flask
from sqlalchemy import func, select

from portal import clock
from portal.db import db
from portal.demo.chance import midnight
from portal.demo.company import company
from portal.demo.load import load
from portal.demo.reviews import rounds
from portal.demo.words.judged import DRAFT, JUDGED, SUBMITTED, WHY
from portal.goals.models import Objective
from portal.journal import check
from portal.journal.models import Entry
from portal.periods.models import Period
from portal.reviews.models import Assessment, Rating
from tests.conftest import empty

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


@pytest.mark.parametrize("day", DAYS[1:3], ids=str)
def test_it_loads_on_any_day(app_of: object, day: date) -> None:
    app: Flask = app_of("sqlite")  # type: ignore[operator]
    with app.app_context():
        empty()
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
