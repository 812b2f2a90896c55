"""The kinds of jobs: what each does, what it is called, and how its failures are told."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from sqlalchemy.exc import DBAPIError

from portal.db import Trouble, trouble
from portal.jobs.context import Context
from portal.words import N_
from portal.workflow import NotHeld, Refused

Run = Callable[[Context], None]

UNNAMED = N_("A background job")
UNKNOWN = N_("This version of the portal does not know this job.")
UNEXPECTED = N_("Something unexpected happened. The worker's log tells more, under the number of the job.")
DIED = N_("The worker ended in the middle of it, three times.")
TROUBLES = {
    Trouble.BUSY: N_("The database was too busy."),
    Trouble.FULL: N_("The database cannot write: look at the disk."),
    Trouble.AWAY: N_("The database did not answer."),
}
COMMON: Mapping[type[Exception], str] = {
    NotHeld: N_("Whoever asked for it may no longer do this."),
    Refused: N_("What it was asked to do is no longer possible."),
    OSError: N_("A file could not be read or written: look at the disk."),
}


@dataclass(frozen=True)
class Kind:
    """`word` is its name for people; `fails` tells its own exceptions. Why a `quick` one is different: see `register`."""

    name: str
    run: Run
    word: str = UNNAMED
    fails: Mapping[type[Exception], str] = field(default_factory=dict)
    quick: bool = False


_kinds: dict[str, Kind] = {}


def register(
    kind: str, run: Run, word: str = UNNAMED, fails: Mapping[type[Exception], str] | None = None, *, quick: bool = False
) -> None:
    """Tell the engine what a kind does. Every step of it must be idempotent: it may be run again.

    `quick` promises that it only writes a little to the database, and never commits, rolls back or waits for anything
    outside: many of them share one transaction.
    """
    _kinds[kind] = Kind(kind, run, word, fails or {}, quick)


def kinds() -> Mapping[str, Kind]:
    """Every kind that is known."""
    return _kinds


def quick() -> list[str]:
    """The kinds that may share a transaction."""
    return [name for name, kind in _kinds.items() if kind.quick]


def word(kind: str) -> str:
    """What a kind is called; one of an earlier version has lost its name."""
    return _kinds[kind].word if kind in _kinds else UNNAMED


def reason(kind: str, error: Exception) -> str:
    """Why an attempt failed, as a sentence of the catalogue. What the exception says itself may hold somebody's data: it
    is in the worker's log alone.
    """
    if kind not in _kinds:
        return UNKNOWN
    if isinstance(error, DBAPIError) and (found := trouble(error)):
        return TROUBLES[found]
    told = {**COMMON, **_kinds[kind].fails}
    return next((told[type_] for type_ in type(error).__mro__ if type_ in told), UNEXPECTED)
