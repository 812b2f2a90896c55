"""Board, tree and mine: who sees what where, in how many statements, with and without htmx."""

from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import update

from portal import clock
from portal.db import db
from portal.goals import boards, cards, narrowing, queries
from portal.goals.kinds import Health
from portal.goals.models import Audience, Kind, MeasureValue, Milestone, Objective, Shape, Theme
from portal.goals.operations import align
from portal.goals.rollup import walk_up
from portal.goals.states import State
from portal.periods.models import Kind as Span
from portal.periods.models import Period
from tests.build import a_measure, an_objective


def agreed(company, person, title, **fields):
    fields = {"person_id": person, "state": State.AGREED, "title": title, "audience": Audience.COMPANY, **fields}
    return an_objective(company.period, **fields)


@pytest.fixture
def cascade(company):
    """A theme > the company's > sales' > 李's, and one of 孙's that supports nothing; the year holds the upper ones."""
    today = clock.today()
    year = Period(name="the year", kind=Span.YEAR, begins=today - timedelta(days=200), ends=today + timedelta(days=165))
    db.session.add(year)
    db.session.flush()
    theme = Theme(period_id=year.id, name="first choice", perspective="customer")
    db.session.add(theme)
    db.session.flush()
    top = agreed(company, None, "company goal", measures=0, theme_id=theme.id, accountable_id=company.zhao)
    unit = agreed(company, None, "sales goal", measures=0, unit_id=company.units.sales, accountable_id=company.wang)
    for each in (top, unit):
        each.period_id = year.id
    li, loose = agreed(company, company.li, "li's goal", weight=3_000), agreed(company, company.sun, "loose goal")
    align(unit, {top.id: 10_000})
    align(li, {unit.id: 10_000})
    ids = {"theme": theme.id, "top": top.id, "unit": unit.id, "li": li.id, "loose": loose.id}
    db.session.commit()
    return ids


def test_the_roots_stand_under_their_themes_and_levels_open_below(company, visit, cascade):
    li, address = visit(company.li), f"/goals/periods/{company.period}/tree"
    page = li.get(address).text
    assert all(words in page for words in ("first choice", "company goal", "Customer", "Unaligned goals")) and "sales goal" not in page
    level = li.get(f"{address}?under={cascade['top']}", target=f"level-{cascade['top']}")
    assert level.text.strip().startswith('<li class="node">') and "sales goal" in level.text and "<title>" not in level.text
    at = f"{cascade['top']}-{cascade['unit']}"
    deeper = li.get(f"{address}?under={at}", target=f"level-{at}").text
    assert "li&#39;s goal" in deeper and f'id="level-{at}' not in deeper, "a leaf has nothing to open"


def test_without_a_script_the_tree_opens_at_a_goal_with_its_path(company, visit, cascade):
    page = visit(company.li).get(f"/goals/periods/{company.period}/tree?open={cascade['unit']}").text
    places = [page.index(words) for words in ("first choice", "company goal", "sales goal", "li&#39;s goal")]
    assert places == sorted(places), "theme, company, department, then what is below"


def test_the_path_stops_where_one_may_not_look_and_says_so(company, visit, cascade):
    db.session.execute(update(Objective).where(Objective.id == cascade["unit"]).values(audience=Audience.LINE))
    db.session.commit()
    page = visit(company.wu).get(f"/goals/{cascade['li']}").text
    assert "sales goal" not in page and "a goal that is not open to you" in page
    assert visit(company.wu).get(f"/goals/tree?open={cascade['unit']}").status_code == 404


def test_a_level_of_a_hidden_and_of_an_unknown_goal_are_the_same(company, visit, cascade):
    secret = an_objective(company.period, person_id=company.sun).id
    db.session.commit()
    wu, address = visit(company.wu), f"/goals/periods/{company.period}/tree?under="
    one, other = wu.get(f"{address}{secret}", target=f"level-{secret}"), wu.get(f"{address}99999", target="level-99999")
    assert (one.status_code, one.data) == (other.status_code, other.data) and "Nothing here that you may see" in one.text
    assert wu.get(f"{address}1%27", target="tree").status_code == 404


def test_fifty_rows_a_level_and_the_rest_behind_a_link(company, visit, cascade):
    for n in range(55):
        align(agreed(company, company.sun, f"child {n:02}", measures=0), {cascade["unit"]: 10_000})
    db.session.commit()
    li, address = visit(company.li), f"/goals/periods/{company.period}/tree"
    first = li.get(f"{address}?under={cascade['unit']}", target=f"level-{cascade['unit']}").text
    assert (first.count('class="node-line"'), "Further goals" in first) == (50, True)
    more = first[first.index("node-more") :]
    url = more[more.index('hx-get="') + 8 :].split('"')[0].replace("&amp;", "&")
    second = li.get(url, target=f"more-{cascade['unit']}").text
    assert (second.count('class="node-line"'), "Further goals" in second) == (6, False)
    plain = li.get(f"/goals/tree?period={company.period}&open={cascade['unit']}").text
    assert (plain.count('class="node"'), "Further goals" in plain) == (52, True), "above it the company's, then itself, and fifty below"


@pytest.mark.parametrize(("query", "found"), [
    ("kind=okr_committed", {"li", "loose"}), ("kind=kpi", set()), ("loose=1", {"loose"}), ("health=new", {"li", "loose"}), ("health=bad", set()), ("unit={sales}", {"li", "loose"}), ("unit={research}", set()),
])
def test_filters_make_a_list_of_the_tree(company, visit, cascade, query, found):
    units = vars(company.units)
    page = visit(company.li).get(f"/goals/periods/{company.period}/tree?{query.format(**units)}").text
    assert {name for name, title in (("li", "li&#39;s goal"), ("loose", "loose goal")) if title in page} == found
    assert ("No goal fits these filters" in page) == (not found)


def test_health_in_sql_is_health_in_python(company):
    """Every mix of state, age, confidence and agreement, asked both ways."""
    ages = (None, 0, 16, 17, 18, 60)
    for reported in ages:
        for confidence in (None, 2, 3, 4, 6, 7, 10):
            for begun in (State.DRAFT, State.AGREED, State.CLOSED):
                goal = agreed(company, company.li, "x", measures=0)
                goal.state = begun
                goal.agreed_at = clock.now() - timedelta(days=30) if begun is not State.DRAFT else None
                goal.closed_at = clock.now() if begun is State.CLOSED else None
                goal.confidence, goal.reported_at = confidence, None if reported is None else clock.now() - timedelta(days=reported)
    db.session.commit()
    viewer = company.viewer("li")
    every = {card.id: card.health for card in cards.cards(cards.rows(viewer))}
    for health in Health:
        asked = {card.id for card in cards.cards(cards.rows(viewer).where(narrowing.healthy(health)))}
        assert asked == {i for i, theirs in every.items() if theirs is health}, health
    assert set(every.values()) == set(Health)


@pytest.mark.parametrize("rows", [1, 3])
def test_a_level_costs_the_same_for_one_and_many(company, visit, cascade, statements, rows):
    for n in range(rows):
        align(agreed(company, company.sun, f"child {n}"), {cascade["top"]: 10_000})
    db.session.commit()
    li, at = visit(company.li), cascade["top"]
    statements.clear()
    li.get(f"/goals/periods/{company.period}/tree?under={at}", target=f"level-{at}")
    assert len(statements) == 3, statements
    statements.clear()
    li.get(f"/goals/tree?period={company.period}&open={at}")
    assert len(statements) == 5, statements
    statements.clear()
    li.get(f"/goals/{cascade['li']}", target=f"objective-{cascade['li']}")
    assert len(statements) == 3, statements


def test_columns_by_health_worst_first_and_stale_overrides(company, visit):
    report = {"good": (8, 0), "bad": (2, 1), "warn": (5, 2), "stale": (9, 20)}
    for title, (confidence, days) in report.items():
        goal = agreed(company, company.li, f"{title} goal", agreed_at=clock.now() - timedelta(days=30))
        at = clock.now() - timedelta(days=days)
        goal.measures[0].current, goal.measures[0].confidence, goal.measures[0].reported_at = Decimal(4), confidence, at
        walk_up(goal.id)
    db.session.commit()
    page = visit(company.li).get("/goals/board").text
    board = page[page.index('id="board"') :]
    places = [board.index(f"{title} goal") for title in ("bad", "warn", "good", "stale")]
    assert places == sorted(places)
    assert board.count("<section") == 4


def reported(goal, confidence, comment="", days=0):
    """A goal whose first measure was reported so many days ago, with these words."""
    at = clock.now() - timedelta(days=days)
    goal.measures[0].current, goal.measures[0].confidence, goal.measures[0].reported_at = Decimal(4), confidence, at
    db.session.add(MeasureValue(measure_id=goal.measures[0].id, value=Decimal(4), confidence=confidence, comment=comment, at=at))
    walk_up(goal.id)


def test_a_board_says_what_was_said_of_goals_in_trouble(company, visit):
    bad, good = agreed(company, company.li, "bad"), agreed(company, company.li, "good")
    reported(bad, 2, "said before", days=3)
    reported(bad, 2, "the line stands still")
    reported(good, 8, "all is well")
    db.session.commit()
    page = visit(company.li).get("/goals/board").text
    assert ("the line stands still" in page, "said before" in page, "all is well" in page) == (True, False, False)


@pytest.mark.parametrize("calm", [4, 6])
def test_a_board_folds_what_needs_no_look(company, visit, calm):
    for n in range(calm):
        reported(agreed(company, company.li, f"good {n}"), 8)
        reported(agreed(company, company.li, f"bad {n}"), 2)
    db.session.commit()
    page = visit(company.li).get("/goals/board").text
    assert page.count("<article") == 2 * calm and page.count('class="rest"') == (calm > boards.FEW + 1)
    assert ("3 more goals" in page) is (calm == 6)


def test_a_card_that_was_drawn_for_one_offers_another_nothing_else(company, visit):
    """Cards are kept as they were drawn: the button, the day and what is reported belong to what they are kept for."""
    goal = agreed(company, company.li, "drawn once")
    reported(goal, 8)
    db.session.commit()
    number, path = goal.id, f"/goals/board?of=person-{company.li}"
    li, chen = visit(company.li), visit(company.chen)
    offered = [f"/goals/{number}/update" in one.get(path).text for one in (li, chen, li, chen)]
    assert offered == [True, False, True, False]
    card = f"objective-{number}"
    focused = [" data-focus" in text for text in (li.get(f"/goals/{number}", card).text, li.get(path).text, li.get(f"/goals/{number}", card).text)]
    assert focused == [True, False, True]
    assert "Updated today" in li.get(path).text
    reported(db.session.get_one(Objective, number), 5, days=3)
    db.session.commit()
    assert "Updated 3 days ago" in li.get(path).text


def test_a_board_by_the_goal_above_names_only_what_one_may_see(company, visit, statements):
    open_, hidden = agreed(company, company.wang, "open above"), agreed(company, company.wang, "hidden above", audience=Audience.LINE)
    for goal, above in (("first", open_), ("second", open_), ("third", hidden)):
        align(agreed(company, company.li, goal), {above.id: 10_000})
    agreed(company, company.li, "fourth")
    db.session.commit()
    address = f"/goals/board?of=person-{company.li}&by=parent"
    seen = visit(company.wang).get(address).text
    assert all(words in seen for words in ("open above", "hidden above", "Supports no goal above")) and seen.count("<section aria") == 3
    wu = visit(company.wu)
    statements.clear()
    theirs = wu.get(address).text
    assert ("open above" in theirs, "hidden above" in theirs, theirs.count("<section aria")) == (True, False, 2)
    assert len(statements) == 8, statements  # two of them tell and note the visit


def test_whose_board(company, visit):
    for name in ("zhao", "wang", "li", "sun", "zhou", "wu"):
        agreed(company, getattr(company, name), f"goal of {name}")
    db.session.commit()

    def shown(viewer, of):
        page = visit(getattr(company, viewer)).get(f"/goals/board?of={of}").text
        return {name for name in ("zhao", "wang", "li", "sun", "zhou", "wu") if f"goal of {name}" in page}

    assert shown("li", "me") == {"li"} and shown("li", "manager") == {"wang"}
    assert shown("wang", "team") == {"wang", "li", "sun"} == shown("li", "team"), "who leads nobody looks at the own manager's team"
    assert shown("wu", f"team-{company.wang}") == {"wang", "li", "sun"} and shown("wu", f"person-{company.sun}") == {"sun"}
    assert shown("wu", f"unit-{company.units.sales}") == {"wang", "li", "sun"} and shown("li", "unit") == {"wang", "li", "sun"}
    assert shown("li", f"unit-{company.units.all}") == {"zhao", "wang", "li", "sun", "zhou", "wu"}


@pytest.mark.parametrize("of", ["everyone", "person-x", "person-0", "team-999999999999", "unit-99", "boss-1", "person--1"])
def test_a_board_that_does_not_exist(company, visit, of):
    assert visit(company.li).get(f"/goals/board?of={of}").status_code == 404


def test_a_board_shows_only_what_one_may_see(company, visit):
    agreed(company, company.li, "for the line", audience=Audience.LINE, kind=Kind.KPI)
    agreed(company, company.li, "for all")
    db.session.commit()
    address = f"/goals/periods/{company.period}/people/{company.li}"
    mine, theirs = visit(company.wang).get(address).text, visit(company.wu).get(address).text
    assert ("for the line" in mine, "for the line" in theirs, "for all" in theirs) == (True, False, True)
    assert "Update" in mine and "/update" not in theirs, "who may not report is offered nothing"


def test_a_board_without_goals_says_who_begins(company, visit):
    page = visit(company.li).get("/goals/board").text
    assert "No goals here yet" in page and "/goals/new" in page
    assert "You have no goals yet" in visit(company.li).get("/goals/mine").text
    assert "No strategy for this period yet" in visit(company.li).get("/goals/tree").text


def test_a_board_without_goals_leads_to_the_period_that_has_some(company, visit, cascade):
    year = db.session.get_one(Objective, cascade["top"]).period_id
    li = visit(company.li)
    page = li.get(f"/goals/board?of=company&period={company.period}").text
    assert "No goals in this quarter" in page and f'href="/goals/board?of=company&amp;period={year}&amp;by=health"' in page
    assert "company goal" in li.get(f"/goals/board?of=company&period={year}").text
    page = li.get(f"/goals/board?of=me&period={year}").text
    assert f'href="/goals/board?of=me&amp;period={company.period}&amp;by=health"' in page
    assert "No goals here yet" in li.get(f"/goals/board?of=company&period={company.period}&kind=project").text


def test_so_many_cards_a_page(company, visit):
    for n in range(boards.PAGE + 3):
        agreed(company, company.li, f"goal {n}", measures=0)
    db.session.commit()
    page = visit(company.li).get("/goals/board").text
    after = page[page.index("after=") :].split('"')[0].removeprefix("after=")
    assert page.count("<article") == boards.PAGE and visit(company.li).get(f"/goals/board?after={after}").text.count("<article") == 3


def test_update_in_place_and_refusals_keep_what_was_typed(company, visit):
    goal = agreed(company, company.li, "goal")
    measure, region = goal.measures[0].id, f"objective-{goal.id}"
    goal_id = goal.id
    db.session.commit()
    li = visit(company.li)
    form = li.get(f"/goals/{goal_id}/update", target=region).text
    assert form.strip().startswith("<article") and 'value="8"' in form and 'name="confidence_exact"' in form
    wrong = li.post(f"/goals/measures/{measure}/values", region, value="many", confidence="5", comment="half of the lines")
    assert (wrong.status_code, "half of the lines" in wrong.text, 'value="many"' in wrong.text, "<title>" in wrong.text) == (422, True, True, False)
    card = li.post(f"/goals/measures/{measure}/values", region, value="4", confidence="5", confidence_exact="6", comment="half of the lines").text
    assert "40%" in card and "At risk" not in card
    assert db.session.get_one(Objective, goal_id).confidence == 6, "the exact figure goes before the button"


def test_milestones_are_ticked_and_taken_back(company, visit):
    goal = agreed(company, company.li, "goal", measures=0)
    goal.measures = [a_measure(shape=Shape.MILESTONES, target=Decimal(100), milestones=[Milestone(name="first", weight=3), Milestone(name="second", weight=1)])]
    db.session.commit()
    goal_id, first = goal.id, goal.measures[0].milestones[0].id
    li = visit(company.li)
    done = li.post(f"/goals/milestones/{first}", f"objective-{goal_id}", done="1").text
    assert 'aria-pressed="true"' in done and "75%" in done
    li.post(f"/goals/milestones/{first}", done="0")
    stored = db.session.get_one(Objective, goal_id)
    assert (stored.rolled_progress, stored.measures[0].current) == (Decimal(0), Decimal(0)), "reported and not done is 0, not «no data»"
    history = li.get(f"/goals/{goal_id}/history").text
    assert "ticked off “first”" in history and "opened “first” again" in history


def test_close_asks_for_grades_and_a_committed_one_for_its_cause(company, visit):
    goal = agreed(company, company.li, "goal", measures=2)
    goal.measures[0].current = Decimal(7)
    db.session.commit()
    goal_id, li, address = goal.id, visit(company.li), f"/goals/{goal.id}/close"
    assert 'value="0.7"' in li.get(address).text, "suggested from the progress"
    grades = {"grades-0": "0.7", "grades-1": "0.4"}
    assert li.post(address, outcome=" ", **grades).status_code == 422
    no_cause = li.post(address, outcome="half of it", **grades)
    place = no_cause.text[no_cause.text.index('id="lessons-error"') :][:400]
    assert (no_cause.status_code, "needs its cause" in place, "half of it" in no_cause.text) == (422, True, True)
    assert [m.grade for m in db.session.get_one(Objective, goal_id).measures] == [None, None]
    li.post(address, outcome="half of it", lessons="the line came late", **grades)
    closed = db.session.get_one(Objective, goal_id)
    assert (closed.state, closed.score, closed.lessons, [m.grade for m in closed.measures]) == (State.CLOSED, Decimal("0.55"), "the line came late", [Decimal("0.7"), Decimal("0.4")])
    assert li.get(address).status_code == 409 and "the line came late" in li.get(f"/goals/{goal_id}").text


def test_a_kpi_closes_with_the_points_of_its_rule(company, visit):
    goal = agreed(company, company.li, "goal", kind=Kind.KPI, measures=1)
    goal.measures[0].current = Decimal(8)
    db.session.commit()
    goal_id, li = goal.id, visit(company.li)
    assert "80.00" in li.get(f"/goals/{goal_id}/close").text
    li.post(f"/goals/{goal_id}/close", outcome="eight of ten")
    assert db.session.get_one(Objective, goal_id).score == Decimal("80.00")


def test_proposals_wait_for_whoever_may_agree(company, visit):
    goal = an_objective(company.period, person_id=company.li, state=State.PROPOSED, title="proposal")
    db.session.commit()
    assert goal and "proposal" in visit(company.wang).get("/goals/mine").text
    assert "Proposed to you" not in visit(company.zhou).get("/goals/mine").text


def test_a_review_gets_what_was_agreed_in_its_period_and_inside(company, statements):
    year = Period(name="the year", kind=Span.YEAR, begins=clock.today() - timedelta(days=200), ends=clock.today() + timedelta(days=165))
    db.session.add(year)
    db.session.flush()
    kpi = agreed(company, company.li, "kpi", kind=Kind.KPI)
    kpi.period_id = year.id
    agreed(company, company.li, "okr", measures=2)
    an_objective(company.period, person_id=company.li, title="draft")
    agreed(company, company.sun, "other")
    year_id = year.id
    db.session.commit()
    db.session.expunge_all()
    statements.clear()
    found = queries.for_review(company.li, year_id)
    assert [(o.title, [m.points() for m in o.measures], [m.progress for m in o.measures]) for o in found] == [("kpi", [None], [None]), ("okr", [None, None], [None, None])]
    assert len(statements) == 2


def test_mine_brings_measures_in_one_statement(company, statements):
    for n in range(3):
        agreed(company, company.li, f"goal {n}", measures=n, weight=n * 1_000)
    db.session.commit()
    viewer = company.viewer("li")
    statements.clear()
    found = boards.mine(viewer, company.li)
    assert [(card.title, len(card.measures), card.may_record) for card in found] == [("goal 2", 2, True), ("goal 1", 1, True), ("goal 0", 0, True)]
    assert len(statements) <= 2, "and the settings, where no request has read them"

