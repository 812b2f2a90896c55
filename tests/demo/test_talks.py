"""A year of talks that reads as if people had written it, and whose days make sense."""

import itertools
import re
from collections import Counter
from datetime import date, timedelta
from pathlib import Path

import pytest

from portal.demo.chance import midnight
from portal.demo.company import Company, company
from portal.demo.goals import cascade
from portal.demo.talks import POOLS, CheckIn, rhythm, talks
from portal.demo.words import talks_own
from portal.demo.words.talks_own import OWN

DAYS = (date(2026, 11, 25), date(2027, 1, 2), date(2028, 2, 29))


@pytest.fixture(scope="module", params=DAYS, ids=str)
def made(request: pytest.FixtureRequest) -> tuple[Company, list[CheckIn]]:
    found = company(request.param)
    return found, talks(found, cascade(found))


def test_everybody_with_a_manager_talks_in_their_rhythm(made: tuple[Company, list[CheckIn]]) -> None:
    found, held = made
    counts = Counter(talk.person for talk in held)
    assert set(counts) == {p.key for p in found.people.values() if p.manager}
    for person in found.people.values():
        if not person.manager:
            continue
        days = [talk.held for talk in held if talk.person == person.key]
        assert days == sorted(set(days))
        gaps = [(b - a).days for a, b in itertools.pairwise(days)]
        assert all(gap >= min(7, rhythm(found, person)) - 4 for gap in gaps), person.name
    assert counts["zhou.xiaolan"] > 18


def test_talks_are_with_the_manager_of_the_day_and_lie_behind_us(made: tuple[Company, list[CheckIn]]) -> None:
    found, held = made
    for talk in held:
        stint = found.stint(talk.person, talk.held)
        assert stint is not None
        assert stint.manager == talk.manager
        assert talk.held < found.today
        assert talk.held.weekday() < 5
        assert talk.shared_at < midnight(found.today)
        if talk.confirmed_at:
            assert talk.shared_at < talk.confirmed_at < midnight(found.today)
    managers = {talk.manager for talk in held if talk.person == "bai.lu"}
    assert managers == {"qin.lang", "qi.yuanshan"}


def test_nobody_talks_while_away(made: tuple[Company, list[CheckIn]]) -> None:
    found, held = made
    away = found.people["wei.zijin"].absent
    assert away is not None
    assert max(talk.held for talk in held if talk.person == "wei.zijin") < away[1]


def test_promises_have_owners_and_days_some_open_some_late(made: tuple[Company, list[CheckIn]]) -> None:
    found, held = made
    promises = [(talk, promise) for talk in held for promise in talk.promises]
    assert all(promise.owner in (talk.person, talk.manager) for talk, promise in promises)
    assert all(promise.due >= talk.held for talk, promise in promises)
    assert all(promise.done is None or talk.held <= promise.done < found.today for talk, promise in promises)
    still = [promise for _, promise in promises if promise.done is None and not promise.dropped]
    late = [promise for promise in still if promise.due < found.today]
    assert 20 <= len(late) < len(still) <= 0.1 * len(promises)
    assert not any(found.people[promise.owner].left for promise in still)


def test_the_story_of_zhou_is_told() -> None:
    found = company(DAYS[0])
    mine = [talk for talk in talks(found, cascade(found)) if talk.person == "zhou.xiaolan"]
    last = mine[-1]
    assert last.held == found.today - timedelta(days=14)
    assert last.progress == "夹具方案评审通过，担心导轨交期。约定先上三号和五号工位，八号等料。"
    owed = {promise.what: (found.today - promise.due).days for promise in last.promises if promise.done is None}
    assert 1 <= owed["找设备部要夜班调试名额"] <= 5
    assert owed["整理错漏装前五项原因"] < 0
    assert last.private


def test_nobody_says_the_same_twice_in_a_year() -> None:
    found = company(DAYS[0])
    held = talks(found, cascade(found))
    for person in found.people.values():
        said = [talk.progress for talk in held if talk.person == person.key]
        assert len(set(said)) == len(said), person.name


def test_texts_are_whole(made: tuple[Company, list[CheckIn]]) -> None:
    for talk in made[1]:
        texts = [talk.progress, talk.view, talk.obstacle, talk.support, *(promise.what for promise in talk.promises)]
        assert talk.progress
        for text in texts:
            assert not re.search(r"[{}]|None|TODO|xx", text), text
            assert "。。" not in text
        assert all(text.endswith(("。", "？")) for text in (talk.progress, talk.view, talk.obstacle) if text), texts
        assert bool(talk.obstacle) == bool(talk.obstacle_kind)


def test_obstacles_are_of_every_kind_and_both_sides_speak(made: tuple[Company, list[CheckIn]]) -> None:
    held = made[1]
    assert {talk.obstacle_kind for talk in held} == {None, "resource", "dependency", "clarity", "priority", "external"}
    assert 0.3 < sum(bool(talk.view) for talk in held) / len(held) < 0.9
    assert any(talk.touched for talk in held if talk.person == "zhou.xiaolan" and talk.held > made[0].today - timedelta(days=30))


def test_every_trade_has_words_and_every_story_has_a_person() -> None:
    found = company(DAYS[0])
    trades = {"管理" if p.family == "生产管理" else p.family for p in found.people.values()}
    assert trades == set(POOLS)
    assert set(OWN) <= set(found.people)


def test_no_text_names_a_month_that_would_be_wrong_in_another() -> None:
    words = "".join(file.read_text() for file in sorted(Path(talks_own.__file__).parent.glob("*.py")))
    months = re.findall(r"(?<![一两三四五六几半0-9个])(?:一|二|三|四|五|六|七|八|九|十|十一|十二)月(?!度)", words)
    assert months == []
