"""What the filters of the tree ask for, and the goals that fit: with one of them the tree becomes a list."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, cast

from sqlalchemy import ColumnElement, Select, and_, func, not_, or_, select
from sqlalchemy.orm import aliased

from portal import access, clock, search
from portal.access import Act, Viewer
from portal.db import db, plain
from portal.directory.models import Person, Unit, UnitLine
from portal.goals import progress
from portal.goals.cards import PAGE, Card, cards, patience, rows
from portal.goals.kinds import Health, Kind, Perspective
from portal.goals.models import Objective, Theme
from portal.goals.states import State
from portal.periods.models import Period
from portal.search import Asked

PEOPLE = 20
"""So many people may fit what was typed for the owner; whoever has more to choose from types on."""


@dataclass(frozen=True)
class Owner:
    """Somebody who fits what was typed, with the department that tells two of one name apart."""

    id: int
    name: str
    unit: str


@dataclass(frozen=True)
class Wish:
    """What the filters ask for. A theme or a perspective alone leaves the tree a tree, with fewer branches."""

    kind: Kind | None = None
    health: Health | None = None
    unit: int | None = None
    loose: bool = False  # only what supports nothing above
    state: State | None = None
    owners: tuple[int, ...] | None = None
    words: Asked | None = None
    theme: int | None = None
    perspective: Perspective | None = None

    def __bool__(self) -> bool:
        named = (self.kind, self.health, self.state, self.words)
        return any(named) or self.loose or self.unit is not None or self.owners is not None


def together(period: Period, every: Iterable[Period]) -> list[int]:
    """A period with those that hold it and those that lie in it: a quarter is read together with its year, as in the tree.

    Told as numbers, and not asked for by the query: so an index finds the goals of each.
    """
    return sorted(each.id for each in every if period.lies_in(each) or each.lies_in(period))


def matching(viewer: Viewer, periods: Sequence[int], wish: Wish, after: int = 0, limit: int = PAGE + 1) -> list[Card]:
    """The goals of these periods that the filters ask for, by keyset: one more than a page holds.

    In the order they were made; where words are looked for, the newest first.
    """
    return cards(plain(fitting(viewer, periods, wish, after, limit)))


def fitting(viewer: Viewer, periods: Sequence[int], wish: Wish, after: int, limit: int) -> Select[Any]:
    """The same as a query."""
    o = Objective
    if wish.words is None:
        found = rows(viewer).where(o.id > after)
        if wish.loose and len(periods) > 1:  # they are few, at the top: of each period by its index, in this order
            several = (found.where(*_conditions([one], wish)).with_only_columns(o.id) for one in periods)
            first, *others = (select(each.order_by(o.id).limit(limit).subquery().c.id) for each in several)
            return rows(viewer).where(o.id.in_(first.union_all(*others))).order_by(o.id).limit(limit)
        return found.where(*_conditions(periods, wish)).order_by(o.id).limit(limit)
    # From the newest hit on, until enough of them fit: the index of words is walked, not the goals of a period.
    seen = [access.rows(Act.SEE_OBJECTIVE, viewer, o), o.state != State.WITHDRAWN, Period.id == o.period_id]
    if after:
        seen.append(o.id < after)
    hit = search.hits(search.Kind.GOAL, wish.words)
    ids = hit.newest(o, and_(*seen, *_conditions(periods, wish))).limit(limit).subquery()
    return rows(viewer).where(o.id.in_(select(ids.c.id))).order_by(o.id.desc()).limit(limit)


def _conditions(periods: Sequence[int], wish: Wish) -> list[ColumnElement[bool]]:
    o = Objective
    asked: list[tuple[Any, Any]] = [
        (wish.kind, o.kind == wish.kind),
        (wish.state, o.state == wish.state),
        (wish.loose, unaligned()),
        (wish.health, wish.health and healthy(wish.health)),
    ]
    found = [o.period_id.in_(periods), *(condition for given, condition in asked if given)]
    if wish.unit is not None:
        found.append(in_unit(wish.unit))
    if wish.owners is not None:
        found.append(or_(o.person_id.in_(wish.owners), o.accountable_id.in_(wish.owners)))
    if wish.theme is not None:
        top = aliased(Objective)
        found.append(or_(o.theme_id == wish.theme, o.root_id.in_(select(top.id).where(top.theme_id == wish.theme))))
    if wish.perspective is not None:
        found.append(seen_from(wish.perspective))
    return found


def meeting(period_id: Any) -> ColumnElement[bool]:
    """The goal's period holds the chosen one or lies in it: a quarter is read together with its year."""
    chosen = aliased(Period)

    def meets(period: Any) -> ColumnElement[bool]:
        holds = and_(period.begins <= chosen.begins, period.ends >= chosen.ends)
        return or_(holds, and_(period.begins >= chosen.begins, period.ends <= chosen.ends))

    other = aliased(Period)
    # Said twice: by the goal's period, and as a few numbers by which an index finds the goals. SQLite takes the one
    # where it knows how large its tables are, the other where it does not.
    here = select(chosen.id).where(chosen.id == period_id, meets(Period)).correlate(Period).exists()
    few = Objective.period_id.in_(select(other.id).join(chosen, meets(other)).where(chosen.id == period_id))
    return and_(here, few)


def unaligned() -> ColumnElement[bool]:
    """Goals of people and departments that support nothing above, but for everyday duties."""
    o = Objective
    return and_(o.level == 0, ~o.duty, o.theme_id.is_(None), or_(o.person_id.is_not(None), o.unit_id.is_not(None)))


def seen_from(perspective: Perspective) -> ColumnElement[bool]:
    """Goals of a perspective: their own, or that of what they lead up to."""
    top = aliased(Objective)
    above = select(top.id).outerjoin(Theme, Theme.id == top.theme_id)
    above = above.where(top.id == func.coalesce(Objective.root_id, Objective.id))
    theirs = above.where(or_(top.perspective == perspective, Theme.perspective == perspective))
    return or_(Objective.perspective == perspective, theirs.correlate(Objective).exists())


def in_unit(unit_id: Any) -> ColumnElement[bool]:
    """Goals of a unit, of the units below it, and of everybody who works there today."""
    units = select(UnitLine.lower_id).where(UnitLine.upper_id == unit_id)
    people = select(Person.id).where(Person.unit_id.in_(units))
    return or_(Objective.unit_id.in_(units), Objective.person_id.in_(people))


def healthy(health: Health) -> ColumnElement[bool]:
    """`progress.health` as a condition of a query made from `rows`; a test holds both together."""
    o, on = Objective, clock.today() - timedelta(days=patience())
    cutoff = clock.midnight(on)
    silent = and_(o.reported_at.is_(None), o.agreed_at < cutoff, Period.begins < on)
    stale = and_(o.state != State.CLOSED, func.coalesce(or_(o.reported_at < cutoff, silent), False))
    match health:
        case Health.CLOSED:
            return o.state == State.CLOSED
        case Health.STALE:
            return stale
        case Health.NEW:
            view: ColumnElement[bool] = or_(o.reported_at.is_(None), o.confidence.is_(None))
        case Health.GOOD:
            view = and_(o.reported_at.is_not(None), o.confidence >= progress.SURE)
        case Health.WARN:
            view = and_(o.reported_at.is_not(None), o.confidence >= progress.DOUBTFUL, o.confidence < progress.SURE)
        case Health.BAD:
            view = and_(o.reported_at.is_not(None), o.confidence < progress.DOUBTFUL)
    return and_(o.state != State.CLOSED, not_(stale), view)


def owners(words: str) -> Sequence[Owner]:
    """Who fits what was typed for the owner: everybody who works here, with or without an account."""
    wanted = search.asked(words)
    if not wanted.phrases:
        return ()
    named = select(Person.id, Person.name, Unit.name).outerjoin(Unit, Unit.id == Person.unit_id)
    found = search.hits(search.Kind.PERSON, wanted).of(cast("Select[Any]", named), Person)
    every = db.session.execute(found.order_by(func.lower(Person.pinyin), Person.id).limit(PEOPLE + 1))
    return [Owner(row[0], row[1], row[2] or "") for row in every]


def person_named(person_id: int) -> Owner | None:
    """One of them, chosen by a link."""
    found = select(Person.id, Person.name, Unit.name).outerjoin(Unit, Unit.id == Person.unit_id).where(Person.id == person_id)
    row = db.session.execute(found).first()
    return Owner(row[0], row[1], row[2] or "") if row else None
