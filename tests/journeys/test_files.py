"""Files beside a record, in a browser: chosen, refused, fetched again and taken away, on a phone and at a desk."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser import wider_than_the_screen
from tests.journeys.walk import go, told

PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"
PROGRAM = b"MZ\x90\x00\x03\x00\x00\x00" + bytes(120)


def choose(page: Page, name: str, content: bytes) -> int:
    """A file as the browser's own chooser gives it; what the portal answers."""
    field = page.get_by_label("添加附件")
    field.set_input_files({"name": name, "mimeType": "application/octet-stream", "buffer": content})
    with page.expect_response(lambda answer: answer.request.method == "POST" and "/files/" in answer.url) as caught:
        page.get_by_role("button", name="添加", exact=True).click()
    return caught.value.status


def refused_then_kept_then_gone(page: Page, name: str) -> None:
    """A program is refused beside the field whatever it is called; a PDF is kept, comes back byte by byte, and goes."""
    files = page.locator("#files")
    expect(page.get_by_label("添加附件")).to_be_visible()
    room = page.get_by_label("添加附件").bounding_box()
    assert room is not None and room["height"] >= 44, "a thumb hits it"
    for disguise in ("报价.exe", "报价.pdf"):
        assert choose(page, disguise, PROGRAM) == 422
        expect(files.locator("#file-error")).to_contain_text("不接受这种文件")
        expect(files.get_by_role("link", name=disguise)).to_have_count(0)
        # The answer's own form, not the one before it: that had a file chosen, and the next choice would go with it.
        expect(page.get_by_label("添加附件")).to_have_value("")
    assert choose(page, name, PDF) in (200, 303)
    link = files.get_by_role("link", name=name, exact=True)
    expect(link).to_be_visible()
    assert wider_than_the_screen(page) == []
    with page.expect_download() as caught:
        link.click()
    assert (caught.value.suggested_filename, Path(caught.value.path()).read_bytes()) == (name, PDF)
    files.get_by_role("link", name=f"删除 {name}").click()
    expect(files).to_contain_text("要删除这个附件吗")
    page.get_by_role("button", name="永久删除").click()
    told(page, "已删除附件")
    expect(files.get_by_role("link", name=name, exact=True)).to_have_count(0)


@pytest.mark.parametrize("size", ["phone", "desktop"])
def test_beside_a_check_in(sit, size):
    page = sit("wu.peishan", size=size)
    go(page, "对话记录")
    page.get_by_role("region", name="以往的对话").get_by_role("link").first.click()
    page.locator("#files").get_by_text("添加附件").click()
    refused_then_kept_then_gone(page, "现场照片.pdf")


def test_beside_a_self_assessment_as_its_evidence(sit):
    page = sit("wei.zijin", size="phone")
    go(page, "绩效评估")
    page.get_by_role("region", name="我自己的评估").get_by_role("link").first.click()
    words = page.locator("main form textarea").first
    words.fill("写到一半的话。")
    page.locator("#files").get_by_text("添加附件").click()
    refused_then_kept_then_gone(page, "验收单.pdf")
    expect(words).to_have_value("写到一半的话。")


def test_without_scripts_it_is_a_page_of_its_own(sit):
    page = sit("wu.peishan", size="phone", scripts=False)
    go(page, "对话记录")
    page.get_by_role("region", name="以往的对话").get_by_role("link").first.click()
    page.locator("#files").get_by_text("添加附件").click()
    expect(page).to_have_url(re.compile("/files/check_in/"))
    refused_then_kept_then_gone(page, "报告.pdf")
