"""A company of any size, for measuring: the same trades and words, a regular hierarchy, eight reports to a manager.

The first few are the named accounts of the small company, in the same relations. Pure but for the caller's writer.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from portal.demo.chance import dice
from portal.demo.company import NAMED
from portal.demo.days import back, workday
from portal.demo.goals import OWN
from portal.demo.shapes import Measure, Words
from portal.demo.talks import POOLS
from portal.demo.words.names import GIVEN, SURNAMES

SPAN = 8
# Where the named accounts stand: the manager of n is (n - 1) // SPAN.
PLACES = {
    0: "xu.mingchuan",
    1: "qin.lang",
    2: "wen.shuyun",
    3: "shen.jiahe",
    4: "wu.tao",
    9: "lin.zhiyuan",
    25: "fang.yu",
    26: "sun.hao",
    73: "zhou.xiaolan",
    74: "he.yiming",
}
UNIT_DEPTH = 3
DEPARTMENTS = ("谐波事业部", "精密装配中心", "机加工中心", "质量中心", "供应链中心", "营销中心", "研发中心", "职能中心")
TRADES = ("工艺", "班组", "机加工", "质量", "计划", "设备", "研发", "营销")
LEVELS = ("P10", "P9", "P8", "P7", "P5", "P4")


@dataclass(frozen=True)
class One:
    """One person of many; `number` counts from 0, `manager` is the number of another."""

    number: int
    login: str
    name: str
    manager: int | None
    depth: int
    unit: int
    trade: str
    hired: date


def people(count: int, today: date, seed: int) -> Iterator[One]:
    """Everybody, managers first; `unit` is the number of whoever heads the unit they sit in."""
    luck = dice(seed, "people", count)
    depths, heads = [0] * count, [0] * count
    parents = {(n - 1) // SPAN for n in range(1, count)}
    for n in range(count):
        manager = (n - 1) // SPAN if n else None
        if manager is not None:
            depths[n] = depths[manager] + 1
            heads[n] = n if depths[n] <= UNIT_DEPTH and n in parents else heads[manager]
        login = PLACES.get(n, f"u{n:05d}")
        drawn = luck.choice(SURNAMES) + luck.choice(GIVEN) + (luck.choice(GIVEN) if luck.random() < 0.7 else "")
        hired = back(today, years=luck.randrange(2, 13), months=luck.randrange(12))
        trade = "管理" if n in parents and depths[n] < 2 else TRADES[heads[n] % len(TRADES)]
        yield One(n, login, NAMED.get(login, drawn), manager, depths[n], heads[n], trade, hired)


def unit_name(head: int, depth: int) -> str:
    """A name that is read as a place in the company; the number makes it one of its kind."""
    if depth == 0:
        return "衡屿精密制造集团"
    if depth == 1:
        return DEPARTMENTS[(head - 1) % len(DEPARTMENTS)]
    return f"{'第' if depth == 2 else ''}{head}{'部' if depth == 2 else '组'}"


@dataclass(frozen=True)
class Drafted:
    """An objective's words with its three measures; for a KPI every measure is one."""

    title: str
    kind: str
    measures: tuple[Measure, ...]


def library() -> dict[str, tuple[Drafted, ...]]:
    """Titles and measures out of the small company's own: yearly indicators, and quarterly objectives."""
    yearly = [words for own in OWN.values() for words in own.year if words.kind == "kpi" and words.measures[0].now is not None]
    quarterly = [words for own in OWN.values() for words in own.quarter]
    results = [m for words in quarterly for m in words.measures if not m.steps and m.now is not None]
    figures = [words.measures[0] for words in yearly if words.measures[0].rule != "pass_fail"]
    return {
        "year": tuple(_drafted(words, figures, n) for n, words in enumerate(yearly)),
        "quarter": tuple(_drafted(words, results, n) for n, words in enumerate(quarterly) if not words.measures[0].steps),
    }


def _drafted(words: Words, others: list[Measure], n: int) -> Drafted:
    more = [others[(n * 7 + k * 13) % len(others)] for k in (1, 2)]
    return Drafted(words.title, words.kind, (words.measures[0], *more))


def talk_days(today: date, luck: Random) -> list[date]:
    """Twelve talks of a year, oldest first."""
    first = today - timedelta(days=luck.randrange(2, 28))
    return [workday(first - timedelta(days=29 * n)) for n in range(11, -1, -1)]


def said(trade: str, n: int) -> tuple[str, str, str, str | None, str]:
    """Progress, the employee's view, an obstacle with its kind (or none), and a next step."""
    pool = POOLS[trade]
    topic = pool[n % len(pool)]
    kind, obstacle, _ = topic.o[0]
    hard = n % 3 == 0
    return (
        topic.p[n % len(topic.p)].format(line="四号线"),
        topic.v[n % len(topic.v)] if n % 2 else "",
        obstacle if hard else "",
        kind if hard else None,
        topic.n[n % len(topic.n)][1].format(line="四号线"),
    )
