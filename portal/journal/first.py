"""Who was first: what the page of a conflict tells of the change that came in between."""

from flask import g

from portal import formats
from portal.i18n import gettext as _
from portal.journal.writing import latest


def who_was_first(thing: tuple[str, int] | None) -> str:
    """Who changed an object last, and when, in a sentence; empty where the reader may not know, or nobody in particular did."""
    last = latest(g.viewer, *thing) if thing and "viewer" in g else None
    if last is None or not last.actor:
        return ""
    when = formats.moment(last.at)
    if last.actor_id == g.viewer.id:
        return _("You changed this yourself %(when)s.", when=when)
    return _("%(name)s changed this %(when)s.", name=last.actor, when=when)
