"""Screens of a running portal, to be looked at: python -m tests.screens http://127.0.0.1:8000 lin.zhiyuan folder / /team

Every path in two widths, light and dark, Chinese and English; what axe, the console or a wide element says is printed.
"""

import sys
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from tests.browser import ARGUMENTS, CHROMIUM, Noise, axe, wider_than_the_screen

WIDTHS = {"390": (390, 844), "1280": (1280, 900)}


def signed_in(browser: Browser, base: str, login: str) -> object:
    """The cookies of somebody who signed in; nobody for `-`."""
    context = browser.new_context(base_url=base)
    if login != "-":
        page = context.new_page()
        page.goto("/login")
        page.locator("#login").fill(login)
        page.locator("#password").fill("portal-demo")
        page.locator("#password").press("Enter")
        page.wait_for_url(lambda url: "/login" not in url)
    state = context.storage_state()
    context.close()
    return state


def main(base: str, login: str, folder: Path, paths: list[str]) -> int:
    folder.mkdir(parents=True, exist_ok=True)
    wrong = 0
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(ARGUMENTS))
        state = signed_in(browser, base, login)
        looks = [(width, scheme, tag) for width in WIDTHS for scheme in ("light", "dark") for tag in ("zh-CN", "en")]
        for width, scheme, tag in looks:
            wide, high = WIDTHS[width]
            size = {"viewport": {"width": wide, "height": high}, "has_touch": wide < 700, "is_mobile": wide < 700}
            context = browser.new_context(base_url=base, storage_state=state, color_scheme=scheme, locale=tag, **size)
            noise = Noise(context)
            for path in paths:
                page = context.new_page()
                page.goto(path)
                name = (
                    f"{path.strip('/').replace('/', '-') or 'home'}-{width}{'-dark' if scheme == 'dark' else ''}-{tag[:2]}.png"
                )
                page.screenshot(path=folder / name, full_page=True)
                said = [*axe(page), *wider_than_the_screen(page), *noise.heard]
                noise.heard.clear()
                wrong += bool(said)
                print(name, *said, sep="\n  ")  # noqa: T201 - this is what it is for
                page.close()
            context.close()
        browser.close()
    return wrong


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2], Path(sys.argv[3]), sys.argv[4:]))
