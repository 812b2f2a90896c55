"""What the page shows of each kind: who may see it is the feature's own word, asked of every hit before it is counted."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, CompoundSelect, Integer, Select, and_, bindparam, literal, or_, select, true, union_all

from portal.db import db
from portal.search.asking import hits, sought
from portal.search.grams import Asked
from portal.search.models import Kind

FEW, SUGGESTED, PAGE = 5, 3, 50
TRUE = true()
KEPT = 100
"""Statements kept by each process, one for each standing that somebody searches with."""
MOST = 200
"""Hits are counted up to so many; beyond it is said that there are more."""


@dataclass(frozen=True)
class Row:
    """One hit as it is shown: `texts` are where the words may stand besides the title; `url` "" leads nowhere."""

    id: int
    title: str
    url: str
    facts: Sequence[str] = ()
    texts: Sequence[str] = ()
    person_id: int | None = None  # shows the disc of a person
    tag: str = ""
    name: str = ""  # of that person, where the title says more than it


@dataclass(frozen=True)
class Group:
    """One kind on the page. `seen` is the condition of the rows of `model` that a viewer may see; `rows` reads some of them.

    `order` is a text that comes first in the order, for people; else the newest come first.
    """

    kind: Kind
    word: str
    glyph: str
    model: type[Any]
    seen: Callable[[Any], ColumnElement[bool]]
    rows: Callable[[Any, Sequence[int]], Sequence[Row]]
    on: Callable[[], bool] = lambda: True
    order: Any = field(default=None, hash=False, compare=False)
    own: bool = False  # only what the viewer takes part in

    @property
    def name(self) -> str:
        """In addresses."""
        return self.kind.name.lower()


@dataclass(frozen=True)
class Found:
    """The visible hits of one kind: how many, the first of them, and where the next page begins."""

    group: Group
    count: int
    rows: Sequence[Row] = field(default_factory=tuple)
    more: int | None = None

    @property
    def shown(self) -> int:
        return len(self.rows)

    @property
    def many(self) -> bool:
        """More than were counted."""
        return self.count > MOST


_groups: dict[Kind, Group] = {}


def show(group: Group) -> None:
    """Called once by create_app for each kind."""
    _groups[group.kind] = group


def groups() -> list[Group]:
    """Those that are switched on, in the order of the kinds."""
    return [_groups[kind] for kind in Kind if kind in _groups and _groups[kind].on()]


def every(viewer: Any, wanted: Asked, first: int = FEW, most: int = MOST) -> list[Found]:
    """The first hits of each kind with their number, as far as one counts: one statement for all the hits, and what each kind
    needs to show some."""
    on = groups()
    ids: dict[int, list[tuple[str, int]]] = {}
    values: dict[str, Any] = {"most": most + 1}
    for group in on:
        values |= sought(group.kind, wanted, viewer.id if group.own else None)
    for number, order, one in _hits(on, viewer, wanted, values) if on else ():
        ids.setdefault(number, []).append((order, one))
    return [_found(group, viewer, ids.get(group.kind.number, []), first) for group in on]


def _hits(on: Sequence[Group], viewer: Any, wanted: Asked, values: Mapping[str, Any]) -> Iterable[Any]:
    alike = _Alike(tuple(on), db.engine.dialect.name, frozenset(values), wanted)
    return db.session.execute(_every(viewer, alike), values)


@dataclass(frozen=True)
class _Alike:
    """Searches that are one statement with other words: of the same kinds, on the same database, with as many parameters."""

    groups: tuple[Group, ...]
    database: str
    parameters: frozenset[str]
    wanted: Asked = field(compare=False)  # of the first of them


@lru_cache(maxsize=KEPT)
def _every(viewer: Any, alike: _Alike) -> CompoundSelect[Any]:
    """What a viewer may see follows from their standing alone, as it says of `access.rows`: so this is kept as well."""
    parts = [found_by(group, viewer, alike.wanted).limit(bindparam("most", type_=Integer)) for group in alike.groups]
    return union_all(*(select(part.subquery()) for part in parts))


def page_of(group: Group, viewer: Any, wanted: Asked, after: int | None = None) -> Found:
    """A page of one kind; `after` is the last one of the page before."""
    if after is None:
        values = {"most": MOST + 1, **sought(group.kind, wanted, viewer.id if group.own else None)}
        found = _hits([group], viewer, wanted, values)
    else:
        found = db.session.execute(found_by(group, viewer, wanted, _behind(group, viewer, after)).limit(PAGE + 1))
    return _found(group, viewer, [(order, one) for _, order, one in found], PAGE)


def _found(group: Group, viewer: Any, ids: list[tuple[str, int]], first: int) -> Found:
    ids.sort(reverse=group.order is None)
    shown = [one for _, one in ids[:first]]
    rows = {row.id: row for row in group.rows(viewer, shown)} if shown else {}
    more = shown[-1] if len(ids) > len(shown) else None
    return Found(group, len(ids), [rows[one] for one in shown if one in rows], more)


def found_by(group: Group, viewer: Any, wanted: Asked, where: ColumnElement[bool] = TRUE) -> Select[Any]:
    """(kind, order, id) of what the words are in and the viewer may see."""
    hit = hits(group.kind, wanted, viewer.id if group.own else None)
    kind, seen = literal(group.kind.number).label("kind"), and_(where, group.seen(viewer))
    if group.order is None:
        return hit.newest(group.model, seen, kind, literal("").label("place"))
    place = select(group.order).where(group.model.id == hit.object_id).correlate(hit.entries).scalar_subquery().label("place")
    return hit.newest(group.model, seen, kind, place).order_by(None).order_by(place, hit.object_id)


def _behind(group: Group, viewer: Any, after: int) -> ColumnElement[bool]:
    """What comes after one that the viewer sees: behind any other nothing does, or its place would tell how it is called."""
    if group.order is None:
        return group.model.id < after  # type: ignore[no-any-return]
    last = select(group.order).where(group.model.id == after, group.seen(viewer)).scalar_subquery()
    return or_(group.order > last, and_(group.order == last, group.model.id > after))


def by_name() -> Mapping[str, Group]:
    """Those that are switched on, as addresses call them."""
    return {group.name: group for group in groups()}
