"""Who can come in, and who can help them."""

from collections.abc import Iterator

from portal import settings
from portal.access.models import Role
from portal.accounts import break_glass
from portal.accounts.queries import roles_held
from portal.checks.found import Found, note, stop, warn
from portal.directory.connected import connected
from portal.sync.troubles import plain

NEEDED = {
    Role.HR_ADMIN: ("Nobody is HR administrator: no cycle can be opened and no fact corrected.", "LDAP_GROUP_HR_ADMIN"),
    Role.SYSTEM_ADMIN: ("Nobody is system administrator: settings, roles and jobs have nobody.", "LDAP_GROUP_SYSTEM"),
}


def directory() -> Iterator[Found]:
    """Step by step, as a login does it."""
    there = connected()
    if there is None:
        yield stop("LDAP_URL is not set: nobody can sign in.")
        return
    steps = there.probe()
    works = all(step.ok for step in steps[-1:])
    for step in steps:
        if works and not step.ok:  # another server did
            yield warn(f"One server of the directory cannot be used, at “{step.name}”: {_told(step.seen)} Another one answers.")
        elif not step.ok:
            yield stop(
                f"The directory test stops at “{step.name}”: {_told(step.seen)} The page of the directory tries it again."
            )


def _told(seen: str) -> str:
    return f"{seen}. {plain(seen)}".rstrip()


def local() -> Iterator[Found]:
    """For when the directory is down, and not longer."""
    for row in break_glass.all_on():
        yield note(
            f"The local administrator {row.name} is switched on. Over? `flask break-glass disable {row.name}` switches it off."
        )


def roles() -> Iterator[Found]:
    """Once the portal is open somebody must be able to run it."""
    if not settings.value("open"):
        yield note("The portal is not open yet: its first run waits at /setup.")
        return
    given = roles_held()
    for role, (sentence, group) in NEEDED.items():
        if role not in given:
            yield warn(f"{sentence} Name their group in {group}, or give the role on the page of roles.")
