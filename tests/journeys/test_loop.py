"""The whole loop on real input: directory, goals, a talk, the review beside its evidence, the paper, the signatures.

周晓岚 is an engineer, 林知远 her manager, 沈嘉禾 works in human resources. It is walked on a phone, at a desk and without
scripts; on the way something is refused, two windows meet on one form, and a session ends while somebody types.
"""

import pytest
from playwright.sync_api import Page, expect

from tests.journeys import walk
from tests.printing import reading

GOAL = "装配防错夹具覆盖全部 11 个工位"
OWN = "我把夹具的首件检查交给了班组自己做。"
JUDGED = "夹具上线以后，她先教会了班组再离开工位。"


@pytest.mark.parametrize(
    ("size", "scripts", "figure"), [("phone", True, "10"), ("desktop", True, "11"), ("small", False, "9.5")], ids=["phone", "desktop", "plain"]
)
def test_the_loop(sit, tmp_path, size, scripts, figure):
    said = f"八号工位的夹具装好了，{figure} 个工位在用。"
    cycle = f"{size} 的一轮评估"
    xiaolan, zhiyuan, jiahe = (
        sit(login, size=size, scripts=scripts, fresh=True) for login in ("zhou.xiaolan", "lin.zhiyuan", "shen.jiahe")
    )

    walk.start_cycle(jiahe, cycle)
    refused(xiaolan)
    walk.open_a_level(xiaolan, scripts=scripts)
    walk.report(xiaolan, GOAL, figure, "八号工位已上线", scripts=scripts)

    walk.begin_talk(zhiyuan, "周晓岚")
    signed_out_while_typing(zhiyuan, sit("lin.zhiyuan", size=size, scripts=scripts, fresh=True), said, scripts=scripts)
    walk.share_talk(zhiyuan)
    walk.answer_talk(xiaolan, said, "同意，下周带夜班看一遍。")
    walk.on_the_time_line(xiaolan, said, scripts=scripts)

    walk.open_review(xiaolan, cycle)
    missing_then_handed_in(xiaolan)
    walk.open_review(zhiyuan, cycle, "周晓岚")
    beside_the_evidence(zhiyuan, said, scripts=scripts)
    two_windows(zhiyuan, scripts=scripts)
    walk.write_all(zhiyuan, JUDGED)
    zhiyuan.get_by_role("button", name="提交评估").click()
    walk.sign(zhiyuan.locator("main form"), "签署并提交")
    walk.told(zhiyuan, "评估已签署并提交")

    walk.open_review(xiaolan, cycle)
    assert JUDGED not in reading.text(walk.printed(xiaolan), tmp_path)
    paper = walk.printed(zhiyuan)
    assert paper.startswith(b"%PDF-")
    for words in ("周晓岚", "林知远", JUDGED, OWN):
        assert words in reading.text(paper, tmp_path).replace("\n", "")

    walk.release(jiahe, cycle, "装配制造部", "周晓岚")
    xiaolan.reload()
    expect(xiaolan.locator("main")).to_contain_text(JUDGED)
    walk.acknowledge(xiaolan, "谢谢，明年我带两个人。")
    assert JUDGED in reading.text(walk.printed(xiaolan), tmp_path).replace("\n", "")


def refused(page: Page) -> None:
    """What is not hers: a page of human resources, a colleague's review. Nothing of it is told."""
    answer = page.goto("/cycles")
    assert answer is not None and answer.status == 403
    expect(page.get_by_role("heading", level=1)).to_have_text("这一页你看不到")
    answer = page.goto("/reviews/1")
    assert answer is not None and answer.status in (403, 404)
    expect(page.get_by_role("heading", level=1)).to_have_text("没有这个页面，或者这一页你看不到")
    page.get_by_role("main").get_by_role("link").first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("晓岚")


def signed_out_while_typing(page: Page, other: Page, said: str, *, scripts: bool) -> None:
    """From another device all others are signed out; the text stays and is saved after signing in again."""
    page.get_by_label("进展").fill("八号")
    other.goto("/more")
    other.get_by_role("main").get_by_role("link", name="我的登录").click()
    other.get_by_role("button", name="退出其他所有登录").click()
    expect(other.get_by_role("button", name="退出其他所有登录")).to_have_count(0)
    walk.tell_talk(page, said, "首件检查表贴到八号工位")
    if scripts:
        dialog = page.locator("#relogin dialog")
        expect(dialog).to_be_visible()
        dialog.get_by_label("账号").fill("lin.zhiyuan")
        walk.sign(dialog, "登录")
        expect(dialog).to_have_count(0)
        expect(page.locator("#saved")).to_contain_text("已保存")
    else:
        page.get_by_role("button", name="存草稿").click()
        expect(page.get_by_role("main")).to_contain_text("登录已过期")
        page.get_by_label("账号").fill("lin.zhiyuan")
        walk.sign(page.locator("main form"), "登录")
    expect(page.get_by_label("进展")).to_have_value(said)


def missing_then_handed_in(page: Page) -> None:
    """The form names what is missing, with a link to it, and takes it when it is whole."""
    page.get_by_role("button", name="提交自评").click()
    summary = page.get_by_role("alert")
    expect(summary).to_contain_text("处")
    summary.get_by_role("link").first.click()
    walk.rate(page, 3)
    walk.write_all(page, OWN)
    page.get_by_role("button", name="提交自评").click()
    walk.told(page, "自评已提交")


def beside_the_evidence(page: Page, said: str, *, scripts: bool) -> None:
    """The talk lies beside the form and is pinned to a judgement."""
    if not scripts:
        page.get_by_role("link", name="这个周期的对话和进展").click()
    record = page.locator("#evidence li").filter(has_text=said)
    expect(record).to_be_visible()
    record.get_by_text("钉到一项评分").click()
    record.get_by_label("钉到哪一项").select_option(index=0)
    record.get_by_role("button", name="钉住", exact=True).click()
    expect(page.locator("#evidence li").filter(has_text=said)).to_contain_text("已钉在")
    if not scripts:
        page.get_by_role("link", name="回到评估表").click()


def two_windows(page: Page, *, scripts: bool) -> None:
    """The same form in a second window: whoever is second sees both texts and decides."""
    second = page.context.new_page()
    second.goto(page.url)
    walk.rate(page, 4)
    walk.write_all(page, "先写的话。")
    page.get_by_role("button", name="保存", exact=True).click()
    expect(page.locator("#totals")).to_contain_text("已保存")
    walk.rate(second, 3)
    walk.write_all(second, "后写的话。")
    if not scripts:  # else it is noticed by itself
        second.get_by_role("button", name="保存", exact=True).click()
    expect(second.get_by_role("heading", level=1)).to_have_text("你在别的窗口或设备上保存过")
    clash = second.locator(".conflict").filter(has_text="后写的话。").first
    expect(clash).to_contain_text("先写的话。")
    second.get_by_role("link", name="用另一份").click()
    second.close()
    page.reload()
