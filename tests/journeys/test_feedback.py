"""Feedback on a phone: said to one and taken back, praised on the wall, asked for and declined, reported and hidden by HR."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser import axe, wider_than_the_screen
from tests.journeys.walk import go, told

PRAISE, QUIET, TOPIC = "四月夜班把放置顺序改成只能一种装法，漏装当月减半。", "昨天的交接单少写了两个工位。", "夜班交接改版之后顺手吗？"


def looked_at(page: Page) -> None:
    assert (axe(page), wider_than_the_screen(page)) == ([], [])


def to_whom(page: Page, login: str) -> None:
    """Find a colleague by the account, and choose them."""
    page.locator("main #q").fill(login)
    page.get_by_role("main").get_by_role("button", name="查找").click()
    page.wait_for_load_state("networkidle")  # typing asks once more a moment later; leaving meanwhile is told as an error
    page.locator("#found").get_by_role("link", name=re.compile(login)).click()


def say(page: Page, words: str) -> None:
    page.get_by_label("想说的话").fill(words)
    looked_at(page)
    page.locator("form button.primary").click()
    expect(page.locator("main .words")).to_have_text(words)


def test_said_to_one_and_taken_back(sit):
    giver = sit("zhou.xiaolan", size="phone")
    go(giver, "反馈")
    looked_at(giver)
    giver.get_by_role("main").get_by_role("link", name="给反馈").first.click()
    to_whom(giver, "he.yiming")
    say(giver, QUIET)
    address = giver.url
    other = sit("wen.shuyun", size="phone")
    other.goto(address)
    expect(other.locator("main")).not_to_contain_text(QUIET)  # between the two and the managers
    giver.get_by_role("button", name="撤回").click()
    told(giver, "已撤回，内容已删除。")
    expect(giver.locator("main")).to_contain_text("给出的人已撤回。")
    expect(giver.locator("main")).not_to_contain_text(QUIET)
    looked_at(giver)


@pytest.mark.parametrize("size", ["phone", "desktop"])
def test_praised_on_the_wall_reported_and_hidden_by_hr(sit, size):
    giver = sit("zhou.xiaolan", size=size)
    go(giver, "表扬墙")
    giver.get_by_role("main").get_by_role("link", name="表扬同事").first.click()
    to_whom(giver, "he.yiming")
    expect(giver.get_by_role("radio", name="公开表扬")).to_be_checked()
    say(giver, PRAISE)

    about = sit("he.yiming", size=size)
    go(about, "表扬墙")
    piece = about.locator(".piece").filter(has_text=PRAISE)
    expect(piece).to_contain_text("周晓岚")
    looked_at(about)
    piece.get_by_role("link", name="打开这条反馈").click()
    about.locator("summary").filter(has_text="向 HR 举报").click()
    about.get_by_role("button", name="举报", exact=True).click()
    expect(about.locator(".error-summary, .error").first).to_be_visible()  # not without a reason
    about.get_by_label("哪里不妥").fill("这是全班做的，不该只写我一个人。")
    about.get_by_role("button", name="举报", exact=True).click()
    told(about, "已举报")
    looked_at(about)

    hr = sit("shen.jiahe")
    go(hr, "反馈举报")
    hr.get_by_role("main").get_by_role("link").filter(has_text=PRAISE[:20]).first.click()  # what waits comes first
    expect(hr.locator("main")).to_contain_text("不该只写我一个人")
    hr.get_by_label("理由").fill("请把功劳写给整个班组。")
    looked_at(hr)
    hr.get_by_role("button", name="隐藏内容").click()
    told(hr, "已处理")
    go(about, "表扬墙")
    expect(about.locator("#praise")).not_to_contain_text(PRAISE)


def test_asked_for_and_declined_without_a_reason(sit):
    asks = sit("zhou.xiaolan", size="phone")
    go(asks, "反馈")
    asks.get_by_role("main").get_by_role("link", name="请人反馈").first.click()
    asks.get_by_label("想了解什么").fill(TOPIC)
    asks.get_by_label("其他同事").fill("wen.shuyun")
    asks.get_by_role("button", name="查找").click()
    asks.locator("#people").get_by_role("checkbox", name=re.compile("温书韵")).check()
    looked_at(asks)
    asks.get_by_role("button", name="发出请求").click()
    expect(asks.locator(".asked-for").filter(has_text=TOPIC)).to_contain_text("温书韵")

    asked = sit("wen.shuyun", size="phone")
    go(asked, "反馈")
    question = asked.locator(".asked").filter(has_text=TOPIC)
    looked_at(asked)
    question.get_by_role("button", name=re.compile("婉拒")).click()
    told(asked, "已婉拒")
    expect(asked.locator(".asked").filter(has_text=TOPIC)).to_have_count(0)
    asks.reload()
    expect(asks.locator(".asked-for").filter(has_text=TOPIC)).to_contain_text("已谢绝")
    looked_at(asks)
