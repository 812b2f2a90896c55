"""What the administration pages show."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from babel.dates import get_month_names
from sqlalchemy import select

from portal.access.models import Pilot, Switch
from portal.access.switches import CAPABILITIES
from portal.db import db
from portal.directory.models import Person, Unit
from portal.formats import figure
from portal.i18n import gettext as _
from portal.i18n import language
from portal.settings import NAMES, Named, Setting
from portal.settings.names import Value


@dataclass(frozen=True)
class Shown:
    """One setting as the page shows it: who chose the value, if it is not the default."""

    named: Named
    value: Value
    by: str | None
    at: datetime | None

    @property
    def differs(self) -> bool:
        """Whether somebody chose another value than the default."""
        return self.at is not None


@dataclass(frozen=True)
class Capability:
    """One switch: on, off, or pilot with its units."""

    name: str
    state: str
    units: tuple[int, ...]


def settings(only_changed: bool = False) -> list[tuple[str, list[Shown]]]:
    """Every setting by its group. One statement."""
    found = select(Setting.name, Setting.value, Setting.at, Person.name.label("by"))
    chosen = {row.name: row for row in db.session.execute(found.outerjoin(Person, Person.id == Setting.by_id))}
    shown = [_shown(named, chosen.get(named.name)) for named in NAMES.values()]
    wanted = [one for one in shown if one.differs or not only_changed]
    return [(group, list(ones)) for group, ones in groupby(wanted, key=lambda one: one.named.group)]


def told(named: Named, value: Value) -> str:
    """A value as people read it: with its unit, or in words."""
    if isinstance(value, bool):
        return _("on") if value else _("off")
    if named.words:
        return _(dict(zip(named.among, named.words, strict=True))[str(value)])
    if named.name == "year_begins_in":
        return str(get_month_names("wide", locale=language())[int(value)])
    return figure(value, _(named.unit)) if isinstance(value, int) else str(value)


def capabilities() -> list[Capability]:
    """Every switch. One statement."""
    rows = db.session.execute(select(Switch.capability, Pilot.unit_id).outerjoin(Pilot, Pilot.capability == Switch.capability))
    units: dict[str, set[int]] = {}
    for name, unit in rows:
        units.setdefault(name, set()).update({unit} - {None})
    return [_capability(name, units.get(name)) for name in CAPABILITIES]


def units() -> Sequence[Unit]:
    """Every unit, for the choice of a pilot."""
    return db.session.scalars(select(Unit).order_by(Unit.position, Unit.id)).all()


def _capability(name: str, units: set[int] | None) -> Capability:
    return Capability(name, "on" if units is None else "pilot" if units else "off", tuple(sorted(units or ())))


def _shown(named: Named, row: object) -> Shown:
    if row is None:
        return Shown(named, named.default, None, None)
    return Shown(named, row.value, row.by, row.at)  # type: ignore[attr-defined]  # a row of the statement above
