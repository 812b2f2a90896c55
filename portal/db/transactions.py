"""Where one transaction is not the whole request: what may be written beside it, and what must not take long in it."""

import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum, auto

from sqlalchemy import Connection
from sqlalchemy.exc import OperationalError

from portal.db.connections import reading
from portal.db.tables import db


class Own(StrEnum):
    """Everything that may be written outside a request's one transaction. The list is closed: extend it in an ADR."""

    LOGIN_ATTEMPT = auto()
    SEEN = auto()
    CONFIRMED = auto()  # a password was given again: the session's new id, before the change it allows
    VIEW_LOGGED = auto()
    VISITED = auto()  # when somebody last looked at a board
    FILE_REFUSED = auto()  # the scanner found something: nothing else of that request is kept


@contextmanager
def own_transaction(why: Own) -> Iterator[Connection]:
    """A short transaction of its own: in a read, or before a write has begun."""
    if db.session().in_transaction() and not reading.get():
        raise RuntimeError(f"{why}: this request is already a writer, SQLite would wait for itself")
    token = reading.set(False)
    try:
        with db.engine.begin() as connection:
            yield connection
    finally:
        reading.reset(token)


def let_go() -> None:
    """End the transaction before something slow (the directory, argon2): nobody waits for us meanwhile.

    Raises RuntimeError when there is something unsaved in it: what is slow comes first in a view.
    """
    waiting = db.session()
    if waiting.new or waiting.dirty or waiting.deleted:
        raise RuntimeError("something was changed already: ask what is slow first")
    waiting.rollback()


CANCELED = "57014"
STEPS = 20_000
"""Steps of SQLite's machine between two looks at the clock: a fraction of a millisecond."""


class TookTooLong(Exception):
    """A statement was stopped because it took longer than it may."""


@contextmanager
def within(seconds: float) -> Iterator[None]:
    """Statements sent inside are stopped after that long; on PostgreSQL each of them, and what comes after in the transaction.

    Raises TookTooLong, and then the session has begun anew.
    """
    connection = db.session.connection()
    driver, until = connection.connection.driver_connection, time.monotonic() + seconds
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(f"SET LOCAL statement_timeout = {int(seconds * 1000)}")
    else:
        driver.set_progress_handler(lambda: time.monotonic() > until, STEPS)  # type: ignore[union-attr]
    try:
        yield
    except OperationalError as error:
        if (
            getattr(error.orig, "sqlite_errorcode", None) != sqlite3.SQLITE_INTERRUPT
            and getattr(error.orig, "sqlstate", None) != CANCELED
        ):
            raise
        db.session.rollback()
        raise TookTooLong from error
    finally:
        if connection.dialect.name == "sqlite":
            driver.set_progress_handler(None, 0)  # type: ignore[union-attr]
