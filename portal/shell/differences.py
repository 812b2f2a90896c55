"""Two texts side by side: what the one has and the other has not is marked.

Words and figures are compared whole. Chinese has no spaces: its characters are compared, and where most of what stands
between two marks of punctuation differs, all of it is marked, so that nobody reads single characters of a new sentence.
"""

import re
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from itertools import groupby

from markupsafe import Markup, escape

SHORTEST = 2  # equal pieces below this, inside a change, are noise
ALIKE = 0.4  # texts that have less in common than this are two texts, not two versions of one
MOST = 0.5  # of a piece of Chinese that differs: beyond, all of it is marked
TOKEN = re.compile(
    r"[^\W_\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef]+(?:[.,:'’-][^\W_\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef]+)*[%‰]?|\s+|.",
    re.DOTALL,
)
"""A word or a figure, a gap, or one character of anything else."""


def marked(text: str, other: str) -> Markup:
    """`text` whole, with `<mark>` around what differs from `other`."""
    mine, theirs = TOKEN.findall(text), TOKEN.findall(other)
    same = _same(mine, theirs)
    common = sum(len(token) for token, kept in zip(mine, same, strict=True) if kept)
    if text and 2 * common < ALIKE * (len(text) + len(other)):
        return Markup("<mark>{}</mark>").format(text)
    same = _whole_pieces(mine, _without_noise(mine, same))
    return Markup().join(_said(mine[begins:ends], kept) for kept, begins, ends in _runs(same))


def _same(mine: Sequence[str], theirs: Sequence[str]) -> list[bool]:
    same = [False] * len(mine)
    for block in SequenceMatcher(None, mine, theirs, autojunk=False).get_matching_blocks():
        same[block.a : block.a + block.size] = [True] * block.size
    return same


def _without_noise(tokens: Sequence[str], same: Sequence[bool]) -> list[bool]:
    """What is equal by chance between two changes counts as changed: a gap, a comma, a single character."""
    made = list(same)
    for kept, begins, ends in _runs(same):
        inside = begins > 0 and ends < len(tokens)
        said = "".join(tokens[begins:ends]).strip()
        if kept and inside and len(said) < SHORTEST:
            made[begins:ends] = [False] * (ends - begins)
    return made


def _whole_pieces(tokens: Sequence[str], same: Sequence[bool]) -> list[bool]:
    """Where most of the Chinese between two marks of punctuation differs, all of it does."""
    made = list(same)
    for chinese, begins, ends in _runs([_is_chinese(token) for token in tokens]):
        changed = (ends - begins) - sum(same[begins:ends])
        if chinese and changed > MOST * (ends - begins):
            made[begins:ends] = [False] * (ends - begins)
    return made


def _is_chinese(token: str) -> bool:
    return token.isalpha() and "\u2e80" <= token[0] <= "\u9fff"


def _runs(flags: Sequence[bool]) -> Iterator[tuple[bool, int, int]]:
    """(flag, begins, ends) of each run of equal flags."""
    begins = 0
    for flag, several in groupby(flags):
        ends = begins + len(list(several))
        yield flag, begins, ends
        begins = ends


def _said(tokens: Sequence[str], kept: bool) -> Markup:
    said = "".join(tokens)
    return escape(said) if kept else Markup("<mark>{}</mark>").format(said)
