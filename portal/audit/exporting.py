"""The audit log as a file: read page by page while it is sent, so that no transaction stays open and no memory fills."""

import csv
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import StringIO

from flask import Flask
from flask_babel import force_locale

from portal import clock
from portal.access import Viewer
from portal.audit import queries
from portal.audit.queries import Line, Wish
from portal.audit.telling import about, kept_text, thing_of, told
from portal.audit.words import cell
from portal.db import reading
from portal.i18n import gettext as _

MOST = 50_000
"""Rows of one file."""
AT_ONCE = 1_000
BOM = "\ufeff"
"""So that Excel reads UTF-8."""


@dataclass(frozen=True)
class Order:
    """What the file is of, for whom, below which entry, in which language and time zone."""

    viewer: Viewer
    wish: Wish
    below: int
    language: str
    zone: str


def pieces(app: Flask, order: Order) -> Iterator[str]:
    """The file: a heading, the entries newest first, and a line where there were more than fit."""
    sent, below = 0, order.below
    with _place(app, order):
        first = BOM + _written([_heading()])
    yield first
    while sent < MOST:
        with _place(app, order):
            page = queries.entries(order.viewer, order.wish, below, min(AT_ONCE, MOST - sent))
            text = _written([_row(line) for line in page.lines])
        yield text
        if page.more is None:
            return
        sent, below = sent + len(page.lines), page.more
    with _place(app, order):
        last = _written([[_("Only the first %(n)d entries are in this file. Choose fewer days for the rest.", n=MOST)]])
    yield last


@contextmanager
def _place(app: Flask, order: Order) -> Iterator[None]:
    """An application, a reader's transaction, a language and a zone, for one piece: nothing stays open between two."""
    token = reading.set(True)
    try:
        with app.app_context(), force_locale(order.language):
            clock.keep_zone(order.zone)
            yield
    finally:
        reading.reset(token)


def _heading() -> list[str]:
    return [
        _("No."), _("When"), _("Who"), _("Account"), _("On whose behalf"), _("What happened"), _("About"),
        _("Kind of object"), _("Object no."), _("Kind"), _("State before"), _("State now"), _("Before and after"),
    ]  # fmt: skip


def _row(line: Line) -> list[str]:
    return [
        str(line.n),
        line.at.astimezone(clock.zone()).strftime("%Y-%m-%d %H:%M:%S"),
        line.actor,
        line.login,
        line.behalf,
        told(line),
        about(line),
        thing_of(line),
        "" if line.object_id is None else str(line.object_id),
        line.kind,
        line.was,
        line.now,
        kept_text(line),
    ]


def _written(rows: Iterable[Iterable[str]]) -> str:
    file = StringIO()
    csv.writer(file).writerows([cell(text) for text in row] for row in rows)
    return file.getvalue()
