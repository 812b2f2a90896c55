"""Charts: what every one keeps, and that the figures are drawn where they belong."""

import re
from decimal import Decimal
from xml.etree import ElementTree

import pytest

from portal import charts
from portal.printing import checks
from portal.printing.pdf import press
from tests.printing.sheets import AT

TITLE = "错漏装从一月的 14 件降到十一月的 2 件 <b>&"
CHARTS = {
    "spark": lambda uid: charts.sparkline([14, None, Decimal("9.5"), 3, 2], TITLE, uid),
    "one": lambda uid: charts.sparkline([3], TITLE, uid),
    "none": lambda uid: charts.sparkline([], TITLE, uid),
    "flat": lambda uid: charts.sparkline([5, 5, 5], TITLE, uid),
    "bars": lambda uid: charts.bars([("1月", 14), ("2月", None), ("<i>3月", Decimal(2))], TITLE, uid),
    "no bars": lambda uid: charts.bars([], TITLE, uid),
    "burn-up": lambda uid: charts.burn_up(["11/16", "今天", "12/4"], [0, 50, 100], [0, 40], TITLE, uid),
    "score": lambda uid: charts.score_curve([[(70, 0), (80, 0)], [(80, 60), (100, 100)]], [(80, 60, "80", "<b>&", False), (100, 100, "100", "x", True)], TITLE, uid, reach=(70, 110), now=(90, 80, "80 <i>")),
    "weeks": lambda uid: charts.weeks([True, False, True], 1, TITLE, uid),
}
SVG = "{http://www.w3.org/2000/svg}"


def read(drawn):
    return ElementTree.fromstring(drawn)  # noqa: S314 - our own


@pytest.mark.parametrize("name", CHARTS)
def test_every_chart_is_whole_named_and_without_style(name):
    drawn = CHARTS[name]("goal-7")
    tree = read(drawn)
    assert tree.find(f"{SVG}title").text == TITLE
    assert re.findall(r'\bid="([^"]+)"', drawn) == ["goal-7-title"] == [tree.get("aria-labelledby")]
    assert not re.search(r"style=|<style|<script|<b>|<i>", drawn)
    for shape in tree.iter():
        if shape.tag.removeprefix(SVG) in ("rect", "circle", "polyline", "line", "text"):
            assert shape.get("class") and (shape.get("fill") or shape.get("stroke")), "both looks"


def test_charts_do_not_clash_on_a_page():
    ids = re.findall(r'\bid="([^"]+)"', "".join(draw(f"c{n}") for n, draw in enumerate(CHARTS.values())))
    assert len(ids) == len(set(ids)) == len(CHARTS)


def test_a_line_goes_from_highest_to_lowest_and_breaks_where_nothing_is_known():
    tree = read(charts.sparkline([10, 0, None, 5, 10], "x", "a", w=108, h=30))
    lines = [line.get("points") for line in tree.iter(f"{SVG}polyline")]
    assert lines == ["4,5 29,25", "79,15 104,5"]


def test_bars_stand_on_the_floor_and_keep_their_proportions():
    tree = read(charts.bars([("a", 10), ("b", 5), ("c", 0)], "x", "a"))
    sizes = [(float(bar.get("height")), float(bar.get("y"))) for bar in tree.iter(f"{SVG}rect")]
    assert sizes[0][0] == 2 * sizes[1][0] and sizes[2][0] == 0 and {tall + y for tall, y in sizes} == {66}


def test_the_ribbon_marks_past_present_and_talks():
    tree = read(charts.weeks([True, False, True, False], 2, "x", "a"))
    assert [week.get("class") for week in tree.iter(f"{SVG}rect")] == ["w past", "w past", "w now", "w"]
    assert len(list(tree.iter(f"{SVG}circle"))) == 2


def test_on_paper_they_are_figures_with_a_sentence():
    page = "".join(f"<p>{draw(f'c{n}')}</p>" for n, draw in enumerate(CHARTS.values()))
    drawn = press.make(f'<html lang="zh-CN"><title>图</title><meta name="author" content="x">{page}</html>', AT)
    assert (checks.problems(drawn.content), drawn.missing, drawn.said) == ([], (), ())


def test_a_score_curve_jumps_between_its_runs_and_says_only_what_has_room():
    runs = [[(0, 0), (50, 0)], [(50, 60), (100, 120)]]
    marks = [(50, 60, "50", "门槛", False), (52, 62, "52", "目标", True), (100, 120, "100", "挑战", False)]
    tree = read(charts.score_curve(runs, marks, "x", "a", reach=(0, 100), now=(75, 90, "now 90")))
    lines = [(line.get("class"), line.get("points")) for line in tree.iter(f"{SVG}polyline")]
    assert lines == [("ref", "174,144 174,84"), ("l1", "40,144 174,144"), ("l1", "174,84 308,24")]
    words = [text.text for text in tree.iter(f"{SVG}text")]
    assert "门槛" not in words and {"目标", "52", "挑战", "now 90"} <= set(words), "the target is said before its neighbour"
    assert [(dot.get("cx"), dot.get("cy")) for dot in tree.iter(f"{SVG}circle") if dot.get("class") == "s1"] == [("241", "54")]
