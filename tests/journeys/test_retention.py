"""Retention: HR tries a rule and nothing goes, erases what a leaver asks for, and nobody else gets there."""

import pytest
from playwright.sync_api import expect

from tests.browser import axe, wider_than_the_screen
from tests.journeys.conftest import PASSWORD
from tests.journeys.walk import go, told


def looked_at(page):
    assert (axe(page), wider_than_the_screen(page)) == ([], [])


@pytest.mark.parametrize("size", ["phone", "desktop"])
def test_a_rule_is_tried_and_nothing_is_removed(sit, size):
    page = sit("shen.jiahe", size=size)
    go(page, "保存期限")
    looked_at(page)
    page.get_by_role("row").filter(has_text="对话记录").get_by_role("link", name="查看规则").first.click()
    stands = page.locator(".lede").inner_text()
    page.get_by_label("保存月数").fill("99999")
    page.get_by_role("button", name="查看将清理的内容").click()
    expect(page.locator(".errors")).to_be_visible()
    page.get_by_label("保存月数").fill("36")
    page.get_by_role("button", name="查看将清理的内容").click()
    expect(page.get_by_role("heading", name="按此规则，今天")).to_be_visible()
    expect(page.locator("#due")).to_contain_text("尚未删除任何内容")
    looked_at(page)
    page.get_by_role("link", name="暂不").click()
    expect(page.locator(".lede")).to_have_text(stands)


def test_a_leavers_content_is_erased_once_both_lists_were_seen(sit):
    page = sit("shen.jiahe", size="phone")
    go(page, "保存期限")
    page.get_by_role("link", name="删除或保全").click()
    page.get_by_label("姓名").press_sequentially("毕文")
    found = page.locator("#found")
    expect(found.get_by_role("link")).to_have_count(1)
    found.get_by_role("link", name="毕文彬").click(delay=150)
    expect(page.get_by_role("heading", level=1)).to_have_text("毕文彬")
    looked_at(page)
    due = page.get_by_role("region", name="会删除的内容").get_by_role("listitem")
    assert due.count() > 0
    form = page.locator("form").filter(has=page.get_by_role("button", name="永久删除"))
    form.get_by_label("原因").fill("本人来函要求删除")
    form.get_by_label("密码").fill(PASSWORD)
    form.get_by_role("button", name="永久删除").click()
    expect(page.locator("main")).to_contain_text("请先看过两份清单")
    expect(form.get_by_label("原因")).to_have_value("本人来函要求删除")
    form.get_by_label("我已看过").check()
    form.get_by_label("密码").fill(PASSWORD)
    form.get_by_role("button", name="永久删除").click()
    told(page, "正在删除")
    done = page.locator("#erasure")
    expect(done.locator(".chip.good")).to_be_visible(timeout=30_000)  # it looks again by itself
    expect(done).to_contain_text("本人来函要求删除")
    page.reload()
    expect(page.get_by_role("region", name="会删除的内容")).to_contain_text("没有可删除的内容")
    looked_at(page)


@pytest.mark.parametrize("login", ["lin.zhiyuan", "sun.hao"])
def test_others_are_told_that_it_is_not_theirs(sit, login):
    page = sit(login, size="phone")
    expect(page.get_by_role("link", name="保存期限")).to_have_count(0)
    for address in ("/retention", "/retention/people", "/retention/people/57"):
        page.goto(address)
        expect(page.locator("h1")).to_contain_text("这一页你看不到")
    looked_at(page)
