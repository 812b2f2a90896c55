"""What settings, switches and their values are called on the pages of administration."""

from collections.abc import Mapping
from typing import Any

from babel.dates import get_month_names

from portal.formats import figure, listed
from portal.i18n import gettext as _
from portal.i18n import language
from portal.settings import NAMES, Named, given_name
from portal.settings.names import Value
from portal.words import N_

CAPABILITY = {
    "goals": (N_("Goals and OKR"), N_("Goal tree, board, alignment")),
    "checkins": (N_("Check-ins"), N_("Regular check-ins, promises, own view")),
    "feedback": (N_("Feedback"), N_("Feedback given and asked for, the praise wall")),
    "reviews": (N_("Reviews"), N_("Cycles, forms, printing")),
}
STATES = {"on": N_("Whole company"), "pilot": N_("Pilot"), "off": N_("Off")}
LOGO = "company_logo"
"""It has no line on the page of settings, but its changes are told with theirs."""


def told(named: Named, value: Value) -> str:
    """A value as people read it: with its unit, or in words."""
    if isinstance(value, bool):
        return _("on") if value else _("off")
    if named.words:
        return _(dict(zip(named.among, named.words, strict=True))[str(value)])
    if named.name == "company_name" and not given_name(value):
        return "–"
    if named.name == "year_begins_in":
        return str(get_month_names("wide", locale=language())[int(value)])
    return figure(value, _(named.unit) if named.unit else "") if isinstance(value, int) else str(value)


def title(name: str) -> str:
    """A setting or capability by what it means; one of an earlier version by its name alone."""
    if name in NAMES:
        return _(NAMES[name].meaning).rstrip(".。")
    if name in CAPABILITY:
        return _(CAPABILITY[name][0])
    return _("The company's logo") if name == LOGO else name


def told_then(name: str, value: Any, units: Mapping[int, str]) -> str:
    """A value of the journal, which may be one that is no longer allowed."""
    if name in CAPABILITY and isinstance(value, dict):
        state = _(STATES.get(str(value.get("state")), ""))
        where = listed(units.get(unit, "–") for unit in value.get("units", ()))
        return _("%(state)s: %(where)s", state=state, where=where) if where else state
    if name == LOGO:
        return _("a picture") if value else _("no picture")
    try:
        return told(NAMES[name], value)
    except (KeyError, ValueError):
        return str(value)
