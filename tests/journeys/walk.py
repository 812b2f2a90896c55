"""What people do in the portal, step by step, with a mouse, a thumb or without scripts: each step says what it must see."""

import re
from pathlib import Path

from playwright.sync_api import Locator, Page, expect

from tests.journeys.conftest import PASSWORD


def go(page: Page, word: str) -> None:
    """Through the navigation; on a phone by way of its last tab."""
    entry = page.get_by_label("主导航").get_by_role("link", name=word, exact=True)
    if not entry.is_visible():
        page.get_by_label("快捷导航").get_by_role("link", name="更多").click()
        entry = page.get_by_label("全部页面").get_by_role("link", name=word, exact=True)
    entry.click()
    expect(page.get_by_role("heading", level=1)).to_be_visible()


def told(page: Page, sentence: str) -> None:
    """The portal says what was done."""
    expect(page.locator("main .flash").filter(has_text=sentence)).to_be_visible()


def sign(form: Locator, button: str) -> None:
    """With the password, as a signature asks."""
    form.get_by_label("密码").fill(PASSWORD)
    form.get_by_role("button", name=button).click()


# Goals


def open_a_level(page: Page, *, scripts: bool) -> None:
    """From the company's first goal down to a department's, and into that goal."""
    go(page, "目标树")
    first = page.locator(".node:not(.theme)").first
    first.locator("summary").first.click()
    if scripts:
        address = page.url
        below = first.locator("ul[id^=level-] li.node")
        expect(below.first).to_be_visible()
        assert page.url == address
    else:
        first.get_by_role("link", name="查看下级").click()
        below = page.locator(".node:has(> .node-line [aria-current]) > ul li.node")
    goal = below.first.locator(".node-name a")
    title = goal.inner_text()
    goal.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(title.strip())
    expect(page.get_by_role("heading", name="到战略的路径")).to_be_visible()


def report(page: Page, goal: str, value: str, comment: str, *, scripts: bool) -> None:
    """A key result on the board: figure, one of three buttons, a word; in place where there are scripts."""
    go(page, "OKR 看板")
    address = page.url
    card = page.locator("article").filter(has=page.get_by_role("link", name=goal))
    card.get_by_role("link", name="更新", exact=True).click()
    form = page.locator("details.report[open] form").first
    form.get_by_label("当前值").fill(value)
    form.get_by_role("radio", name="有风险").check()
    form.get_by_label("说明").fill(comment)
    form.get_by_role("button", name="保存").click()
    expect(page.locator("article.okr, main").filter(has_text=goal).first).to_contain_text(value)
    if scripts:
        assert page.url == address
        expect(card.get_by_role("link", name="更新", exact=True)).to_be_visible()
        expect(card.locator(".kr").first).to_contain_text(value)
    else:
        told(page, "已保存")


# Talks


def begin_talk(page: Page, name: str) -> None:
    """The record of the next talk with somebody."""
    go(page, "对话记录")
    page.get_by_role("region", name="我的下属").get_by_role("link", name=name).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(name)


def tell_talk(page: Page, progress: str, step: str) -> None:
    """What was said and what comes next."""
    page.locator(".goal-now").first.get_by_role("radio", name="正常").check()
    page.get_by_label("进展").fill(progress)
    page.get_by_label("第 1 步做什么").fill(step)


def share_talk(page: Page) -> None:
    """From then on both read it."""
    page.get_by_role("button", name="分享给").click()
    told(page, "已分享")


def answer_talk(page: Page, said: str, own: str) -> None:
    """The other side of the talk: read it, add one's own words, confirm."""
    go(page, "对话记录")
    page.get_by_role("region", name="以往的对话").get_by_role("link").first.click()
    expect(page.locator("main")).to_contain_text(said)
    page.get_by_label("你的看法").fill(own)
    page.get_by_role("button", name="保存我的看法").click()
    told(page, "你的看法已放在旁边")
    page.get_by_role("button", name="确认这份记录").click()
    told(page, "已确认")
    expect(page.locator("main")).to_contain_text(own)


def on_the_time_line(page: Page, *words: str, scripts: bool) -> None:
    """Home leads to one's whole time line; filtered by kind it shows the talks alone."""
    go(page, "首页")
    page.get_by_role("link", name="全部时间轴").click()
    line = page.locator("#timeline")
    for word in words:
        expect(line).to_contain_text(word)
    line.get_by_role("link", name="对话", exact=True).click()
    expect(line.get_by_role("link", name="对话", exact=True)).to_have_attribute("aria-current", "true")
    expect(line).to_contain_text(words[0])
    if scripts:
        expect(page).to_have_url(re.compile("kind=talks"))


# Reviews


def start_cycle(page: Page, name: str) -> None:
    """HR opens a round of reviews for everybody."""
    go(page, "评估周期")
    page.get_by_role("link", name="开启评估周期").click()
    page.get_by_label("周期名称").fill(name)
    page.get_by_role("button", name="开启周期").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(name)


def open_review(page: Page, cycle: str, name: str = "") -> None:
    """One's own review of a cycle, or that of somebody one assesses."""
    go(page, "绩效评估")
    place = page.get_by_role("region", name="由你评估" if name else "我自己的评估")
    place.get_by_role("link").filter(has_text=cycle).filter(has_text=name).click()


def rate(page: Page, value: int) -> None:
    """The same for each competency."""
    for card in page.locator(".rate").all():
        card.locator(f'input[value="{value}"]').check()


def write_all(page: Page, text: str) -> None:
    """Every question in own words; what is optional stays as it is."""
    for field in page.get_by_role("region", name="总结与期望").locator("textarea").all():
        field.fill(text)


def printed(page: Page) -> bytes:
    """The paper, as the browser saves it."""
    with page.expect_download() as caught:
        page.get_by_role("button", name="打印").click()
    return Path(caught.value.path()).read_bytes()


def release(page: Page, cycle: str, department: str, name: str) -> None:
    """HR hands the result to the person."""
    go(page, "评估周期")
    page.get_by_role("main").get_by_role("link", name=cycle).click()
    page.get_by_role("rowheader").get_by_role("link", name=department).click()
    page.get_by_role("region", name=department).get_by_role("link", name=name).click()
    sign(page.locator("form").filter(has=page.get_by_role("button", name="发布给本人")), "发布给本人")
    told(page, "已发布")


def acknowledge(page: Page, words: str) -> None:
    """The person has read it and agrees."""
    form = page.locator("form").filter(has=page.get_by_role("button", name="签署，我认可"))
    form.get_by_role("textbox").first.fill(words)
    sign(form, "签署，我认可")
    told(page, "已签署")
    expect(page.locator("main")).to_contain_text(words)
