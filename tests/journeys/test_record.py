"""The record of a talk on a phone: from home to saved in a few taps, and every one of them made for a thumb."""

from playwright.sync_api import Locator, Page, expect

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
