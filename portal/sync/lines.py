"""What a run tells, line by line: what it changes, what it does not take and why, what HR should look at."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum, auto
from typing import NamedTuple

from portal.words import N_


class Group(StrEnum):
    """How a line counts."""

    CHANGE = auto()
    REFUSED = auto()  # in the directory, not taken
    NOTICE = auto()  # taken as well as it can be; somebody should look


class Kind(StrEnum):
    """What a line is about."""

    LEFT = auto()
    JOINED = auto()
    RETURNED = auto()
    ADOPTED = auto()
    MANAGER = auto()
    UNIT = auto()
    POST = auto()
    FIELD = auto()
    NEW_UNIT = auto()
    HEAD = auto()
    ROLE_GIVEN = auto()
    ROLE_ENDED = auto()

    REHIRED = auto()
    NUMBER_TAKEN = auto()
    LOGIN_TAKEN = auto()
    NO_LOGIN = auto()
    TWICE = auto()
    NO_UNIT = auto()

    MANAGER_UNKNOWN = auto()
    MANAGER_LEFT = auto()
    MANAGER_LOOP = auto()
    SAME_MAIL = auto()
    STILL_THERE = auto()
    HELD_BY_HR = auto()
    GROUP_MISSING = auto()


class Meaning(NamedTuple):
    """A kind's group, the words of its filter, and the sentence that explains it."""

    group: Group
    name: str
    why: str


C, R, N = Group.CHANGE, Group.REFUSED, Group.NOTICE
MEANINGS: Mapping[Kind, Meaning] = {
    Kind.LEFT: Meaning(C, N_("Switched off"), N_("Everything they wrote is kept.")),
    Kind.JOINED: Meaning(C, N_("New"), ""),
    Kind.RETURNED: Meaning(C, N_("Back"), N_("Their history goes on.")),
    Kind.ADOPTED: Meaning(C, N_("Got an account"), N_("HR had this person under the same employee number.")),
    Kind.MANAGER: Meaning(C, N_("Manager"), ""),
    Kind.UNIT: Meaning(C, N_("Department"), ""),
    Kind.POST: Meaning(C, N_("Position"), ""),
    Kind.FIELD: Meaning(C, N_("Personal data"), ""),
    Kind.NEW_UNIT: Meaning(C, N_("New departments"), N_("HR decides where it belongs and who heads it.")),
    Kind.HEAD: Meaning(C, N_("Heads"), N_("Nobody headed this unit; this is the one person in it whose manager is outside.")),
    Kind.ROLE_GIVEN: Meaning(C, N_("Roles given"), N_("Member of a directory group.")),
    Kind.ROLE_ENDED: Meaning(C, N_("Roles ended"), N_("No longer a member of the directory group, or left.")),
    Kind.REHIRED: Meaning(
        R, N_("Employed again?"), N_("A new account with the employee number of somebody we know. Is it the same person?")
    ),
    Kind.NUMBER_TAKEN: Meaning(
        R, N_("Same employee number"), N_("Another account has this employee number: that one is kept.")
    ),
    Kind.LOGIN_TAKEN: Meaning(R, N_("Same login"), N_("Another account has this login: that one is kept.")),
    Kind.NO_LOGIN: Meaning(R, N_("No login"), N_("The directory gives no login for this account.")),
    Kind.TWICE: Meaning(R, N_("Sent twice"), N_("The directory sent this account twice; the first one counts.")),
    Kind.NO_UNIT: Meaning(R, N_("No department"), N_("No department, and no manager to take it from: known, but not placed.")),
    Kind.MANAGER_UNKNOWN: Meaning(
        N, N_("Manager not found"), N_("The directory names a manager who is not there; the last one stays.")
    ),
    Kind.MANAGER_LEFT: Meaning(
        N, N_("Manager has left"), N_("Until the directory names a new one, the manager above takes their place.")
    ),
    Kind.MANAGER_LOOP: Meaning(
        N, N_("Circle of managers"), N_("This manager would be their own subordinate; the last one stays.")
    ),
    Kind.SAME_MAIL: Meaning(N, N_("Same e-mail"), N_("Several accounts share this address.")),
    Kind.STILL_THERE: Meaning(
        N, N_("Left here, active there"), N_("HR says this person has left; the directory lets them in.")
    ),
    Kind.HELD_BY_HR: Meaning(N, N_("Differs from HR"), N_("HR holds this value, so the directory does not change it.")),
    Kind.GROUP_MISSING: Meaning(N, N_("Group not found"), N_("Nobody's role was changed.")),
}

Who = int | str
"""A person: the id of one we know, the directory key of one who is about to join."""


@dataclass(frozen=True)
class Line:
    """One line; `name` and `number` as they are at that time, `was` and `now` for a change or a difference."""

    kind: Kind
    who: Who | None
    name: str
    number: str | None = None
    field: str = ""
    was: str = ""
    now: str = ""
    key: str | None = None  # the account in question, when it is not (yet) theirs


FIELD_NAMES: Mapping[str, str] = {
    "name": N_("Name"),
    "login": N_("Login"),
    "number": N_("Employee number"),
    "mail": N_("E-mail"),
    "mobile": N_("Mobile"),
    "hired_on": N_("First day"),
    "unit": N_("Department"),
    "post": N_("Position"),
    "manager": N_("Manager"),
}
ROLE_NAMES: Mapping[str, str] = {
    "hr_admin": N_("HR administrator"),
    "system_admin": N_("System administrator"),
    "executive": N_("Executive"),
    "auditor": N_("Auditor"),
}
WHY_LEFT: Mapping[str, str] = {
    "disabled": N_("The account is disabled"),
    "missing": N_("Not found in the directory any more"),
}
STEP_NAMES: Mapping[str, str] = {
    "connect": N_("Connection"),
    "tls": N_("Encryption"),
    "bind": N_("Service account"),
    "search": N_("Search"),
    "person": N_("One of those found"),
    "stopped": N_("Stopped here"),
}
