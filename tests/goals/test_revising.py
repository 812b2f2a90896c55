"""Changes of agreed goals: what waits, who agrees, what holds meanwhile; nothing that was written is lost."""

import datetime as days
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, update

from portal import clock
from portal.db import db
from portal.goals import prorating, revising
from portal.goals.kinds import Aggregation, Audience, Direction, Kind, Perspective, Rule, Shape, Split
from portal.goals.models import Measure, Objective, Revision
from portal.goals.revising import Difference
from portal.goals.scoring import Facts
from portal.goals.states import RevisionState, State
from portal.goals.wording import Wording
from portal.journal.models import Entry
from portal.periods.models import Period
from tests.build import an_objective
from tests.goals.pages import posted, sent

D = Decimal
texts = st.text(max_size=4)
quick = settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large], deadline=None)
numbers = st.none() | st.decimals(-10**6, 10**6, places=3)


@st.composite
def rows(draw, which):
    named = st.text(min_size=1, max_size=3)
    return {
        "id": which, "name": draw(named), "shape": draw(st.sampled_from(Shape)), "direction": draw(st.sampled_from(Direction)), "unit": draw(texts),
        "weight": draw(st.integers(0, 10_000)), "rule": draw(st.none() | st.sampled_from(Rule)), "veto": draw(st.booleans()),
        "rule_values": draw(st.dictionaries(st.sampled_from(["each", "stepped", "cap"]), st.sampled_from(["10", "2.5", "7"]))),
        "aggregation": draw(st.sampled_from(Aggregation)), "split": draw(st.sampled_from(Split)),
        "baseline": draw(st.decimals(-9, 9, places=1)), "target": draw(st.decimals(10, 99, places=1)), **{name: draw(numbers) for name in ("low", "high", "threshold", "stretch")},
        "milestones": draw(st.lists(st.tuples(named, st.integers(1, 9), st.none() | st.dates()), max_size=2).map(tuple)),
        "targets": draw(st.dictionaries(st.dates(), numbers, max_size=2)),
    }


@st.composite
def wordings(draw):
    facts = {"title": draw(texts), "why": draw(texts), "kind": draw(st.sampled_from(Kind)), "period_id": draw(st.integers(1, 3)), "theme_id": draw(st.none() | st.integers(1, 3)), "perspective": draw(st.none() | st.sampled_from(Perspective))}
    facts |= {"weight": draw(st.integers(0, 10_000)), "audience": draw(st.sampled_from(Audience)), "duty": draw(st.booleans())}
    ids = draw(st.lists(st.integers(1, 3), unique=True, max_size=2).map(sorted))
    return Wording(facts, tuple(draw(rows(which)) for which in ids), draw(st.dictionaries(st.integers(1, 5), st.integers(1, 10_000), max_size=2)))


@quick
@given(wordings())
def test_a_document_says_all_of_a_wording(wording):
    document = revising.flat(wording)
    again = revising.whole(document)
    assert revising.flat(again) == document
    assert (again.facts, again.shares) == (wording.facts, wording.shares)
    assert [{**row, "rule_values": row["rule_values"]} for row in again.measures] == list(wording.measures)


@quick
@given(st.lists(wordings(), min_size=1, max_size=4))
def test_revisions_in_their_order_give_the_present_state(states):
    documents = [revising.flat(each) for each in states]
    changes = [revising.difference(one, other) for one, other in pairwise(documents)]
    stands = documents[0]
    for change, wanted in zip(changes, documents[1:], strict=True):
        assert revising.clashes(stands, change) == ()
        stands = revising.patched(stands, change)
        assert stands == wanted
    for change, wanted in zip(reversed(changes), reversed(documents[:-1]), strict=True):
        stands = revising.patched(stands, Difference(change.after, change.before))
        assert stands == wanted, "and backwards: nothing of what stood is lost"


@quick
@given(wordings(), wordings(), wordings())
def test_a_change_is_not_put_on_what_somebody_else_changed(began, mine, theirs):
    base, wanted, stands = (revising.flat(each) for each in (began, mine, theirs))
    change = revising.difference(base, wanted)
    touched = {key for key in change.keys if stands.get(key, revising) != base.get(key, revising)}
    assert set(revising.clashes(stands, change)) == touched
    if not touched:
        made = revising.patched(stands, change)
        assert all(made[key] == value for key, value in change.after.items())
        assert all(made[key] == value for key, value in stands.items() if key not in change.keys)


@given(st.lists(st.tuples(st.integers(-40, 400), st.decimals(1, 1000, places=2)), max_size=5), st.decimals(1, 1000, places=2))
def test_targets_are_weighed_by_the_days_they_held(changes, last):
    begins, ends = days.date(2026, 1, 1), days.date(2027, 1, 1)
    earlier = {}
    for offset, was in sorted(changes):
        earlier = prorating.noted(earlier, {"target": was}, begins, ends, begins + days.timedelta(offset))
    spans = prorating.spans_of(earlier, "target", last)
    made = prorating.prorated(earlier, {"target": last})["target"]
    assert sum(span.days for span in spans) in (0, 365) and all(span.days > 0 for span in spans)
    values = [span.value for span in spans] or [made]
    assert min(values) - D("0.0001") <= made <= max(values) + D("0.0001")


# The pages.

@pytest.fixture
def goal(company):
    made = an_objective(company.period, person_id=company.li, kind=Kind.KPI, state=State.AGREED, title="old words", why="because", measures=0)
    made.measures = [Measure(name="orders", target=D(100), rule=Rule.RATIO_UP, current=D(90))]
    db.session.commit()
    return made.id


def ask(visitor, goal, because="orders moved", **fields):
    address = f"/goals/{goal}/edit"
    return visitor.post(address, **{**sent(visitor.get(address).text), "changed_because": because, **fields})


def stored(goal):
    return db.session.get_one(Objective, goal, populate_existing=True)


def states():
    return db.session.scalars(select(Revision.state).order_by(Revision.n)).all()


def test_the_owner_proposes_and_the_old_words_hold_until_the_manager_agrees(company, visit, goal):
    li, wang = visit(company.li), visit(company.wang)
    said = ask(li, goal, title="new words", **{"measures-0-target": "120"})
    assert "Until then the old words hold" in said.text
    assert (stored(goal).title, stored(goal).measures[0].target, states()) == ("old words", D(100), [RevisionState.WAITING])
    page = wang.get(f"/goals/{goal}").text
    assert all(text in page for text in ("A change waits to be agreed", "orders moved", "Agree to the change", "<mark>"))
    assert f"/goals/{goal}" in wang.get("/goals/mine").text and "a change waits to be agreed" in wang.get("/").text
    assert "Agree to the change" not in li.get(f"/goals/{goal}").text and li.post(f"/goals/{goal}/changes/1/agreement").status_code == 403
    wang.post(f"/goals/{goal}/changes/1/agreement")
    revision = db.session.scalars(select(Revision)).one()
    assert (stored(goal).title, stored(goal).measures[0].target) == ("new words", D(120))
    assert (revision.state, revision.by_id, revision.agreed_by_id) == (RevisionState.AGREED, company.li, company.wang)
    assert db.session.scalars(select(Entry.kind).order_by(Entry.n)).all() == ["objective.propose_change", "objective.revised"]
    listed = li.get(f"/goals/{goal}/changes", target="revisions").text
    assert all(text in listed for text in ("Revision 1", "agreed by wang", "orders moved", "old", "120"))


def test_white_space_is_no_change(company, visit, goal):
    """A browser sends every line with its own end, and an empty line at the end says nothing."""
    stored(goal).why = "because\nof orders"
    db.session.commit()
    page = ask(visit(company.li), goal, why="because\r\nof orders\r\n ").text
    assert "Nothing was changed." in page and states() == []


def test_a_return_says_why_and_loses_nothing(company, visit, goal):
    li, wang = visit(company.li), visit(company.wang)
    ask(li, goal, title="new words")
    empty = wang.post(f"/goals/{goal}/changes/1/return", reason=" ")
    assert (empty.status_code, "Fill this in" in empty.text) == (422, True)
    wang.post(f"/goals/{goal}/changes/1/return", reason="not in this quarter")
    assert (stored(goal).title, states()) == ("old words", [RevisionState.RETURNED])
    listed = li.get(f"/goals/{goal}/changes").text
    assert "not in this quarter" in listed and "new" in listed and "orders moved" in listed


def test_a_returned_change_waits_on_home_until_it_is_written_anew_or_let_be(company, visit, goal):
    li, wang, told = visit(company.li), visit(company.wang), "your change was returned"
    ask(li, goal, title="new words")
    assert told not in li.get("/").text, "it waits for the manager, not for its author"
    wang.post(f"/goals/{goal}/changes/1/return", reason="not in this quarter")
    home, page = li.get("/").text, li.get(f"/goals/{goal}").text
    assert told in home and f'href="/goals/{goal}"' in home and told not in wang.get("/").text
    assert all(words in page for words in ("Your change was returned", "not in this quarter", "Write it anew", "<mark>"))
    assert "Your change was returned" not in wang.get(f"/goals/{goal}").text
    ask(li, goal, title="other words")
    assert told not in li.get("/").text and states() == [RevisionState.RETURNED, RevisionState.WAITING]
    wang.post(f"/goals/{goal}/changes/2/return", reason="still not")
    assert wang.post(f"/goals/{goal}/changes/2/withdrawal").status_code == 403
    said = li.post(f"/goals/{goal}/changes/2/withdrawal").text
    assert "It stays as it was agreed." in said and "Your change was returned" not in said and told not in li.get("/").text
    assert (states(), stored(goal).title) == ([RevisionState.RETURNED, RevisionState.WITHDRAWN], "old words")
    assert "still not" in li.get(f"/goals/{goal}/changes").text, "what was said stays readable"


@pytest.mark.parametrize("over", ["closed", "period", "moved", "changed"])
def test_a_returned_change_waits_no_longer_once_nothing_can_come_of_it(company, visit, goal, over):
    li, wang = visit(company.li), visit(company.wang)
    ask(li, goal, title="new words")
    wang.post(f"/goals/{goal}/changes/1/return", reason="no")
    assert "your change was returned" in li.get("/").text
    if over == "changed":
        ask(wang, goal, title="the manager's")
    elif over == "period":
        db.session.execute(update(Period).values(closed=True))
    elif over == "moved":
        db.session.execute(update(Objective).values(person_id=company.sun))
    else:
        db.session.execute(update(Objective).values(state=State.CLOSED, closed_at=clock.now()))
    db.session.commit()
    assert "your change was returned" not in li.get("/").text
    assert "Your change was returned" not in visit(company.sun if over == "moved" else company.li).get(f"/goals/{goal}").text


def test_two_answers_at_once_one_wins(company, visit, goal):
    ask(visit(company.li), goal, title="new words")
    wang, zhao = visit(company.wang), visit(company.zhao)
    assert zhao.post(f"/goals/{goal}/changes/1/agreement").status_code == 200
    late = wang.post(f"/goals/{goal}/changes/1/return", reason="no")
    assert (late.status_code, "Somebody was faster" in late.text, "no" in late.text, states()) == (409, True, True, [RevisionState.AGREED])


def test_a_later_proposal_of_the_same_person_takes_the_place_of_the_first(company, visit, goal):
    li = visit(company.li)
    ask(li, goal, title="first try")
    page = li.get(f"/goals/{goal}/edit").text
    assert "waits already" in page
    ask(li, goal, title="second try")
    assert states() == [RevisionState.WITHDRAWN, RevisionState.WAITING]
    assert "first" in li.get(f"/goals/{goal}/changes").text
    assert visit(company.wang).post(f"/goals/{goal}/changes/1/agreement").status_code == 409
    li.post(f"/goals/{goal}/changes/2/withdrawal")
    assert (states(), stored(goal).title) == ([RevisionState.WITHDRAWN] * 2, "old words")


def test_only_who_proposed_takes_it_back(company, visit, goal):
    ask(visit(company.li), goal, title="new words")
    assert visit(company.wang).post(f"/goals/{goal}/changes/1/withdrawal").status_code == 403
    assert visit(company.wu).post(f"/goals/{goal}/changes/1/withdrawal").status_code == 404
    assert visit(company.li).post(f"/goals/{goal}/changes/7/withdrawal").status_code == 404


def test_the_managers_own_change_holds_at_once_and_is_told(company, visit, goal):
    ask(visit(company.wang), goal, title="by the manager")
    revision = db.session.scalars(select(Revision)).one()
    assert (stored(goal).title, revision.state, revision.agreed_by_id, revision.answered_at == revision.at) == ("by the manager", RevisionState.AGREED, company.wang, True)
    assert "revised the agreed goal" in visit(company.li).get(f"/people/{company.li}").text


def test_what_was_written_for_other_words_is_returned_not_forced(company, visit, goal):
    li, wang = visit(company.li), visit(company.wang)
    ask(li, goal, title="mine")
    ask(wang, goal, title="the manager's", why="another reason")
    clash = wang.post(f"/goals/{goal}/changes/1/agreement")
    assert (clash.status_code, "has changed since" in clash.text, stored(goal).title) == (409, True, "the manager's")
    wang.post(f"/goals/{goal}/changes/1/return", reason="please again")
    ask(li, goal, why="only this")
    ask(wang, goal, title="once more")
    wang.post(f"/goals/{goal}/changes/3/agreement")
    assert (stored(goal).title, stored(goal).why) == ("once more", "only this"), "other fields do not stand in the way"


def test_measures_and_parents_wait_too(company, visit, goal):
    top = an_objective(company.period, unit_id=company.units.sales, measures=0, title="the unit's").id
    db.session.commit()
    li, wang = visit(company.li), visit(company.wang)
    ask(li, goal, **{"parents-0-parent": str(top), "measures-1-name": "returns", "measures-1-baseline": "9", "measures-1-target": "2", "measures-1-shape": "number", "measures-1-way": "way"})
    assert ([m.name for m in stored(goal).measures], stored(goal).level) == (["orders"], 0)
    assert "returns" in wang.get(f"/goals/{goal}").text and "unit&#39;s 100%" in wang.get(f"/goals/{goal}").text
    wang.post(f"/goals/{goal}/changes/1/agreement")
    assert ([m.name for m in stored(goal).measures], stored(goal).level) == (["orders", "returns"], 1)
    made = stored(goal).measures[1].id
    assert f"target@{made}" in db.session.scalars(select(Revision.after)).one(), "a new measure is named by its id from now on"


def test_a_measures_own_page_proposes_as_well(company, visit, goal):
    li = visit(company.li)
    address = f"/goals/measures/{stored(goal).measures[0].id}/edit"
    form = sent(li.get(address).text, form="measure-form")
    assert li.post(address, **{**form, "aim": "150"}).status_code == 409, "a reason is needed"
    li.post(address, **{**form, "aim": "150", "changed_because": "two lines more", "once": "other"})
    assert (stored(goal).measures[0].target, states()) == (D(100), [RevisionState.WAITING])
    visit(company.wang).post(f"/goals/{goal}/changes/1/agreement")
    assert stored(goal).measures[0].target == D(150)


@pytest.mark.parametrize("whole", [False, True])
def test_a_new_target_counts_by_days_unless_the_old_one_was_a_mistake(company, visit, goal, whole):
    ask(visit(company.wang), goal, holds="whole" if whole else "days", **{"measures-0-target": "200"})
    measure = stored(goal).measures[0]
    period = stored(goal).period
    length, gone = (period.ends - period.begins).days, (clock.today() - period.begins).days
    wanted = D(200) if whole else (gone * D(100) + (length - gone) * D(200)) / length
    assert Facts.of(measure).target == pytest.approx(wanted)
    page, sums = (visit(company.li).get(f"/goals/{goal}{tail}").text for tail in ("", "/workings"))
    assert ("by days" in page, f"{gone} × 100 + {length - gone} × 200" in sums) == (not whole, not whole)
    assert "100 until" in page or whole


def test_an_over_goal_or_period_refuses_with_the_reason(company, visit, goal):
    li, wang = visit(company.li), visit(company.wang)
    ask(li, goal, title="new words")
    db.session.execute(update(Period).values(closed=True))
    db.session.commit()
    late = wang.post(f"/goals/{goal}/changes/1/agreement")
    assert (late.status_code, "The period is closed." in late.text, stored(goal).title) == (409, True, "old words")
    wang.post(f"/goals/{goal}/changes/1/return", reason="too late")
    assert states() == [RevisionState.RETURNED], "it can still be answered"


def test_somebody_elses_waiting_change_is_not_pushed_aside(company, visit, goal):
    ask(visit(company.li), goal, title="mine")
    db.session.execute(update(Revision).values(by_id=company.sun))
    db.session.commit()
    refused = ask(visit(company.li), goal, title="mine again")
    assert (refused.status_code, "waits for an answer" in refused.text, states()) == (409, True, [RevisionState.WAITING])


def test_a_conflict_still_shows_both_texts(company, visit, goal):
    li, wang = visit(company.li), visit(company.wang)
    address = f"/goals/{goal}/edit"
    mine = sent(li.get(address).text, title="by 李", changed_because="because")
    ask(wang, goal, title="by the manager")
    clash = li.post(address, **mine)
    assert (clash.status_code, "by the manager" in clash.text, "by 李" in clash.text) == (409, True, True)
    li.post(address, **posted(clash.text))
    assert (stored(goal).title, states()) == ("by the manager", [RevisionState.AGREED, RevisionState.WAITING])
