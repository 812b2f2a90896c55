"""The goals of the demo company: whole weights, a cascade that reaches the strategy, histories that end where they stand."""

from collections import defaultdict
from datetime import date, timedelta
from decimal import Decimal

import pytest

from portal.demo.chance import midnight
from portal.demo.company import Company, company
from portal.demo.days import periods
from portal.demo.goals import OWN, Cascade, cascade
from portal.demo.past import kpi_points
from portal.demo.shapes import kr
from portal.demo.words import strategy

DAYS = (date(2026, 11, 25), date(2027, 1, 2), date(2028, 2, 29), date(2027, 7, 31))


@pytest.fixture(scope="module", params=DAYS, ids=str)
def made(request: pytest.FixtureRequest) -> tuple[Company, Cascade]:
    found = company(request.param)
    return found, cascade(found)


def test_weights_of_every_set_and_of_every_goals_measures_are_whole(made: tuple[Company, Cascade]) -> None:
    sums: dict[tuple[tuple[str, str], str], int] = defaultdict(int)
    for goal in made[1].goals:
        sums[goal.owner, goal.period] += goal.weight
        assert sum(t.weight for t in goal.measures) == 10_000, goal.title
        assert not goal.parents or sum(share for _, share in goal.parents) == 10_000, goal.title
    assert set(sums.values()) == {10_000}, [key for key, value in sums.items() if value != 10_000]


def test_parents_come_first_and_no_circle_is_possible(made: tuple[Company, Cascade]) -> None:
    seen: set[str] = set()
    for goal in made[1].goals:
        assert {parent for parent, _ in goal.parents} <= seen, goal.title
        assert goal.code not in seen
        seen.add(goal.code)


def test_thirteen_company_objectives_under_four_themes_two_of_them_unclaimed(made: tuple[Company, Cascade]) -> None:
    ours = [g for g in made[1].goals if g.owner[0] == "company" and g.period == "year"]
    assert len(ours) == 13
    assert {g.theme for g in ours} == {f"{key}@year" for key in strategy.THEMES}
    claimed = {parent for g in made[1].goals if g.owner[0] == "unit" and g.period != "last_quarter" for parent, _ in g.parents}
    assert [g.title for g in ours if g.code not in claimed] == ["三家海外客户完成审厂", "关键工序数据全部自动采集"]
    year = [g for g in made[1].goals if g.owner[0] == "unit" and g.period == "year"]
    shares = [g for g in year if ("c.stock", 10_000) in g.parents]
    assert sum(t.measure.target for g in shares for t in g.measures) / Decimal(1400) == Decimal("0.86")


def test_everybody_has_a_year_and_almost_everybody_a_quarter(made: tuple[Company, Cascade]) -> None:
    found, goals = made
    present = [p.key for p in found.people.values() if p.left is None]
    assert [key for key in present if not goals.of(key, "year")] == []
    assert [key for key in present if not goals.of(key, "quarter")] == ["wei.zijin"]
    assert set(OWN) == set(found.people)


def test_the_figures_of_the_design_are_there() -> None:
    found = company(DAYS[0])
    goals = cascade(found)
    lin = {g.title: g for g in goals.of("lin.zhiyuan", "quarter")}
    assert [str(t.values[-1].value) for t in lin["RV-40E 谐波线按节拍量产"].measures] == ["87", "4", "17"]
    assert lin["把换型时间做到行业没有人做到的 12 分钟"].confidence == 2
    zhou = {t.measure.name: t for g in goals.of("zhou.xiaolan", "year") for t in g.measures}
    assert str(zhou["一次装配合格率"].values[-1].value) == "98.6"
    assert zhou["工艺改善节约"].values == ()
    he = goals.of("he.yiming", "quarter")[0]
    assert (he.confidence, sum(share for _, share in he.parents), len(he.parents)) == (2, 10_000, 2)


def test_histories_end_where_the_measure_stands_and_lie_behind_us(made: tuple[Company, Cascade]) -> None:
    found, goals = made
    for goal in goals.goals:
        assert goal.created_at < midnight(found.today)
        if goal.agreed_at:
            assert goal.created_at <= goal.agreed_at < midnight(found.today), goal.title
        for tracked in goal.measures:
            stamps = [v.at for v in tracked.values]
            assert stamps == sorted(stamps)
            assert all(at < midnight(found.today) for at in stamps)
            if tracked.values:
                assert tracked.values[-1].value == tracked.measure.now, (goal.title, tracked.measure.name)
                assert all(0 <= v.confidence <= 10 for v in tracked.values)
                assert all((v.by is None) == bool(v.source) for v in tracked.values)


def test_what_is_over_is_closed_with_a_score_and_nothing_else(made: tuple[Company, Cascade]) -> None:
    found, goals = made
    spans = periods(found.today)
    for goal in goals.goals:
        over = spans[goal.period].ends <= found.today
        left = goal.owner[0] == "person" and found.people[goal.owner[1]].left is not None
        assert (goal.state == "closed") == (over or left), goal.title
        assert (goal.closed_at is not None) == (goal.state == "closed")
        if over:
            assert goal.score is not None, goal.title
            assert 0 <= goal.score <= 120
        assert goal.state in ("agreed", "closed") or goal.confidence is None


def test_last_years_figures_lead_to_where_this_year_began() -> None:
    goals = cascade(company(DAYS[0]))
    last = {t.measure.name: t.measure for g in goals.of("zhou.xiaolan", "last_year") for t in g.measures}
    this = {t.measure.name: t.measure for g in goals.of("zhou.xiaolan", "year") for t in g.measures}
    assert last["一次装配合格率"].now == this["一次装配合格率"].baseline


def test_points_follow_the_rules() -> None:
    measure = kr("节拍", "秒", "96", "78", "87")
    assert kpi_points(measure) == Decimal("50.00")


def test_the_same_day_and_seed_give_the_same_goals() -> None:
    found = company(DAYS[0])
    assert cascade(found) == cascade(found)
    assert cascade(found) != cascade(found, seed=2)


def test_comments_are_not_stamped_from_one_mould() -> None:
    found = company(DAYS[0])
    latest = [t.values[-1].comment for g in cascade(found).goals for t in g.measures if t.values and t.values[-1].comment]
    assert len(latest) == len(set(latest))
    titles = [g.title for g in cascade(found).goals if g.owner[0] == "person" and g.period in ("year", "quarter")]
    assert len(set(titles)) > 0.97 * len(titles)
    assert all("{" not in text and "None" not in text for text in latest + titles)


def test_a_leavers_goals_close_with_the_day_they_left() -> None:
    found = company(DAYS[0])
    for goal in cascade(found).of("tang.qiwu", "year"):
        assert goal.closed_at is not None
        left = found.people["tang.qiwu"].left
        assert left is not None
        assert goal.closed_at < midnight(left + timedelta(days=1))
