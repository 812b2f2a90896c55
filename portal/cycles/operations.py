"""Making a cycle with the shipped scheme. The reviews in it are opened by `portal.reviews.opening`."""

from dataclasses import dataclass
from datetime import date, datetime

from flask_babel import force_locale

from portal.cycles import shipped
from portal.cycles.models import Cycle, ItemDef, Scheme, SchemeVersion, SectionDef, State
from portal.db import db
from portal.i18n import gettext
from portal.periods.models import Period
from portal.settings.queries import text
from portal.words import N_
from portal.workflow import Refused


@dataclass(frozen=True)
class Dates:
    """The last local day of each phase, in this order."""

    self_due: date
    assessment_due: date
    release_due: date
    acknowledge_due: date

    def problem(self) -> str | None:
        """A phase cannot end before the one before it."""
        days = (self.self_due, self.assessment_due, self.release_due, self.acknowledge_due)
        return None if list(days) == sorted(days) else N_("Each phase must end on or after the day the one before it ends.")


def draft(period: Period, name: str, dates: Dates, at: datetime) -> Cycle:
    """A running cycle with one scheme for everybody, version 1, frozen. Raises Refused when the dates are out of order."""
    if why := dates.problem():
        raise Refused(why)
    cycle = Cycle(name=name, period=period, state=State.RUNNING, **vars(dates))
    with force_locale(text("language")):
        cycle.schemes = [Scheme(name=gettext(shipped.NAME), versions=[version(at)])]
    db.session.add(cycle)
    db.session.flush()
    return cycle


def version(at: datetime) -> SchemeVersion:
    """The shipped scheme in the language of now, frozen: it is in use from the first review on."""
    grades = [{"grade": g.name, "from": g.floor, "words": gettext(g.words)} for g in shipped.GRADES]
    made = SchemeVersion(n=1, frozen_at=at, grades=grades)
    made.sections = [_section(part, n) for n, part in enumerate(shipped.PARTS)]
    return made


def _section(part: shipped.Part, position: int) -> SectionDef:
    items = [_item(asked, n) for n, asked in enumerate(part.items)]
    return SectionDef(kind=part.kind, title=gettext(part.title), weight=part.weight, position=position, items=items)


def _item(asked: shipped.Asked, position: int) -> ItemDef:
    return ItemDef(
        title=gettext(asked.title),
        help=gettext(asked.help) if asked.help else "",
        anchors=[gettext(anchor) for anchor in asked.anchors],
        weight=asked.weight,
        required=asked.required,
        asked=list(asked.of),
        position=position,
    )
