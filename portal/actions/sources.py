"""What a promise was made in, as a link: whoever makes promises tells how its objects are called. This package knows none."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from portal.access import Viewer
from portal.actions.models import Action


@dataclass(frozen=True)
class Source:
    """The object a promise was made in, as a reader meets it."""

    word: str
    url: str


Finder = Callable[[Viewer, Sequence[int]], Mapping[int, Source]]
"""Those of these objects that a viewer may open."""

_finders: dict[str, Finder] = {}


def promised_in(kind: str, finder: Finder) -> None:
    """Called once by create_app for each kind of object; `kind` is its table."""
    _finders[kind] = finder


def of(viewer: Viewer, actions: Iterable[Action]) -> dict[tuple[str, int], Source]:
    """{(type, id): source} of these promises, as far as the viewer may open it. One statement for each kind."""
    wanted: dict[str, set[int]] = defaultdict(set)
    for action in actions:
        wanted[action.source_type].add(action.source_id)
    return {
        (kind, one): source
        for kind, ids in wanted.items()
        if kind in _finders
        for one, source in _finders[kind](viewer, sorted(ids)).items()
    }
