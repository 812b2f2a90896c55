"""The record of a talk on a phone: from home to saved in a few taps, and every one of them made for a thumb."""

from playwright.sync_api import Locator, Page, expect

from tests.browser import axe, wider_than_the_screen

TAPS, FIELDS, LOADS = 12, 3, 2
THUMB = 44
"""Least height in CSS pixels of what a thumb has to hit."""


class Thumb:
    """Somebody who holds a phone: counts what they do, and whether each target was large enough."""

    def __init__(self, page: Page) -> None:
        self.page, self.taps, self.fields, self.loads = page, 0, 0, 0
        self.small: list[str] = []
        page.on("domcontentloaded", self._loaded)

    def _loaded(self, _page: Page) -> None:
        self.loads += 1

    def tap(self, target: Locator) -> None:
        """Touch it."""
        self.taps += 1
        target.scroll_into_view_if_needed()
        room = target.bounding_box()
        if room is None or room["height"] < THUMB:
            self.small.append(f"{target}: {room}")
        target.tap()

    def write(self, field: Locator, text: str) -> None:
        """Touch the field and type."""
        self.fields += 1
        self.tap(field)
        field.press_sequentially(text)


def test_from_home_to_a_saved_talk(sit):
    page = sit("lin.zhiyuan", size="phone")
    expect(page.get_by_role("heading", level=1)).to_contain_text("知远")
    hand = Thumb(page)
    hand.tap(page.get_by_label("快捷导航").get_by_role("link", name="记录"))
    person = page.get_by_role("heading", level=1).inner_text()
    hand.tap(page.locator("label.tick").first)
    goals = page.locator(".goal-now")
    hand.tap(goals.nth(0).get_by_role("radio", name="正常"))
    hand.tap(goals.nth(1).get_by_role("radio", name="有风险"))
    hand.write(page.get_by_label("进展"), "夜班三个人都能单独开机了。")
    hand.write(page.get_by_label("第 1 步做什么"), "补完最后一次带班考核")
    hand.tap(page.get_by_role("button", name="分享给"))
    expect(page.locator("main .flash")).to_contain_text("已分享")
    for written in (person, "夜班三个人都能单独开机了。", "补完最后一次带班考核"):
        expect(page.locator("main")).to_contain_text(written)
    assert hand.small == []
    assert (hand.taps <= TAPS, hand.fields <= FIELDS, hand.loads <= LOADS) == (True, True, True), vars(hand)
    assert (hand.taps, hand.fields, hand.loads) == (7, 2, 1), "what this page is so far; it may only become less"


def test_two_devices_meet_and_both_texts_are_shown(sit):
    """A draft on the phone and in the office: nothing is lost, and it is said that both are one's own."""
    phone, desk = sit("lin.zhiyuan", size="phone", fresh=True), sit("lin.zhiyuan", fresh=True)
    for page in (phone, desk):
        page.goto("/team")
        page.get_by_role("link", name="记录 · 吴佩珊").click()
    desk.get_by_label("进展").fill("在电脑上写的。")
    desk.get_by_label("进展").blur()
    expect(desk.locator("#record [data-save]")).to_have_attribute("data-state", "saved")
    phone.get_by_label("进展").fill("在手机上写的。")
    phone.get_by_role("button", name="分享给").tap()
    expect(phone.get_by_role("heading", level=1)).to_have_text("你在别的窗口或设备上保存过")
    for words in ("在电脑上写的。", "在手机上写的。"):
        expect(phone.locator("main")).to_contain_text(words)
    assert (axe(phone), wider_than_the_screen(phone)) == ([], [])
    phone.get_by_role("button", name="用我写的").tap()
    expect(phone.get_by_label("进展")).to_have_value("在手机上写的。")
    phone.get_by_label("进展").fill("")
    phone.get_by_role("button", name="分享给").tap()
    expect(phone.locator(".errors")).to_contain_text("进展")


def test_whose_talks_are_not_theirs_and_who_has_nothing_open(sit):
    page = sit("zhou.xiaolan", size="phone")
    page.goto("/check-ins/next")
    expect(page.get_by_role("heading", level=1)).to_have_text("准备我的对话")
    colleague = sit("lin.zhiyuan", size="phone")
    colleague.goto("/team")
    address = colleague.get_by_role("link", name="记录 · 何秀芬").get_attribute("href")
    colleague.goto(str(address))
    expect(colleague.get_by_role("region", name="上次约定")).to_contain_text("之前的约定都完成了")
    assert (axe(colleague), wider_than_the_screen(colleague)) == ([], [])
    page.goto(str(address))
    expect(page.get_by_role("heading", level=1)).to_contain_text("看不到")
