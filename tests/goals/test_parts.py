"""Measures in months and quarters: how parts make one figure, and how they are set up, reported and read."""

from datetime import date
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, update

from portal import clock
from portal.db import db
from portal.goals import parts
from portal.goals.kinds import Aggregation, Kind, Rule, Shape, Split
from portal.goals.models import Measure, MeasurePart, MeasureValue, Objective
from portal.goals.parts import Part
from portal.periods.models import Period
from tests.build import an_objective
from tests.goals.pages import sent

D = Decimal
YEAR = (date(2026, 1, 1), date(2027, 1, 1))
figures = st.decimals(-10**6, 10**6, places=2)
bases = st.decimals("0.01", 10**6, places=2)


@st.composite
def reported(draw, least=1):
    days = draw(st.lists(st.dates(YEAR[0], date(2026, 12, 31)), min_size=least, max_size=12, unique=True))
    return [Part(day, value=draw(figures), base=draw(bases)) for day in days]


@given(st.dates(date(2020, 1, 1), date(2030, 1, 1)), st.integers(1, 800), st.sampled_from(Split))
def test_the_parts_are_the_period_without_gap_or_overlap(begins, days, split):
    ends = begins.fromordinal(begins.toordinal() + days)
    found = parts.spans(begins, ends, split)
    assert found[0][0] == begins and found[-1][1] == ends
    assert all(a < b for a, b in found) and all(one[1] == other[0] for one, other in pairwise(found))
    assert split is not Split.WHOLE or len(found) == 1


def test_months_and_quarters_of_a_year():
    assert [len(parts.spans(*YEAR, split)) for split in Split] == [1, 4, 12]
    assert parts.spans(date(2026, 4, 1), date(2027, 4, 1), Split.QUARTER)[3] == (date(2027, 1, 1), date(2027, 4, 1)), "a year may begin in April"


@pytest.mark.parametrize("way", Aggregation)
def test_no_data_is_never_zero(way):
    assert parts.aggregate(way, []) is None
    assert parts.aggregate(way, [Part(YEAR[0], target=D(5)), Part(date(2026, 2, 1))]) is None


@given(st.sampled_from(Aggregation), reported(), st.randoms())
def test_the_order_of_the_parts_does_not_matter_and_silent_ones_count_nowhere(way, known, chance):
    mixed = [*known, Part(date(2025, 12, 31)), Part(date(2027, 1, 1), target=D(3))]
    chance.shuffle(mixed)
    assert parts.aggregate(way, mixed) == parts.aggregate(way, known)


@given(reported())
def test_each_way_to_put_parts_together(known):
    values = [part.value for part in known]
    assert parts.aggregate(Aggregation.SUM, known) == sum(values)
    assert min(values) - D("0.001") <= parts.aggregate(Aggregation.AVERAGE, known) <= max(values) + D("0.001")
    assert parts.aggregate(Aggregation.LAST, known) == max(known, key=lambda part: part.begins).value
    ratios = [part.value / part.base for part in known]
    assert min(ratios) - D("0.001") <= parts.aggregate(Aggregation.RATIO, known) <= max(ratios) + D("0.001")


@given(reported(least=2))
def test_two_parts_reported_as_one_change_neither_sum_nor_ratio(known):
    first, second, *rest = known
    together = [Part(first.begins, value=first.value + second.value, base=first.base + second.base), *rest]
    for way in (Aggregation.SUM, Aggregation.RATIO):
        assert parts.aggregate(way, together) == pytest.approx(parts.aggregate(way, known))


def test_a_ratio_is_never_the_mean_of_ratios():
    known = [Part(date(2026, 1, 1), value=D(90), base=D(100)), Part(date(2026, 2, 1), value=D(1), base=D(10))]
    assert parts.aggregate(Aggregation.RATIO, known, parts.factor(Shape.PERCENT)).quantize(D("0.01")) == D("82.73"), "not 50"


def test_which_part_is_due():
    year = [Part(begins, value=D(1) if begins.month < 3 else None) for begins, _ in parts.spans(*YEAR, Split.MONTH)]
    assert parts.due(year, date(2026, 5, 10)) == date(2026, 3, 1), "the first that has no result"
    assert parts.due(year, date(2026, 2, 10)) == date(2026, 2, 1), "else the one that runs"
    assert parts.due(year, date(2025, 5, 1)) == date(2026, 1, 1) and parts.due([], date(2026, 1, 1)) is None


def test_what_the_targets_come_to():
    known = [Part(begins, target=D(25)) for begins, _ in parts.spans(*YEAR, Split.QUARTER)]
    assert parts.of_targets(Aggregation.SUM, known) == 100 and parts.of_targets(Aggregation.AVERAGE, known) == 25
    assert parts.of_targets(Aggregation.RATIO, known) is None and parts.of_targets(Aggregation.SUM, [*known, Part(YEAR[1])]) is None


# The pages.

@pytest.fixture
def year(company):
    """The period of the tests' company is a whole year that began five months ago."""
    today = clock.today()
    first = today.replace(day=1)
    for _ in range(5):
        first = (first.replace(day=1) - date.resolution).replace(day=1)
    db.session.execute(update(Period).values(begins=first, ends=first.replace(year=first.year + 1)))
    goal = an_objective(company.period, person_id=company.li, kind=Kind.KPI, measures=0)
    db.session.commit()
    return goal.id


def stored():
    return db.session.scalars(select(Measure).order_by(Measure.id.desc())).first()


def set_up(visitor, goal, **fields):
    address = f"/goals/{goal}/measures/new"
    known = {"name": "revenue", "rule": "ratio_up", "aim": "1200", "split": "month", "aggregation": "sum"}
    return visitor.post(address, **{**sent(visitor.get(address).text, form="measure-form"), **known, **fields})


def say(visitor, target=None, **fields):
    return visitor.post(f"/goals/measures/{stored().id}/values", target, confidence="8", **fields)


def test_months_are_set_up_reported_and_added_up(company, visit, year):
    li = visit(company.li)
    assert set_up(li, year, **{f"targets-{n}": "100" for n in range(12)}).status_code == 200
    months = [part.begins.isoformat() for part in stored().parts]
    assert (len(months), [part.target for part in stored().parts]) == (12, [D(100)] * 12)
    page = li.get(f"/goals/{year}/update").text
    assert f'<option value="{months[0]}" selected>' in page and months[7] not in page, "months to come cannot be reported"
    for n, value in enumerate(("90", "110.5")):
        say(li, f"objective-{year}", part=months[n], value=value)
    assert (stored().current, [part.value for part in stored().parts][:3]) == (D("200.5"), [D(90), D("110.5"), None])
    assert f'<option value="{months[2]}" selected>' in li.get(f"/goals/{year}/update").text, "the next one is offered"
    say(li, part=months[0], value="95")
    assert stored().current == D("205.5")
    kept = db.session.execute(select(MeasureValue.value, MeasureValue.part_begins, MeasureValue.part_value).order_by(MeasureValue.id)).all()
    assert [tuple(row) for row in kept][-1] == (D("205.5"), date.fromisoformat(months[0]), D(95)) and len(kept) == 3, "what was said before stays"
    page = li.get(f"/goals/{year}").text
    assert "205.5" in page and "Added up" in page and "110.5" in page
    assert "revenue, from" in li.get(f"/goals/{year}/history").text


def test_a_ratio_takes_two_figures(company, visit, year):
    li = visit(company.li)
    set_up(li, year, shape="percent", aim="98", aggregation="ratio", split="quarter")
    begins = [part.begins.isoformat() for part in stored().parts]
    assert len(begins) == 4
    for wrong in ({"value": "985"}, {"value": "985", "base": "0"}, {"value": "985", "base": "-1"}, {"value": "985", "base": "x"}):
        answer = say(li, f"objective-{year}", part=begins[0], **wrong)
        assert answer.status_code == 422 and 'value="985"' in answer.text, wrong
    say(li, part=begins[0], value="90", base="100")
    say(li, part=begins[1], value="1", base="10")
    assert stored().current == D("82.727273")
    assert "82.73" in li.get(f"/goals/{year}").text or "82.727273" in li.get(f"/goals/{year}").text


def test_a_ratio_of_the_whole_period_needs_no_choice(company, visit, year):
    li = visit(company.li)
    set_up(li, year, shape="percent", aim="98", aggregation="ratio", split="whole")
    page = li.get(f"/goals/{year}/update").text
    assert "<select" not in page[page.index("<article"):] and 'type="hidden" name="part"' in page
    say(li, part=stored().parts[0].begins.isoformat(), value="49", base="50")
    assert stored().current == D(98)


@pytest.mark.parametrize("fields", [{"part": "2001-01-01"}, {"part": "nonsense"}, {}])
def test_a_part_that_does_not_exist_is_refused(company, visit, year, fields):
    li = visit(company.li)
    set_up(li, year)
    answer = say(li, value="5", **fields)
    assert (answer.status_code, stored().current, 'value="5"' in answer.text) == (422, None, True)


@pytest.mark.parametrize(("fields", "field"), [({"split": "whole"}, "split"), ({f"targets-{n}": "many" if n == 3 else "" for n in range(12)}, "targets-3")])
def test_what_cannot_be_put_together_is_said_at_its_field(company, visit, year, fields, field):
    answer = set_up(visit(company.li), year, **fields)
    assert answer.status_code == 422 and f'id="{field}-error"' in answer.text and stored() is None


def test_reported_parts_are_not_taken_away(company, visit, year):
    li = visit(company.li)
    set_up(li, year)
    say(li, part=stored().parts[0].begins.isoformat(), value="40")
    address = f"/goals/measures/{stored().id}/edit"
    refused = li.post(address, **{**sent(li.get(address).text, form="measure-form"), "split": "whole", "aggregation": "last"})
    assert (refused.status_code, "cannot be taken away" in refused.text, len(stored().parts)) == (409, True, 12)
    li.post(address, **{**sent(li.get(address).text, form="measure-form"), "aggregation": "average", "aim": "100"})
    assert (stored().aggregation, stored().current) == (Aggregation.AVERAGE, D(40))


def test_the_form_of_the_goal_keeps_the_parts(company, visit, year):
    li = visit(company.li)
    set_up(li, year, **{"targets-0": "70"})
    li.post(f"/goals/{year}/edit", **sent(li.get(f"/goals/{year}/edit").text, title="other words"))
    assert [part.target for part in stored().parts][:2] == [D(70), None]


def test_the_targets_that_do_not_add_up_are_told(company, visit, year):
    li = visit(company.li)
    set_up(li, year, **{f"targets-{n}": "90" for n in range(12)})
    assert "The targets of the parts come to 1,080; the target is 1,200." in li.get(f"/goals/{year}").text


def test_a_rating_must_stand_in_the_table(company, visit, year):
    li, wang = visit(company.li), visit(company.wang)
    set_up(li, year, rule="judged", scale="60 | a\n100 | b", aggregation="last", split="whole")
    assert stored().rule is Rule.JUDGED
    assert [say(wang, value=value).status_code for value in ("3", "1.5", "2")] == [422, 422, 200]
    assert (stored().current, db.session.scalar(select(MeasurePart.measure_id).limit(1))) == (D(2), None)


def test_two_months_at_once_are_both_counted(company, visit, year):
    li, wang = visit(company.li), visit(company.wang)
    set_up(li, year)
    begins = [part.begins.isoformat() for part in stored().parts]
    say(li, part=begins[0], value="1")
    say(wang, part=begins[1], value="2")
    assert db.session.get_one(Objective, year).measures[0].current == 3
