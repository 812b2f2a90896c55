"""Complains about whatever of a page a browser would forgive.

The strict parser takes a tenth of a second for a page, and most pages of a test run look like one before. Its complaints
follow from where elements stand, so a page is parsed when anything in it stands where nothing like it stood before: an
element with its attributes, by the names of all that is around it and of what comes before it; text and references alike.
What one process has found in order is known to all, in this run and in later ones, for as long as parser and reader are the same.
"""

import fcntl
import hashlib
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

import tinyhtml5
from tinyhtml5 import inputstream
from tinyhtml5.parser import HTMLParser

ONCE = re.compile(r'(?<=name="once" value=")[^"]+')
VOID = frozenset({"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "wbr"})
VALUE = r"""(?:="[^"]*"|='[^']*')?"""
ATTRIBUTE = rf'\s+[^\s"\'<>/=]+{VALUE}'
PIECE = re.compile(rf"<!doctype html>|<(?P<end>/)?(?P<name>[a-z][a-z0-9]*)(?P<more>(?:{ATTRIBUTE})*)\s*(?P<itself>/)?>|(?P<text>[^<]+)")
NAME = re.compile(rf'\s+([^\s"\'<>/=]+){VALUE}')
REFERENCE = re.compile(r"&#?\w*;?")
Place = tuple[str, ...]


class _Expressions(dict[tuple[frozenset[str], bool], re.Pattern[str]]):
    """What the parser means to keep: it (2.1.0) files each expression under itself and so makes it anew for every word."""

    def __missing__(self, key: tuple[frozenset[str], bool]) -> re.Pattern[str]:
        characters, only_those = key
        listed = "".join(f"\\x{ord(character):02x}" for character in characters)
        self[key] = re.compile(f"[{'' if only_those else '^'}{listed}]+")
        return self[key]


inputstream.characters_until_regex = _Expressions()


class Kept:
    """Digests in a file that every process reads on and adds to."""

    SIZE = 16

    def __init__(self, file: Path) -> None:
        file.parent.mkdir(parents=True, exist_ok=True)
        self.file, self._read, self._known = file, 0, set[bytes]()

    def has(self, places: Iterable[object]) -> bool:
        wanted = {self._digest(place) for place in places}
        if not wanted <= self._known:
            self._read_on()
        return wanted <= self._known

    def add(self, places: Iterable[object]) -> None:
        with self.file.open("ab") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            file.write(b"".join({self._digest(place) for place in places} - self._known))

    def _read_on(self) -> None:
        if not self.file.exists():
            return
        with self.file.open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_SH)
            file.seek(self._read)
            more = file.read()
        self._read += len(more)
        self._known.update(more[at : at + self.SIZE] for at in range(0, len(more), self.SIZE))

    def _digest(self, place: object) -> bytes:
        return hashlib.blake2b(repr(place).encode(), digest_size=self.SIZE).digest()


def _name() -> str:
    """Changes with the parser and with what is read here."""
    files = [Path(__file__), *Path(tinyhtml5.__file__).parent.glob("*.py")]
    return hashlib.sha256(b"".join(file.read_bytes() for file in sorted(files))).hexdigest()[:16]


kept = Kept(Path(__file__).parent.parent / ".cache" / "strict" / _name())

_fine: set[bytes] = set()
"""Digests of what was read and found in order."""
_stood: set[tuple[Place, str, str]] = set()
"""(what is around it, what comes before it, what it is) of everything in pages that were parsed without a complaint."""


def review(html: str) -> None:
    """Complain; the same page but for its form's key is read once."""
    digest = hashlib.sha256(ONCE.sub("", html).encode()).digest()
    if digest not in _fine:
        _read(html)
        _fine.add(digest)


def _read(html: str) -> None:
    whole = html.lstrip().startswith("<!doctype")
    parse(html if whole else f"<!doctype html><title>x</title>{html}")
    ids = re.findall(r'\sid="([^"]+)"', html)
    assert len(ids) == len(set(ids)), [i for i in ids if ids.count(i) > 1]
    labelled = set(re.findall(r'<label\b[^>]*\sfor="([^"]+)"', html))
    outside = re.sub(r"<label\b.*?</label>", "", html, flags=re.S)  # a control inside its label needs no more
    fields = re.findall(r'<(?:input|textarea|select)\b(?![^>]*type="hidden")[^>]*?\sid="([^"]+)"', outside)
    assert set(fields) <= labelled, set(fields) - labelled
    if whole:
        assert html.count("<h1>") == 1 and re.search(r"<title>\s*\S", html), "one h1 and a title"


def parse(html: str) -> bool:
    """Parse strictly unless all of it is known to be fine; whether it was parsed."""
    try:
        stands = set(_places(html))
    except ValueError:
        stands = None
    new = (stands or set()) - _stood
    if stands is not None and (not new or kept.has(new)):
        _stood.update(new)
        return False
    parser = HTMLParser()
    parser.parse(html)
    assert parser.errors == [], parser.errors
    if stands is not None:
        _stood.update(new)
        kept.add(new)
    return True


def _places(html: str) -> Iterator[tuple[Place, str, str]]:
    """Everything in a page by its place. Raises ValueError for a page that is not closed element by element."""
    around: list[str] = []
    before, at = [""], 0
    for piece in PIECE.finditer(html):
        if piece.start() != at:
            raise ValueError("something that is neither a tag nor text")
        at, name = piece.end(), piece["name"]
        if piece["text"] is not None:
            yield from ((tuple(around), "&", reference) for reference in REFERENCE.findall(piece["text"]))
            if not piece["text"].isspace():
                yield tuple(around), before[-1], "#text"
        elif name is None:
            continue
        elif piece["end"]:
            if not around or around.pop() != name:
                raise ValueError(f"</{name}> closes something else")
            before.pop()
        else:
            told = NAME.findall(piece["more"])
            yield from ((("=",), "&", reference) for reference in REFERENCE.findall(piece["more"]))
            yield tuple(around), before[-1], f"{name} {' '.join(told)}{' /' if piece['itself'] else ''}"
            before[-1] = name
            if name not in VOID and not (piece["itself"] and "svg" in (*around, name)):
                around.append(name)
                before.append("")
    if around or at != len(html):
        raise ValueError("not closed")
