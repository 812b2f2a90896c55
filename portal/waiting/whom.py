"""For whom a source is asked: for one viewer, or for everybody whose id lies between two numbers.

A source names the person who holds the act on its rows; here that becomes the columns and conditions of a select. Whoever
was handed the act holds it with the giver: of one viewer the givers are known, of everybody the delegations are joined.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any, Protocol

from sqlalchemy import Date, Integer, Select, and_, bindparam
from sqlalchemy.orm import aliased

from portal.access import Act, Viewer, roles
from portal.access.models import Delegation, RoleGrant
from portal.directory.lines import on

ME, LOW, HIGH = (bindparam(name, type_=Integer) for name in ("me", "low", "high"))
DAY: Any = bindparam("day", type_=Date)
GIVERS = (Act.AGREE_OBJECTIVE, Act.RECORD_CHECK_IN)
"""What can be handed on and gives somebody else's things to do."""

Found = Select[Any]


class Whom(Protocol):
    """Who is asked about."""

    leads: bool
    heads: bool

    def own(self, found: Found, holder: Any) -> Iterator[Found]:
        """What waits for whoever stands in the column `holder`."""

    def held(self, found: Found, holder: Any, act: Act, never: Any = None) -> Iterator[Found]:
        """The same, and for whoever was handed the act; never for the person in the column `never`."""

    def keeping(self, found: Found, act: Act, never: Collection[Any] = ()) -> Iterator[Found]:
        """What waits for whoever holds a function of the portal by a role of the whole company, but for those in `never`."""


@dataclass(frozen=True)
class One:
    """One viewer, by what they are: arms that cannot give anything are left out."""

    leads: bool
    heads: bool
    roles: frozenset[str]
    gave: frozenset[Act]

    @classmethod
    def of(cls, viewer: Viewer) -> "One":
        """The shape of a viewer: the same statement serves everybody who has it."""
        gave = frozenset(act for _, acts in viewer.gave for act in acts if act in GIVERS)
        leads = viewer.span > 0 or any(giver.span for giver, _ in viewer.gave)
        heads = bool(viewer.head_of) or any(giver.head_of for giver, _ in viewer.gave)
        return cls(leads, heads, frozenset(viewer.roles), gave)

    def own(self, found: Found, holder: Any) -> Iterator[Found]:
        yield found.add_columns(ME.label("who")).where(holder == ME)

    def held(self, found: Found, holder: Any, act: Act, never: Any = None) -> Iterator[Found]:
        given = bindparam(act.value, type_=Integer, expanding=True)
        mine = found.where(holder.in_(given) if act in self.gave else holder == ME)
        but = () if never is None else (never.is_distinct_from(ME), never.is_distinct_from(holder))
        yield mine.add_columns(ME.label("who")).where(*but)

    def keeping(self, found: Found, act: Act, never: Collection[Any] = ()) -> Iterator[Found]:
        if self.roles & roles.holding(act):
            yield found.add_columns(ME.label("who")).where(*(one != ME for one in never))


@dataclass(frozen=True)
class Between:
    """Everybody between two ids: a batch of the company."""

    leads: bool = True
    heads: bool = True

    def own(self, found: Found, holder: Any) -> Iterator[Found]:
        yield found.add_columns(holder.label("who")).where(holder.between(LOW, HIGH))

    def held(self, found: Found, holder: Any, act: Act, never: Any = None) -> Iterator[Found]:
        d = aliased(Delegation)
        mine = found if never is None else found.where(never.is_distinct_from(holder))
        yield from self.own(mine, holder)
        given = mine.join(d, and_(d.giver_id == holder, d.act == act, on(DAY, d)))
        yield from self.own(given if never is None else given.where(never.is_distinct_from(d.taker_id)), d.taker_id)

    def keeping(self, found: Found, act: Act, never: Collection[Any] = ()) -> Iterator[Found]:
        r = aliased(RoleGrant)
        given = and_(r.role.in_(sorted(roles.holding(act))), *(one != r.person_id for one in never))
        yield from self.own(found.join(r, and_(given, r.unit_id.is_(None), on(DAY, r))), r.person_id)


def asked(viewer: Viewer, day: Any) -> dict[str, Any]:
    """The values of a statement about one viewer."""
    one = One.of(viewer)
    given = {act.value: [viewer.id, *(giver.id for giver, acts in viewer.gave if act in acts)] for act in one.gave}
    return {"me": viewer.id, "day": day, **given}
