"""A manager goes away: a colleague records the check-in in between, both names stand on it, and the manager takes it back."""

import re
from datetime import date, timedelta

from playwright.sync_api import expect

from tests.browser import axe, dead, wider_than_the_screen
from tests.journeys.conftest import PASSWORD


def looked_at(page):
    assert (axe(page), wider_than_the_screen(page)) == ([], [])


def test_a_check_in_is_recorded_for_somebody_who_is_away(sit):
    away = sit("lin.zhiyuan", size="phone", scripts=False)
    away.goto("/account/delegations")
    assert dead(away) == []
    away.get_by_role("link", name="委托代理").click()
    away.locator("#q").fill("wen.shuyun")
    away.get_by_role("button", name="查找").click()
    away.locator("#found").get_by_role("link").first.click()
    away.locator('input[name="acts"][value="record_check_in"]').check()
    away.get_by_label("原因").fill("出差两周，例行对话请书韵代办")
    away.locator('[name="last"]').fill((date.today() + timedelta(days=14)).isoformat())  # noqa: DTZ011 - two weeks, more or less
    away.get_by_label("密码").fill("wrong")
    away.locator("form button.primary").click()
    expect(away.get_by_label("原因")).to_have_value("出差两周，例行对话请书韵代办")  # refused, and nothing is lost
    away.get_by_label("密码").fill(PASSWORD)
    away.locator("form button.primary").click()
    expect(away).to_have_url(re.compile("/account/delegations$"))
    expect(away.locator(".delegated")).to_contain_text("温书韵")
    assert wider_than_the_screen(away) == []

    acting = sit("wen.shuyun", size="phone")
    expect(acting.locator("main")).to_contain_text("林知远")
    looked_at(acting)
    acting.goto("/team")
    acting.get_by_role("link", name=re.compile("记录 · 周晓岚")).click()
    acting.get_by_label("进展").fill("夹具验收排在周五")
    acting.get_by_role("button", name="分享给").click()
    expect(acting.locator("main .flash")).to_contain_text("已分享")
    expect(acting.locator("main")).to_contain_text("夹具验收排在周五")
    expect(acting.locator("main")).to_contain_text("林知远")
    record = acting.url
    looked_at(acting)

    about = sit("zhou.xiaolan")
    about.goto(record)
    expect(about.locator("main")).to_contain_text("温书韵")
    expect(about.locator("main")).to_contain_text("林知远")

    away.goto("/account/delegations")
    away.locator(".delegated").get_by_role("button", name="结束").click()
    acting.goto("/team")
    expect(acting.get_by_role("link", name=re.compile("记录 · 周晓岚"))).to_have_count(0)
