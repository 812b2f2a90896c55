"""What is found by what: a text as the terms an index keeps, and what people type as phrases of such terms. Pure.

Chinese is written without spaces: a run of it becomes its overlapping pairs of characters (客户满意: 客户 户满 满意 意, the
last one by itself), so that a word of two characters is one look-up and a longer one a phrase. Words of letters and figures
stay whole and are found by how they begin. Everything else (punctuation, signs, operators of any query language) only parts.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from unicodedata import category, normalize

LONGEST = 200
"""Characters of a query; what is typed beyond them is not looked at."""
WORD = 64
"""Characters of a word that are kept; nobody types more of a word that long."""
MARKED = 8
"""Runs of a phrase that are marked in a text: a-a-a-a… would be tried anew, in its whole length, at every letter."""
UNSPACED = "々〇\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U0003ffff"
"""Scripts without spaces: Han and kana."""
LETTER = rf"(?:(?![{UNSPACED}])[^\W_])"
RUN = re.compile(rf"[{UNSPACED}]+|{LETTER}+")
BREAK = "@"
"""A term no text has: what stands on its two sides is no phrase."""


@cache
def _simpler() -> Callable[[str], str]:
    from opencc import OpenCC  # noqa: PLC0415 - its dictionaries are read by whoever writes or seeks Chinese, not at every start

    convert: Callable[[str], str] = OpenCC("t2s").convert
    return convert


class _Folded(dict[int, str]):
    """One spelling for each character: full width or half, capital or small, with its accent or without; 週 and 周 are one."""

    def __missing__(self, code: int) -> str:
        # A character by itself: what goes by whole words (乾隆) would depend on where a text was cut.
        one = _simpler()(normalize("NFKD", normalize("NFKC", chr(code)).casefold()))
        self[code] = normalize("NFC", "".join(part for part in one if category(part) != "Mn"))
        return self[code]


_FOLDED = _Folded({ord("'"): "", ord("’"): ""})  # xi'an is sought as xian


def fold(text: str) -> str:
    """The text in the one spelling that is compared."""
    return text.translate(_FOLDED)


def terms(*texts: str) -> list[str]:
    """The terms of some texts in their order; no phrase reaches from one into the next."""
    found: list[str] = []
    for text in texts:
        for run in RUN.findall(fold(text)):
            found += _of_run(run, last=False)
        found.append(BREAK)
    return found


def _of_run(run: str, *, last: bool) -> list[str]:
    if not unspaced(run):
        return [run[:WORD]]
    pairs = [run[n : n + 2] for n in range(len(run) - 1)]
    return pairs if last and pairs else [*pairs, run[-1]]


def unspaced(run: str) -> bool:
    """Whether a run or a term is of a script without spaces."""
    return bool(re.match(f"[{UNSPACED}]", run))


@dataclass(frozen=True)
class Phrase:
    """Terms that follow one another; with `begins` the last one is how a word begins."""

    terms: tuple[str, ...]
    runs: tuple[str, ...]

    @property
    def begins(self) -> bool:
        """One letter or figure begins too much: it is taken for a whole word. A pair of characters is whole by itself."""
        last = self.terms[-1]
        return len(last) == 1 if unspaced(last) else len(last) > 1

    @property
    def short(self) -> bool:
        """A single letter or figure."""
        return len(self.terms) == 1 and len(self.terms[0]) == 1 and not unspaced(self.terms[0])

    @cached_property
    def pattern(self) -> str:
        """The same as a regular expression, for marking it in a folded text."""
        runs = self.runs[:MARKED]
        parts = [re.escape(run) if unspaced(run) else f"(?<!{LETTER}){re.escape(run)}(?!{LETTER})" for run in runs]
        if runs == self.runs and not unspaced(runs[-1]) and self.begins:
            parts[-1] = parts[-1].removesuffix(f"(?!{LETTER})")
        return r"[\W_]*".join(parts)


@dataclass(frozen=True)
class Asked:
    """What somebody looks for: every one of the phrases."""

    text: str
    phrases: tuple[Phrase, ...]

    @property
    def short(self) -> bool:
        """Nothing but single letters: half of everything would be found."""
        return bool(self.phrases) and all(phrase.short for phrase in self.phrases)

    @property
    def looks(self) -> bool:
        """Whether there is anything to look for."""
        return bool(self.phrases) and not self.short

    def marked(self, text: str) -> list[tuple[str, bool]]:
        """The text in parts, each with whether it is what was looked for."""
        found = self._pattern.finditer(fold(text)) if self.phrases else ()
        spans = [hit.span() for hit in found if hit.start() < hit.end()]
        return _parted(text, spans) if spans else [(text, False)] * bool(text)

    def place_in(self, texts: Sequence[str]) -> list[tuple[str, bool]]:
        """A snippet of the first of the texts in which something of it stands, as `marked` gives it; [] if in none."""
        return next(filter(None, (snippet(self, text) for text in texts)), [])

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        return re.compile("|".join(sorted((phrase.pattern for phrase in self.phrases), key=len, reverse=True)))


def _parted(text: str, spans: Sequence[tuple[int, int]]) -> list[tuple[str, bool]]:
    """A text in parts, by what was hit in it once it is folded; there a letter may be several."""
    places = [n for n, letter in enumerate(text) for _ in _FOLDED[ord(letter)]]
    parts: list[tuple[str, bool]] = []
    at = 0
    for first, last in spans:
        begins, ends = max(places[first], at), places[last - 1] + 1
        if begins > at:
            parts.append((text[at:begins], False))
        before = parts.pop()[0] if parts and parts[-1][1] else ""
        parts.append((before + text[begins:ends], True))
        at = max(at, ends)
    return [*parts, (text[at:], False)] if at < len(text) else parts


def asked(text: str) -> Asked:
    """What was typed, as phrases: spaces part them, anything else inside them does not matter."""
    text = " ".join(text[:LONGEST].split())
    phrases = []
    for piece in fold(text).split():
        if runs := tuple(RUN.findall(piece)):
            *before, last = runs
            found = [term for run in before for term in _of_run(run, last=False)]
            phrases.append(Phrase((*found, *_of_run(last, last=True)), runs))
    return Asked(text, tuple(dict.fromkeys(phrases)))


AROUND, WINDOW = 24, 110
"""Characters before the first hit, and of a snippet in all."""


def snippet(wanted: Asked, text: str) -> list[tuple[str, bool]]:
    """The place of a longer text where the first hit is, as `marked` gives it; [] without a hit."""
    text = " ".join(text.split())
    parts = wanted.marked(text)
    if not any(hit for _, hit in parts):
        return []
    before = 0 if parts[0][1] else len(parts[0][0])
    start = max(0, before - AROUND)
    clipped = _clipped(parts, start, start + WINDOW)
    return [("…" * (start > 0), False), *clipped, ("…" * (start + WINDOW < len(text)), False)]


def _clipped(parts: list[tuple[str, bool]], start: int, end: int) -> list[tuple[str, bool]]:
    found, place = [], 0
    for part, hit in parts:
        inside = part[max(0, start - place) : max(0, end - place)]
        if inside:
            found.append((inside, hit))
        place += len(part)
    return found
