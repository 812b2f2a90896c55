"""What an error of the database means to whoever waits for an answer."""

from enum import StrEnum, auto

from sqlalchemy.exc import DBAPIError

from portal.db.connections import reading


class Trouble(StrEnum):
    """Why the database did not take something, where that is nobody's mistake."""

    BUSY = auto()  # somebody else writes, or two wait for each other: send again
    FULL = auto()  # disk full, read-only or failing
    AWAY = auto()  # no connection


SQLITE = {5: Trouble.BUSY, 6: Trouble.BUSY, 8: Trouble.FULL, 10: Trouble.FULL, 13: Trouble.FULL, 14: Trouble.AWAY}
POSTGRESQL = {"40001": Trouble.BUSY, "40P01": Trouble.BUSY, "55P03": Trouble.BUSY, "53100": Trouble.FULL, "53300": Trouble.BUSY}
POSTGRESQL["23505"] = Trouble.BUSY  # two made the same row at the same moment; SQLite's writers stand in a queue


def trouble(error: DBAPIError) -> Trouble | None:
    """What an error of the database means to the person who waits; None = a mistake of ours (a GET that writes, too)."""
    code, state = getattr(error.orig, "sqlite_errorcode", None), getattr(error.orig, "sqlstate", None)
    if code is not None:
        return None if code & 0xFF == 8 and reading.get() else SQLITE.get(code & 0xFF)
    if error.connection_invalidated or (state or "08").startswith(("08", "57P")):
        return Trouble.AWAY if any(kind.__name__ == "OperationalError" for kind in type(error.orig).__mro__) else None
    return POSTGRESQL.get(str(state))
