"""A portal as `make run` starts it, and people in front of a real browser."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from tests.browser import SIZES, Noise
from tests.live import Live, prepared, shared

PASSWORD = "portal-demo"
LOCALES = {"zh": "zh-CN", "en": "en-US"}


@pytest.fixture(scope="session")
def live(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    """A running portal, one for each test process; the first start is made once for all of them."""
    folder = tmp_path_factory.mktemp("live") / "demo"
    shutil.copytree(prepared(shared(tmp_path_factory)), folder)
    (folder / "directory" / "ports").unlink(missing_ok=True)  # each process has its own
    portal = Live.start(folder)
    yield portal
    assert portal.stop() == 0


@pytest.fixture(scope="session")
def kept_cookies() -> dict[str, Any]:
    """The cookies of everybody who has logged in, so that a person does so once."""
    return {}


@pytest.fixture
def sit(browser: Browser, live: Live, kept_cookies: dict[str, Any]) -> Iterator[Callable[..., Page]]:
    """`sit("zhou.xiaolan", size="phone")`: somebody in front of a browser of their own, logged in, at home.

    At the end every browser must have been quiet: no error in the console, nothing refused by the CSP.
    """
    open_: list[tuple[BrowserContext, Noise]] = []

    def take_a_seat(
        login: str | None, *, size: str = "desktop", language: str = "zh", dark: bool = False, scripts: bool = True, fresh: bool = False
    ) -> Page:
        width, height = SIZES[size]
        context = browser.new_context(
            base_url=live.url, locale=LOCALES[language], viewport={"width": width, "height": height},
            color_scheme="dark" if dark else "light", java_script_enabled=scripts, has_touch=width < 800,
            reduced_motion="reduce", timezone_id="Asia/Shanghai",
            storage_state=None if fresh or login is None else kept_cookies.get(login),
        )  # fmt: skip
        context.set_default_timeout(15_000)
        open_.append((context, Noise(context)))
        page = context.new_page()
        page.goto("/")
        if login and page.locator('input[name="password"]').count():
            log_in(page, login)
            if not fresh:
                kept_cookies[login] = context.storage_state()
        return page

    yield take_a_seat
    heard = [line for _, noise in open_ for line in noise.heard]
    for context, _ in open_:
        context.close()
    assert heard == []


def log_in(page: Page, login: str, password: str = PASSWORD) -> None:
    """Fill the form as a person would."""
    page.locator('input[name="login"]').fill(login)
    page.locator('input[name="password"]').fill(password)
    page.locator('input[name="password"]').press("Enter")
    page.wait_for_url(lambda address: "/login" not in address)


@pytest.fixture
def picture(request: pytest.FixtureRequest) -> Callable[[Page, str], Path]:
    """Keep a picture of a page in `.cache/pictures/`, to be looked at."""
    folder = Path(".cache/pictures")

    def take(page: Page, name: str) -> Path:
        folder.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=folder / f"{name}.png", full_page=True)
        return folder / f"{name}.png"

    return take
