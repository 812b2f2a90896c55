"""What comes by mail, as everybody chooses it; the address for a calendar; HR sends again what did not arrive."""

import sqlite3
from contextlib import closing

import pytest
from playwright.sync_api import Page, expect

from tests.browser import axe, wider_than_the_screen
from tests.journeys.walk import go, told

NOTE = "在每日汇总中告知我的时间轴有多少新动态"


def looked_at(page: Page) -> None:
    assert (axe(page), wider_than_the_screen(page)) == ([], [])


@pytest.fixture
def refused(live):
    """A mail to 周晓岚 that the mail server did not take."""
    # A moment is written as the portal writes it: that of the newest entry.
    values = {"kind": "news", "state": "failed", "key": "journey", "why": "The mail server refuses it."}
    made = """INSERT INTO message (person_id, kind, day, state, run_at, until, attempts, key, news, why, made_at)
        SELECT person.id, :kind, date('now'), :state, entry.at, entry.at, 1, :key, 0, :why, entry.at
        FROM person, entry WHERE person.login = 'zhou.xiaolan' ORDER BY entry.n DESC LIMIT 1"""
    with closing(sqlite3.connect(live.folder / "portal.db", timeout=30)) as connection, connection:
        connection.execute(made, values)
    yield
    with closing(sqlite3.connect(live.folder / "portal.db", timeout=30)) as connection, connection:
        connection.execute("DELETE FROM message WHERE key = 'journey'")


def test_chosen_listed_and_subscribed_to(sit, refused):
    page = sit("zhou.xiaolan", size="phone")
    page.goto("/account/notifications")
    looked_at(page)
    was = page.get_by_label(NOTE).is_checked()
    page.get_by_label(NOTE).set_checked(not was)
    page.get_by_role("button", name="保存").click()
    told(page, "已保存。")
    assert page.get_by_label(NOTE).is_checked() is not was
    expect(page.get_by_role("region", name="发给我的邮件")).to_contain_text("未发出")

    addresses = []
    for button in ("生成地址", "换一个新地址"):
        page.get_by_role("button", name=button).click()
        told(page, "这是订阅地址，只显示这一次。")
        addresses.append(page.get_by_label("你的订阅地址").input_value())
        looked_at(page)
    first, second = (page.context.request.get(f"/calendar/{one.rpartition('/')[2]}") for one in addresses)
    assert (first.status, second.status) == (404, 200) and second.text().startswith("BEGIN:VCALENDAR")
    page.reload()
    expect(page.get_by_label("你的订阅地址")).to_have_count(0)
    page.get_by_role("button", name="停用地址").click()
    told(page, "该地址已失效。")
    assert page.context.request.get(f"/calendar/{addresses[1].rpartition('/')[2]}").status == 404
    page.get_by_label(NOTE).set_checked(was)
    page.get_by_role("button", name="保存").click()
    told(page, "已保存。")


@pytest.mark.parametrize("size", ["phone", "desktop"])
def test_hr_sends_again_what_did_not_arrive(sit, refused, size):
    hr = sit("shen.jiahe", size=size)
    go(hr, "邮件")
    hr.get_by_role("navigation", name="范围").get_by_role("link", name="未发出").click()
    row = hr.get_by_role("listitem").filter(has_text="周晓岚").filter(has=hr.get_by_role("button"))
    expect(row).to_have_count(1)
    looked_at(hr)
    row.get_by_role("button").click()
    told(hr, "一分钟内发出。")
    hr.get_by_role("navigation", name="范围").get_by_role("link", name="未发出").click()
    expect(row).to_have_count(0)
