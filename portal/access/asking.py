"""Statements that are made once for everybody whose standing has the same form, and asked with one's own values.

To make a statement with SQLAlchemy costs more than to ask it. What a statement looks like depends on the form of a
standing alone (does one lead, which roles, how many headed units), not on who it is: a company has few forms. So a
builder is given a viewer in whose places stand parameters, and what it makes is kept.
"""

from collections.abc import Callable, Hashable, Iterator, Mapping
from functools import lru_cache, update_wrapper
from typing import Any, Generic, TypeVar, TypeVarTuple, cast

from sqlalchemy import BindParameter, ClauseElement, Integer, bindparam

from portal.access import relations
from portal.access.viewer import Viewer
from portal.db import kept

KEPT = 300
"""Forms of a standing, and statements of each builder, that a process keeps."""
Statement = TypeVar("Statement")
More = TypeVarTuple("More")
Form = tuple[Hashable, ...]
_every: list[Callable[[], None]] = []


class Prepared(Generic[Statement, *More]):
    """A builder of statements, called with a viewer; what it gives is splatted into `execute`, `scalars` or `scalar`."""

    def __init__(self, build: Callable[[Viewer, *More], Statement]) -> None:
        self._made = lru_cache(maxsize=KEPT)(lambda *form: _named(cast(Any, build)(*form)))
        update_wrapper(self, build)
        _every.append(self._made.cache_clear)

    def __call__(self, viewer: Viewer, *more: *More, **values: Any) -> tuple[Statement, dict[str, Any]]:
        """The statement and its parameters: the viewer's own and `values`. `more` decides how it is made: few different."""
        return self._made(places(viewer), *more), {**own(viewer), **values}


def _named(made: Any) -> Any:
    return kept(made) if isinstance(made, ClauseElement) else made


def prepared(build: Callable[[Viewer, *More], Statement]) -> Prepared[Statement, *More]:
    """Mark a builder. It must ask nothing of its viewer but whether they lead, have roles, units or givers, and put the
    rest into SQL: their values are not known yet, and settings, days and rows belong to `values`."""
    return Prepared(build)


def forget() -> None:
    """Make all of them anew: how the rows of a model are seen has been described again."""
    for clear in _every:
        clear()


def places(viewer: Viewer) -> Viewer:
    """Somebody of the same form as this viewer, with parameters for values."""
    return _places(form(viewer))


def own(viewer: Viewer) -> Mapping[str, Any]:
    """The values of a viewer, by the names of the parameters that stand in their places."""
    found = viewer.__dict__.get("_own")  # kept with the viewer: a page asks several times
    if found is None:
        found = viewer.__dict__["_own"] = dict(_own(viewer, "me"))
    return cast(Mapping[str, Any], found)


def form(viewer: Viewer) -> Form:
    """What statements may depend on. Viewers of one form are asked with the same statements."""
    found = viewer.__dict__.get("_form")
    if found is None:
        found = viewer.__dict__["_form"] = _form(viewer)
    return cast(Form, found)


def _form(viewer: Viewer) -> Form:
    span = min(viewer.span, 1) if viewer.span <= relations.SMALL else max(1, relations.SMALL + 1)
    gave = tuple((form(giver), acts) for giver, acts in viewer.gave)
    led = viewer.managed, viewer.outside
    return viewer.unit_id is None, span, viewer.roles, len(viewer.hrbp_of), len(viewer.head_of), gave, *led


@lru_cache(maxsize=KEPT)
def _places(wanted: Form, name: str = "me") -> Viewer:
    nowhere, span, roles, partner, heads, gave, managed, outside = cast(Any, wanted)
    return Viewer(
        cast(int, _place(name)),
        None if nowhere else cast(int, _place(f"{name}_unit")),
        span,
        roles,
        tuple(cast(int, _place(f"{name}_hrbp_{n}")) for n in range(partner)),
        tuple(cast(int, _place(f"{name}_head_{n}")) for n in range(heads)),
        tuple((_places(theirs, f"{name}_gave_{n}"), acts) for n, (theirs, acts) in enumerate(gave)),
        managed=managed,
        outside=outside,
    )


def _place(name: str) -> BindParameter[int]:
    return bindparam(name, type_=Integer)


def _own(viewer: Viewer, name: str) -> Iterator[tuple[str, Any]]:
    yield name, viewer.id
    if viewer.unit_id is not None:
        yield f"{name}_unit", viewer.unit_id
    for kind, units in (("hrbp", viewer.hrbp_of), ("head", viewer.head_of)):
        yield from ((f"{name}_{kind}_{n}", unit) for n, unit in enumerate(units))
    for n, (giver, _acts) in enumerate(viewer.gave):
        yield from _own(giver, f"{name}_gave_{n}")
