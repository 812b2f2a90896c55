"""What a look finds: one sentence that says what is wrong and what cures it, and how bad that is."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import IntEnum


class Level(IntEnum):
    """How bad; the worst of all is what `flask check` returns, as monitoring understands it."""

    NOTE = 0  # know it
    WARN = 1  # somebody has to do something, people can go on working
    STOP = 2  # the portal must not serve people like this


@dataclass(frozen=True)
class Found:
    """One sentence."""

    level: Level
    sentence: str


Look = Callable[[], Iterator[Found]]


def note(sentence: str) -> Found:
    return Found(Level.NOTE, sentence)


def warn(sentence: str) -> Found:
    return Found(Level.WARN, sentence)


def stop(sentence: str) -> Found:
    return Found(Level.STOP, sentence)
