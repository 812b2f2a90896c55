"""People in the index: by name, account, employee number, and by how the name is read."""

import re
from collections.abc import Iterator, Mapping, Sequence

from sqlalchemy import bindparam, select

from portal import search
from portal.db import db, kept
from portal.directory.models import Person, Status
from portal.directory.reading import reading
from portal.search import Kind, Source, Watched, Words
from portal.search.grams import unspaced

UE = ("v", "u", "yu")
"""How people type the ü of 吕: lv, lu, lyu."""


def register() -> None:
    """Called once by create_app."""
    watched = {Person: Watched(frozenset({"name", "login", "number", "pinyin", "status"}))}
    search.describe(Source(Kind.PERSON, Person, _words, watched))


def _words(ids: Sequence[int]) -> Mapping[int, Words]:
    """Whoever has left is found by nobody."""
    return {row.id: Words(tuple(spellings(*row[1:]))) for row in db.session.execute(_CALLED, {"ids": list(ids)})}


_COLUMNS = (Person.id, Person.name, Person.login, Person.number, Person.pinyin)
_CALLED = kept(select(*_COLUMNS).where(Person.id.in_(bindparam("ids", expanding=True)), Person.status != Status.LEFT))


def spellings(name: str, login: str | None, number: str | None, pinyin: str) -> Iterator[str]:
    """Everything by which somebody is found. The reading is the stored one, which HR may have corrected; where that runs the
    syllables together (zhou xiaolan), the initials come from the name.
    """
    yield name
    yield login or ""
    yield number or ""
    yield from re.findall(r"[1-9]\d*", number or "")[-1:]  # 42 for E0042
    readings = {pinyin, reading(name)} if unspaced(name) and len(pinyin.split()) != len(name) else {pinyin}
    for syllables in sorted(each.split() for each in readings):
        for ue in UE if "v" in "".join(syllables) else UE[:1]:
            yield from _read([syllable.replace("v", ue) for syllable in syllables])


def _read(syllables: list[str]) -> Iterator[str]:
    """zhouxiaolan, xiaolan, lan, and zxl; each also by how it begins."""
    for n in range(len(syllables)):
        yield "".join(syllables[n:])
    if len(syllables) > 1:
        yield "".join(syllable[0] for syllable in syllables)
