"""Somebody is sought by initials and a goal by two characters: with the keyboard, on a phone, and without scripts."""

import re

from playwright.sync_api import expect

from tests.browser import axe, wider_than_the_screen


def test_from_the_field_to_what_is_sought(sit):
    desk = sit("lin.zhiyuan")
    field = desk.locator("#nav-q")
    field.press_sequentially("zxl")
    expect(desk.locator("#suggestions a").first).to_contain_text("周晓岚")
    assert axe(desk) == []
    field.press("ArrowDown")
    expect(desk.locator("#suggestions a").first).to_be_focused()
    desk.keyboard.press("ArrowUp")
    expect(field).to_be_focused()
    desk.keyboard.press("ArrowDown")
    desk.keyboard.press("Escape")
    expect(desk.locator("#suggestions a")).to_have_count(0)
    expect(field).to_be_focused()
    field.press("Enter")
    expect(desk).to_have_url(re.compile(r"/search\?q=zxl"))
    desk.locator(".found").first.click()
    expect(desk.get_by_role("heading", level=1)).to_contain_text("周晓岚")

    phone = sit("zhou.xiaolan", size="phone", scripts=False)
    phone.locator(".topbar").get_by_role("link", name="搜索").click()
    phone.locator("#q").fill("客户")
    phone.get_by_role("button", name="查找").click()
    expect(phone.locator("mark").first).to_have_text("客户")
    assert wider_than_the_screen(phone) == []
    phone.get_by_role("link", name="查看这一类").first.click()
    expect(phone).to_have_url(re.compile("kind=goal"))
    phone.locator(".found").first.click()
    expect(phone).to_have_url(re.compile(r"/goals/\d+"))
