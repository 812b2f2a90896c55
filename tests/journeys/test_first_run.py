"""`make serve` on an empty folder, beside a directory of its own: from the first line it prints to an open portal."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser import SIZES, Noise, axe, dead, wider_than_the_screen
from tests.live import PROJECT
from tests.slapd import PASSWORD, SERVICE


@dataclass
class Company:
    """A portal that nobody is in yet: where it is, and the password it has just shown."""

    url: str
    password: str


@pytest.fixture
def empty(slapd, tmp_path) -> Iterator[Company]:
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    data = tmp_path / "data"
    env = {**kept, **slapd.settings(SERVICE), "DATA_DIR": str(data), "PORT": "0", "HOST": "127.0.0.1", "LANGUAGE": "zh"}
    command = [sys.executable, "-m", "portal.serving"]
    program = subprocess.Popen(command, cwd=PROJECT, env=env, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    said = ""
    for line in program.stdout:
        said += line
        if "Ctrl-C" in line:
            break
    url, password = re.search(r"is open at (http://\S+)", said), re.search(r"^ {4}(\S+)$", said, re.M)
    assert url and password, said + "".join(Path(f).read_text() for f in data.glob("log/*.log"))
    yield Company(url[1], password[1])
    program.send_signal(signal.SIGINT)
    program.communicate(timeout=40)
    assert program.returncode == 0


@pytest.fixture
def come(browser, empty):
    """`come("desktop", "zh-CN")`: a browser of one's own, and at the end it has been quiet."""
    opened = []

    def come(size: str, language: str, *, scripts: bool = True) -> Page:
        width, height = SIZES[size]
        screen = {"viewport": {"width": width, "height": height}, "has_touch": width < 800}
        context = browser.new_context(base_url=empty.url, locale=language, reduced_motion="reduce", java_script_enabled=scripts, **screen)
        context.set_default_timeout(15_000)
        opened.append((context, Noise(context)))
        return context.new_page()

    yield come
    heard = [line for _, noise in opened for line in noise.heard]
    for context, _ in opened:
        context.close()
    assert heard == []


def enter(page: Page, address: str, login: str, password: str) -> None:
    page.goto(address)
    page.locator('input[name="login"]').fill(login)
    page.locator('input[name="password"]').fill(password)
    page.locator("main button, form button").filter(has=page.locator("xpath=self::button[not(@name)]")).first.click()


def looked_at(page: Page) -> None:
    assert (axe(page), wider_than_the_screen(page)) == ([], [])


def make_hr(page, name, password):
    page.locator("#found li", has_text=name).get_by_role("link").click(delay=150)
    page.get_by_label("密码").fill(password)
    looked_at(page)
    page.get_by_role("button", name="设为").click()


def test_from_the_first_line_to_an_open_portal(empty, come):
    admin = come("desktop", "zh-CN")
    enter(admin, "/login/local", "setup", empty.password)
    expect(admin).to_have_url(re.compile("/setup/directory$"))
    expect(admin.locator(".checks .ok")).to_have_count(admin.locator(".checks li").count())
    expect(admin.get_by_role("table")).to_contain_text("departmentNumber")
    looked_at(admin)

    admin.get_by_role("link", name="下一步：试运行").click()
    admin.locator("#run button").click()
    expect(admin.locator("#run")).to_contain_text("赵总", timeout=40_000)  # it looks again by itself
    looked_at(admin)
    admin.get_by_role("link", name="下一步").click()
    admin.locator("#run button").click()
    expect(admin.get_by_role("link", name="下一步")).to_be_visible(timeout=40_000)
    looked_at(admin)
    admin.close()  # it can be left

    again = come("phone", "zh-CN")
    enter(again, "/login/local", "setup", empty.password)
    expect(again).to_have_url(re.compile("/setup/hr$"))
    again.get_by_label("姓名、账号或工号").press_sequentially("wangf")
    make_hr(again, "王芳", empty.password)
    expect(again.locator("main")).to_contain_text("王芳")
    looked_at(again)

    early = come("phone", "en")
    enter(early, "/login", "li", PASSWORD)
    expect(early.locator("h1")).to_have_text("Not open yet")
    looked_at(early)

    hr = come("phone", "en", scripts=False)
    enter(hr, "/login", "wang", PASSWORD)
    expect(hr).to_have_url(re.compile("/setup/company$"))
    hr.get_by_label("Company name").fill("华兴精密制造有限公司")
    hr.get_by_label("Time zone").fill("Mars/Base")
    hr.get_by_role("button", name="Save and go on").click()
    expect(hr.locator("#time_zone-error")).to_be_visible()
    expect(hr.get_by_label("Company name")).to_have_value("华兴精密制造有限公司")
    hr.get_by_label("Time zone").fill("Asia/Shanghai")
    hr.get_by_role("button", name="Save and go on").click()
    hr.get_by_role("button", name="Make its periods").click()
    expect(hr).to_have_url(re.compile("/setup/capabilities$"))
    assert (dead(hr), wider_than_the_screen(hr)) == ([], [])
    for capability in ("goals", "checkins"):
        hr.locator(f'input[name="{capability}"][value="pilot"]').check()
    hr.get_by_label("生产部").check()
    hr.get_by_role("button", name="Save", exact=True).click()
    hr.get_by_role("button", name="Open the portal").click()

    early.goto("/")
    expect(early.locator("h1")).to_contain_text("李雷")
    early.goto("/setup")
    expect(early.locator("h1")).not_to_contain_text("First run")
    looked_at(early)
