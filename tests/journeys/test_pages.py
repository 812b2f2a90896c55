"""Every page in a real browser: no complaint, no sideways scroll, usable for everybody.

A push looks at a third of each person's pages in one size, language and colour scheme with scripts, and at another third
without them: another third and another way each day; `make sweep` looks at all of them.
"""

import fcntl
import json
from datetime import date
from itertools import product
from zlib import crc32

import pytest

from tests.browser import SIZES, axe, dead, wider_than_the_screen
from tests.conftest import make_app
from tests.everywhere.exemptions import NOT_BY_LINK
from tests.journeys.pages import reachable
from tests.live import shared

LOGINS = ("zhou.xiaolan", "lin.zhiyuan", "qin.lang", "shen.jiahe", "sun.hao", "wu.tao")
WAYS = list(product(SIZES, ("zh", "en"), (False, True)))
FOR_ANYBODY = ("/login", "/v")


@pytest.fixture(scope="session")
def routes():
    return make_app("sqlite://").url_map.bind("localhost")


@pytest.fixture
def crawl(sit, routes, tmp_path_factory):
    """Every page that somebody reaches by links: {endpoint: address}; each person walks once, whichever process asks.

    The portals of all processes are copies of one: an address in one is an address in the others.
    """
    folder = shared(tmp_path_factory)

    def walk(login):
        kept = folder / f"reached-by-{login}.json"
        with kept.with_suffix(".lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not kept.exists():
                kept.write_text(json.dumps(reachable(sit(login).context, routes)))
        return json.loads(kept.read_text())

    return walk


def ways(request, page_name: str) -> list[tuple[str, str, bool]]:
    """The ways in which a page is looked at this time: one of four a day, so that few browsers are opened."""
    if request.config.getoption("--sweep") == "all":
        return WAYS
    turn = 4 * date.today().toordinal() + crc32(page_name.encode()) % 4  # noqa: DTZ011 - any day will do
    return [WAYS[turn * 5 % len(WAYS)]]


def turns(request, page_name: str, login: str) -> tuple[bool, bool]:
    """Whether a person's page is looked at with scripts this time, and whether without: by turns for those who reach it."""
    turn = date.today().toordinal() + crc32(page_name.encode()) + LOGINS.index(login)  # noqa: DTZ011
    every = request.config.getoption("--sweep") == "all"
    return every or turn % 3 == 0, every or turn % 3 == 1


@pytest.mark.parametrize("login", LOGINS)
def test_every_page_of(login, sit, crawl, request):
    pages = crawl(login)
    assert len(pages) > 3
    drawn = [page for page in pages if turns(request, page, login)[0]]
    plain = [page for page in pages if turns(request, page, login)[1]]
    wrong = []
    for way in WAYS:
        mine = [page for page in drawn if way in ways(request, page + login)]
        if not mine:
            continue
        size, language, dark = way
        tab = sit(login, size=size, language=language, dark=dark)
        for page in mine:
            tab.goto(pages[page])
            found = [*wider_than_the_screen(tab), *axe(tab)]
            wrong += [f"{page} {pages[page]} {size} {language} {'dark' if dark else 'light'}: {line}" for line in found]
    without = sit(login, size="phone", scripts=False)
    for page in plain:
        without.goto(pages[page])
        wrong += [f"{page} {pages[page]} without scripts: {line}" for line in (*dead(without), *wider_than_the_screen(without))]
    assert not wrong, "\n".join(wrong)


def test_the_sweep_sees_what_is_dead_without_scripts(sit):
    tab = sit(None, scripts=False)
    tab.set_content(
        '<a href="#nowhere">a</a><a>b</a><button>c</button><button type="button">d</button><input><form><select></select></form>'
        '<span hx-get="/more">e</span><div hidden><button>f</button></div><p id="here">g</p><a href="#here">h</a>'
        '<form action="/x"><input><button>i</button></form><a href="/more" hx-get="/more">j</a>'
    )  # fmt: skip
    assert len(dead(tab)) == 8


@pytest.mark.parametrize("address", FOR_ANYBODY)
def test_what_anybody_may_open(address, sit, request):
    for size, language, dark in ways(request, address):
        tab = sit(None, size=size, language=language, dark=dark)
        tab.goto(address)
        assert [*wider_than_the_screen(tab), *axe(tab)] == [], (size, language, dark)


def test_every_page_is_reached_by_somebody(crawl, routes):
    reached = {page for login in LOGINS for page in crawl(login)}
    every = {rule.endpoint for rule in routes.map.iter_rules() if "GET" in rule.methods}
    assert not (every - reached - set(NOT_BY_LINK)), "\n".join(sorted(every - reached - set(NOT_BY_LINK)))
    assert sorted(set(NOT_BY_LINK) - every) == [], "pages that are no more"


def test_what_can_be_done_next_and_the_path_to_strategy_stand_right_below_each_other(sit):
    page = sit("zhou.xiaolan")
    page.goto("/goals/mine")
    page.locator("main ul.rows a").first.click()
    page.wait_for_url("**/goals/*")
    steps, beside = page.locator("#steps").bounding_box(), page.locator(".beside").bounding_box()
    assert steps["x"] == beside["x"] and 0 < beside["y"] - steps["y"] - steps["height"] < 40


def test_the_columns_of_a_scorecard_stand_under_each_other(sit):
    page = sit("qin.lang")
    page.goto("/goals/scorecard")
    heads = page.locator("table.measured thead tr").all()
    places = [[head.bounding_box()["x"] for head in row.locator("th").all()] for row in heads]
    assert len(places) > 1 and all(max(xs) - min(xs) < 2 for xs in zip(*places, strict=True))


def test_on_a_phone_the_way_to_strategy_stands_beside_what_a_goal_is(sit):
    page = sit("qin.lang", size="phone")
    page.goto("/goals/tree?kind=kpi")
    row = page.locator(".node-line").first
    way, title = row.locator(".way-up").bounding_box(), row.locator(".node-name > a").first.bounding_box()
    assert title["y"] + title["height"] <= way["y"] + 8 and way["x"] > title["x"]
    assert row.bounding_box()["height"] < 115
