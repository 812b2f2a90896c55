"""What every page must be in a real browser: quiet, no wider than the screen, usable for everybody (axe)."""

import re
from importlib.resources import files
from typing import Any

from playwright.sync_api import BrowserContext, ConsoleMessage, Page, Response

CHROMIUM = "/usr/bin/chromium-headless-shell"
ARGUMENTS = (  # CI runs as root; and nothing but the portal is to be asked
    "--no-sandbox", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run",
    "--disable-default-apps", "--disable-dev-shm-usage", "--font-render-hinting=none",
)
SIZES = {"small": (360, 740), "phone": (390, 844), "tablet": (820, 1180), "desktop": (1280, 800)}
AXE = files("axe_playwright_python").joinpath("axe.min.js").read_text()
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"], "resultTypes": ["violations"]}


class Noise:
    """Everything a browser complained about: console errors, refused by the CSP, scripts that failed, answers >= 500."""

    def __init__(self, context: BrowserContext) -> None:
        self.heard: list[str] = []
        context.on("console", self._console)
        context.on("weberror", lambda error: self.heard.append(f"script: {error.error}"))
        context.on("response", self._response)

    def _console(self, message: ConsoleMessage) -> None:
        # A refused or missing page is told by the browser as an error; the journey that went there asserts its status.
        if message.type in ("error", "warning") and not re.match(r"Failed to load resource: .* status of 4\d\d", message.text):
            self.heard.append(f"{message.type}: {message.text}")

    def _response(self, response: Response) -> None:
        if response.status >= 500:
            self.heard.append(f"{response.status}: {response.url}")


def axe(page: Page) -> list[str]:
    """Violations, one a line: rule, how many, the first place."""
    # Read into the page's world by the driver, past the CSP: a page of ours could not load it.
    page.evaluate(f"window.axe || (() => {{ {AXE} }})()")
    # What passed stays there: to describe it and to bring it over takes longer than to look.
    found: list[dict[str, Any]] = page.evaluate("async options => (await window.axe.run(document, options)).violations", RULES)
    return [f"{one['id']} ({len(one['nodes'])}): {one['nodes'][0]['target']} {one['nodes'][0]['html'][:160]}" for one in found]


WIDER = """() => {
  const room = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth <= room) return [];
  const scrolls = e => { for (let p = e.parentElement; p; p = p.parentElement) if (getComputedStyle(p).overflowX !== 'visible') return true; };
  const wide = [...document.body.querySelectorAll('*')].filter(e => e.getBoundingClientRect().right > room + 1 && !scrolls(e));
  return [`${document.documentElement.scrollWidth} > ${room}`, ...wide.slice(-3).map(e => e.outerHTML.slice(0, 120))];
}"""



def wider_than_the_screen(page: Page) -> list[str]:
    """How far the page scrolls sideways and by what; empty when it does not."""
    return list(page.evaluate(WIDER))


DEAD = """() => {
  const seen = e => e.checkVisibility({ visibilityProperty: true }) && !e.closest('[hidden], dialog:not([open])');
  const led = a => a.hasAttribute('href') && !/^(javascript:.*|#?)$/.test(a.getAttribute('href'))
    && (!a.hash || a.pathname + a.search !== location.pathname + location.search || document.getElementById(decodeURIComponent(a.hash.slice(1))));
  const sends = form => form && [...document.querySelectorAll('button, input[type=submit]')].some(b => b.form === form && b.type === 'submit');
  const alive = e => e.matches('summary, option') || e.disabled || (e.matches('a') ? led(e)
    : e.matches('button') ? e.type === 'submit' && !!e.form
    : e.matches('form') ? sends(e)
    : e.matches('input, select, textarea') ? e.type === 'hidden' || sends(e.form)
    : /auto|scroll/.test(getComputedStyle(e).overflowX) || !!e.querySelector('a[href]'));  // the arrow keys scroll it
  return [...document.querySelectorAll('a, button, input, select, textarea, form, [hx-get], [hx-post], [tabindex="0"], [role=button]')]
    .filter(e => seen(e) && !alive(e)).map(e => `dead without scripts: ${e.outerHTML.slice(0, 160)}`);
}"""


def dead(page: Page) -> list[str]:
    """What is shown and can do nothing while no script runs: an element that only htmx fetches, a field nothing sends."""
    return list(page.evaluate(DEAD))
