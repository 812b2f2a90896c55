"""The form of a measure: the fields of its rule, the look before saving, refusals beside the field, what is kept."""

from decimal import Decimal

import pytest
from sqlalchemy import select, update

from portal import clock
from portal.db import db
from portal.goals.models import Direction, Kind, Measure, Objective, Revision, Rule, Shape
from portal.goals.states import State
from portal.periods.models import Period
from tests.build import an_objective
from tests.goals.pages import posted, sent

D = Decimal
FILLED = {"name": "first pass yield", "shape": "percent", "weight": "40"}
CURVE = {**FILLED, "rule": "curve", "threshold": "98", "aim": "99", "stretch": "99.4"}


@pytest.fixture
def goal(company):
    made = an_objective(company.period, person_id=company.li, kind=Kind.KPI, measures=0)
    db.session.commit()
    return made.id


def form_of(visitor, address):
    return sent(visitor.get(address).text, form="measure-form")


def stored():
    return db.session.scalars(select(Measure).order_by(Measure.id.desc())).first()


def add(visitor, goal, **fields):
    address = f"/goals/{goal}/measures/new"
    return visitor.post(address, **{**form_of(visitor, address), **fields})


@pytest.mark.parametrize(("fields", "rule", "columns", "values"), [
    (CURVE, Rule.CURVE, (98, 99, Direction.UP, 98, "99.4"), {}),
    ({**CURVE, "between": "steps"}, Rule.CURVE, (98, 99, Direction.UP, 98, "99.4"), {"stepped": True}),
    ({**FILLED, "rule": "curve", "anchors": "8 | 60\n5 | 100\n3|120"}, Rule.CURVE, (8, 5, Direction.DOWN, None, None), {"anchors": [["8", "60"], ["5", "100"], ["3", "120"]]}),
    ({**FILLED, "rule": "ratio_up", "aim": "50", "cap": "110", "floor": "20"}, Rule.RATIO_UP, (0, 50, Direction.UP, None, None), {"cap": "110", "floor": "20"}),
    ({**FILLED, "rule": "ratio_down", "aim": "50"}, Rule.RATIO_DOWN, (100, 50, Direction.DOWN, None, None), {}),
    ({**FILLED, "rule": "baseline", "baseline": "9", "aim": "2"}, Rule.BASELINE, (9, 2, Direction.DOWN, None, None), {}),
    ({**FILLED, "rule": "band", "low": "20", "high": "24", "tolerance": "10"}, Rule.BAND, (20, 24, Direction.BAND, None, None), {"tolerance": "10"}),
    ({**FILLED, "rule": "pass_fail", "side": "most", "aim": "0"}, Rule.PASS_FAIL, (1, 0, Direction.DOWN, None, None), {}),
    ({**FILLED, "rule": "pass_fail", "shape": "yes_no"}, Rule.PASS_FAIL, (0, 1, Direction.UP, None, None), {}),
    ({**FILLED, "rule": "deduction", "each": "15"}, Rule.DEDUCTION, ("6.666667", 0, Direction.DOWN, None, None), {"each": "15"}),
    ({**FILLED, "rule": "milestones", "milestones": "one | 3\ntwo | 1 | 2026-11-20", "late": "25"}, Rule.MILESTONES, (0, 100, Direction.UP, None, None), {"late": "0.25"}),
    ({**FILLED, "rule": "judged", "scale": "40 | with help\n100 | alone"}, Rule.JUDGED, (0, 2, Direction.UP, None, None), {"table": ["40", "100"], "words": ["with help", "alone"]}),
], ids=lambda value: value if isinstance(value, Rule) else "")
def test_every_rule_is_set_up_and_comes_back_as_it_was(company, visit, goal, fields, rule, columns, values):
    li = visit(company.li)
    assert add(li, goal, **fields).status_code == 200
    made = stored()
    known = (made.baseline, made.target, made.direction, made.threshold, made.stretch)
    assert (made.rule, known, made.rule_values, made.weight) == (rule, tuple(D(v) if isinstance(v, (int, str)) and not isinstance(v, Direction) else v for v in columns), values, 4_000)
    address = f"/goals/measures/{made.id}/edit"
    again = li.post(address, **form_of(li, address))
    assert "Nothing was changed." in again.text and stored().rule_values == values


@pytest.mark.parametrize(("fields", "field", "says"), [
    ({**FILLED, "rule": "baseline", "baseline": "5", "aim": "5"}, "aim", "the same"),
    ({**FILLED, "rule": "ratio_up", "aim": "0"}, "aim", "above 0"),
    ({**FILLED, "rule": "ratio_up", "aim": "-3"}, "aim", "above 0"),
    ({**FILLED, "rule": "ratio_down", "aim": "0"}, "aim", "cannot have the target 0"),
    ({**FILLED, "rule": "ratio_up", "aim": ""}, "aim", "Fill this in"),
    ({**FILLED, "rule": "ratio_up", "aim": "many"}, "aim", "Write a number"),
    ({**CURVE, "stretch": "98.5"}, "threshold", "A curve needs"),
    ({**CURVE, "anchors": "98, 60"}, "anchors", "Write value | points"),
    ({**CURVE, "anchors": "98 | 60\n97 | 100\n99 | 120"}, "anchors", "A curve needs"),
    ({**FILLED, "rule": "band", "low": "24", "high": "20"}, "high", "lower and a higher limit"),
    ({**FILLED, "rule": "band", "low": "20"}, "high", "Fill this in"),
    ({**FILLED, "rule": "deduction", "each": "0"}, "each", "how many points"),
    ({**FILLED, "rule": "milestones"}, "milestones", "one milestone a line"),
    ({**FILLED, "rule": "judged", "scale": "100 | alone"}, "scale", "two to ten"),
    ({**FILLED, "rule": "judged", "scale": "100 | alone\n60 | worse"}, "scale", "never fewer points"),
    ({**FILLED, "rule": "judged", "scale": "alone"}, "scale", "Write points |"),
    ({**FILLED, "rule": "ratio_up", "aim": "5", "shape": "yes_no"}, "shape", "scored as met or not"),
    ({**FILLED, "rule": "ratio_up", "aim": "5", "floor": "80", "cap": "70"}, "floor", "below the most"),
    ({**FILLED, "rule": "ratio_up", "aim": "5", "cap": "201"}, "cap", "Between 0 and 200"),
    ({**CURVE, "name": " "}, "name", "Fill this in"),
    ({**CURVE, "rule": "magic"}, "rule", "Choose one of the list"),
])
def test_what_cannot_work_is_said_beside_its_field_and_stays_typed(company, visit, goal, fields, field, says):
    li = visit(company.li)
    answer = add(li, goal, **fields)
    assert answer.status_code == 422 and stored() is None
    place = answer.text[answer.text.index(f'id="{field}-error"' if field != "rule" else 'class="errors"') :]
    assert says in place[:700]
    typed = sent(answer.text, form="measure-form")
    assert all(typed[name] == text for name, text in fields.items() if name not in ("rule", "name"))


def test_what_is_no_number_is_told_once(company, visit, goal):
    answer = add(visit(company.li), goal, **{**FILLED, "rule": "ratio_up", "aim": "many"})
    errors = answer.text[answer.text.index('class="errors"') :]
    errors = errors[: errors.index("</ul>")]
    assert errors.count("<li>") == 1 and "Between" not in errors


def test_choosing_a_rule_shows_only_its_fields_and_keeps_what_was_typed(company, visit, goal):
    li, address = visit(company.li), f"/goals/{goal}/measures/new"
    fields = {**form_of(li, address), **CURVE, "rule": "band", "look": "1"}
    for target in ("rule-fields", None):
        answer = li.post(address, target, **fields)
        assert (answer.status_code, "<title>" in answer.text, stored()) == (200, target is None, None)
        assert 'for="low"' in answer.text and 'for="threshold"' not in answer.text
        assert '<input type="hidden" name="threshold" value="98">' in answer.text and "is needed" not in answer.text
    back = li.post(address, "rule-fields", **{**fields, "rule": "curve"})
    assert 'value="99.4"' in back.text and 'name="low" value=""' in back.text


def test_the_curve_is_seen_before_it_is_saved(company, visit, goal):
    li, address = visit(company.li), f"/goals/{goal}/measures/new"
    region = li.post(address, "preview", **{**form_of(li, address), **CURVE, "look": "1"})
    assert (region.status_code, stored()) == (200, None)
    assert region.text.lstrip().startswith('<section class="card bleed beside" id="preview"') and "score-curve" in region.text
    assert all(text in region.text for text in ("98%", ">60.00<", ">100.00<", ">120.00<", ">110.00<", "short of the threshold"))
    missing = li.post(address, "preview", **{**form_of(li, address), **CURVE, "aim": "", "look": "1"})
    assert "The curve appears here: Fill this in" in missing.text and missing.status_code == 200


def test_each_deduction_says_how_often_it_happened(company, visit, goal):
    li, address = visit(company.li), f"/goals/{goal}/measures/new"
    region = li.post(address, "preview", **{**form_of(li, address), **FILLED, "rule": "deduction", "each": "20", "look": "1"}).text
    assert "1 time<" in region and "2 times<" in region and "80.00" in region and "60.00" in region


def test_the_curve_stands_right_under_the_fields_it_follows_from(company, visit, goal):
    """On a phone everything stands in this order: what is typed, its curve, then the rest of the form."""
    li, address = visit(company.li), f"/goals/{goal}/measures/new"
    page = li.get(address).text
    places = [page.index(f'id="{name}"') for name in ("rule-picks", "rule-fields", "preview", "part-fields", "share")]
    assert places == sorted(places) and places[2] < page.index("</form>", places[0])


def test_another_split_brings_the_fields_of_its_parts_to_their_place(company, visit, goal):
    li, address = visit(company.li), f"/goals/{goal}/measures/new"
    fields = {**form_of(li, address), **CURVE, "look": "1"}
    parted = li.post(address, "rule-fields", **{**fields, "split": "month"}).text
    assert 'id="part-fields" hx-swap-oob="true"' in parted and "Targets of the parts" in parted
    whole = li.post(address, "rule-fields", **fields).text
    assert '<div class="part-fields" id="part-fields" hx-swap-oob="true"></div>' in whole, "and takes them away again"
    assert "hx-swap-oob" not in li.post(address, **{**fields, "split": "month"}).text


def test_a_look_costs_one_read_and_takes_no_key(company, visit, goal, statements):
    li, address = visit(company.li), f"/goals/{goal}/measures/new"
    fields = {**form_of(li, address), **CURVE, "look": "1"}
    statements.clear()
    li.post(address, "preview", **fields)
    assert (len(statements), any(sent.startswith(("INSERT", "UPDATE")) or "FOR " in sent for sent in statements)) == (3, False), statements


def test_the_present_result_stands_on_the_curve(company, visit, goal):
    li = visit(company.li)
    add(li, goal, **CURVE)
    made = stored()
    made.current = D("98.6")
    db.session.commit()
    page = li.get(f"/goals/measures/{stored().id}/edit").text
    assert "84 points now" in page and ">84.00<" in page and "as it stands" in page


def test_a_key_result_is_only_asked_how_far_it_is(company, visit):
    goal = an_objective(company.period, person_id=company.li, measures=0).id
    db.session.commit()
    li, address = visit(company.li), f"/goals/{goal}/measures/new"
    page = li.get(address).text
    assert 'value="curve"' not in page and 'value="baseline" checked' in page and 'name="veto"' not in page and 'name="cap"' not in page
    assert li.post(address, **{**sent(page, form="measure-form"), "name": "done", "rule": "pass_fail"}).status_code == 200
    assert (stored().shape, stored().rule, stored().target) == (Shape.YES_NO, None, D(1))
    li.post(address, **{**form_of(li, address), "name": "orders", "baseline": "0", "aim": "40"})
    assert (stored().shape, stored().rule, stored().rule_values) == (Shape.NUMBER, None, {})


def test_an_agreed_measure_asks_why(company, visit, goal):
    db.session.get_one(Objective, goal).state, db.session.get_one(Objective, goal).agreed_at = State.AGREED, clock.now()
    db.session.commit()
    wang = visit(company.wang)
    without = add(wang, goal, **CURVE)
    assert (without.status_code, "say why it changes" in without.text, "first pass yield" in without.text) == (409, True, True)
    assert add(wang, goal, **CURVE, changed_because="a new line").status_code == 200
    assert db.session.scalars(select(Revision.why)).all() == ["a new line"]


def test_two_at_once(company, visit, goal):
    li, wang = visit(company.li), visit(company.wang)
    add(li, goal, **CURVE)
    address = f"/goals/measures/{stored().id}/edit"
    mine = {**form_of(li, address), "aim": "99.1", "name": "mine"}
    wang.post(address, **{**form_of(wang, address), "aim": "99.2", "name": "by the manager"})
    clash = li.post(address, **mine)
    assert (clash.status_code, "99.1" in clash.text, "by the manager" in clash.text, stored().target) == (409, True, True, D("99.2"))
    li.post(address, **posted(clash.text))
    assert (stored().name, stored().target) == ("mine", D("99.1"))


def test_who_may_not_and_what_is_over(company, visit, goal):
    add(visit(company.li), goal, **CURVE)
    address = f"/goals/measures/{stored().id}/edit"
    assert [visit(getattr(company, name)).get(address).status_code for name in ("li", "wang", "wu", "hu")] == [200, 200, 404, 403]
    db.session.execute(update(Period).values(closed=True))
    db.session.commit()
    assert [visit(company.li).get(each).status_code for each in (address, f"/goals/{goal}/measures/new")] == [409, 409]


def test_the_form_of_the_goal_leaves_the_rule_alone_and_minds_it(company, visit, goal):
    li = visit(company.li)
    add(li, goal, **CURVE, between="steps", veto="y")
    address = f"/goals/{goal}/edit"
    li.post(address, **sent(li.get(address).text, **{"measures-0-name": "yield"}))
    assert (stored().name, stored().rule, stored().rule_values, stored().threshold, stored().veto) == ("yield", Rule.CURVE, {"stepped": True}, D(98), True)
    wrong = li.post(address, **sent(li.get(address).text, **{"measures-0-target": "120"}))
    assert wrong.status_code == 422 and "A curve needs" in wrong.text
    li.post(address, **sent(li.get(address).text, **{"measures-0-way": "band", "measures-0-low": "1", "measures-0-high": "2"}))
    assert (stored().direction, stored().rule) == (Direction.BAND, None), "a rule that no longer fits is chosen anew"


def test_no_more_than_twelve(company, visit):
    goal = an_objective(company.period, person_id=company.li, measures=12).id
    db.session.commit()
    assert visit(company.li).get(f"/goals/{goal}/measures/new").status_code == 409
