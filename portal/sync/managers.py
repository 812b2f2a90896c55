"""Who reports to whom, from what the directory says: names that changed, managers who left, circles."""

from collections.abc import Callable, Collection, Mapping

from portal.directory.dn import one_spelling
from portal.sync.lines import Kind, Who

Listed = Callable[[Kind, Who, Who | str | None], None]
"""Takes a notice: the kind, about whom, and the manager (or the DN) in question."""


def choose(
    wishes: Mapping[Who, str | None],
    names: Mapping[str, Who],
    last: Mapping[Who, Who | None],
    here: Collection[Who],
    listed: Listed,
) -> dict[Who, Who | None]:
    """A manager for everybody; what comes back has no circle.

    `wishes`: the DN of the manager as the directory gives it. `names`: people by every spelling of a DN, present and
    former. `last`: the managers of today, also of those the directory does not tell about: they stay. `here`: who works
    in the company after the run.
    """
    spelt = {dn: one_spelling(dn) for dn in set(wishes.values()) if dn}

    def wanted(who: Who, dn: str | None) -> Who | None:
        if not dn:
            return None
        found = names.get(spelt[dn])
        if found in here:
            return found
        listed(*((Kind.MANAGER_UNKNOWN, who, dn) if found is None else (Kind.MANAGER_LEFT, who, found)))
        return _still_here(last.get(who) if found is None else found, who, last, here)

    wants = {who: wanted(who, dn) for who, dn in wishes.items()}
    chosen = {who: manager for who, manager in last.items() if who not in wishes}
    # What was so before comes first: a circle is broken at the edge that arrived last.
    for who in sorted(wants, key=lambda who: (wants[who] != last.get(who), str(who))):
        chosen[who] = _without_circle(who, wants[who], last.get(who), chosen, listed)
    return chosen


def _still_here(manager: Who | None, who: Who, last: Mapping[Who, Who | None], here: Collection[Who]) -> Who | None:
    """This manager, or the first one above who is still here (and is not the person)."""
    seen: set[Who] = {who}
    while manager is not None and manager not in seen:
        if manager in here:
            return manager
        seen.add(manager)
        manager = last.get(manager)
    return None


def _without_circle(
    who: Who, manager: Who | None, before: Who | None, chosen: Mapping[Who, Who | None], listed: Listed
) -> Who | None:
    if manager is None or not _is_above(who, manager, chosen):
        return manager
    listed(Kind.MANAGER_LOOP, who, manager)
    return None if before is None or before == manager or _is_above(who, before, chosen) else before


def _is_above(who: Who, manager: Who, chosen: Mapping[Who, Who | None]) -> bool:
    """Whether `who` is the manager themselves or stands above them."""
    step: Who | None = manager
    while step is not None:
        if step == who:
            return True
        step = chosen.get(step)
    return False
