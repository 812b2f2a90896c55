"""What an objective says as one flat document, the difference of two, and a difference put on a third. Pure.

Keys are fields: `title`, `weight`, `parents`, and of a measure `target@12` (12 is its id, `new1` the first that has none yet).
Values are what JSON keeps with every digit. A measure that is not there has no keys: so taking one away is a difference too.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any

from portal.goals.kinds import Aggregation, Audience, Direction, Kind, Perspective, Rule, Shape, Split
from portal.goals.telling import figure
from portal.goals.wording import COLUMNS, FACTS, Row, Wording

Document = Mapping[str, Any]
KINDS: Mapping[str, type[StrEnum]] = {"kind": Kind, "audience": Audience, "perspective": Perspective}
WORDS: Mapping[str, type[StrEnum]] = {
    "shape": Shape,
    "direction": Direction,
    "rule": Rule,
    "aggregation": Aggregation,
    "split": Split,
}
NUMBERS = ("baseline", "target", "low", "high", "threshold", "stretch")
TEXTS = ("title", "why", "name")
"""Fields whose words are compared, not only their figures."""
MARK = "@"


@dataclass(frozen=True)
class Difference:
    """Of two documents: `before` and `after` hold the keys that differ; a key that is missing in one is not there."""

    before: Document
    after: Document

    def __bool__(self) -> bool:
        return bool(self.before or self.after)

    @property
    def keys(self) -> tuple[str, ...]:
        """What differs, in the order of the later one; what was taken away last."""
        return (*self.after, *(key for key in self.before if key not in self.after))


def flat(wording: Wording) -> dict[str, Any]:
    """The document of a wording."""
    found = {name: _told(name, wording.facts.get(name)) for name in FACTS}
    found["parents"] = {str(parent): share for parent, share in sorted(wording.shares.items())}
    for n, row in enumerate(wording.measures, 1):
        found |= {f"{name}{MARK}{row.get('id') or row.get('mark') or f'new{n}'}": value for name, value in _of_row(row).items()}
    return found


def _of_row(row: Row) -> dict[str, Any]:
    known = {name: _told(name, row.get(name)) for name in COLUMNS if name != "rule_values"}
    known["milestones"] = [[name, weight, None if due is None else due.isoformat()] for name, weight, due in row["milestones"]]
    known["targets"] = {begins.isoformat(): figure(target) for begins, target in (row.get("targets") or {}).items()}
    return known | dict(row.get("rule_values") or {})


def _told(name: str, value: Any) -> Any:
    return figure(value) if isinstance(value, Decimal) else str(value) if name in (*KINDS, *WORDS) and value else value


def whole(document: Document) -> Wording:
    """The wording of a document: the other way round."""
    facts = {
        name: KINDS[name](value) if name in KINDS and (value := document.get(name)) else document.get(name) for name in FACTS
    }
    rows: dict[str, dict[str, Any]] = {}
    for key, value in document.items():
        name, mark, which = key.partition(MARK)
        if mark:
            rows.setdefault(which, {})[name] = value
    shares = {int(parent): share for parent, share in document["parents"].items()}
    return Wording(facts, tuple(_row(which, told) for which, told in rows.items()), shares)


def _row(which: str, told: Mapping[str, Any]) -> dict[str, Any]:
    row: dict[str, Any] = {"id": int(which) if which.isdecimal() else None, "rule_values": {}}
    row |= {} if row["id"] else {"mark": which}
    for name, value in told.items():
        if name == "milestones":
            row[name] = tuple((step, weight, None if due is None else date.fromisoformat(due)) for step, weight, due in value)
        elif name == "targets":
            row[name] = {date.fromisoformat(day): None if text is None else Decimal(text) for day, text in value.items()}
        elif name in COLUMNS:
            row[name] = _typed(name, value)
        else:
            row["rule_values"][name] = value
    return row


def _typed(name: str, value: Any) -> Any:
    if value is None:
        return None
    return Decimal(value) if name in NUMBERS else WORDS[name](value) if name in WORDS else value


def difference(one: Document, other: Document) -> Difference:
    """What has to change in one to become the other."""
    gone = object()
    keys = [key for key in (*one, *other) if one.get(key, gone) != other.get(key, gone)]
    return Difference({key: one[key] for key in keys if key in one}, {key: other[key] for key in other if key in keys})


def clashes(document: Document, change: Difference) -> tuple[str, ...]:
    """Keys at which the document is no longer what the change began from."""
    gone = object()
    return tuple(key for key in change.keys if document.get(key, gone) != change.before.get(key, gone))


def patched(document: Document, change: Difference) -> dict[str, Any]:
    """The document with the change in it. Ask `clashes` first."""
    kept = {key: value for key, value in document.items() if key not in change.before or key in change.after}
    return kept | dict(change.after)


def renamed(document: Document, ids: Mapping[str, int]) -> dict[str, Any]:
    """The same once new measures have ids of their own."""

    def key_of(key: str) -> str:
        name, mark, which = key.partition(MARK)
        return f"{name}{MARK}{ids[which]}" if mark and which in ids else key

    return {key_of(key): value for key, value in document.items()}


def names_of(documents: Iterable[Document]) -> dict[str, str]:
    """What the measures are called, by their mark; the later document wins."""
    return {
        key.partition(MARK)[2]: str(value)
        for document in documents
        for key, value in document.items()
        if key.startswith("name@")
    }


def said(name: str, value: Any) -> Any:
    """A value as the journal and pages read it: one line of text, a figure's digits, a yes or no; None for nothing."""
    if name == "milestones":
        return "; ".join(" | ".join(str(part) for part in step if part is not None) for step in value or ()) or None
    if name == "targets":
        return "; ".join(f"{day}: {text}" for day, text in (value or {}).items() if text is not None) or None
    if isinstance(value, list):
        return "; ".join(" | ".join(map(str, each)) if isinstance(each, list) else str(each) for each in value)
    return value if isinstance(value, bool | dict) else None if value in (None, "") else str(value)
