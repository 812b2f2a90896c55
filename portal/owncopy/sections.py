"""What an own copy is made of: sections, each with its columns and the records in it. Reading stands in `mine` and `work`.

`covers` are the columns of the database that name a person and are answered by the section. A test compares them with every
such column there is: one that is neither here nor in its list of exemptions, with a reason, is found.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from typing import Any

from portal import clock, formats
from portal.access import Viewer
from portal.i18n import gettext as _

Record = Mapping[str, Any]


@dataclass(frozen=True)
class Column:
    """One thing a record tells: its name for machines, its word for people. `words` are those of its values, `parts` the
    columns of the records inside it.
    """

    key: str
    word: str
    words: Mapping[Any, Any] | None = None
    parts: tuple["Column", ...] = ()

    def shown(self, value: Any) -> str:
        """A value as people read it; empty when there is none."""
        if value is None or value == "":
            return ""
        if self.words is not None and value in self.words:
            return _(str(self.words[value]))
        return _plain(value)


@dataclass(frozen=True)
class Section:
    """`files`: the files that go with it, as (name in the copy, where the bytes lie)."""

    name: str
    word: str
    hint: str
    columns: tuple[Column, ...]
    records: Callable[[Viewer], Iterator[Record]]
    covers: frozenset[str]
    files: Callable[[Viewer], Iterator[tuple[str, Path]]] = lambda _viewer: iter(())


def machine(value: Any) -> Any:
    """A value as JSON keeps it: moments in UTC, figures as texts so that no digit is lost."""
    match value:
        case Decimal():
            return f"{value:f}"
        case StrEnum():
            return value.value
        case datetime() | date():
            return value.isoformat()
        case _:
            return str(value)


def _plain(value: Any) -> str:
    match value:
        case bool():
            return _("yes") if value else _("no")
        case Decimal() | int() | float():
            return formats.decimal(value)
        case datetime():
            return f"{formats.full_day(value)} {formats.clock_time(value)}"
        case date():
            return formats.full_day(value)
        case list() | tuple():
            return formats.listed(str(each) for each in value)
        case _:
            return str(value)


def cell(value: Any) -> str:
    """The same in a list for spreadsheets: days and moments as they sort, in the company's time."""
    match value:
        case datetime():
            return value.astimezone(clock.zone()).strftime("%Y-%m-%d %H:%M:%S")
        case date():
            return value.isoformat()
        case Decimal():
            return f"{value:f}"
        case int() if not isinstance(value, bool):
            return str(value)
        case _:
            return _plain(value) if value not in (None, "") else ""
