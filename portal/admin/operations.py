"""Changing what HR decides: settings, switches, periods, roles. Each change says why and is in the journal."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, and_, delete, or_, select

from portal import clock, journal
from portal.access import Viewer
from portal.access.models import Pilot, Role, RoleGrant, Switch
from portal.db import db
from portal.directory.models import Person, Status, Unit
from portal.periods.models import Kind, Period
from portal.settings import NAMES, Setting
from portal.settings.ways import way_to
from portal.words import N_
from portal.workflow import Refused

SAVED = N_("Saved. It counts from now on.")
BY_HAND = "hand"
"""`RoleGrant.source` of roles that somebody gave here; the others follow a group of the directory."""
FOLLOWS = N_("This role follows a group of the directory: take the person out of that group there.")
MONTHS = {Kind.YEAR: 12, Kind.HALF: 6, Kind.QUARTER: 3, Kind.MONTH: 1}


class Overtaken(Exception):
    """Somebody else changed it since the form was opened; `now` is what stands there."""

    def __init__(self, now: Any) -> None:
        super().__init__(now)
        self.now = now


def change_setting(name: str, text: str | None, why: str, by: Viewer, *, seen: str | None = None) -> str:
    """A new value, or the default again (`text` None); the sentence that says so. `seen` is the value the form was opened
    with.

    Raises ValueError with a sentence for the field, Overtaken when another value stands there by now.
    """
    named = NAMES[name]
    row = db.session.get(Setting, name, with_for_update=True)
    before = row.value if row else named.default
    if seen not in (None, str(before)):
        raise Overtaken(before)
    after = named.default if text is None else named.parse(text)
    if after == before and (text is None) == (row is None):
        return SAVED
    if after != before and (way := way_to(name, after)):
        return way(by, why)
    if text is None or after == named.default:
        db.session.execute(delete(Setting).where(Setting.name == name))
    elif row is None:
        db.session.add(Setting(name=name, value=after, by_id=by.id, at=clock.now()))
    else:
        row.value, row.by_id, row.at = after, by.id, clock.now()
    words = {"name": name, "before": before, "after": after, "why": why}
    journal.write_about("setting.changed", "setting", by, words=words)
    return SAVED


def switch(capability: str, state: str, units: Collection[int], why: str, by: Viewer, *, seen: str | None = None) -> None:
    """`on` for everybody, `off` for everybody, or `pilot`: on for these units alone. `seen` is how the form found it.

    Raises ValueError for a pilot without a unit, Overtaken when it stands otherwise by now.
    """
    if state == "pilot" and not units:
        raise ValueError(N_("Choose at least one department for the pilot."))
    before = switched(capability)
    if seen not in (None, as_seen(str(before["state"]), before["units"])):
        raise Overtaken(before)
    db.session.execute(delete(Pilot).where(Pilot.capability == capability))
    db.session.execute(delete(Switch).where(Switch.capability == capability))
    if state != "on":
        db.session.add(Switch(capability=capability))
        db.session.flush()
    if state == "pilot":
        db.session.add_all(Pilot(capability=capability, unit_id=unit) for unit in sorted(units))
    after = {"state": state, "units": sorted(units) if state == "pilot" else []}
    journal.write_about(
        "switch.changed", "switch", by, words={"name": capability, "before": before, "after": after, "why": why}
    )


def as_seen(state: str, units: Iterable[int]) -> str:
    """How a capability stands, as a form remembers it."""
    return " ".join([state, *map(str, sorted(units))])


def switched(capability: str) -> dict[str, Any]:
    """How a capability stands: {"state": on, off or pilot, "units": [ids]}."""
    off = db.session.get(Switch, capability) is not None
    units = list(db.session.scalars(select(Pilot.unit_id).where(Pilot.capability == capability).order_by(Pilot.unit_id)))
    return {"state": ("pilot" if units else "off") if off else "on", "units": units}


def grant(
    person_id: int,
    role: Role,
    by: Viewer,
    *,
    unit_id: int | None = None,
    since: date | None = None,
    until: date | None = None,
    why: str = "",
) -> RoleGrant:
    """Give a role from a day on (today, if none is named) until the day before `until`.

    Raises Refused for oneself, for whoever has left, and where it is held already on one of these days.
    """
    since = since or clock.today()
    if person_id == by.id:
        raise Refused(N_("Nobody gives a role to themselves."))
    # Locked, so that two who give the same role at the same moment do not both find it free.
    status = db.session.scalar(select(Person.status).where(Person.id == person_id).with_for_update())
    if status is Status.LEFT:
        raise Refused(N_("This person has left the company."))
    held = select(RoleGrant.id).where(
        RoleGrant.person_id == person_id, RoleGrant.role == role, RoleGrant.unit_id.is_not_distinct_from(unit_id)
    )
    held = held.where(_holds_within(since, until))
    if db.session.scalar(held.limit(1)) is not None:
        raise Refused(N_("This role is held already."))
    made = RoleGrant(person_id=person_id, role=role, unit_id=unit_id, since=since, until=until, reason=why)
    db.session.add(made)
    db.session.flush()
    words = {"unit": unit_id, **_department(unit_id), "since": since.isoformat(), "until": _iso(until), "why": why}
    journal.write("role.granted", made, by, now=role.value, words=words)
    return made


def end_role(grant_id: int, until: date, by: Viewer, *, seen: str = "", why: str = "") -> RoleGrant:
    """A role is not held any more from `until` on; `seen` is the end the form was opened with.

    Raises Refused for a role of a directory group, for the last HR administrator, and where somebody was faster.
    """
    # Every HR administrator at once and in one order: two who end each other's role must not leave nobody.
    asked = or_(RoleGrant.id == grant_id, RoleGrant.role == Role.HR_ADMIN)
    rows = {row.id: row for row in db.session.scalars(select(RoleGrant).where(asked).order_by(RoleGrant.id).with_for_update())}
    row = rows[grant_id]
    if row.source != BY_HAND:
        raise Refused(FOLLOWS)
    if _iso(row.until) != (seen or None) or (row.until is not None and row.until <= clock.today()):
        raise Refused(N_("Somebody was faster: this step is not possible any more."))
    until = max(until, row.since)
    if row.role is Role.HR_ADMIN and not _somebody_stays([one for one in rows.values() if one.id != grant_id], until):
        raise Refused(
            N_("This is the last HR administrator. Give the role to somebody else, without an end, before you end this one.")
        )
    before, row.until = row.until, until
    words = {"unit": row.unit_id, **_department(row.unit_id), "before": _iso(before), "after": _iso(until), "why": why}
    journal.write("role.ended", row, by, was=row.role.value, words=words)
    return row


def _somebody_stays(others: Sequence[RoleGrant], day: date) -> bool:
    """Whether one of these is held from that day on for good, by somebody of the company."""
    able = {one.person_id for one in others if one.role is Role.HR_ADMIN and one.since <= day and one.until is None}
    still = select(Person.id).where(Person.id.in_(able), Person.status != Status.LEFT).limit(1)
    return db.session.scalar(still) is not None


def _holds_within(since: date, until: date | None) -> ColumnElement[bool]:
    """SQL condition: held on at least one day from `since` until the day before `until`."""
    ends = or_(RoleGrant.until.is_(None), and_(RoleGrant.until > since, RoleGrant.until > RoleGrant.since))
    return and_(ends, RoleGrant.since < until) if until else ends


def _department(unit_id: int | None) -> dict[str, str]:
    """Its name as it is called now: whoever reads the journal in some years does not know a number."""
    unit = db.session.get(Unit, unit_id) if unit_id else None
    return {"department": unit.name} if unit else {}


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


def make_year(year: int, first_month: int, names: Mapping[Kind, Sequence[str]], by: Viewer) -> int:
    """The periods of a year that are not there yet: year, halves, quarters, months. How many were made.

    `names` holds patterns of each kind with %(year)s and %(n)s, taken in turn. A year that begins in April 2026 is
    called 2026.
    """
    begins = {(p.kind, p.begins) for p in db.session.scalars(select(Period))}
    made = 0
    for kind, months in MONTHS.items():
        for n in range(12 // months):
            since, until = _month(year, first_month + n * months), _month(year, first_month + (n + 1) * months)
            if (kind, since) not in begins:
                name = names[kind][n % len(names[kind])] % {"year": year, "n": n + 1}
                db.session.add(Period(name=name, kind=kind, begins=since, ends=until))
                made += 1
    if made:
        journal.write_about("period.made", "period", by, words={"name": str(year), "before": None, "after": made, "why": ""})
    return made


def close(period: Period, closed: bool, by: Viewer) -> None:
    """Nothing is set or changed in a closed period; it can be opened again."""
    before, period.closed = period.closed, closed
    words = {"name": period.name, "before": before, "after": closed, "why": ""}
    journal.write_about("period.closed", "period", by, words=words)


def open_to(period: Period, okr: str, kpi: str, by: Viewer) -> None:
    """Who sees new goals of a period: `company`, `unit`, `line`, or "" as the company's setting says (S12)."""
    for name, after in (("okr_audience", okr or None), ("kpi_audience", kpi or None)):
        before = getattr(period, name)
        if before != after:
            setattr(period, name, after)
            words = {"name": period.name, "what": name, "before": before, "after": after, "why": ""}
            journal.write_about("period.opened", "period", by, words=words)


def _month(year: int, month: int) -> date:
    return date(year + (month - 1) // 12, (month - 1) % 12 + 1, 1)
