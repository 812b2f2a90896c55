"""Claiming a company objective: the form, the decision, refusals, two at once, and what is covered."""

import re
import threading
from decimal import Decimal
from html import unescape

import pytest
from hypothesis import given
from hypothesis import strategies as some
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from portal import access, clock, once
from portal.access import Act
from portal.access.models import Delegation
from portal.db import db
from portal.directory import lines
from portal.directory.models import Unit, UnitTerm
from portal.goals.kinds import Aggregation, Direction, Kind, Perspective, Rule, Shape
from portal.goals.models import Objective, ObjectiveParent, Theme
from portal.goals.states import State as Goal
from portal.journal.models import Entry
from portal.periods.models import Period
from portal.strategy import covering
from portal.strategy.apart import Reach, as_good, reach
from portal.strategy.models import Claim
from portal.strategy.states import CLAIMING, State
from tests.build import an_objective
from tests.company import LONG_AGO
from tests.goals.pages import sent
from tests.visitor import ORIGIN


def words(html):
    """A page's text without its tags."""
    return " ".join(re.sub(r"<[^>]+>", "", html).split())


def of_the_company(company, **fields):
    """A company objective in force: 300 orders, 赵 answers for it."""
    known = {"title": "more orders", "state": Goal.AGREED, "accountable_id": company.zhao, "why": "we must", "weight": 4_000}
    goal = an_objective(company.period, **{**known, **fields})
    for measure in goal.measures:
        measure.target, measure.unit = Decimal(300), "件"
    db.session.commit()
    return goal.id


def claimed(company, visit, goal, who="wang", unit="sales", **fields):
    """The form filled in and sent by somebody; the claim."""
    visitor = visit(getattr(company, who))
    address = f"/strategy/objectives/{goal}/claim?unit={getattr(company.units, unit)}"
    answer = visitor.post(address, **sent(visitor.get(address).text, **fields))
    assert answer.status_code == 200, answer.text
    return db.session.scalars(select(Claim.id).order_by(Claim.id.desc())).first()


def accept(visitor, claim):
    """As somebody who has read what stands there now."""
    made = db.session.get_one(Objective, db.session.get_one(Claim, claim).made_id, populate_existing=True)
    return visitor.post(f"/strategy/claims/{claim}/acceptance", version=str(made.version))


def stands(claim):
    db.session.rollback()
    found = db.session.get_one(Claim, claim)
    return found.state, db.session.get_one(Objective, found.made_id).state


def test_a_head_claims_with_own_figures_and_the_owner_accepts(company, visit):
    goal = of_the_company(company)
    wang, zhao = visit(company.wang), visit(company.zhao)
    assert "more orders" in wang.get("/strategy/claims").text
    form = wang.get(f"/strategy/objectives/{goal}/claim?unit={company.units.sales}").text
    assert 'value="more orders"' in form and 'value="300"' in form, "it begins with the company's own"
    claim = claimed(company, visit, goal, title="our orders", weight="25", **{"measures-0-target": "120"})
    made = db.session.get_one(Objective, db.session.get_one(Claim, claim).made_id)
    assert (made.title, made.unit_id, made.weight, made.state, made.measures[0].target, made.accountable_id, made.level) == (
        "our orders", company.units.sales, 2_500, Goal.PROPOSED, Decimal(120), company.wang, 1)
    assert made.measures[0].objective_id == made.id and db.session.get_one(Objective, goal).measures[0].target == 300
    assert db.session.execute(select(ObjectiveParent.parent_id, ObjectiveParent.share)).all() == [(goal, 10_000)]
    assert "sales claims it" in zhao.get("/").text, "it waits for whoever answers for it"
    page = zhao.get(f"/strategy/claims/{claim}").text
    assert "our orders" in page and "Accept the claim" in page and "orders: 120 of 300 件, 180 件 missing" in words(page)
    assert accept(zhao, claim).status_code == 200
    assert stands(claim) == (State.ACCEPTED, Goal.AGREED)
    kinds = db.session.scalars(select(Entry.kind).order_by(Entry.n)).all()
    assert kinds == ["objective.created", "objective.aligned", "objective.propose", "claim.asked", "objective.agree", "claim.accept"]
    assert "accepted" in wang.get("/strategy/claims").text


def test_it_goes_back_with_a_comment_is_changed_and_asked_again(company, visit):
    claim = claimed(company, visit, of_the_company(company))
    zhao, wang = visit(company.zhao), visit(company.wang)
    bare = zhao.post(f"/strategy/claims/{claim}/return", comment=" ")
    assert bare.status_code == 422 and "Fill this in" in bare.text and stands(claim)[0] is State.ASKED
    zhao.post(f"/strategy/claims/{claim}/return", comment="take 150")
    assert stands(claim) == (State.RETURNED, Goal.DRAFT)
    assert "take 150" in wang.get(f"/strategy/claims/{claim}").text
    wang.post(f"/strategy/claims/{claim}/again")
    assert stands(claim) == (State.ASKED, Goal.PROPOSED)
    wang.post(f"/strategy/claims/{claim}/withdrawal")
    assert stands(claim) == (State.WITHDRAWN, Goal.WITHDRAWN)
    again = claimed(company, visit, db.session.get_one(Claim, claim).objective_id)
    assert again != claim and stands(again)[0] is State.ASKED, "what was withdrawn can be claimed anew"


def test_a_claim_without_a_weight_reminds_the_head_until_it_has_one(company, visit):
    wang, told = visit(company.wang), "sales has claimed it without a weight"
    claim = claimed(company, visit, of_the_company(company), who="hu", weight="")
    made = db.session.get_one(Claim, claim).made_id
    for accepted in (False, True):
        home = wang.get("/").text
        assert told in home and f'href="/goals/{made}/edit#weight"' in home, accepted
        assert told not in visit(company.hu).get("/").text and told not in visit(company.li).get("/").text, "whoever heads it"
        if not accepted:
            accept(visit(company.zhao), claim)
    form = wang.get(f"/goals/{made}/edit").text
    assert 'id="weight"' in form, "the address leads to the field"
    wang.post(f"/goals/{made}/edit", **sent(form, weight="15", changed_because="it counts"))
    assert db.session.get_one(Objective, made, populate_existing=True).weight == 1_500 and told not in wang.get("/").text


def test_a_returned_claim_waits_on_the_heads_home(company, visit):
    wang, told = visit(company.wang), "the claim of sales was returned"
    claim = claimed(company, visit, of_the_company(company), weight="")
    visit(company.zhao).post(f"/strategy/claims/{claim}/return", comment="take 150")
    home = wang.get("/").text
    assert told in home and f'href="/strategy/claims/{claim}"' in home and "without a weight" not in home, "one thing at a time"
    wang.post(f"/strategy/claims/{claim}/again")
    assert told not in wang.get("/").text


def test_who_may_claim_and_who_decides(company, visit):
    goal = of_the_company(company)
    address = f"/strategy/objectives/{goal}/claim?unit={company.units.sales}"
    answers = {name: visit(getattr(company, name)).get(address).status_code for name in ("wang", "zhao", "hu", "li", "zhou", "zheng")}
    assert answers == {"wang": 200, "zhao": 200, "hu": 200, "li": 403, "zhou": 403, "zheng": 403}
    claim = claimed(company, visit, goal, who="hu")
    assert db.session.get_one(Objective, db.session.get_one(Claim, claim).made_id).accountable_id == company.wang, "the department's head answers for it"
    for name in ("wang", "hu", "li"):
        assert visit(getattr(company, name)).post(f"/strategy/claims/{claim}/acceptance").status_code == 403, name
    assert visit(company.wu).get(f"/strategy/claims/{claim}").status_code == 404, "another department's"
    assert visit(company.li).get(f"/strategy/claims/{claim}").status_code == 200, "one's own"


def test_a_delegate_claims_in_two_names(company, visit):
    goal = of_the_company(company)
    db.session.add(Delegation(giver_id=company.wang, taker_id=company.feng, act=Act.MAKE_CLAIM, since=LONG_AGO, reason="leave"))
    db.session.commit()
    assert "more orders" in visit(company.feng).get("/strategy/claims").text
    claim = claimed(company, visit, goal, who="feng")
    entry = db.session.scalars(select(Entry).where(Entry.kind == "claim.asked")).one()
    assert (entry.actor_id, entry.behalf_id, db.session.get_one(Objective, db.session.get_one(Claim, claim).made_id).accountable_id) == (company.feng, company.wang, company.wang)


def test_who_answers_for_it_accepts_their_own_at_once(company, visit):
    claim = claimed(company, visit, of_the_company(company, accountable_id=company.wang))
    assert stands(claim) == (State.ACCEPTED, Goal.AGREED)


def test_where_nobody_answers_for_it_hr_decides(company, visit):
    claim = claimed(company, visit, of_the_company(company, accountable_id=None))
    assert accept(visit(company.hu), claim).status_code == 200
    assert stands(claim)[0] is State.ACCEPTED


@pytest.mark.parametrize(("change", "says"), [
    ({"state": Goal.WITHDRAWN, "agreed_at": None}, "was withdrawn"),
    ({"state": Goal.DRAFT, "agreed_at": None}, "not in force yet"),
    ({"state": Goal.CLOSED, "closed_at": "now"}, "is closed"),
])
def test_what_is_not_in_force_is_not_claimed(company, visit, change, says):
    goal = of_the_company(company)
    change = {key: clock.now() if value == "now" else value for key, value in change.items()}
    db.session.execute(update(Objective).where(Objective.id == goal).values(**change))
    db.session.commit()
    answer = visit(company.wang).get(f"/strategy/objectives/{goal}/claim")
    assert answer.status_code == 409 and says in answer.text
    assert db.session.scalars(select(Claim)).all() == []


def test_a_closed_period_takes_no_claim_and_no_acceptance(company, visit):
    goal = of_the_company(company)
    claim = claimed(company, visit, goal)
    db.session.execute(update(Period).values(closed=True))
    db.session.commit()
    answer = visit(company.zhou).get(f"/strategy/objectives/{goal}/claim")
    assert answer.status_code == 409 and "The period is closed." in answer.text
    late = accept(visit(company.zhao), claim)
    assert late.status_code == 409 and "The period is closed." in late.text and stands(claim)[0] is State.ASKED


def test_a_department_claims_it_once(company, visit):
    goal = of_the_company(company)
    claimed(company, visit, goal)
    again = visit(company.wang).get(f"/strategy/objectives/{goal}/claim")
    assert again.status_code == 409 and "sales has claimed it already." in again.text
    first = db.session.scalars(select(Claim)).one()
    double = Claim(objective_id=goal, unit_id=first.unit_id, made_id=goal, by_id=company.hu, asked_at=clock.now())
    db.session.add(double)
    with pytest.raises(IntegrityError):
        db.session.flush()
    db.session.rollback()


def test_without_a_measure_it_is_said_and_nothing_is_lost(company, visit):
    goal = of_the_company(company)
    wang = visit(company.wang)
    address = f"/strategy/objectives/{goal}/claim?unit={company.units.sales}"
    answer = wang.post(address, **sent(wang.get(address).text, title="kept words", **{"measures-0-name": ""}))
    assert answer.status_code == 422 and "at least one measure" in answer.text and "kept words" in answer.text
    more = wang.post(address, **sent(wang.get(address).text, more="1"))
    assert more.status_code == 200 and 'name="measures-1-name"' in more.text and db.session.scalars(select(Claim)).all() == []


def test_accepted_and_returned_at_once_one_wins_and_the_other_is_told(company, visit):
    claim = claimed(company, visit, of_the_company(company))
    read = str(db.session.get_one(Objective, db.session.get_one(Claim, claim).made_id).version)
    start, answers = threading.Barrier(2), {}

    def press(name, client, key):
        start.wait()
        fields = {"once": key, "comment": "less", "version": read}
        answers[name] = client.post(f"/strategy/claims/{claim}/{name}", data=fields, headers={"Origin": ORIGIN})

    pressed = [(name, visit(company.zhao).client, once.fresh()) for name in ("acceptance", "return")]
    db.session.rollback()
    both = [threading.Thread(target=press, args=one) for one in pressed]
    for one in both:
        one.start()
    for one in both:
        one.join()
    assert sorted(answer.status_code for answer in answers.values()) == [303, 409]
    loser = next(answer for answer in answers.values() if answer.status_code == 409)
    assert "Somebody was faster" in loser.text
    assert stands(claim) in ((State.ACCEPTED, Goal.AGREED), (State.RETURNED, Goal.DRAFT))
    assert len(db.session.scalars(select(Entry).where(Entry.kind.in_(("claim.accept", "claim.return")))).all()) == 1


def test_every_state_of_a_claim_is_reached():
    assert CLAIMING.unreachable() == set()


def a_part(company, goal, target, unit="sales", state=Goal.AGREED, **fields):
    """A department's objective directly below a company objective."""
    made = an_objective(company.period, unit_id=getattr(company.units, unit) if isinstance(unit, str) else unit, state=state)
    measure = made.measures[0]
    measure.target, measure.unit = Decimal(target), "件"
    for name, value in fields.items():
        setattr(measure, name, value)
    db.session.add(ObjectiveParent(child_id=made.id, parent_id=goal, share=10_000))
    db.session.flush()
    return made.id


def test_the_arithmetic_is_shown(company, visit):
    goal = of_the_company(company)
    for target, unit in ((120, "sales"), (80, "research"), (60, "all")):
        a_part(company, goal, target, unit)
    a_part(company, goal, 500, "sales", Goal.DRAFT)
    a_part(company, goal, 500, "sales", Goal.WITHDRAWN)
    db.session.commit()
    page = words(visit(company.zhao).get("/strategy/coverage").text)
    assert "120 + 80 + 60 = 260 of 300 件, 40 件 missing" in page
    assert "No department carries 0 company goals, 1 is taken in part only." in page


def test_what_is_counted_otherwise_is_not_added(company):
    goal = of_the_company(company)
    a_part(company, goal, 100, shape=Shape.PERCENT)
    a_part(company, goal, 100, unit="research", direction=Direction.DOWN, baseline=Decimal(900))
    other = a_part(company, goal, 100, unit="all")
    db.session.get_one(Objective, other).measures[0].unit = "万元"
    db.session.commit()
    (found,) = covering.sums([goal])[goal]
    assert (found.count, found.taken, found.missing) == (0, Decimal(0), Decimal(300))


BESIDE = [  # the company's measure, what departments set, and what is said
    ({"shape": Shape.PERCENT}, 90, (95, 92, 90), None, "sales 90% · research 92% · all 95%; even the weakest is as good as the company's 90%: together they reach it"),
    ({"shape": Shape.PERCENT}, 90, (85, 92), None, "sales asks least, the company's is 90%: whether they reach it together depends on how large each is"),
    ({"unit": "%"}, 90, (85, 88), Reach.NONE, "even the best, 88%, falls short of the company's 90%"),
    ({"unit": "分", "aggregation": Aggregation.RATIO}, 4, (4, 5), None, "even the weakest is as good as the company's 4 分"),
    ({"shape": Shape.PERCENT, "direction": Direction.DOWN, "baseline": Decimal(50)}, 5, (3, 4), None, "research 4% · sales 3%; even the weakest is as good as the company's 5%"),
    ({"direction": Direction.DOWN, "baseline": Decimal(50), "unit": "件"}, 5, (3, 4), None, "sales 3 件; each keeps to the company's 5 件 or better"),
    ({"direction": Direction.DOWN, "baseline": Decimal(50), "unit": "件"}, 5, (3, 9), None, "research asks for less than the company's 5 件"),
    ({"direction": Direction.DOWN, "baseline": Decimal(50), "unit": "件"}, 5, (7, 9), Reach.NONE, "even the best, 7 件, falls short of the company's 5 件"),
]


@pytest.mark.parametrize(("fields", "target", "theirs", "short", "said"), BESIDE)
def test_shares_and_what_should_fall_stand_side_by_side(company, visit, fields, target, theirs, short, said):
    goal = of_the_company(company)
    known = {"unit": "", **fields}
    for name, value in known.items():
        setattr(db.session.get_one(Objective, goal).measures[0], name, value)
    db.session.get_one(Objective, goal).measures[0].target = Decimal(target)
    units = ("all", "research", "sales") if len(theirs) == 3 else ("sales", "research")
    for unit, figure in zip(units, theirs, strict=True):
        part = a_part(company, goal, figure, unit, **{name: value for name, value in known.items() if name != "unit"})
        db.session.get_one(Objective, part).measures[0].unit = known["unit"]
    db.session.commit()
    (found,) = covering.sums([goal])[goal]
    assert (found.beside, found.count, found.missing, found.short) == (True, len(theirs), 0, short is not None)
    page = unescape(words(visit(company.zhao).get("/strategy/coverage").text))
    assert said in page and " + " not in page and ("1 is taken in part only" in page) == (short is not None)


@pytest.mark.parametrize("fields", [{"shape": Shape.PERCENT}, {"direction": Direction.DOWN, "baseline": Decimal(50)}])
def test_only_measures_of_one_name_stand_side_by_side(company, visit, fields):
    """A scrap rate in per cent says nothing of the share of quality costs, though both are in per cent."""
    goal = of_the_company(company)
    measure = db.session.get_one(Objective, goal).measures[0]
    for name, value in ({"unit": "%", "target": Decimal(2)} | fields).items():
        setattr(measure, name, value)
    part = a_part(company, goal, 3, name="scrap", **fields)
    db.session.get_one(Objective, part).measures[0].unit = "%"
    db.session.commit()
    (found,) = covering.sums([goal])[goal]
    assert (found.beside, found.count, found.short) == (True, 0, False)
    assert "no department set a figure for a measure of this name" in visit(company.zhao).get("/strategy/coverage").text
    db.session.get_one(Objective, part).measures[0].name = db.session.get_one(Objective, goal).measures[0].name
    db.session.commit()
    assert covering.sums([goal])[goal][0].count == 1


def test_the_best_is_known_though_it_is_not_shown(company):
    goal = of_the_company(company)
    measure = db.session.get_one(Objective, goal).measures[0]
    measure.shape, measure.target, measure.unit = Shape.PERCENT, Decimal(90), ""
    units = [Unit(name=f"branch {n}") for n in range(8)]
    db.session.add_all(units)
    db.session.flush()
    for n, unit in enumerate(units):
        db.session.get_one(Objective, a_part(company, goal, 84 + n, unit.id, shape=Shape.PERCENT)).measures[0].unit = ""
    db.session.commit()
    (found,) = covering.sums([goal])[goal]
    assert ([int(term.target) for term in found.terms], found.best, found.rest[0], found.reach) == ([84, 85, 86, 87, 88, 89], 91, 2, Reach.SOME)


@pytest.mark.parametrize("rule", [Rule.JUDGED, Rule.DEDUCTION])
def test_ratings_and_deductions_are_not_compared(company, rule):
    goal = of_the_company(company, kind=Kind.KPI)
    db.session.get_one(Objective, goal).measures[0].rule = rule
    a_part(company, goal, 3)
    db.session.commit()
    assert covering.sums([goal]) == {}


rates = some.decimals(min_value=0, max_value=100, places=1)


@given(some.lists(some.tuples(rates, some.integers(1, 50)), min_size=1, max_size=6), rates, some.sampled_from([Direction.UP, Direction.DOWN]))
def test_what_is_said_of_rates_holds_however_large_each_is(parts, target, direction):
    """The oracle: the company's rate is the mean of theirs, weighed by any sizes."""
    figures = [figure for figure, _size in parts]
    small, large = min(figures), max(figures)
    weakest, best = (large, small) if direction is Direction.DOWN else (small, large)
    said = reach(weakest, best, target, direction)
    whole = sum(figure * size for figure, size in parts) / sum(size for _figure, size in parts)
    ends = {as_good(figure, target, direction) for figure in (weakest, best)}
    assert (said is Reach.SOME) == (ends == {True, False}), "one large department decides it"
    if said is Reach.ALL:
        assert as_good(whole.quantize(Decimal("1e-9")), target, direction)
    if said is Reach.NONE:
        assert not as_good(whole.quantize(Decimal("1e-9")), target, direction)
        assert direction is Direction.UP or sum(figures) > target, "counts that should fall are beyond it too"


def test_a_measure_of_the_same_name_goes_first_and_each_department_counts_once(company):
    goal = of_the_company(company, measures=2)
    first, second = db.session.get_one(Objective, goal).measures
    first.name, second.name, second.target = "orders", "old customers", Decimal(50)
    part = db.session.get_one(Objective, a_part(company, goal, 120, name="old customers"))
    assert part.measures[0].name == "old customers"
    db.session.commit()
    orders, old = covering.sums([goal])[goal]
    assert (orders.count, old.count, old.taken, old.missing) == (0, 1, Decimal(120), Decimal(0))


@given(some.lists(some.decimals(min_value=1, max_value=10**6, places=3), max_size=15), some.decimals(min_value=1, max_value=10**7, places=3))
def test_what_is_missing_and_what_is_taken_make_the_target(targets, target):
    largest = sorted(targets, reverse=True)
    terms = tuple(covering.Term("x", each) for each in largest[: covering.TERMS])
    found = covering.Sum(1, "m", "件", target, terms, len(targets), sum(targets, Decimal(0)))
    assert found.missing == max(target - sum(targets), 0) and found.rest == (max(len(targets) - covering.TERMS, 0), sum(largest[covering.TERMS :], Decimal(0)))


def test_a_quarter_of_it_counts_only_where_nothing_is_set_for_the_whole_time(company):
    month = Period(name="a month of it", kind="month", begins=clock.today(), ends=clock.today().replace(year=clock.today().year + 1))
    db.session.add(month)
    goal = of_the_company(company)
    a_part(company, goal, 100)
    for unit, target in (("sales", 40), ("research", 30)):
        db.session.get_one(Objective, a_part(company, goal, target, unit)).period_id = month.id
    db.session.commit()
    (found,) = covering.sums([goal])[goal]
    assert [(term.unit, term.target) for term in found.terms] == [("sales", Decimal(100)), ("research", Decimal(30))]


def test_the_companys_rule_comes_along_where_it_works(company, visit):
    goal = of_the_company(company, kind=Kind.KPI, measures=2)
    first, second = db.session.get_one(Objective, goal).measures
    first.rule, first.veto, second.name = Rule.RATIO_UP, True, "curve"
    second.rule, second.threshold, second.stretch = Rule.CURVE, Decimal(100), Decimal(400)
    db.session.commit()
    claim = claimed(company, visit, goal, **{"measures-0-target": "120"})
    made = db.session.get_one(Objective, db.session.get_one(Claim, claim).made_id)
    assert [(m.name, m.rule, m.veto, m.target) for m in made.measures] == [("orders", Rule.RATIO_UP, True, Decimal(120)), ("curve", None, False, Decimal(300))]


def test_two_thousand_below_one_are_one_statement_and_six_figures(company, statements):
    goal = of_the_company(company)
    units = [Unit(name=f"branch {n}") for n in range(40)]
    db.session.add_all(units)
    db.session.flush()
    for n, unit in enumerate(units):
        a_part(company, goal, n + 1, unit.id)
    db.session.commit()
    statements.clear()
    (found,) = covering.sums([goal])[goal]
    assert (len(statements), len(found.terms), found.count, found.taken, found.rest) == (1, 6, 40, Decimal(820), (34, Decimal(595)))


def test_coverage_by_department_and_who_may_see_it(company, visit):
    theme = Theme(period_id=company.period, name="first choice", perspective=Perspective.CUSTOMER)
    db.session.add(theme)
    db.session.flush()
    goal = of_the_company(company, theme_id=theme.id)
    of_the_company(company, title="nobody takes it")
    team = Unit(name="team one")
    db.session.add(team)
    db.session.flush()
    db.session.add(UnitTerm(unit_id=team.id, parent_id=company.units.sales, since=LONG_AGO))
    lines.rebuild(clock.today())
    a_part(company, goal, 300, team.id)
    db.session.commit()
    page = visit(company.hu).get("/strategy/coverage").text
    assert "first choice" in page and "no department" in page and "nobody takes it" in page and "No department carries 1 company goal" in page
    assert "covered" in page
    table = visit(company.hu).get("/strategy/coverage?by=department").text
    sales, research = (table[table.index(f'<span class="title">{name}') :][:400] for name in ("sales", "research"))
    assert "carries 1 company goal" in sales and "carries none" in research, "what a team below carries counts for the department"
    answers = {name: visit(getattr(company, name)).get("/strategy/coverage").status_code for name in ("zhao", "wang", "hu", "zheng", "li", "wu")}
    assert answers == {"zhao": 200, "wang": 200, "hu": 200, "zheng": 200, "li": 403, "wu": 403}
    assert "Coverage of the strategy" in visit(company.hu).get("/").text and "Coverage of the strategy" not in visit(company.li).get("/").text


def test_empty_pages_say_who_begins(company, visit):
    assert "Company objectives stand here as soon as HR" in visit(company.wang).get("/strategy/claims").text
    assert "Heads of departments claim company goals" in visit(company.li).get("/strategy/claims").text
    assert "No department is called nowhere" in visit(company.hu).get("/strategy/claims?department=nowhere").text
    assert "Nothing to carry yet" in visit(company.hu).get("/strategy/coverage").text


def test_claims_are_listed_as_their_pages_open(company, visit):
    goal = of_the_company(company)
    for who, unit in (("wang", "sales"), ("zhou", "research")):
        claimed(company, visit, goal, who=who, unit=unit)
    for name in ("zhao", "wang", "zhou", "li", "wu", "hu", "qian", "zheng", "feng", "chen"):
        viewer = company.viewer(name)
        listed = {claim.id for claim, _unit in covering.claims_on(viewer, goal)}
        opened = {claim.id for claim in db.session.scalars(select(Claim)) if Act.SEE_CLAIM in access.acts_on(viewer, claim)}
        assert listed == opened, name


@pytest.mark.parametrize("rows", [1, 3])
def test_pages_cost_the_same_for_one_and_for_three(company, visit, statements, rows):
    for _ in range(rows):
        goal = of_the_company(company, measures=rows)
        for target in range(rows):
            a_part(company, goal, target + 1, ("sales", "research", "all")[target])
    db.session.commit()
    claim = claimed(company, visit, goal)
    wang = visit(company.wang)
    most = {"/strategy/coverage": 8, "/strategy/coverage?by=department": 10, "/strategy/claims": 9, f"/strategy/claims/{claim}": 9, f"/strategy/objectives/{goal}/claims": 7}
    for address, limit in most.items():
        statements.clear()
        assert wang.get(address).status_code == 200
        assert len(statements) <= limit, (address, len(statements))
