"""A rule in words."""

from portal.i18n import gettext as _
from portal.i18n import ngettext
from portal.retention.kept import Unit
from portal.retention.queries import Rule


def told(rule: Rule) -> str:
    """24 months after the person has left; or for ever."""
    if rule.keep is None:
        return _("Kept for ever")
    return _("%(long)s %(since)s", long=length(rule.kind.unit, rule.keep), since=_(rule.kind.events[rule.event].word))


def length(unit: Unit, n: int) -> str:
    """So many days or months."""
    if unit is Unit.DAYS:
        return ngettext("%(num)d day", "%(num)d days", n)
    return ngettext("%(num)d month", "%(num)d months", n)
