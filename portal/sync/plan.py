"""What a run would do: the mirror and the directory's entries compared. Pure: plain values in, a plan out."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

from portal.directory.dn import one_spelling
from portal.directory.entry import Entry
from portal.sync import managers
from portal.sync.lines import Kind, Line, Who
from portal.sync.mirror import Mirror, Place
from portal.sync.people import Matched, match

Unit = int | str
"""The id of a unit we know, the directory's name of one that is about to be made."""


@dataclass(frozen=True)
class Brake:
    """Holds when more than `percent` of the active people, and more than `people`, would be switched off."""

    percent: int = 10
    people: int = 3

    def holds(self, leaving: int, active: int) -> bool:
        return leaving > self.people and leaving * 100 > active * self.percent


@dataclass(frozen=True)
class Wanted:
    """Where somebody stands from today. `post` None keeps what is."""

    unit: Unit
    post: str | None
    manager: Who | None


@dataclass
class Plan:
    """Everything to write. Nothing of it is written while `braked`."""

    matched: Matched
    places: dict[Who, Wanted] = field(default_factory=dict)  # only those that change
    new_units: list[str] = field(default_factory=list)
    heads: dict[Unit, Who] = field(default_factory=dict)
    grants: list[tuple[str, Who]] = field(default_factory=list)
    ends: list[tuple[str, int]] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)
    names: dict[str, Who] = field(default_factory=dict)  # everybody told about, by their present DN
    braked: bool = False

    @property
    def moves_people(self) -> bool:
        """Whether the hierarchy is another one afterwards."""
        return bool(self.places or self.new_units or self.heads or self.matched.leavers)


def make(
    mirror: Mirror,
    entries: Iterable[Entry],
    groups: Mapping[str, Collection[str] | None],
    brake: Brake,
    confirmed: Collection[int] = (),
) -> Plan:
    """Compare. `groups`: the DNs in the group of each role, None where the group was not found. `confirmed`: people an
    administrator agreed to switch off after the brake held them."""
    matched = match(mirror, entries)
    plan = Plan(matched, lines=matched.lines)
    _Placing(mirror, plan).run()
    _roles(mirror, groups, plan)
    plan.braked = brake.holds(len(matched.leavers.keys() - set(confirmed)), matched.active)
    return plan


class _Placing:
    """Units, posts, managers and heads of everybody the directory tells about."""

    def __init__(self, mirror: Mirror, plan: Plan) -> None:
        self.mirror, self.plan, self.told = mirror, plan, plan.matched.told
        self.people = {known.id: known for known in mirror.people}
        leaving = plan.matched.leavers.keys()
        staying = {k.id for k in mirror.people if k.id not in leaving and k.here and (k.key is None or k.id in self.told)}
        self.here: set[Who] = {*staying, *self.told}
        self.unit_of: dict[Who, Unit] = {who: place.unit_id for who, place in mirror.places.items() if who in self.here}

    def run(self) -> None:
        free = {who: entry for who, entry in self.told.items() if not self._pinned(who)}
        last: dict[Who, Who | None] = {who: place.manager_id for who, place in self.mirror.places.items()}
        wishes = {who: entry.manager_dn for who, entry in free.items()}
        self.names = self._names()
        chosen = managers.choose(wishes, self.names, last, self.here, self._listed)
        for who, entry in free.items():
            self._unit(who, entry)
        for who, entry in free.items():
            self._place(who, entry, chosen[who])
        for who in self.told.keys() - free.keys():
            self._held(who)
        self._joined()
        self._heads(chosen)

    def _names(self) -> dict[str, Who]:
        """People by every spelling of a DN: former ones first, so that a name given anew means its present bearer."""
        names: dict[str, Who] = dict(self.mirror.former)
        for known in self.mirror.people:
            if known.dn and (known.id not in self.told or self.told[known.id].dn != known.dn):
                names[one_spelling(known.dn)] = known.id
        self.plan.names = {one_spelling(entry.dn): who for who, entry in self.told.items()}
        return names | self.plan.names

    def _pinned(self, who: Who) -> bool:
        place = self._now(who)
        return place is not None and place.pinned

    def _now(self, who: Who) -> Place | None:
        return self.mirror.places.get(who) if isinstance(who, int) else None

    def _unit(self, who: Who, entry: Entry) -> None:
        if not entry.department:
            return
        unit = self.mirror.units.get(entry.department, entry.department)
        if isinstance(unit, str) and unit not in self.plan.new_units:
            self.plan.new_units.append(unit)
            self.plan.lines.append(Line(Kind.NEW_UNIT, None, unit))
        self.unit_of[who] = unit

    def _place(self, who: Who, entry: Entry, manager: Who | None) -> None:
        now = self._now(who)
        unit = self.unit_of.get(who) or self.unit_of.get(manager or "") or self.mirror.top_unit
        if unit is None:
            self._line(Kind.NO_UNIT, who)
            return
        self.unit_of[who] = unit
        post = entry.title or (now.post if now else None)
        if now and (now.unit_id, now.post, now.manager_id) == (unit, post, manager):
            return
        self.plan.places[who] = Wanted(unit, post, manager)
        if now:
            self._differences(who, now, Wanted(unit, post, manager), {})

    def _held(self, who: Who) -> None:
        """HR holds this assignment: what the directory says otherwise is told, nothing else."""
        now, entry = self._now(who), self.told[who]
        if now is None:
            return
        unit = self.mirror.units.get(entry.department, entry.department) if entry.department else now.unit_id
        manager = self.names.get(one_spelling(entry.manager_dn)) if entry.manager_dn else now.manager_id
        wish = Wanted(unit, entry.title or now.post, manager)
        self._differences(who, now, wish, dict.fromkeys((Kind.UNIT, Kind.POST, Kind.MANAGER), Kind.HELD_BY_HR))

    def _differences(self, who: Who, now: Place, then: Wanted, instead: Mapping[Kind, Kind]) -> None:
        pairs = (
            (Kind.UNIT, self._unit_name(now.unit_id), self._unit_name(then.unit)),
            (Kind.POST, now.post or "", then.post or ""),
            (Kind.MANAGER, self._name(now.manager_id), self._name(then.manager)),
        )
        for kind, was, is_now in pairs:
            if was != is_now or (kind is Kind.MANAGER and now.manager_id != then.manager):
                self._line(instead.get(kind, kind), who, kind.value, was, is_now)

    def _joined(self) -> None:
        for who in self.told:
            if isinstance(who, str):
                unit = self.unit_of.get(who)
                self._line(Kind.JOINED, who, now=self._unit_name(unit) if unit else "")

    def _heads(self, chosen: Mapping[Who, Who | None]) -> None:
        """A unit nobody heads gets the one person in it whose manager is outside; HR may decide otherwise."""
        headless: set[Unit] = {unit for unit, head in self.mirror.heads.items() if head is None or head not in self.here}
        headless |= set(self.plan.new_units)
        outside: dict[Unit, list[Who]] = defaultdict(list)
        for who, unit in self.unit_of.items():
            manager = chosen.get(who)
            if unit in headless and (manager is None or self.unit_of.get(manager) != unit):
                outside[unit].append(who)
        for unit, candidates in outside.items():
            if len(candidates) == 1:
                self.plan.heads[unit] = candidates[0]
                self._line(Kind.HEAD, candidates[0], now=self._unit_name(unit))

    def _listed(self, kind: Kind, who: Who, about: Who | str | None) -> None:
        self._line(kind, who, "manager", now=str(about) if kind is Kind.MANAGER_UNKNOWN else self._name(about))

    def _line(self, kind: Kind, who: Who, name: str = "", was: str = "", now: str = "") -> None:
        number = self.told[who].number if who in self.told else None
        self.plan.lines.append(Line(kind, who, self._name(who), number, name, was, now))

    def _name(self, who: Who | None) -> str:
        if who is None:
            return ""
        if who in self.told:
            return self.told[who].name
        known = self.people.get(who) if isinstance(who, int) else None
        return known.name if known else str(who)

    def _unit_name(self, unit: Unit) -> str:
        return unit if isinstance(unit, str) else self.mirror.unit_names.get(unit, "")


def _roles(mirror: Mirror, groups: Mapping[str, Collection[str] | None], plan: Plan) -> None:
    told = plan.matched.told
    people = {known.id: known for known in mirror.people}
    for role in sorted(groups.keys() | mirror.roles.keys()):
        found = groups.get(role, ())
        if found is None:
            plan.lines.append(Line(Kind.GROUP_MISSING, None, role))
            continue
        wanted = {who for dn in found if (who := plan.names.get(one_spelling(dn))) is not None}
        held = mirror.roles.get(role, frozenset())
        for who in sorted(wanted - held, key=str):
            plan.grants.append((role, who))
            plan.lines.append(Line(Kind.ROLE_GIVEN, who, told[who].name, told[who].number, now=role))
        for person_id in sorted(held - wanted):
            plan.ends.append((role, person_id))
            plan.lines.append(Line(Kind.ROLE_ENDED, person_id, people[person_id].name, people[person_id].number, was=role))
