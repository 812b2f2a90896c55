"""One's own copy: asked for, waited for, fetched and looked into, on a phone and at a desk."""

import csv
import io
import json
import zipfile
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser import axe, wider_than_the_screen
from tests.journeys.conftest import PASSWORD
from tests.journeys.walk import sign, told


@pytest.mark.parametrize(("login", "name", "size"), [("he.yiming", "何一鸣", "phone"), ("qin.lang", "秦朗", "desktop")])
def test_it_is_made_while_one_waits_and_holds_what_is_about_oneself(sit, login, name, size):
    page = sit(login, size=size)
    page.goto("/account/copy")
    assert (axe(page), wider_than_the_screen(page)) == ([], [])
    asked = page.locator("form").filter(has=page.get_by_role("button", name="生成我的副本"))
    asked.get_by_label("密码").fill("not the password")
    asked.get_by_role("button", name="生成我的副本").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("请再输一次密码")
    page.goto("/account/copy")
    expect(page.locator("#copy")).to_contain_text("目前还没有副本")
    sign(asked, "生成我的副本")
    told(page, "正在生成你的副本")
    fetch = page.locator("#copy").get_by_role("button", name="下载文件")
    expect(fetch).to_be_visible(timeout=60_000)  # it looks again by itself; what the start has to do comes first
    address = page.locator("#copy form").get_attribute("action") or ""
    with page.expect_download() as caught:
        fetch.click()
    stranger = sit("zhou.xiaolan", size=size)
    assert stranger.context.request.get(address.replace("/fetch", "/file"), max_redirects=0).status == 404, "it is nobody else's"
    assert caught.value.suggested_filename.startswith("个人数据副本-") and caught.value.suggested_filename.endswith(".zip")
    with zipfile.ZipFile(Path(caught.value.path())) as packed:
        assert packed.testzip() is None
        manifest = {one["name"]: one["records"] for one in json.loads(packed.read("manifest.json"))["sections"]}
        person = json.loads(packed.read("person.json"))
        goals = json.loads(packed.read("goals.json"))
        rows = list(csv.reader(io.StringIO(packed.read("goals.csv").decode("utf-8-sig"))))
        first = packed.read("index.html").decode()
    assert [one["login"] for one in person] == [login] and name in first and PASSWORD not in first
    assert len(goals) == manifest["goals"] == len(rows) - 1 > 0
