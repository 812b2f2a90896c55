"""Keeping the index: what can be found is told once (`describe`); its words are written in the transaction that changes them.

Whoever changes objects of the session needs to do nothing. Whoever writes past it (a sync, an import, the demo) says
`changed`, or `rebuild`. The night compares everything.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from sqlalchemy import bindparam, delete, event, insert, inspect, select, text
from sqlalchemy.orm import Session

from portal.db import db, kept
from portal.search.grams import BREAK, terms
from portal.search.models import KINDS, Indexed, Kind

TABLE = Indexed.metadata.tables[Indexed.__tablename__]
_THESE = TABLE.c.rowid.in_(bindparam("keys", expanding=True))
_THERE, _GONE, _ADD = (
    kept(select(TABLE.c.rowid, TABLE.c.terms).where(_THESE)),
    kept(delete(TABLE).where(_THESE)),
    kept(insert(TABLE)),
)
AT_ONCE = 500
"""Objects compared in one go."""
MERGED, CHANGES = 500, text("SELECT total_changes()")
"""Pages of FTS5 merged in one step, and how it says that there was something to merge."""


@dataclass(frozen=True)
class Words:
    """What one object is found by; `people` take part in it, for what is looked for among one's own."""

    texts: Sequence[str]
    people: Collection[int] = ()


@dataclass(frozen=True)
class Watched:
    """Attributes of a model that are words, and how one of its rows leads to the object that is found."""

    names: frozenset[str]
    to: Callable[[Any], int | None] = lambda row: row.id


@dataclass(frozen=True)
class Source:
    """One kind of thing that can be found.

    `words` reads the words of some objects by their ids, as they stand in the database; an object without any is left out.
    """

    kind: Kind
    model: type[Any]
    words: Callable[[Sequence[int]], Mapping[int, Words]]
    watched: Mapping[type[Any], Watched] = field(default_factory=dict)


_sources: dict[Kind, Source] = {}


def describe(source: Source) -> None:
    """Called once by create_app for each kind."""
    _sources[source.kind] = source


def changed(kind: Kind, ids: Collection[int]) -> None:
    """Objects that were written past the session: their words are read again before this transaction is committed."""
    _waiting(db.session()).extend((kind, partial(_just, one)) for one in ids)


def refresh(kind: Kind, ids: Collection[int]) -> list[int]:
    """Read the words of these objects and write what differs; the objects whose entry was not right."""
    wrong: list[int] = []
    every = sorted(set(ids))
    for start in range(0, len(every), AT_ONCE):
        part = every[start : start + AT_ONCE]
        keys = [kind.id_of(one) for one in part]
        found = db.session.execute(_THERE, {"keys": keys})
        stands = {row.rowid: row.terms for row in found}
        wanted = {kind.id_of(one): _spelt(kind, words) for one, words in _sources[kind].words(part).items()}
        wrong += [key // KINDS for key in _write(stands, wanted)]
    return wrong


def rebuild(kinds: Collection[Kind] = tuple(Kind)) -> Mapping[Kind, list[int]]:
    """Compare everything and write what differs, in the caller's transaction; the objects whose entry was not right."""
    return {kind: [one for wrong in compared(kind) for one in wrong] for kind in kinds}


def compared(kind: Kind, after: int = 0) -> Iterator[list[int]]:
    """The same in portions, by the ids after one; the caller may commit between them."""
    model = _sources[kind].model
    while True:
        ids = db.session.scalars(select(model.id).where(model.id > after).order_by(model.id).limit(AT_ONCE)).all()
        last = ids[-1] if len(ids) == AT_ONCE else None
        yield [*refresh(kind, ids), *_left_over(kind, after, last, ids)]
        if last is None:
            return
        after = last


def tidy() -> None:
    """SQLite: FTS5 keeps the words of a row that is gone until it merges its parts. In small steps, a commit after each."""
    pages = -MERGED if db.engine.dialect.name == "sqlite" else 0  # the first time it begins anew
    while pages:
        before = db.session.scalar(CHANGES) or 0
        db.session.execute(text("INSERT INTO search_entry (search_entry, rank) VALUES ('merge', :pages)"), {"pages": pages})
        pages = MERGED if (db.session.scalar(CHANGES) or 0) - before > 1 else 0
        db.session.commit()


def _left_over(kind: Kind, after: int, last: int | None, there: Sequence[int]) -> list[int]:
    """Take out the entries of objects that are not there any more."""
    among = [Indexed.id % KINDS == kind.number, Indexed.id > kind.id_of(after)]
    if last is not None:
        among.append(Indexed.id <= kind.id_of(last))
    gone = {key // KINDS for key in db.session.scalars(select(Indexed.id).where(*among))} - set(there)
    _drop([kind.id_of(one) for one in gone])
    return sorted(gone)


def _write(stands: Mapping[int, str], wanted: Mapping[int, str]) -> list[int]:
    fresh = {key: spelt for key, spelt in sorted(wanted.items()) if stands.get(key) != spelt}
    gone = sorted(stands.keys() - wanted.keys())
    _drop(sorted((stands.keys() & fresh.keys()) | (stands.keys() - wanted.keys())))
    if fresh:
        rows = [{"rowid": key, "terms": spelt} for key, spelt in fresh.items()]
        db.session.connection().execute(_ADD, rows)
    return [*fresh, *gone]


def _drop(keys: Sequence[int]) -> None:
    for start in range(0, len(keys), AT_ONCE):
        db.session.connection().execute(_GONE, {"keys": keys[start : start + AT_ONCE]})


def _spelt(kind: Kind, words: Words) -> str:
    everybody = [f"{BREAK}{who}" for who in sorted(words.people)]
    return " ".join(kind.letter + term for term in [*everybody, *terms(*words.texts)])


def _waiting(session: Session) -> list[tuple[Kind, Callable[[], int | None]]]:
    found: list[tuple[Kind, Callable[[], int | None]]] = session.info.setdefault("search", [])
    return found


@event.listens_for(Session, "before_flush")
def _note(session: Session, *_: Any) -> None:
    """Remember whose words this flush changes; a new row has its id only afterwards."""
    changed, gone = session.dirty, session.deleted
    for row in (*session.new, *changed, *gone):
        for source in _sources.values():
            watched = source.watched.get(type(row))
            if watched is None or (row in changed and not _differs(row, watched.names)):
                continue
            find = partial(watched.to, row)
            _waiting(session).append((source.kind, partial(_just, find()) if row in gone else find))


def _just(one: int | None) -> int | None:
    return one


def _differs(row: Any, names: frozenset[str]) -> bool:
    state = inspect(row)
    return any(state.attrs[name].history.has_changes() for name in names)


@event.listens_for(Session, "before_commit", insert=True)  # before the journal is sealed: its tip is the last lock
def _keep(session: Session) -> None:
    if session.in_nested_transaction():
        return
    session.flush()
    touched: dict[Kind, set[int]] = {}
    for kind, find in session.info.pop("search", []):
        if (one := find()) is not None:
            touched.setdefault(kind, set()).add(one)
    for kind in Kind:
        if kind in touched:
            refresh(kind, touched[kind])


@event.listens_for(Session, "after_rollback")
def _forget(session: Session) -> None:
    session.info.pop("search", None)
