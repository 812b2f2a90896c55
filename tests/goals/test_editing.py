"""Setting up and changing a goal: rows without a script, refusals at the field, revisions, conflicts, aligning."""

from decimal import Decimal

import pytest
from sqlalchemy import select, update

from portal import clock
from portal.db import db
from portal.goals.models import Audience, Direction, Kind, Measure, Objective, ObjectiveParent, Revision, Shape, Theme
from portal.goals.operations import align
from portal.goals.states import State
from portal.journal.models import Entry, Payload
from portal.periods.models import Period
from tests.build import an_objective
from tests.goals.pages import posted, sent

MEASURE = {"measures-0-name": "first pass yield", "measures-0-baseline": "97.1", "measures-0-target": "98.5", "measures-0-shape": "percent"}


def newest():
    return db.session.scalars(select(Objective).order_by(Objective.id.desc())).first()


def agreed(company, **fields):
    goal = an_objective(company.period, person_id=company.li, state=State.AGREED, title="old", why="", **fields)
    db.session.commit()
    return goal.id


def test_a_goal_is_drafted_with_its_measure(company, visit):
    li = visit(company.li)
    page = li.post("/goals/new", **sent(li.get("/goals/new").text, title="Better yield", weight="30", **MEASURE))
    goal = newest()
    assert (page.status_code, goal.title, goal.weight, goal.state, goal.person_id, goal.code[:1]) == (200, "Better yield", 3_000, State.DRAFT, company.li, "P")
    measure = goal.measures[0]
    assert (measure.name, measure.shape, measure.direction, measure.baseline, measure.target) == ("first pass yield", Shape.PERCENT, Direction.UP, Decimal("97.1"), Decimal("98.5"))
    assert goal.audience is Audience.COMPANY, "an OKR opens to the company unless a setting says otherwise"
    assert db.session.scalars(select(Entry.kind)).all() == ["objective.created"]


def test_a_kpi_stays_in_the_line(company, visit):
    li = visit(company.li)
    li.post("/goals/new", **sent(li.get("/goals/new?kind=kpi").text, title="x", **MEASURE))
    assert (newest().kind, newest().audience) == (Kind.KPI, Audience.LINE)


def test_further_rows_need_no_script(company, visit):
    li = visit(company.li)
    more = li.post("/goals/new", **sent(li.get("/goals/new").text, title="kept", more="1", **MEASURE))
    assert more.status_code == 200 and 'name="measures-1-name"' in more.text and "first pass yield" in more.text and 'value="kept"' in more.text
    assert newest() is None, "asking for room saves nothing"
    li.post("/goals/new", **sent(more.text, **{"measures-1-name": "scrap", "measures-1-baseline": "9", "measures-1-target": "2"}))
    assert [(m.name, m.direction) for m in newest().measures] == [("first pass yield", Direction.UP), ("scrap", Direction.DOWN)]


@pytest.mark.parametrize(("fields", "says"), [
    ({"measures-0-target": "97.1"}, "The target is the same as the start"),
    ({"measures-0-target": ""}, "Fill this in"),
    ({"measures-0-target": "many"}, "Write a number"),
    ({"measures-0-way": "band", "measures-0-low": "5", "measures-0-high": "4"}, "The upper limit must be above"),
    ({"measures-0-shape": "milestones"}, "Write one milestone a line"),
    ({"measures-0-shape": "milestones", "measures-0-milestones": "first | many"}, "Write name | weight | day"),
    ({"title": "  "}, "Fill this in"),
    ({"weight": "101"}, "Between 0 and 100"),
])
def test_what_cannot_be_is_refused_at_its_field_and_stays_typed(company, visit, fields, says):
    li = visit(company.li)
    answer = li.post("/goals/new", **sent(li.get("/goals/new").text, **{"title": "my words", **MEASURE, **fields}))
    assert (answer.status_code, says in answer.text, "first pass yield" in answer.text, newest()) == (422, True, True, None)
    assert 'aria-invalid="true"' in answer.text and 'role="alert"' in answer.text


def test_every_shape_is_kept(company, visit):
    li = visit(company.li)
    page = li.get("/goals/new").text
    rows = {
        "measures-0-name": "temperature", "measures-0-way": "band", "measures-0-low": "20", "measures-0-high": "24",
        "measures-1-name": "certified", "measures-1-shape": "yes_no",
        "measures-2-name": "pilot", "measures-2-shape": "milestones", "measures-2-milestones": "first piece | 3 | 2026-11-20\nsecond",
    }
    li.post("/goals/new", **sent(page, title="shapes", **rows, **{f"measures-{n}-way": "way" for n in (1, 2)}, **{f"measures-{n}-shape": "number" for n in (0,)}))
    band, yes, pilot = newest().measures
    assert (band.direction, band.low, band.high) == (Direction.BAND, Decimal(20), Decimal(24))
    assert (yes.shape, yes.baseline, yes.target) == (Shape.YES_NO, Decimal(0), Decimal(1))
    assert [(s.name, s.weight, str(s.due)) for s in pilot.milestones] == [("first piece", 3, "2026-11-20"), ("second", 1, "None")]


def test_the_form_shows_what_is_stored(company, visit):
    goal = an_objective(company.period, person_id=company.li)
    goal.measures[0].current = Decimal(4)
    db.session.commit()
    before = {"title": goal.title, "version": goal.version}
    li, address = visit(company.li), f"/goals/{goal.id}/edit"
    said = li.post(address, **sent(li.get(address).text))
    after = newest()
    assert "Nothing was changed." in said.text and {"title": after.title, "version": after.version} == before


def test_after_agreement_a_change_is_a_revision_with_its_reason(company, visit):
    goal = agreed(company)
    wang, address = visit(company.wang), f"/goals/{goal}/edit"
    changed = {"title": "new", "measures-0-target": "12"}
    without = wang.post(address, **sent(wang.get(address).text, **changed))
    assert (without.status_code, "say why it changes" in without.text, "new" in without.text) == (409, True, True)
    wang.post(address, **sent(wang.get(address).text, changed_because="orders moved", **changed))
    revision, key = db.session.scalars(select(Revision)).one(), f"target@{newest().measures[0].id}"
    assert (revision.before, revision.after) == ({"title": "old", key: "10"}, {"title": "new", key: "12"})
    assert (revision.why, revision.by_id, revision.agreed_by_id) == ("orders moved", company.wang, company.wang)
    words = db.session.scalars(select(Payload.words)).one()
    assert words["why"] == "orders moved" and {"field": "target", "of": "orders", "before": "10", "after": "12"} in words["changes"]


def test_the_history_reads_what_changed(company, visit):
    goal = agreed(company)
    li, wang, address = visit(company.li), visit(company.wang), f"/goals/{goal}/edit"
    wang.post(address, **sent(wang.get(address).text, changed_because="orders moved", **{"measures-0-target": "12"}))
    li.post(f"/goals/measures/{newest().measures[0].id}/values", value="6", confidence="5", comment="two lines down")
    page = li.get(f"/goals/{goal}/history").text
    assert all(words in page for words in ("revised the agreed goal", "orders moved", "reported “orders” for the first time: 6, confidence 5", "two lines down"))
    region = li.get(f"/goals/{goal}/history", target="history")
    assert "<title>" not in region.text and 'id="history"' in region.text


@pytest.mark.parametrize("target", [None, "goal-form"], ids=["plain", "htmx"])
def test_a_conflict_shows_both_texts_and_loses_neither(company, visit, target):
    goal = agreed(company)
    address = f"/goals/{goal}/edit"
    li, wang = visit(company.zhao), visit(company.wang)  # either may agree: what they save holds at once
    mine = sent(li.get(address).text, title="by 李", why="mine", changed_because="because", **{"measures-0-target": "11"})
    wang.post(address, **sent(wang.get(address).text, title="by the manager", changed_because="my reason", **{"measures-0-target": "15"}))
    clash = li.post(address, target, **mine)
    assert (clash.status_code, "by the manager" in clash.text, "by 李" in clash.text) == (409, True, True)
    assert li.post(address, **posted(clash.text)).status_code == 200
    assert (newest().title, newest().why, newest().measures[0].target) == ("by 李", "mine", Decimal(11))
    assert [r["title"] for r in db.session.scalars(select(Revision.before).order_by(Revision.n))] == ["old", "by the manager"], "what was saved over stays readable"


def test_a_change_of_measures_alone_is_a_conflict_too(company, visit):
    goal = agreed(company)
    li, address = visit(company.li), f"/goals/{goal}/edit"
    mine = sent(li.get(address).text, title="late", changed_because="x")
    visit(company.wang).post(address, **sent(li.get(address).text, changed_because="y", **{"measures-0-target": "15"}))
    assert li.post(address, **mine).status_code == 409


def test_a_period_that_closed_while_one_wrote_is_told_at_its_field(company, visit):
    """Another one can be chosen there, and nothing typed is lost."""
    today = clock.today()
    over = Period(name="over", kind="quarter", begins=today.replace(year=2001), ends=today.replace(year=2002), closed=True)
    db.session.add(over)
    db.session.commit()
    li, which = visit(company.li), over.id
    page = li.get("/goals/new").text
    answer = li.post("/goals/new", **sent(page, title="what was typed", period=str(which)))
    place = answer.text[answer.text.index('id="period-error"') :][:300]
    assert answer.status_code == 422 and "Choose one of the list" in place and 'value="what was typed"' in answer.text


def test_a_closed_period_refuses(company, visit):
    goal = agreed(company)
    db.session.execute(update(Period).values(closed=True))
    db.session.commit()
    li, address = visit(company.li), f"/goals/{goal}/edit"
    answer = li.post(address, **sent(li.get(address).text, title="late", changed_because="x"))
    value = li.post(f"/goals/measures/{newest().measures[0].id}/values", value="4", confidence="8")
    assert (answer.status_code, value.status_code, newest().title) == (409, 409, "old")


def test_a_measure_with_values_is_not_taken_away(company, visit):
    goal = an_objective(company.period, person_id=company.li, measures=2)
    goal.measures[0].current = Decimal(3)
    db.session.commit()
    li, address = visit(company.li), f"/goals/{goal.id}/edit"
    assert li.post(address, **sent(li.get(address).text, **{"measures-0-name": ""})).status_code == 409
    assert li.post(address, **sent(li.get(address).text, **{"measures-1-name": ""})).status_code == 200
    assert [m.current for m in newest().measures] == [Decimal(3)]


def test_aligning_with_shares(company, visit):
    tops = [an_objective(company.period, unit_id=company.units.sales, measures=0).id for _ in "ab"]
    hidden = an_objective(company.period, person_id=company.wu).id
    goal = an_objective(company.period, person_id=company.li, measures=0).id
    db.session.commit()
    li, address = visit(company.li), f"/goals/{goal}/edit"
    form = sent(li.get(address).text, **{"parents-0-parent": str(tops[0])})
    assert li.post(address, **form).status_code == 200
    form = sent(li.get(address).text, **{"parents-1-parent": str(tops[1]), "parents-0-share": "70", "parents-1-share": "20"})
    short = li.post(address, **form)
    assert (short.status_code, "The shares add up to 90" in short.text) == (422, True)
    li.post(address, **{**form, "parents-1-share": "30", "once": "again"})
    shares = db.session.execute(select(ObjectiveParent.parent_id, ObjectiveParent.share).where(ObjectiveParent.child_id == goal)).all()
    assert sorted(tuple(row) for row in shares) == [(tops[0], 7_000), (tops[1], 3_000)]
    assert li.post(address, **sent(li.get(address).text, **{"parents-0-parent": str(hidden)})).status_code == 422, "one cannot support what one may not see"
    assert db.session.scalars(select(Entry.kind)).all() == ["objective.aligned"] * 2


def test_a_circle_is_refused(company, visit):
    upper, lower = (an_objective(company.period, unit_id=company.units.sales, measures=0) for _ in "ab")
    align(lower, {upper.id: 10_000})
    ids = upper.id, lower.id
    db.session.commit()
    wang, address = visit(company.wang), f"/goals/{ids[0]}/edit"
    answer = wang.post(address, **sent(wang.get(address).text, **{"parents-0-parent": str(ids[1])}))
    assert (answer.status_code, "a circle would close" in answer.text) == (422, True), "said at the field"


def test_the_manager_narrows_the_audience_and_the_owner_cannot(company, visit):
    goal = agreed(company, audience=Audience.COMPANY)
    li, wang, address = visit(company.li), visit(company.wang), f"/goals/{goal}/edit"
    assert 'name="audience"' not in li.get(address).text
    li.post(address, **sent(li.get(address).text, audience="line", changed_because="x"))
    assert newest().audience is Audience.COMPANY
    wang.post(address, **sent(wang.get(address).text, audience="line", changed_because="x"))
    assert newest().audience is Audience.LINE


def test_for_whom_one_may_set_up_a_goal(company, visit):
    asked = {"person": f"?of=person-{company.li}", "unit": f"?of=unit-{company.units.sales}", "company": "?of=company", "nobody": "?of=person-99999"}
    got = {name: [visit(getattr(company, who)).get(f"/goals/new{query}").status_code for who in ("li", "wang", "wu", "hu")] for name, query in asked.items()}
    assert got == {"person": [200, 200, 403, 200], "unit": [403, 200, 403, 200], "company": [403, 403, 403, 200], "nobody": [404] * 4}


def test_a_company_goal_stands_under_a_theme_and_its_author_answers_for_it(company, visit):
    theme = Theme(period_id=company.period, name="quality", perspective="process")
    db.session.add(theme)
    db.session.commit()
    theme_id = theme.id
    hu = visit(company.hu)
    hu.post("/goals/new?of=company", **sent(hu.get("/goals/new?of=company").text, title="zero defects", theme=str(theme_id), **MEASURE))
    goal = newest()
    assert (goal.theme_id, goal.accountable_id, goal.person_id, goal.unit_id, goal.code[:1]) == (theme_id, company.hu, None, None, "C")


def test_nothing_of_a_draft_is_lost_when_it_is_withdrawn(company, visit):
    goal = an_objective(company.period, person_id=company.li)
    db.session.commit()
    where = f"/goals/{goal.id}"
    li, address = visit(company.li), f"{where}/withdrawal"
    assert li.post(address, reason=" ").status_code == 422
    li.post(address, reason="another way")
    assert (newest().state, db.session.scalar(select(Measure.id).limit(1)) is not None) == (State.WITHDRAWN, True)
    assert clock.today() and newest().title not in li.get("/goals/mine").text
    page = li.get(where)
    assert (page.status_code, "orders" in page.text) == (200, True), "it stays readable"


def test_the_history_names_only_what_is_open_to_its_reader(company, visit):
    """王 puts 李's OKR, which the whole company reads, under a KPI of her own, which it does not."""
    above = an_objective(company.period, person_id=company.wang, title="margin", audience=Audience.LINE).id
    goal = an_objective(company.period, person_id=company.li, audience=Audience.COMPANY, state=State.AGREED).id
    db.session.commit()
    wang = visit(company.wang)
    wang.post(f"/goals/{goal}/edit", **sent(wang.get(f"/goals/{goal}/edit").text, **{"parents-0-parent": str(above)}))
    told = {name: visit(getattr(company, name)).get(f"/goals/{goal}/history").text for name in ("wang", "zhao", "li", "wu")}
    assert {name: "margin 100%" in page for name, page in told.items()} == {"wang": True, "zhao": True, "li": False, "wu": False}
    assert all("aligned it to a goal that is not open to you 100%" in told[name] for name in ("li", "wu"))


def test_a_goal_above_that_one_may_not_see_stays_above(company, visit):
    above = an_objective(company.period, person_id=company.wang, title="margin", audience=Audience.LINE).id
    goal = an_objective(company.period, person_id=company.li).id
    align(db.session.get_one(Objective, goal), {above: 10_000})
    db.session.commit()
    li, address = visit(company.li), f"/goals/{goal}/edit"
    page = li.get(address).text
    assert "margin" not in page
    said = li.post(address, **sent(page, title="in other words"))
    assert "Saved." in said.text
    assert db.session.execute(select(ObjectiveParent.parent_id).where(ObjectiveParent.child_id == goal)).scalars().all() == [above]
