"""The goal dialogue as both sides use it: opened, drafted, proposed, returned, agreed; refused, at once, and on paper."""

import re
from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import func, select

from portal import clock, jobs, journal, once
from portal.db import db
from portal.dialogues.models import GoalDialogue, GoalDraft, GoalRemark
from portal.dialogues.states import State
from portal.directory.models import Person
from portal.drafts.models import Draft
from portal.goals.models import Measure, Objective, Revision
from portal.goals.states import State as Goal
from portal.journal.models import Entry
from portal.periods.models import Kind, Period
from portal.printing.models import ArchivedCopy
from tests.build import a_dialogue, an_objective
from tests.visitor import ORIGIN


@pytest.fixture
def talk(company):
    """李 drafts with 王: two goals, 60 and 30 per cent."""
    row = a_dialogue(company.li, company.period, company.wang)
    goals = [an_objective(company.period, person_id=company.li, title=name, weight=w) for name, w in (("装配合格率", 6_000), ("夜班调试", 3_000))]
    db.session.commit()
    return row.id, goals[0].id, goals[1].id


def address(talk, what="/set"):
    return f"/goal-dialogues/{talk[0]}{what}"


def fields_of(text):
    """The hidden fields of the set, as a browser would send them."""
    return {name: re.search(rf'name="{name}" form="set" value="([^"]*)"', text)[1] for name in ("version", "seen")}


def plain(html):
    """Without tags: titles are kept together by some."""
    return re.sub("<[^>]+>", "", html)


def press(visitor, talk, act, one="60", two="40", **more):
    page = visitor.get(address(talk, "")).text
    weights = {f"w_{talk[1]}": one, f"w_{talk[2]}": two} if f'name="w_{talk[1]}"' in page else {}
    return visitor.post(address(talk), act=act, **{**fields_of(page), **weights, **more})


def states(talk):
    found = db.session.scalars(select(Objective.state).where(Objective.id.in_(talk[1:])).order_by(Objective.id)).all()
    return [db.session.get(GoalDialogue, talk[0]).state, *found]


def days(n):
    return (clock.today() + timedelta(n)).isoformat()


def open_for(visitor, period, *people, **more):
    fields = {"period": str(period), "people": [str(one) for one in people], "propose_by": days(14), "agree_by": days(28)}
    return visitor.post("/goal-dialogues", **{**fields, **more})


def test_a_manager_opens_for_all_at_once_and_nothing_twice(company, visit):
    wang = visit(company.wang)
    assert "With whom" in wang.get(f"/goal-dialogues?period={company.period}").text
    page = open_for(wang, company.period, company.li, company.sun)
    assert "2 goal dialogues are open." in page.text and "With whom" not in page.text
    open_for(wang, company.period, company.li)
    assert db.session.scalar(select(func.count()).select_from(GoalDialogue)) == 2
    assert "Draft my goals" in visit(company.li).get("/").text
    assert [entry.actor_id for entry in db.session.scalars(select(Entry).where(Entry.kind == "goal_dialogue.opened"))] == [company.wang] * 2
    assert journal.check() == []


def test_what_cannot_be_opened_says_why(company, visit):
    wang = visit(company.wang)
    assert open_for(wang, company.period).status_code == 422
    late = open_for(wang, company.period, company.li, propose_by=days(9), agree_by=days(8))
    assert late.status_code == 422 and "Not before it is proposed" in late.text
    assert open_for(wang, company.period, company.wu).status_code == 422, "nobody of another team"
    assert open_for(visit(company.li), company.period, company.sun).status_code == 403
    db.session.get(Period, company.period).closed = True
    db.session.commit()
    assert "The period is closed" in open_for(wang, company.period, company.li).text


def test_who_acts_for_the_manager_opens_in_both_names(company, visit):
    assert "1 goal dialogue is open." in open_for(visit(company.feng), company.period, company.li).text
    entry = db.session.scalars(select(Entry).where(Entry.kind == "goal_dialogue.opened")).one()
    assert (entry.actor_id, entry.behalf_id) == (company.feng, company.wang)


def test_from_draft_to_agreed_with_a_return_between(company, visit, talk):
    li, wang = visit(company.li), visit(company.wang)
    page = press(li, talk, "propose", **{f"say_{talk[1]}": "扭矩枪二季度才到"})
    assert page.status_code == 200 and "Propose to" not in page.text
    assert states(talk) == [State.PROPOSED, Goal.PROPOSED, Goal.PROPOSED]
    home = wang.get("/").text
    assert "li proposes goals" in home and "proposes this goal" not in home, "the set once, not each goal of it"
    answer = wang.get(address(talk, "")).text
    assert "扭矩枪二季度才到" in answer and "To be talked about" in answer and f'name="w_{talk[1]}"' not in answer
    assert press(wang, talk, "return").status_code == 422, "not without a word"
    assert "方向都对" in press(wang, talk, "return", reply="方向都对，合格率再高一点").text
    assert states(talk) == [State.DRAFTING, Goal.DRAFT, Goal.DRAFT]
    back = li.get(address(talk, "")).text
    assert "wang returned draft 1" in back and "方向都对" in back
    press(li, talk, "propose", "55", "45")
    seen = wang.get(address(talk, "")).text
    assert "What draft 2 changed" in seen and "60%" in seen and "55%" in seen
    assert "Both names stand with it" in press(wang, talk, "agree").text
    assert states(talk) == [State.AGREED, Goal.AGREED, Goal.AGREED]
    row = db.session.get(GoalDialogue, talk[0])
    assert (row.draft, row.agreed_by_id, row.agreed_for_id) == (2, company.wang, None)
    assert [draft.n for draft in db.session.scalars(select(GoalDraft).order_by(GoalDraft.n))] == [1, 2]
    kinds = db.session.scalars(select(Entry.kind).where(Entry.kind.startswith("goal_dialogue.")).order_by(Entry.n)).all()
    assert [kind.partition(".")[2] for kind in kinds] == ["propose", "return", "propose", "agree"]
    assert db.session.scalar(select(func.count()).select_from(Entry).where(Entry.kind == "objective.agree")) == 2
    drafts = li.get(address(talk, "/drafts")).text
    assert "Draft 1" in drafts and "Draft 2" in drafts and "装配合格率" in plain(drafts)
    assert journal.check() == []


@pytest.mark.parametrize(("one", "two", "said"), [("60", "39.99", "99.99%, 0.01% missing"), ("70", "35", "105%, 5% too much"), ("60", "", "Fill this in"), ("60", "-1", "Between 0 and 100"), ("60", "abc", "Write a number")])
def test_weights_must_be_a_whole_and_nothing_typed_is_lost(company, visit, talk, one, two, said):
    page = press(visit(company.li), talk, "propose", one, two, reply="请看一下")
    assert page.status_code == 422 and said in page.text and "请看一下" in page.text and f'value="{one}"' in page.text
    assert states(talk) == [State.DRAFTING, Goal.DRAFT, Goal.DRAFT]


def test_a_goal_without_a_weight_is_told_before_it_is_proposed_and_holds_nothing_up(company, visit, talk):
    li, said = visit(company.li), "“夜班调试” has no weight and does not count."
    assert said not in plain(li.get(address(talk, "")).text), "while the set does not add up, that is told"
    assert said in plain(press(li, talk, "save", "100", "0").text)
    region = li.post(address(talk), "sum", act="", **{**fields_of(li.get(address(talk, "")).text), f"w_{talk[1]}": "100", f"w_{talk[2]}": "0"})
    assert said in plain(region.text) and "<h1" not in region.text, "told as it is typed"
    assert press(li, talk, "propose", "100", "0").status_code == 200 and states(talk)[0] is State.PROPOSED
    wang = visit(company.wang)
    wang.post("/language", language="zh", follow=False)
    assert "「夜班调试」没有权重，不计分。" in plain(wang.get(address(talk, "")).text)


def test_autosave_keeps_weights_and_words_apart(company, visit, talk):
    li = visit(company.li)
    sent = {**fields_of(li.get(address(talk, "")).text), f"w_{talk[1]}": "50", f"w_{talk[2]}": "30", f"say_{talk[2]}": "还没想好"}
    region = li.post(address(talk), "sum", **sent)
    assert "80%, 20% missing" in region.text and "<h1" not in region.text
    assert db.session.get(Objective, talk[1]).weight == 5_000
    assert "还没想好" in li.get(address(talk, "")).text and "还没想好" not in visit(company.wang).get(address(talk, "")).text
    assert db.session.scalar(select(func.count()).select_from(GoalRemark)) == 0
    press(li, talk, f"say-{talk[2]}", **{f"say_{talk[2]}": "想好了"})
    assert "想好了" in visit(company.wang).get(address(talk, "")).text
    assert db.session.scalar(select(func.count()).select_from(Draft)) == 0


def test_words_too_long_are_told_and_kept(company, visit, talk):
    page = press(visit(company.li), talk, "save", reply="长" * 20_001)
    assert page.status_code == 422 and "At most 20000 characters" in page.text and "长长长" in page.text


def test_two_windows_on_one_set_see_both_weights(company, visit, talk):
    li, wang = visit(company.li), visit(company.wang)
    old = fields_of(li.get(address(talk, "")).text)
    press(wang, talk, "save", "50", "50")
    clash = li.post(address(talk), act="save", **old, **{f"w_{talk[1]}": "70", f"w_{talk[2]}": "30"})
    assert clash.status_code == 409 and "70" in clash.text and "50" in clash.text
    assert db.session.get(Objective, talk[1]).weight == 5_000


def test_agreeing_to_what_was_not_read_is_refused(company, visit, talk):
    press(visit(company.li), talk, "propose")
    wang = visit(company.wang)
    old = fields_of(wang.get(address(talk, "")).text)
    db.session.get(Objective, talk[1]).title = "合格率 99.5%"
    db.session.commit()
    refused = wang.post(address(talk), act="agree", **old)
    assert refused.status_code == 409 and "have changed since you opened this page" in refused.text
    assert states(talk)[0] is State.PROPOSED


def test_what_joined_after_the_proposal_is_not_agreed_to_past_100_per_cent(company, visit, talk):
    press(visit(company.li), talk, "propose")
    an_objective(company.period, person_id=company.li, title="带过来的", weight=4_000)
    db.session.commit()
    refused = press(visit(company.wang), talk, "agree")
    assert refused.status_code == 409 and "140%, 40% too much" in refused.text and "joined after" in refused.text
    assert states(talk)[0] is State.PROPOSED


def test_of_two_answers_one_counts(company, visit, talk):
    press(visit(company.li), talk, "propose")
    wang, feng = visit(company.wang), visit(company.feng)
    seen = fields_of(feng.get(address(talk, "")).text)
    press(wang, talk, "return", reply="再想想")
    late = feng.post(address(talk), act="agree", **seen)
    assert late.status_code == 409 and states(talk)[0] is State.DRAFTING


def test_whoever_came_second_finds_the_way_back_and_only_their_own_words(company, visit, talk):
    press(visit(company.li), talk, "propose")
    wang, feng = visit(company.wang), visit(company.feng)
    seen = fields_of(feng.get(address(talk, "")).text)
    press(wang, talk, "agree")
    typed = {**seen, "act": "return", "reply": "一次合格率再想一想", "once": once.fresh()}
    late = feng.raw(address(talk), typed, {"Origin": ORIGIN, "Referer": f"{ORIGIN}{address(talk, '')}"})
    assert late.status_code == 409 and "一次合格率再想一想" in late.text
    assert f'href="{address(talk, "")}">Back to the page, as it is now' in late.text and seen["seen"] not in late.text


def test_it_is_taken_back_as_long_as_nobody_answered(company, visit, talk):
    li = visit(company.li)
    press(li, talk, "propose")
    assert "Propose to" in li.post(address(talk, "/back")).text
    assert states(talk) == [State.DRAFTING, Goal.DRAFT, Goal.DRAFT]
    assert li.post(address(talk, "/back")).status_code == 409
    assert visit(company.wang).post(address(talk, "/back")).status_code == 403


def test_split_evenly_takes_the_largest_remainder(company, visit, talk):
    third = an_objective(company.period, person_id=company.li, title="第三个")
    db.session.commit()
    ids = (*talk[1:], third.id)
    page = visit(company.li)
    text = page.get(address(talk, "")).text
    page.post(address(talk), act="even", **fields_of(text), **{f"w_{i}": "1" for i in ids})
    assert db.session.scalars(select(Objective.weight).order_by(Objective.id)).all() == [3_334, 3_333, 3_333]


def test_a_goal_of_the_set_is_not_agreed_to_by_itself(company, visit, talk):
    li, wang = visit(company.li), visit(company.wang)
    page = li.get(f"/goals/{talk[1]}").text
    assert "Open the goal dialogue" in page and "/proposal" not in page
    assert li.post(f"/goals/{talk[1]}/proposal").status_code == 409
    press(li, talk, "propose")
    assert wang.post(f"/goals/{talk[1]}/agreement").status_code == 409
    assert wang.post(f"/goals/{talk[1]}/return", reason="不行").status_code == 409
    saved = li.post(f"/goals/{talk[1]}/edit", follow=False, title="x", kind="kpi", period=str(company.period), version="0")
    assert saved.status_code in (409, 422)


def test_a_new_goal_comes_back_to_the_set(company, visit, talk):
    told = {"title": "第三个", "kind": "okr_committed", "period": str(company.period), "measures-0-name": "单数", "measures-0-shape": "number", "measures-0-way": "way", "measures-0-baseline": "0", "measures-0-target": "9", "version": "0"}
    made = visit(company.li).post(f"/goals/new?of=person-{company.li}&period={company.period}", follow=False, **told)
    assert made.status_code == 303 and made.location.endswith(address(talk, ""))


def test_what_was_agreed_is_weighed_anew_as_a_revision(company, visit, talk):
    press(visit(company.li), talk, "propose")
    wang, li = visit(company.wang), visit(company.li)
    press(wang, talk, "agree")
    assert wang.post(address(talk, "/reopen"), reason=" ").status_code == 422
    assert "Open again" in wang.post(address(talk, "/reopen"), reason="加一个目标").text
    press(li, talk, "propose", "70", "30")
    assert db.session.get(Objective, talk[1]).weight == 6_000, "until both agree the old weight counts"
    press(wang, talk, "agree")
    assert db.session.get(Objective, talk[1]).weight == 7_000
    assert db.session.scalars(select(Revision.after).where(Revision.objective_id == talk[1])).all() == [{"weight": 7000}]


def test_goals_come_over_with_their_plan_and_without_their_values(company, visit, talk):
    before = Period(name="before", kind=Kind.QUARTER, begins=clock.today() - timedelta(140), ends=clock.today() - timedelta(40))
    db.session.add(before)
    db.session.flush()
    old = an_objective(before.id, person_id=company.li, title="去年的", weight=2_500, state=Goal.AGREED)
    old.measures[0].current, old.measures[0].grade = Decimal(8), Decimal("0.8")
    db.session.commit()
    li, theirs = visit(company.li), old.id
    assert "去年的" in li.get(address(talk, "/earlier")).text
    assert li.post(address(talk, "/earlier")).status_code == 422
    assert "1 goal brought over" in li.post(address(talk, "/earlier"), goals=[str(theirs)]).text
    made = db.session.scalars(select(Objective).where(Objective.title == "去年的", Objective.period_id == company.period)).one()
    assert (made.state, made.weight, [(m.name, m.target, m.current, m.grade) for m in made.measures]) == (Goal.DRAFT, 2_500, [("orders", 10, None, None)])
    assert "去年的" not in li.get(address(talk, "/earlier")).text, "not a second time"
    assert li.post(address(talk, "/earlier"), goals=[str(theirs)]).status_code == 422
    assert db.session.scalar(select(func.count()).select_from(Measure).where(Measure.current.is_not(None))) == 1


def test_what_of_the_managers_is_not_open_is_counted_for_both(company, visit, talk):
    for title, audience in (("经理的目标", "company"), ("本部门的", "unit"), ("只给上级看的", "line")):
        an_objective(company.period, person_id=company.wang, title=title, state=Goal.AGREED, audience=audience)
    an_objective(company.period, person_id=company.wang, title="还没同意的")
    db.session.commit()
    page = visit(company.li).get(address(talk, "")).text
    assert "1 goal of wang is not open to you." in page and "只给上级" not in page and "本部" in page
    page = visit(company.wang).get(address(talk, "")).text
    assert "1 of them is not open to li." in page and "只给上级" in page


def test_what_stands_beside_it(company, visit, talk):
    an_objective(company.period, person_id=company.wang, title="经理的目标", state=Goal.AGREED, audience="company")
    an_objective(company.period, unit_id=company.units.sales, title="部门的重点", state=Goal.AGREED)
    an_objective(company.period, person_id=company.wang, title="还没同意的")
    db.session.commit()
    page = visit(company.li).get(address(talk, "")).text
    assert "经理的目标" in plain(page) and "部门的重点" in plain(page) and "还没同意的" not in plain(page)
    assert "Write a goal for it" in page


@pytest.mark.parametrize(("who", "status"), [("li", 200), ("wang", 200), ("zhao", 200), ("feng", 200), ("hu", 200), ("qian", 200), ("zheng", 200), ("sun", 404), ("zhou", 404), ("wu", 404)])
def test_who_sees_it(company, visit, talk, who, status):
    assert visit(getattr(company, who)).get(address(talk, "")).status_code == status


def test_who_cannot_sign_in_is_written_down_by_the_manager(company, visit, talk):
    db.session.get(Person, company.li).directory_key = None
    db.session.commit()
    wang = visit(company.wang)
    press(wang, talk, "propose")
    press(wang, talk, "agree")
    assert states(talk)[0] is State.AGREED


def test_the_manager_does_not_propose_for_who_can(company, visit, talk):
    assert press(visit(company.wang), talk, "propose").status_code == 403


def test_cancelled_the_goals_stay(company, visit, talk):
    wang = visit(company.wang)
    assert visit(company.li).get(address(talk, "/cancel")).status_code == 403
    wang.post(address(talk, "/cancel"), reason="开错了")
    assert states(talk) == [State.CANCELLED, Goal.DRAFT, Goal.DRAFT]
    assert "1 goal dialogue is open." in open_for(wang, company.period, company.li).text
    assert visit(company.li).post(f"/goals/{talk[1]}/proposal").status_code == 409, "the new one holds it"


def test_only_what_is_agreed_is_printed(company, visit, talk):
    li = visit(company.li)
    assert li.post(f"/print/goal_dialogue/{talk[0]}").status_code == 404
    press(li, talk, "propose")
    press(visit(company.wang), talk, "agree")
    assert "Print" in li.get(address(talk, "")).text
    printed = li.post(f"/print/goal_dialogue/{talk[0]}")
    assert printed.mimetype == "application/pdf" and printed.data[:5] == b"%PDF-"


def test_hr_archives_what_is_agreed(company, app, visit, talk, tmp_path, monkeypatch):
    monkeypatch.setitem(app.config, "DATA_DIR", str(tmp_path))
    monkeypatch.setitem(app.config, "PUBLIC_URL", "https://portal.example")
    li, hu, keep = visit(company.li), visit(company.hu), address(talk, "/archive")
    assert hu.post(keep).status_code == 404, "not agreed yet"
    press(li, talk, "propose")
    press(visit(company.wang), talk, "agree")
    assert li.post(keep).status_code == 403 and keep not in li.get(address(talk, "")).text
    assert "It is being archived" in hu.post(keep).text
    while jobs.work_one():
        pass
    code = db.session.scalars(select(ArchivedCopy.code)).one()
    assert f"/archive/{code}" in hu.get(address(talk, "")).text and hu.get(f"/archive/{code}").data[:5] == b"%PDF-"
    assert li.get(f"/archive/{code}").status_code == 403 and "archived the agreed goals" in li.get(f"/people/{company.li}").text


def test_empty_it_says_who_begins(company, visit):
    assert "Your manager opens the goal dialogue" in visit(company.li).get("/goal-dialogues").text
    open_for(visit(company.wang), company.period, company.li)
    made = db.session.scalars(select(GoalDialogue.id)).one()
    page = visit(company.li)
    assert "No goal yet" in page.get(f"/goal-dialogues/{made}").text
    refused = page.post(f"/goal-dialogues/{made}/set", act="propose", **fields_of(page.get(f"/goal-dialogues/{made}").text))
    assert refused.status_code == 422 and "There is no goal yet" in refused.text
    assert "Nothing to bring over" in page.get(f"/goal-dialogues/{made}/earlier").text
    assert "Nothing was proposed yet" in page.get(f"/goal-dialogues/{made}/drafts").text
