"""What can be printed: features register at start-up, printing calls them back (it knows none of them)."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import abort

from portal.access import Act, Viewer
from portal.access.switches import enabled


@dataclass(frozen=True)
class Paper:
    """What a feature hands over: a template and the values in it, already only what this reader may see.

    `sheet` is a frozen dataclass of plain values: the pages and the embedded data are both made from it.
    """

    template: str
    sheet: Any
    title: str  # what kind of form it is: 绩效评估表
    subject: str  # whom it is about, for the running head
    copy: str  # for whom this one is: 本人联, 人事存档联
    year: int  # of the form, for its number
    about: Any  # the object itself, for the journal


@dataclass(frozen=True)
class Kind:
    """A kind of form. `load` answers 404 to whom may not see the object: printing needs the same right as seeing.

    `fingerprint` digests what makes a new version of the form, for every reader alike: what was handed in, never a
    draft. It is compared on a page that is open without a login, where a draft's traces must not show.
    """

    name: str
    code: str  # in the form's number: PR
    load: Callable[[Viewer, int], Paper]
    fingerprint: Callable[[int], str]
    archived_by: Act  # who holds it on the object may archive the form, and read it in the archive
    capability: str  # nothing of it is printed for whom it is switched off (S31)


_kinds: dict[str, Kind] = {}


def document(kind: Kind) -> None:
    """Register a kind of form, at start-up."""
    _kinds[kind.name] = kind


def kind_or_404(name: str) -> Kind:
    """A kind by its name."""
    if name not in _kinds:
        abort(404)
    return _kinds[name]


def open_kind_or_404(name: str) -> Kind:
    """The kind of an address, as long as its capability is on for this viewer."""
    kind = kind_or_404(name)
    return kind if enabled(kind.capability) else abort(404)
