"""The tree: filters and words, everything below at once, the picture, the workbook; and where a goal stands, stored."""

import io
import re
from datetime import timedelta
from html import unescape
from xml.etree import ElementTree

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select, update

from portal import clock, search
from portal.db import db
from portal.directory.models import Person
from portal.goals import drawing, narrowing, rollup, roots, tree
from portal.goals.kinds import Health, Perspective
from portal.goals.models import Audience, Kind, Objective, ObjectiveParent, Theme
from portal.goals.operations import align
from portal.goals.states import State
from portal.periods.models import Kind as Span
from portal.periods.models import Period
from tests.build import an_objective


def agreed(company, title, **fields):
    fields = {"state": State.AGREED, "title": title, "audience": Audience.COMPANY, "measures": 0, **fields}
    return an_objective(fields.pop("period_id", company.period), **fields)


@pytest.fixture
def cascade(company):
    """Two themes; under the first the company's > sales' > 李's and 孙's; 吴's supports nothing."""
    today = clock.today()
    year = Period(name="the year", kind=Span.YEAR, begins=today - timedelta(days=200), ends=today + timedelta(days=165))
    db.session.add(year)
    db.session.flush()
    first, second = (Theme(period_id=year.id, name=name, perspective=p) for name, p in (("成为首选供应商", "customer"), ("经营现金流转正", "financial")))
    db.session.add_all([first, second])
    db.session.flush()
    top = agreed(company, "头部客户份额提到 30%", theme_id=first.id, accountable_id=company.zhao, period_id=year.id)
    cash = agreed(company, "现金流净额转正", theme_id=second.id, accountable_id=company.zhao, period_id=year.id)
    unit = agreed(company, "谐波线按节拍量产", unit_id=company.units.sales, accountable_id=company.wang)
    li, sun = agreed(company, "四号线节拍降到 78 秒", person_id=company.li, kind=Kind.KPI), agreed(company, "夹具覆盖全部工位", person_id=company.sun)
    wu = agreed(company, "客户投诉两天内答复", person_id=company.wu, state=State.PROPOSED)
    for child, parent in ((unit, top), (li, unit), (sun, unit)):
        align(child, {parent.id: 10_000})
    ids = {"first": first.id, "second": second.id, "top": top.id, "cash": cash.id, "unit": unit.id, "li": li.id, "sun": sun.id, "wu": wu.id}
    db.session.commit()
    return ids


TITLES = {"top": "头部客户", "cash": "现金流净额", "unit": "谐波线", "li": "四号线", "sun": "夹具", "wu": "投诉"}


def shown(page):
    rows = re.sub(r"<[^>]+>", "", page[page.index('id="tree"') :])
    return {name for name, word in TITLES.items() if word in rows}


@pytest.mark.parametrize(("query", "found"), [
    ("find=节拍", {"unit", "li"}), ("find=工位", {"sun"}), ("find=没有这个词", set()), ("find=节拍&kind=kpi", {"li"}), ("find=%E5%AE%A2%E6%88%B7&state=agreed", {"top"}), ("owner=zhao", {"top", "cash"}),
    ("owner=li", {"li"}), ("owner=王", set()), ("owner=wang", {"unit"}), ("department=research", {"wu"}), ("department=all", {"unit", "li", "sun", "wu"}),
    ("state=proposed", {"wu"}), ("state=agreed&theme={first}", {"top", "unit", "li", "sun"}), ("state=agreed&theme={second}", {"cash"}), ("kind=kpi&perspective=customer", {"li"}),
    ("kind=kpi&perspective=financial", set()), ("loose=1", {"wu"}), ("person={of_sun}", {"sun"}), ("unit=999999", set()),
])
def test_each_filter_and_some_together(company, visit, cascade, query, found):
    search.rebuild()
    db.session.commit()
    asked = query.format(**cascade, of_sun=company.sun)
    page = visit(company.hu).get(f"/goals/tree?period={company.period}&{asked}").text
    assert shown(page) == found
    assert ("No goal fits these filters" in page) == (not found)


def test_a_list_holds_what_the_tree_of_its_period_holds(company, visit, cascade):
    """A quarter is read together with its year, with filters as without; goals of another period name theirs."""
    hu, year = visit(company.hu), db.session.get_one(Objective, cascade["top"]).period_id
    over = Period(name="long over", kind=Span.QUARTER, begins=clock.today() - timedelta(900), ends=clock.today() - timedelta(800))
    db.session.add(over)
    db.session.flush()
    agreed(company, "客户投诉当天答复", person_id=company.wu, period_id=over.id)
    db.session.commit()
    for period in (company.period, year):
        page = hu.get(f"/goals/tree?period={period}&kind=okr_committed").text
        assert shown(page) == {"top", "cash", "unit", "sun", "wu"} and "当天" not in page
    page = hu.get(f"/goals/tree?period={company.period}&kind=okr_committed").text
    row = page[page.index("现金流净额") :]
    assert "· the year" in row[: row.index("node-who")] and "long over" not in page[page.index('id="tree"') :]


def test_words_find_only_what_one_may_see(company, visit, cascade):
    db.session.execute(update(Objective).where(Objective.id == cascade["li"]).values(audience=Audience.LINE))
    search.rebuild()
    db.session.commit()
    address = f"/goals/tree?period={company.period}&find=节拍"
    assert shown(visit(company.wang).get(address).text) == {"unit", "li"}
    stranger = visit(company.wu).get(address).text
    assert shown(stranger) == {"unit"} and "1 goal<" in stranger, "neither shown nor counted"


def test_what_cannot_be_understood_is_said_beside_the_field_and_kept(company, visit, cascade):
    page = visit(company.hu).get(f"/goals/tree?period={company.period}&department=nowhere&owner=nobody&find=x").text
    for name, sentence in (("department", "No department is called that"), ("owner", "Nobody here has this name"), ("find", "at least two letters")):
        assert sentence in page and f'id="{name}-problem"' in page
    assert 'value="nowhere"' in page and 'value="nobody"' in page and shown(page) == set()


def test_several_owners_of_one_name_are_told_apart(company, visit, cascade):
    db.session.execute(update(Person).where(Person.id.in_([company.li, company.sun])).values(name="孙浩"))
    search.rebuild()
    db.session.commit()
    page = visit(company.hu).get(f"/goals/tree?period={company.period}&owner=孙浩").text
    assert shown(page) == {"li", "sun"} and "Several people fit" in page
    alone = re.search(rf'href="([^"]*person={company.sun}[^"]*)"', page)[1].replace("&amp;", "&")
    assert shown(visit(company.hu).get(alone).text) == {"sun"}


def test_filters_in_use_are_named_counted_and_taken_back_one_by_one(company, visit, cascade):
    hu = visit(company.hu)
    asked = f"period={company.period}&find=节拍&unit={company.units.sales}&kind=kpi&health=new&person={company.li}"
    page = hu.get(f"/goals/tree?{asked}").text
    given = page[page.index('<ul class="given"') : page.index("</ul>", page.index('<ul class="given"'))]
    ways = {re.sub(r"<[^>]+>", "", text).split()[0]: unescape(to) for to, text in re.findall(r'<a href="([^"]+)">(.*?)</a>', given)}
    assert list(ways) == ["Department", "Owner", "Kind", "Health"], "the words looked for stand in their own field"
    assert "kind=" not in ways["Kind"] and all(f"{name}=" in ways["Kind"] for name in ("find", "unit", "health", "person", "period"))
    assert "unit=" not in ways["Department"] and "person=" not in ways["Owner"], "also where the address says it by number"
    counts = dict(re.findall(r'<span id="(filters-[a-z-]+)" class="count">(\d)', page))
    assert counts == {"filters-in-use": "4", "filters-behind": "2"}
    assert hu.get(ways["Kind"]).status_code == 200 and f'class="all" href="/goals/periods/{company.period}' in given.replace("/goals/tree?period=", "/goals/periods/")


def test_the_result_of_a_filter_brings_its_count_along(company, visit, cascade):
    hu = visit(company.hu)
    part = hu.get(f"/goals/tree?period={company.period}&loose=1", target="tree").text
    assert re.findall(r'id="(filters-[a-z-]+)" hx-swap-oob="true" class="count">(\d)', part) == [("filters-in-use", "1"), ("filters-behind", "1")]
    assert 'hx-swap-oob="true"' not in hu.get(f"/goals/tree?period={company.period}&loose=1").text
    bare = hu.get(f"/goals/tree?period={company.period}", target="tree").text
    assert 'class="given"' not in bare and '<span id="filters-in-use" hx-swap-oob="true"></span>' in bare


def test_departments_are_offered_while_one_types(company, visit, cascade):
    offered = visit(company.li).get("/goals/tree?department=sal", target="departments").text
    assert offered.strip() == '<datalist id="departments"><option value="sales"></option></datalist>'


def test_a_theme_leaves_the_tree_a_tree(company, visit, cascade):
    li = visit(company.li)
    page = li.get(f"/goals/tree?period={company.period}&theme={cascade['first']}").text
    body = page[page.index('id="tree"') :]
    assert "头部客户" in body and "现金流净额" not in body
    assert "头部客户" not in li.get(f"/goals/tree?period={company.period}&perspective=learning").text
    everything = li.get(f"/goals/tree?period={company.period}&theme={cascade['first']}&all=1").text
    assert shown(everything) == {"top", "unit", "li", "sun"}, "every level at once"


def test_the_path_is_shown_from_every_row_of_a_list(company, visit, cascade):
    page = visit(company.li).get(f"/goals/tree?period={company.period}&kind=kpi").text
    address = re.search(r'class="way-up" href="([^"]+)"', page)[1].replace("&amp;", "&")
    path = visit(company.li).get(address).text
    body = path[path.index('id="tree"') :]
    places = [body.index(word) for word in ("成为首选", "头部客户", "谐波线", "四号线")]
    assert places == sorted(places)


def test_everything_below_stops_at_three_hundred_and_says_how_to_narrow(company, visit, cascade):
    ours = [agreed(company, f"child {n}", person_id=company.sun) for n in range(tree.MOST - 2)]
    db.session.add_all(ObjectiveParent(child_id=each.id, parent_id=cascade["unit"], share=10_000) for each in ours)
    db.session.flush()
    roots.place([each.id for each in ours])
    rollup.walk_up(cascade["unit"])
    db.session.commit()
    li, address = visit(company.li), f"/goals/tree?period={company.period}&open={cascade['unit']}&all=1"
    page = li.get(address).text
    assert page.count("child ") >= tree.MOST - 2 and "More than 300" not in page
    align(agreed(company, "one too many", person_id=company.sun), {cascade["unit"]: 10_000})
    db.session.commit()
    page = li.get(address).text
    assert "More than 300 goals stand below" in page and page.count('<li class="node"><div') <= 55


def test_everything_below_stays_within_its_statements_whatever_the_depth(company, visit, cascade, statements):
    above = cascade["li"]
    for n in range(6):
        deeper = agreed(company, f"deeper {n}", person_id=company.li)
        align(deeper, {above: 10_000})
        above = deeper.id
    db.session.commit()
    li = visit(company.li)
    statements.clear()
    page = li.get(f"/goals/tree?period={company.period}&open={cascade['top']}&all=1").text
    assert page.count("deeper <") >= 6 and len(statements) <= 8
    statements.clear()
    li.get(f"/goals/tree?period={company.period}&find=节拍&owner=li&department=sales&kind=kpi&theme={cascade['first']}&perspective=customer")
    assert len(statements) <= 9


def test_below_what_is_hidden_nothing_is_reached(company, cascade):
    db.session.execute(update(Objective).where(Objective.id == cascade["unit"]).values(audience=Audience.LINE))
    db.session.commit()
    inside = tree.subtree(company.viewer("wu"), company.period, [cascade["top"]])
    assert (inside.below, inside.more) == ({}, False)


def test_the_picture_is_a_drawing_of_what_one_may_see(company, visit, cascade):
    db.session.execute(update(Objective).where(Objective.id == cascade["sun"]).values(audience=Audience.LINE))
    db.session.commit()
    wu, address = visit(company.wu), f"/goals/tree/picture?period={company.period}&open={cascade['top']}&depth=3"
    page = wu.get(address).text
    assert "四号线" in page and "夹具" not in page and "Download .svg" in page
    file = wu.get(f"{address}&as=file")
    drawn = ElementTree.fromstring(file.data)  # noqa: S314 - our own
    words = "".join(drawn.itertext())
    assert file.mimetype == "image/svg+xml" and 'filename="goals-' in file.headers["Content-Disposition"]
    assert all(word in words for word in ("头部客户份额", "谐波线", "四号线")) and "夹具" not in words
    assert wu.get(f"/goals/tree/picture?open={an_objective(company.period, person_id=company.sun).id}").status_code == 404


def test_a_picture_holds_sixty_and_says_so(company, visit, cascade):
    for n in range(70):
        align(agreed(company, f"child {n}", person_id=company.sun), {cascade["unit"]: 10_000})
    db.session.commit()
    page = visit(company.li).get(f"/goals/tree/picture?period={company.period}&open={cascade['unit']}&depth=1").text
    assert "A picture holds 60 goals" in page and page.count('class="box"') == 60


def read(answer):
    book = openpyxl.load_workbook(io.BytesIO(answer.data))
    return {sheet.title: [[cell.value for cell in row] for row in sheet] for sheet in book}, book


def test_the_workbook_has_the_subtree_with_its_levels(company, visit, cascade):
    db.session.execute(update(Objective).where(Objective.id == cascade["li"]).values(title="=1+1"))
    db.session.commit()
    sheets, book = read(visit(company.wang).get(f"/goals/tree/workbook?period={company.period}&open={cascade['top']}"))
    head, *rows = sheets["Goals"]
    assert [(row[0], row[2]) for row in rows] == [(0, "头部客户份额提到 30%"), (1, "谐波线按节拍量产"), (2, "=1+1"), (2, "夹具覆盖全部工位")]
    by = {row[2]: dict(zip(head, row, strict=True)) for row in rows}
    assert by["夹具覆盖全部工位"]["Theme"] == "成为首选供应商" and by["夹具覆盖全部工位"]["Owner"] == "sun"
    assert by["夹具覆盖全部工位"]["Supports"] == by["谐波线按节拍量产"]["Code"]
    assert all(cell.data_type != "f" for sheet in book for row in sheet for cell in row), "no formulas, whatever was typed"


def test_the_workbook_of_a_list_has_what_the_list_has(company, visit, cascade):
    query = f"period={company.period}&kind=kpi"
    for person, found in ((company.wang, ["四号线节拍降到 78 秒"]), (company.wu, ["四号线节拍降到 78 秒"])):
        sheets, _ = read(visit(person).get(f"/goals/tree/workbook?{query}"))
        assert [row[2] for row in sheets["Goals"][1:]] == found
    db.session.execute(update(Objective).where(Objective.id == cascade["li"]).values(audience=Audience.LINE))
    db.session.commit()
    sheets, _ = read(visit(company.wu).get(f"/goals/tree/workbook?{query}"))
    assert sheets["Goals"][1:] == []


def tops():
    return dict(db.session.execute(select(Objective.id, Objective.root_id)).all())


def test_the_top_of_a_path_follows_the_largest_share_and_every_move(company, cascade):
    assert [tops()[cascade[name]] for name in ("top", "unit", "li", "wu")] == [None, cascade["top"], cascade["top"], None]
    align(db.session.get_one(Objective, cascade["li"]), {cascade["unit"]: 4_000, cascade["cash"]: 6_000})
    assert tops()[cascade["li"]] == cascade["cash"]
    align(db.session.get_one(Objective, cascade["unit"]), {cascade["cash"]: 10_000})
    assert (tops()[cascade["unit"]], tops()[cascade["sun"]]) == (cascade["cash"], cascade["cash"]), "whatever hangs below comes along"
    align(db.session.get_one(Objective, cascade["unit"]), {})
    assert (tops()[cascade["unit"]], tops()[cascade["sun"]]) == (None, cascade["unit"])


def test_the_night_repairs_a_top_that_was_written_past_it(company, cascade):
    right = tops()
    db.session.execute(update(Objective).where(Objective.id.in_([cascade["li"], cascade["unit"]])).values(root_id=cascade["wu"]))
    assert roots.repair() == 2 and tops() == right and roots.repair() == 0


BOXES = st.recursive(
    st.just(()), lambda below: st.lists(below, min_size=1, max_size=4).map(tuple), max_leaves=12
)


def boxes(shape, n=0):
    return tuple(drawing.Box(f"目标 {n}-{i} with words", "部门", "owner", None, "–", Health.NEW, "new", boxes(each, n + 1)) for i, each in enumerate(shape))


@given(BOXES, st.text(max_size=200))
@settings(max_examples=60)
def test_no_two_boxes_lie_on_each_other(shape, title):
    drawn = drawing.draw(boxes(shape), title.replace("\x00", "").encode("utf-8", "ignore").decode(), "x")
    corners = [(float(x), float(y)) for x, y in re.findall(r'<g transform="translate\((\S+) (\S+)\)"><rect class="box"', drawn)]
    for n, (x, y) in enumerate(corners):
        assert all(x != left or abs(y - top) >= drawing.HIGH for left, top in corners[:n])


@given(st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")), max_size=80))
def test_a_title_takes_two_lines_at_most_and_begins_as_it_was_written(title):
    lines = drawing.folded(title)
    assert len(lines) <= 2 and title.startswith(lines[0])


def test_named_queries_of_the_tree_use_an_index(company):
    """SQLite's plans on a filled database: neither goals nor ties are read whole."""
    if db.engine.dialect.name != "sqlite":
        pytest.skip("SQLite's plan")
    for n, person in enumerate([company.sun, company.wu, company.chen] * 60):
        made = an_objective(company.period, person_id=person, audience=Audience.COMPANY, level=n % 6, measures=0)
        made.root_id = made.id - 1 if n else None
    db.session.commit()
    db.session.connection().exec_driver_sql("ANALYZE")
    viewer, of = company.viewer("wang"), company.period
    wishes = [narrowing.Wish(theme=1, loose=False, kind=Kind.KPI), narrowing.Wish(perspective=Perspective.CUSTOMER), narrowing.Wish(owners=(1, 2)), narrowing.Wish(unit=1), narrowing.Wish(loose=True), narrowing.Wish(words=search.asked("客户"))]
    below, values = tree.descent(viewer, period=of, tops=[1, 2], most=301)
    queries = [below.params(**values), *(narrowing.fitting(viewer, [of, of + 1], wish, 0, 51) for wish in wishes)]
    for query in queries:
        sql = str(query.compile(db.engine, compile_kwargs={"literal_binds": True}))
        plan = [row.detail for row in db.session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}")]
        assert not [line for line in plan if re.search(r"SCAN (objective|objective_parent|person)\b", line)], plan
