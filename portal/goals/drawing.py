"""The goal tree as a picture for a slide: boxes from left to right, lines between them. Pure: goals in, SVG out."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from markupsafe import Markup, escape

from portal import charts
from portal.goals.kinds import Health

WIDE, HIGH, ACROSS, BETWEEN, EDGE = 236, 62, 40, 12, 16
"""A box, the way to the next column, the gap to the next row, the margin of the whole; in pixels."""
LINE, WORDS = 198, 12.5
"""Room for a title's line, and the size of its letters."""
COLOURS = {
    Health.GOOD: "#12805c",
    Health.WARN: "#b45309",
    Health.BAD: "#c42b4b",
    Health.STALE: "#6b7280",
    Health.NEW: "#6b7280",
    Health.CLOSED: "#374151",
}
MARKS = {
    Health.GOOD: '<circle cx="5" cy="5" r="5"/>',
    Health.WARN: '<path d="M5 0 10.4 9.6H-.4z"/>',
    Health.BAD: '<path d="M3 0h4l3 3v4l-3 3H3L0 7V3z"/>',
    Health.STALE: '<circle cx="5" cy="5" r="4" fill="none" stroke="#6b7280" stroke-width="1.6" stroke-dasharray="2 1.6"/>',
    Health.NEW: '<circle cx="5" cy="5" r="4" fill="none" stroke="#6b7280" stroke-width="1.6"/>',
    Health.CLOSED: '<path d="M1 5.5 4 8.5 9.5 2" fill="none" stroke="#374151" stroke-width="2"/>',
}
"""Shapes differ, so that a black-and-white print loses nothing."""


@dataclass(frozen=True)
class Box:
    """One goal, or a theme. `head`: what it is; `foot`: whose it is."""

    title: str
    head: str
    foot: str
    share: Decimal | None
    told: str  # the share as it is written
    health: Health
    word: str  # the health in words
    below: tuple["Box", ...] = ()


def draw(boxes: Sequence[Box], title: str, uid: str) -> Markup:
    """The whole picture, as large as it needs to be."""
    parts: list[str] = []
    row, deepest = 0.0, 0
    for box in boxes:
        _middle, row, depth = _place(box, 0, row, parts)
        deepest = max(deepest, depth)
    wide = 2 * EDGE + (deepest + 1) * WIDE + deepest * ACROSS
    high = int(2 * EDGE + max(row, 1) * (HIGH + BETWEEN) - BETWEEN)
    back = f'<rect class="back" fill="#fff" width="{wide}" height="{high}"/>'
    return charts.frame("goals-drawn", (wide, high), title, uid, [back, *parts])


def _place(box: Box, depth: int, row: float, parts: list[str]) -> tuple[float, float, int]:
    """Draw one with all below it from a row on: its middle, the next free row, the deepest column."""
    middles, deepest, after = [], depth, row
    for each in box.below:
        middle, after, found = _place(each, depth + 1, after, parts)
        middles.append(middle)
        deepest = max(deepest, found)
    x, step = EDGE + depth * (WIDE + ACROSS), HIGH + BETWEEN
    middle = (middles[0] + middles[-1]) / 2 if middles else EDGE + row * step + HIGH / 2
    for each_middle in middles:
        bend = x + WIDE + ACROSS / 2
        way = f"M{x + WIDE} {middle:.1f}H{bend:.1f}V{each_middle:.1f}H{x + WIDE + ACROSS}"
        parts.append(f'<path class="tie" fill="none" stroke="#b9bcc4" stroke-width="1.2" d="{way}"/>')
    parts.extend(_drawn(box, x, middle - HIGH / 2))
    return middle, (after if middles else row + 1), deepest


def _drawn(box: Box, x: float, y: float) -> Iterator[str]:
    colour = COLOURS[box.health]
    yield f'<g transform="translate({x:g} {y:.1f})">'
    yield f'<rect class="box" fill="#fff" stroke="#d4d6dc" width="{WIDE}" height="{HIGH}" rx="6"/>'
    yield f'<rect fill="{colour}" width="4" height="{HIGH}" rx="2"/>'
    yield f'<text class="label" fill="#666" font-size="9.5" x="14" y="13">{escape(box.head)}</text>'
    bold = 'class="strong" fill="#222" font-weight="600"'
    for n, line in enumerate(folded(box.title)):
        yield f'<text {bold} font-size="{WORDS}" x="14" y="{27 + 14 * n}">{escape(line)}</text>'
    yield f'<text class="label" fill="#666" font-size="10" x="14" y="{HIGH - 7}">{escape(_cut(box.foot, 100, 10))}</text>'
    yield f'<g fill="{colour}" transform="translate({WIDE - 20} 5)">{MARKS[box.health]}<title>{escape(box.word)}</title></g>'
    yield f'<rect class="track" fill="#e6e7eb" x="124" y="{HIGH - 12}" width="66" height="4" rx="2"/>'
    if box.share:
        wide = 66 * min(max(float(box.share), 0.0), 1.0)
        yield f'<rect fill="{colour}" x="124" y="{HIGH - 12}" width="{wide:.1f}" height="4" rx="2"/>'
    at = f'x="{WIDE - 10}" y="{HIGH - 7}" text-anchor="end"'
    yield f'<text {bold} font-size="10.5" {at}>{escape(box.told)}</text></g>'


def folded(title: str) -> list[str]:
    """A title in at most two lines, cut where even that is too long."""
    first = _fitting(title, LINE, WORDS)
    if first == title:
        return [title]
    if " " in first and not title[len(first)].isspace() and title[len(first)].isascii():
        first = first[: first.rindex(" ")]  # no word of letters is broken
    return [first.rstrip(), _cut(title[len(first) :].strip(), LINE, WORDS)]


def _cut(words: str, room: float, size: float) -> str:
    kept = _fitting(words, room, size)
    return words if kept == words else kept[:-1].rstrip() + "…"


def _fitting(words: str, room: float, size: float) -> str:
    taken = 0.0
    for n, letter in enumerate(words):
        taken += size * (0.58 if letter.isascii() else 1)
        if taken > room:
            return words[:n]
    return words
