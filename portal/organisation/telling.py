"""What waits on somebody, in words."""

from collections.abc import Iterable, Mapping

from portal import formats
from portal.i18n import gettext as _
from portal.i18n import ngettext
from portal.organisation import unfinished
from portal.organisation.unfinished import Counts, Left


def said(what: Left, n: int) -> str:
    """So many of one kind: 3 assessments to write."""
    match what:
        case Left.ASSESSMENTS:
            return ngettext("%(num)d assessment to write", "%(num)d assessments to write", n)
        case Left.GOALS:
            return ngettext("%(num)d goal of a department", "%(num)d goals of departments", n)
        case Left.REPORTS:
            return ngettext("%(num)d report", "%(num)d reports", n)
        case Left.HEADED:
            return ngettext("%(num)d department headed", "%(num)d departments headed", n)
        case Left.PROMISES:
            return ngettext("%(num)d promise", "%(num)d promises", n)
        case Left.DELEGATIONS:
            return ngettext("%(num)d delegation", "%(num)d delegations", n)
        case Left.ROLES:
            return ngettext("%(num)d role", "%(num)d roles", n)
        case Left.OWN_GOALS:
            return ngettext("%(num)d own goal", "%(num)d own goals", n)
    return ngettext("%(num)d draft", "%(num)d drafts", n)


def listed(counts: Counts) -> str:
    """All of it in one line; nothing is said where nothing waits."""
    return formats.listed(said(what, n) for what, n in counts.items()) or _("nothing")


def of_lines(people: Iterable[int | None]) -> Mapping[int, str]:
    """For a page's list of people: what waits on each, in words. One statement."""
    asked = {one for one in people if one is not None}
    found = unfinished.counts(asked)
    return {one: listed(found.get(one, {})) for one in asked}
