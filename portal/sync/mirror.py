"""What the portal knows before a run, as plain values: the one side of the comparison. The directory is the other."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

GONE = "gone"  # a fingerprint nobody has: the entry was not found any more
OFF = "off:"  # before the fingerprint of an entry that is disabled


@dataclass(frozen=True, slots=True)
class Known:
    """A person of ours."""

    id: int
    key: str | None
    name: str
    login: str | None = None
    number: str | None = None
    mail: str | None = None
    mobile: str | None = None
    status: str = "active"
    hired_on: date | None = None
    dn: str | None = None
    fingerprint: str | None = None

    @property
    def here(self) -> bool:
        """Works here, on leave or not."""
        return self.status != "left"

    @property
    def off_by_directory(self) -> bool:
        """Whether a run switched them off; else HR did, and the directory does not bring them back."""
        return self.fingerprint == GONE or (self.fingerprint or "").startswith(OFF)


@dataclass(frozen=True, slots=True)
class Place:
    """Today's primary assignment."""

    id: int
    unit_id: int
    post: str | None
    manager_id: int | None
    since: date
    pinned: bool = False


@dataclass(frozen=True)
class Mirror:
    """Everything a plan looks at. `former` maps a spelling of a DN to a person; `roles` those given by groups."""

    people: tuple[Known, ...] = ()
    places: Mapping[int, Place] = field(default_factory=dict)
    units: Mapping[str, int] = field(default_factory=dict)  # by the directory's name for it
    unit_names: Mapping[int, str] = field(default_factory=dict)
    top_unit: int | None = None  # when there is exactly one
    heads: Mapping[int, int | None] = field(default_factory=dict)  # of every unit there is today
    former: Mapping[str, int] = field(default_factory=dict)
    roles: Mapping[str, frozenset[int]] = field(default_factory=dict)
