"""A revision as a page shows it: what differs, text beside text and figure before figure, in the reader's language."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from portal.formats import percent
from portal.goals import revising
from portal.goals.names import DIRECTION, FIELDS
from portal.goals.speaking import spoken
from portal.i18n import gettext as _

Called = Mapping[tuple[str, int], str]
"""What ids of a revision are called: {(field, id): name}; what this reader may not see is not in it."""


@dataclass(frozen=True)
class Changed:
    """One field: what it is called, of which measure, before and after; `text` is compared word by word."""

    label: str
    of: str
    before: str
    after: str
    text: bool


def changed(revision: Any, measures: Iterable[Any], named: Called | None = None) -> list[Changed]:
    """What a revision changes; fields that say nothing on either side are left out."""
    called = {str(measure.id): measure.name for measure in measures}
    called = revising.names_of([revision.after, revision.before]) | called
    return list(_lines(revision, called, named or {}))


def _lines(revision: Any, called: Mapping[str, str], named: Called) -> Iterator[Changed]:
    for key in revising.Difference(revision.before, revision.after).keys:
        name, _mark, which = key.partition(revising.MARK)
        sides = [_said(name, document.get(key), named) for document in (revision.before, revision.after)]
        if sides[0] != sides[1]:
            label = _(FIELDS[name]) if name in FIELDS else name
            yield Changed(label, called.get(which, which), sides[0], sides[1], name in revising.TEXTS)


def _said(name: str, value: Any, called: Called) -> str:
    if name == "parents":
        hidden, shares = _("a goal that is not open to you"), (value or {}).items()
        told = (f"{called.get((name, int(parent)), hidden)} {percent(Decimal(share) / 10_000)}" for parent, share in shares)
        return _(", ").join(told) or "–"
    if name == "direction":
        return _(DIRECTION[value]) if value else "–"
    if name in ("theme_id", "period_id"):
        return "–" if value is None else called.get((name, value), str(value))
    return spoken(name, revising.said(name, value))
