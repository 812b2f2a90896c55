"""Settings that are not simply written: what has to be done for a new value to count. Features register at start-up."""

from collections.abc import Callable
from typing import Any

from portal.settings.names import Value

Way = Callable[[Any, str], str]
"""Does what is to be done, for whom and why; the sentence that says so."""
_ways: dict[tuple[str, Value], Way] = {}


def leads(name: str, value: Value, way: Way) -> None:
    """From now on this is how a setting comes to a value, wherever it is changed."""
    _ways[name, value] = way


def way_to(name: str, value: Value) -> Way | None:
    """How a setting comes to a value, where it is not simply written."""
    return _ways.get((name, value))
