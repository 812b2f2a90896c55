"""HR keeps organisation facts: a move on the desktop, a workbook, a leave on the phone; once without scripts; and a conflict."""

import re
from io import BytesIO

from openpyxl import load_workbook
from playwright.sync_api import expect

from tests.browser import axe, dead, wider_than_the_screen


def looked_at(page):
    assert (axe(page), wider_than_the_screen(page)) == ([], [])


def open_person(page, words, name):
    page.goto("/organisation/people")
    page.locator("#q").press_sequentially(words)
    expect(page.locator("#found tbody tr")).to_have_count(1)
    page.locator("#found").get_by_role("link", name=re.compile(name)).click(delay=150)  # as long as a hand presses
    expect(page.locator("h1")).to_have_text(name)


def test_somebody_gets_another_level_and_two_hands_meet(sit):
    one, other = sit("shen.jiahe"), sit("shen.jiahe", size="phone")
    for page in (one, other):
        open_person(page, "heyim", "何一鸣")
        looked_at(page)
    for page, level in ((one, "P6"), (other, "P7")):
        page.locator("#move-level").fill(level)
        page.locator('form[action$="/place"] button').click()
    expect(one.locator("main")).to_contain_text("P6")
    expect(other.locator("h1")).to_have_text("别人在你之前保存了")
    expect(other.locator("main")).to_contain_text("P7")
    looked_at(other)


def test_a_leave_without_scripts_on_a_phone(sit):
    page = sit("shen.jiahe", size="phone", scripts=False)
    page.goto("/organisation/people?q=hanmu")
    page.locator("#found a").first.click()
    page.get_by_text("登记休假").click()
    page.get_by_label("休假类型").fill("病假")
    page.locator('form[action$="/leaves"] button').click()
    expect(page.locator("main")).to_contain_text("病假")
    expect(page.get_by_text("休假中")).to_be_visible()
    assert (dead(page), wider_than_the_screen(page)) == ([], [])


def test_a_workbook_goes_out_comes_back_and_is_written(sit):
    page = sit("shen.jiahe")
    page.goto("/organisation")
    page.get_by_role("link", name="工作簿").click()
    with page.expect_download() as caught:
        page.get_by_role("link", name="现有数据").click()
    book = load_workbook(BytesIO(caught.value.path().read_bytes()))
    people = book["人员名单"]
    columns = {cell.value: cell.column for cell in people[1]}
    row = next(row[0].row for row in people.iter_rows(min_row=2) if row[columns["账号"] - 1].value == "zhou.xiaolan")
    people.cell(row, columns["职级"]).value = "P7"
    changed = BytesIO()
    book.save(changed)
    page.set_input_files("#file", {"name": "facts.xlsx", "mimeType": "application/octet-stream", "buffer": changed.getvalue()})
    page.get_by_role("button", name="上传并核对").click()
    expect(page.locator("main")).to_contain_text("周晓岚：职级由 P6 改为 P7", timeout=40_000)  # it looks again by itself
    looked_at(page)
    page.get_by_role("button", name="写入 1 处改动").click()
    expect(page.locator(".chip.good")).to_have_text("已写入", timeout=40_000)
    open_person(page, "zhouxiao", "周晓岚")
    expect(page.locator("#move-level")).to_have_value("P7")


def test_staff_are_told_that_it_is_not_theirs(sit):
    page = sit("zhou.xiaolan", size="phone")
    page.goto("/organisation")
    expect(page.locator("h1")).to_contain_text("这一页你看不到")
    looked_at(page)
