"""Charts: numbers in, SVG out, the same markup on screen and on paper.

Every shape has a class, by which the stylesheets theme the screen, and literal presentation attributes, which are the
paper's look: the policy of the pages allows no `style`, and the printer's stylesheet does not reach into a picture.
Each takes a `title` (a whole sentence with the finding, translated) and a `uid` that no other chart of the page has.
"""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from itertools import pairwise

from markupsafe import Markup, escape

Figure = Decimal | float | int

FONT = "Noto Sans CJK SC, sans-serif"
INK, ACCENT, GREY, LINE = "#222", "#2b4aa6", "#777", "#ccc"


def sparkline(values: Sequence[Figure | None], title: str, uid: str, *, w: int = 120, h: int = 28) -> Markup:
    """The course of one figure without axes; a gap where there is no figure, a dot at the newest one."""
    known = [float(v) for v in values if v is not None]
    low, high = (min(known), max(known)) if known else (0.0, 1.0)
    step = (w - 8) / max(len(values) - 1, 1)

    def at(i: int, value: Figure) -> tuple[float, float]:
        return 4 + i * step, h - 5 - (float(value) - low) / ((high - low) or 1) * (h - 10)

    parts = [_line(at(i, v) for i, v in run) for run in _runs(values)]
    if known:
        last = max(i for i, v in enumerate(values) if v is not None)
        parts.append(_dot(*at(last, known[-1]), 3))
    return frame("spark", (w, h), title, uid, parts)


def bars(rows: Sequence[tuple[str, Figure | None]], title: str, uid: str, *, w: int = 300, h: int = 84) -> Markup:
    """One bar for each period, from zero; words and figures at the two ends and at the highest."""
    floor, top = h - 18, 14
    high = max((float(v) for _, v in rows if v is not None), default=0.0) or 1.0
    step = w / max(len(rows), 1)
    width = min(step * 0.7, 40)
    told = {0, len(rows) - 1, max(range(len(rows)), key=lambda i: float(rows[i][1] or 0))} if rows else set()
    parts = [_axis(0, w, floor)]
    for i, (label, value) in enumerate(rows):
        x, tall = i * step + (step - width) / 2, max(float(value or 0), 0) / high * (floor - top)
        if value is not None:
            size = f'x="{_n(x)}" y="{_n(floor - tall)}" width="{_n(width)}" height="{_n(tall)}"'
            parts.append(f'<rect class="s1" fill="{ACCENT}" {size} rx="2"/>')
        if i in told:
            parts.append(_text(x + width / 2, floor - tall - 4, "–" if value is None else _n(value), strong=True))
            parts.append(_text(x + width / 2, h - 4, label))
    return frame("bars", (w, h), title, uid, parts)


def burn_up(
    labels: Sequence[str], plan: Sequence[Figure], done: Sequence[Figure], title: str, uid: str, *, w: int = 320, h: int = 150
) -> Markup:
    """What was to be done (dashed) and what is done, both cumulative; `done` ends today, the labels stand evenly below."""
    floor, left = h - 32, 36
    high = max((float(v) for v in (*plan, *done)), default=0.0) or 1.0
    step = (w - left - 4) / max(len(plan) - 1, 1)

    def points(values: Sequence[Figure]) -> list[tuple[float, float]]:
        return [(left + i * step, floor - float(v) / high * (floor - 14)) for i, v in enumerate(values)]

    parts = [_axis(left, w - 4, floor - (floor - 14) * share, "grid") for share in (0, 0.5, 1)]
    parts += [_text(left - 6, floor - (floor - 14) * share + 4, _n(high * share), anchor="end") for share in (0, 0.5, 1)]
    parts += [_line(points(plan), "ref"), _line(points(done))]
    if done:
        parts.append(_dot(*points(done)[-1], 4))
    gap = (w - left - 4) / max(len(labels) - 1, 1)
    for i, label in enumerate(labels):
        anchor = "start" if i == 0 else "end" if i == len(labels) - 1 else "middle"
        parts.append(_text(left + i * gap, h - 10, label, anchor=anchor))
    return frame("burn-up", (w, h), title, uid, parts)


def weeks(talked: Sequence[bool], now: int, title: str, uid: str) -> Markup:
    """The weeks of a period as a ribbon: past, the present one (`now`, from 0), to come; a dot where a talk was held."""
    step = 100 / max(len(talked), 1)
    parts = []
    for i, held in enumerate(talked):
        cls, fill = ("w now", ACCENT) if i == now else ("w past", INK) if i < now else ("w", LINE)
        size = f'x="{_n(i * step)}%" y="0" width="{_n(step * 0.94)}%" height="5"'
        parts.append(f'<rect class="{cls}" fill="{fill}" {size} rx="2.5"/>')
        if held:
            parts.append(f'<circle class="talked" fill="{ACCENT}" cx="{_n(i * step + step * 0.47)}%" cy="15" r="3.5"/>')
    head = f'<svg xmlns="http://www.w3.org/2000/svg" class="ribbon" width="100%" height="22" {_named(uid)}>'
    return _markup(head, uid, title, parts)


Mark = tuple[Figure, Figure, str, str, bool]
"""A knot of a curve: value, points, the two lines below it, and whether it is the one that counts most."""


def score_curve(
    runs: Sequence[Sequence[tuple[Figure, Figure]]],
    marks: Sequence[Mark],
    title: str,
    uid: str,
    *,
    reach: tuple[Figure, Figure],
    top: Figure = 120,
    now: tuple[Figure, Figure, str] | None = None,
) -> Markup:
    """What results are worth how many points: lines that jump between two runs, knots, and the present result as a disc."""
    left, right, floor, ceiling = 40.0, 308.0, 144.0, 24.0
    low, high = float(reach[0]), float(reach[1])

    def at(value: Figure, points: Figure) -> tuple[float, float]:
        x = left + (float(value) - low) / ((high - low) or 1) * (right - left)
        return x, floor - float(points) / (float(top) or 1) * (floor - ceiling)

    parts = []
    for level in sorted({0.0, *(each for each in (60.0, 100.0) if each < float(top)), float(top)}):
        y = at(low, level)[1]
        parts += [_axis(left, right, y, "grid"), _text(left - 8, y + 4, _n(level), anchor="end")]
    for before, after in pairwise(runs):
        (x, one), (_, other) = at(*before[-1]), at(*after[0])
        parts.append(_line([(x, one), (x, other)], "ref"))
    parts += [_line(at(*point) for point in run) for run in runs]
    told = _apart([(at(value, 0)[0], strong, label, word) for value, _, label, word, strong in marks])
    for value, points, label, word, strong in marks:
        x, y = at(value, points)
        parts.append(f'<circle class="knot" fill="#fff" stroke="{ACCENT}" stroke-width="2" cx="{_n(x)}" cy="{_n(y)}" r="4"/>')
        if x in told:
            parts.append(_text(x, 164, label))
            parts.append(_text(x, 182, word, strong=strong))
    if now:
        x, y = at(now[0], now[1])
        parts += [
            f'<line class="drop" stroke="{INK}" stroke-width="1" x1="{_n(x)}" y1="{_n(floor)}" x2="{_n(x)}" y2="{_n(y)}"/>'
        ]
        parts.append(_dot(x, y, 5))
        anchor, gap = ("end", -10) if x > (left + right) / 2 else ("start", 10)
        parts.append(_text(x + gap, max(y - 8, 14), now[2], anchor=anchor, strong=True))
    return frame("curve", (330, 196), title, uid, parts)


def _apart(places: Sequence[tuple[float, bool, str, str]]) -> set[float]:
    """Of the words below a curve those that have room beside each other; the strong ones first."""
    room: list[tuple[float, float]] = []
    found = set()
    for x, _, label, word in sorted(places, key=lambda place: not place[1]):
        half = max(len(label) * 3.4, sum(12 if ord(each) > 0x2E7F else 6.2 for each in word) / 2) + 3
        if all(x + half <= a or x - half >= b for a, b in room):
            room.append((x - half, x + half))
            found.add(x)
    return found


def frame(kind: str, size: tuple[int, int], title: str, uid: str, parts: Iterable[str]) -> Markup:
    """The picture around its parts: those are made of our own figures and of words that were escaped."""
    w, h = size
    look = f'font-family="{FONT}" font-size="10" fill="{INK}"'
    head = f'<svg xmlns="http://www.w3.org/2000/svg" class="chart {kind}" viewBox="0 0 {w} {h}" width="{w}" height="{h}" {look}'
    return _markup(f"{head} {_named(uid)}>", uid, title, parts)


def _named(uid: str) -> str:
    return f'role="img" aria-labelledby="{escape(uid)}-title"'


def _markup(head: str, uid: str, title: str, parts: Iterable[str]) -> Markup:
    # Only our own figures and escaped words get this far.
    return Markup(f'{head}<title id="{escape(uid)}-title">{escape(title)}</title>{"".join(parts)}</svg>')  # noqa: S704  # nosec B704


def _runs(values: Sequence[Figure | None]) -> list[list[tuple[int, Figure]]]:
    runs: list[list[tuple[int, Figure]]] = [[]]
    for i, value in enumerate(values):
        if value is None:
            runs.append([])
        else:
            runs[-1].append((i, value))
    return [run for run in runs if len(run) > 1]


def _line(points: Iterable[tuple[float, float]], cls: str = "l1") -> str:
    drawn = " ".join(f"{_n(x)},{_n(y)}" for x, y in points)
    look = (
        f'stroke="{ACCENT}" stroke-width="2"' if cls == "l1" else f'stroke="{GREY}" stroke-width="1.2" stroke-dasharray="3 3"'
    )
    return f'<polyline class="{cls}" fill="none" {look} stroke-linejoin="round" points="{drawn}"/>'


def _dot(x: float, y: float, r: int) -> str:
    return f'<circle class="s1" fill="{ACCENT}" cx="{_n(x)}" cy="{_n(y)}" r="{r}"/>'


def _axis(x1: float, x2: float, y: float, cls: str = "axis") -> str:
    return f'<line class="{cls}" stroke="{LINE}" stroke-width="1" x1="{_n(x1)}" y1="{_n(y)}" x2="{_n(x2)}" y2="{_n(y)}"/>'


def _text(x: float, y: float, words: str, *, anchor: str = "middle", strong: bool = False) -> str:
    look = f'class="strong" fill="{INK}" font-weight="600"' if strong else f'class="label" fill="{GREY}"'
    return f'<text {look} x="{_n(x)}" y="{_n(y)}" text-anchor="{anchor}">{escape(words)}</text>'


def _n(figure: Figure) -> str:
    """At most two decimals, none where they say nothing."""
    return f"{float(figure):.2f}".rstrip("0").rstrip(".")
