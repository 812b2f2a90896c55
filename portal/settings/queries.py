"""Reading a setting: all that differ from their default in one statement a request, and only when one is asked."""

from collections.abc import Mapping

from flask import g
from sqlalchemy import select

from portal import clock, here
from portal.db import db
from portal.settings.models import Setting
from portal.settings.names import NAMES, Value


def value(name: str) -> Value:
    """The value in force. Raises KeyError for a name that is not in the list."""
    default = NAMES[name].default
    try:
        kept = here.kept()
    except RuntimeError:
        return default
    if "settings" not in kept:
        remember({row.name: row.value for row in db.session.execute(select(Setting.name, Setting.value))})
    chosen: Value = kept.settings.get(name, default)
    return chosen


def refresh() -> None:
    """Read them anew: a worker lives long, and a job goes by what is set when it begins, the company's day included."""
    g.pop("settings", None)
    value("time_zone")


def logo() -> str:
    """The digest of the company's logo; empty = it has none."""
    value("open")  # reads the rows of this request
    return str(g.settings.get("company_logo", ""))


def remember(chosen: Mapping[str, Value]) -> None:
    """What somebody else's statement read on the way: the rows of this request."""
    g.settings = chosen
    clock.keep_zone(str(chosen.get("time_zone", NAMES["time_zone"].default)))


def number(name: str) -> int:
    """A setting that is a number."""
    return int(value(name))


def text(name: str) -> str:
    """A setting that is a text."""
    return str(value(name))
