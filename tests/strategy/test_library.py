"""The library: themes kept in order, last year copied once, drafts put in force, the map with what is missing."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import func, select, update

from portal import clock
from portal.access.models import Role, RoleGrant, Switch
from portal.db import db
from portal.directory.models import Person, Status
from portal.goals.kinds import Perspective
from portal.goals.models import MeasureValue, Milestone, Objective, Theme
from portal.goals.states import State
from portal.journal.models import Entry
from portal.periods.models import Kind, Period
from portal.printing.models import Document
from portal.strategy.models import LibraryCopy
from tests.build import an_objective
from tests.company import LONG_AGO
from tests.printing.reading import text as read_paper


@pytest.fixture
def year(company):
    """This year, and the one before it, which is closed; 周 is an executive."""
    today = clock.today()
    before = Period(name="last year", kind=Kind.YEAR, begins=today - timedelta(days=465), ends=today - timedelta(days=100), closed=True)
    now = Period(name="this year", kind=Kind.YEAR, begins=today - timedelta(days=100), ends=today + timedelta(days=265))
    db.session.add_all([before, now, RoleGrant(person_id=company.zhou, role=Role.EXECUTIVE, since=LONG_AGO)])
    db.session.commit()
    return now.id, before.id


def a_theme(period, name="first choice", perspective=Perspective.CUSTOMER, **fields):
    theme = Theme(period_id=period, name=name, perspective=perspective, **fields)
    db.session.add(theme)
    db.session.flush()
    return theme


def in_order(period):
    return db.session.scalars(select(Theme.name).where(Theme.period_id == period).order_by(Theme.position)).all()


@pytest.mark.parametrize("who", ["hu", "zhou"])
def test_hr_and_executives_keep_themes(company, year, visit, who):
    visitor = visit(getattr(company, who))
    assert "The library of this period is empty" in visitor.get("/strategy/library").text
    for name in ("quality", "speed"):
        page = visitor.post(f"/strategy/periods/{year[0]}/themes/new", name=name, perspective="process")
        assert page.status_code == 200 and name in page.text
    last = db.session.scalars(select(Theme).where(Theme.name == "speed")).one().id
    visitor.post(f"/strategy/themes/{last}/order", to="up")
    assert in_order(year[0]) == ["speed", "quality"]
    visitor.post(f"/strategy/themes/{last}/order", to="up")
    assert in_order(year[0]) == ["speed", "quality"], "the first one goes no further"
    visitor.post(f"/strategy/themes/{last}", name="pace", perspective="customer", version="2")
    assert db.session.get(Theme, last).perspective is Perspective.CUSTOMER
    visitor.post(f"/strategy/themes/{last}/retirement")
    assert db.session.get(Theme, last).retired_at is not None
    assert visitor.post(f"/strategy/themes/{last}/retirement").status_code == 409
    visitor.post(f"/strategy/themes/{last}/return")
    assert db.session.get(Theme, last).retired_at is None
    kinds = set(db.session.scalars(select(Entry.kind).where(Entry.object_type == "theme")))
    assert kinds == {"theme.made", "theme.put", "theme.changed", "theme.retired", "theme.restored"}


def test_others_read_and_keep_nothing(company, year, visit):
    theme = a_theme(year[0]).id
    db.session.commit()
    li = visit(company.li)
    page = li.get("/strategy/library").text
    assert "first choice" in page and "New theme" not in page and "Workbook" not in page
    for address in (f"/strategy/themes/{theme}", f"/strategy/themes/{theme}/order", f"/strategy/periods/{year[0]}/copy", f"/strategy/periods/{year[0]}/force"):
        assert li.post(address, follow=False).status_code == 403, address


def test_a_name_taken_is_said_at_its_field_and_nothing_is_lost(company, year, visit):
    a_theme(year[0], "quality")
    db.session.commit()
    page = visit(company.hu).post(f"/strategy/periods/{year[0]}/themes/new", name="quality", perspective="learning")
    assert page.status_code == 422 and "Another theme of this period has this name." in page.text
    assert '<option selected value="learning">' in page.text or 'value="learning" selected' in page.text


def test_two_hands_on_one_theme(company, year, visit):
    theme = a_theme(year[0]).id
    db.session.commit()
    hu, zhou = visit(company.hu), visit(company.zhou)
    assert zhou.post(f"/strategy/themes/{theme}", name="theirs", perspective="customer", version="1").status_code == 200
    late = hu.post(f"/strategy/themes/{theme}", name="mine", perspective="customer", version="1")
    assert late.status_code == 409 and "theirs" in late.text and "mine" in late.text


def test_a_closed_period_takes_no_theme(company, year, visit):
    assert visit(company.hu).post(f"/strategy/periods/{year[1]}/themes/new", name="x", perspective="process").status_code == 409


def test_a_retired_theme_is_not_offered_any_more(company, year, visit):
    a_theme(year[0], "old one", retired_at=clock.now())
    a_theme(year[0], "kept one")
    db.session.commit()
    page = visit(company.hu).get(f"/goals/new?of=company&period={year[0]}").text
    assert "kept one" in page and "old one" not in page
    assert "old one" not in visit(company.li).get(f"/strategy/?period={year[0]}").text


def last_year(company, year):
    """A theme with two objectives: one closed with values and scores and milestones, one withdrawn."""
    theme = a_theme(year[1], "quality", Perspective.PROCESS)
    goal = an_objective(year[1], title="fewer complaints", theme_id=theme.id, weight=3_000, why="because", accountable_id=company.wang)
    goal.state, goal.agreed_at, goal.closed_at, goal.score, goal.outcome = State.CLOSED, clock.now(), clock.now(), Decimal("0.7"), "it went"
    measure = goal.measures[0]
    measure.current, measure.grade, measure.confidence, measure.reported_at = Decimal(8), Decimal("0.7"), 7, clock.now()
    db.session.add(MeasureValue(measure_id=measure.id, value=Decimal(8), at=clock.now()))
    begins = db.session.get(Period, year[1]).begins
    measure.milestones = [Milestone(name="audit", weight=2, due=begins + timedelta(days=30), done_on=clock.today())]
    an_objective(year[1], title="given up", theme_id=theme.id, state=State.WITHDRAWN)
    db.session.commit()
    return goal.id


def test_last_year_is_copied_once_with_its_plan_and_nothing_that_was_reported(company, year, visit):
    source = last_year(company, year)
    hu = visit(company.hu)
    assert "Copy last year as a start" in hu.get("/strategy/library").text
    page = hu.post(f"/strategy/periods/{year[0]}/copy")
    assert "1 themes, 1 objectives" in page.text and "Copy last year" not in page.text
    copy = db.session.scalars(select(Objective).where(Objective.period_id == year[0])).one()
    assert (copy.title, copy.why, copy.weight, copy.state, copy.accountable_id, copy.theme.name) == ("fewer complaints", "because", 3_000, State.DRAFT, company.wang, "quality")
    assert (copy.score, copy.outcome, copy.progress, copy.confidence, copy.agreed_at) == (None, "", None, None, None)
    (measure,) = copy.measures
    assert (measure.name, measure.baseline, measure.target, measure.current, measure.grade, measure.confidence) == ("orders", Decimal(0), Decimal(10), None, None, None)
    now = db.session.get(Period, year[0])
    assert [(step.name, step.weight, step.due, step.done_on) for step in measure.milestones] == [("audit", 2, now.begins + timedelta(days=30), None)]
    assert copy.code.startswith(f"C{now.begins:%y}-")
    again = hu.post(f"/strategy/periods/{year[0]}/copy")
    assert "nothing was copied" in again.text
    assert db.session.scalar(select(func.count()).select_from(Objective).where(Objective.period_id == year[0])) == 1
    assert db.session.get(LibraryCopy, (source, year[0])).made_id == db.session.scalars(select(Objective.id).where(Objective.period_id == year[0])).one()


def test_what_was_renamed_or_given_up_after_a_copy_is_not_copied_again(company, year, visit):
    last_year(company, year)
    hu = visit(company.hu)
    hu.post(f"/strategy/periods/{year[0]}/copy")
    db.session.execute(update(Theme).where(Theme.period_id == year[0]).values(name="another name"))
    db.session.execute(update(Objective).where(Objective.period_id == year[0]).values(title="another title", state=State.WITHDRAWN))
    an_objective(year[1], title="a late one")
    db.session.commit()
    assert "0 themes, 1 objectives" in hu.post(f"/strategy/periods/{year[0]}/copy").text
    assert in_order(year[0]) == ["another name"]


def test_a_copy_asks_nobody_who_has_left(company, year, visit):
    last_year(company, year)
    db.session.execute(update(Person).where(Person.id == company.wang).values(status=Status.LEFT, left_on=date(2020, 1, 2)))
    db.session.commit()
    visit(company.hu).post(f"/strategy/periods/{year[0]}/copy")
    assert db.session.scalars(select(Objective.accountable_id).where(Objective.period_id == year[0])).one() == company.hu


def test_drafts_are_put_in_force_except_what_nobody_can_measure(company, year, visit):
    ready, bare = an_objective(year[0], title="ready").id, an_objective(year[0], title="bare", measures=0).id
    theirs = an_objective(year[0], unit_id=company.units.sales).id
    db.session.commit()
    page = visit(company.zhou).post(f"/strategy/periods/{year[0]}/force")
    assert "1 objective is in force now." in page.text and "Nothing measures these yet: bare." in page.text
    states = {i: db.session.get(Objective, i).state for i in (ready, bare, theirs)}
    assert states == {ready: State.AGREED, bare: State.DRAFT, theirs: State.DRAFT}
    assert db.session.scalars(select(Entry.kind).order_by(Entry.n)).all() == ["objective.propose", "objective.agree"]


def test_hr_edits_what_the_company_wants_and_nobodys_own(company, year, visit):
    ours, theirs = an_objective(year[0]).id, an_objective(year[0], person_id=company.li).id
    db.session.commit()
    hu = visit(company.hu)
    assert hu.get(f"/goals/{ours}/edit").status_code == 200 and hu.get(f"/goals/{theirs}/edit").status_code == 403
    assert visit(company.li).get(f"/goals/{ours}/edit").status_code == 403


def test_somebody_else_answers_for_it(company, year, visit):
    goal, theirs = an_objective(year[0], title="share").id, an_objective(year[0], person_id=company.li).id
    db.session.commit()
    hu = visit(company.hu)
    assert "wang" in hu.get(f"/strategy/objectives/{goal}/accountable?q=wang", target="found").text
    page = hu.post(f"/strategy/objectives/{goal}/accountable", person=str(company.wang))
    assert page.status_code == 200 and db.session.get(Objective, goal).accountable_id == company.wang
    assert hu.get(f"/strategy/objectives/{theirs}/accountable").status_code == 404
    assert visit(company.wang).get(f"/goals/{goal}/edit").status_code == 200, "whoever answers for it changes it"


def test_the_map_shows_how_it_stands_and_what_is_missing(company, year, visit):
    theme = a_theme(year[0], "first choice", Perspective.CUSTOMER)
    an_objective(year[0], title="share of orders", theme_id=theme.id, weight=2_500, state=State.AGREED, confidence=3, reported_at=clock.now(), rolled_progress=Decimal("0.4"))
    an_objective(company.period, title="in a quarter of it", theme_id=theme.id, state=State.AGREED)
    a_theme(year[0], "nobody yet", Perspective.LEARNING)
    db.session.commit()
    page = visit(company.li).get("/strategy/").text
    assert "share of orders" in page and "in a quarter of it" in page and "40%" in page and "Off track" in page
    assert "No company goal in: Financial, Internal process, Learning and innovation." in page
    assert page.count("No goal in this perspective") == 3 and "No company objective supports this theme yet." in page


def test_the_map_is_printed_as_its_reader_sees_it(company, year, visit, tmp_path):
    theme = a_theme(year[0], "first choice", Perspective.CUSTOMER)
    known = {"theme_id": theme.id, "accountable_id": company.zhao}
    an_objective(year[0], title="share of orders", weight=2_500, state=State.AGREED, confidence=3, reported_at=clock.now(), rolled_progress=Decimal("0.4"), **known)
    an_objective(year[0], title="a draft of theirs", **known)
    a_theme(year[0], "nobody yet", Perspective.LEARNING)
    db.session.commit()
    li, address = visit(company.li), f"/print/strategy_map/{year[0]}"
    assert address in li.get("/strategy/").text
    file = li.get(li.post(address, follow=False).location)
    words = read_paper(file.data, tmp_path)
    missing = [each for each in ("first choice", "share of orders", "zhao", "25%", "40%", "Off track", "nobody yet") if each not in words]
    assert (file.mimetype, missing) == ("application/pdf", []), words
    assert "Financial, Internal process" in words and "a draft of theirs" in words, "as on screen"
    assert db.session.scalars(select(Document.version)).all() == [1]
    versions = []
    for change in ({"title": "still a draft", "state": State.DRAFT}, {"rolled_progress": Decimal("0.5"), "state": State.AGREED}):
        db.session.execute(update(Objective).where(Objective.state == change.pop("state")).values(**change))
        db.session.commit()
        li.post(address, follow=False)
        versions.append(db.session.scalar(select(Document.version)))
    assert versions == [1, 2], "a draft leaves no trace in the version, what is in force does"
    assert li.post("/print/strategy_map/999999").status_code == 404


def test_an_empty_map_says_who_begins_it(company, year, visit):
    page = visit(company.li).get("/strategy/").text
    assert "HR and executives write down the year" in page and "Begin the library" not in page
    assert "Begin the library" in visit(company.hu).get("/strategy/").text


@pytest.mark.parametrize("rows", [1, 3])
def test_as_many_statements_for_three_as_for_one(company, year, visit, statements, rows):
    for n in range(rows):
        theme = a_theme(year[0], f"theme {n}", Perspective.CUSTOMER)
        for _ in range(rows):
            an_objective(year[0], theme_id=theme.id, state=State.AGREED, measures=rows)
    db.session.commit()
    hu = visit(company.hu)
    for address, most in (("/strategy/", 5), ("/strategy/library", 8)):
        statements.clear()
        assert hu.get(address).status_code == 200
        assert len(statements) <= most, address


def test_a_long_theme_is_read_page_by_page(company, year, visit):
    theme = a_theme(year[0]).id
    for n in range(52):
        an_objective(year[0], title=f"goal number {n:03}", theme_id=theme, measures=0)
    db.session.commit()
    li = visit(company.li)
    first = li.get(f"/strategy/library?theme={theme}").text
    assert first.count("goal number") == 50 and "Further goals" in first
    last = db.session.scalars(select(Objective.id).order_by(Objective.id).offset(49)).first()
    assert li.get(f"/strategy/library?theme={theme}&after={last}").text.count("goal number") == 2


def test_goals_switched_off_take_strategy_along(company, year, visit):
    db.session.merge(Switch(capability="goals"))
    db.session.commit()
    assert visit(company.li).get("/strategy/").status_code == 404
