"""What belongs beside each other stands beside each other, however long its neighbour is."""

MARKS = """rows => rows.map(row => [row.querySelector("svg"), row.querySelector("b")].map(one => one.getBoundingClientRect()))
    .filter(([mark, name]) => name.top >= mark.bottom || name.left <= mark.left).length"""
NARROW = "names => Math.min(...names.map(name => name.getBoundingClientRect().width))"


def test_an_answer_stands_beside_its_mark(sit):
    tab = sit("wu.tao")
    tab.goto("/access/why?q=lin.zhiyuan")
    tab.get_by_role("link", name="选这位").click()
    rows = tab.locator("li.grant > .marked")
    assert rows.count() > 10 and rows.evaluate_all(MARKS) == 0


def test_a_long_value_leaves_room_for_what_it_is_called(sit):
    tab = sit("shen.jiahe", size="phone")
    tab.goto("/admin/settings")
    assert tab.locator(".setting > summary > span:first-child").evaluate_all(NARROW) >= 143


def test_a_count_stands_beside_what_it_counts(sit):
    tab = sit("shen.jiahe", size="phone")
    tab.goto("/admin/retention/people")
    tab.get_by_role("link", name="尤立").click()
    rows = tab.locator(".counted")
    beside = "rows => rows.filter(row => row.lastElementChild.offsetTop >= row.firstElementChild.offsetTop + row.firstElementChild.offsetHeight).length"
    assert rows.count() > 2 and rows.evaluate_all(beside) == 0


def test_departments_stand_inside_their_card(sit):
    tab = sit("shen.jiahe", size="phone")
    tab.goto("/admin/departments")
    assert tab.locator(".rows li > div").first.evaluate("row => parseFloat(getComputedStyle(row).paddingInlineStart)") >= 12


def test_what_cannot_be_filled_in_looks_like_it(sit):
    tab = sit("shen.jiahe")
    tab.goto("/setup/company")
    ground = "field => getComputedStyle(field).backgroundColor"
    open_, field = tab.locator("#company_name").evaluate(ground), tab.locator("#company_name")
    field.evaluate("field => { field.disabled = true; }")
    assert field.evaluate(ground) != open_
