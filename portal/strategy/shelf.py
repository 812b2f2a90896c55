"""Reads of the library: its periods, themes, and the company's objectives."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import abort
from sqlalchemy import ColumnElement, Select, and_, func, select

from portal import clock
from portal.access import Viewer
from portal.db import db, reading
from portal.goals.cards import Card, measured, rows, with_measures
from portal.goals.kinds import Perspective
from portal.goals.models import Objective, Theme
from portal.goals.states import State
from portal.periods import queries as periods
from portal.periods.models import Kind, Period
from portal.strategy.models import LibraryCopy

PAGE = 50
MOST = 200
"""Company objectives a whole library shows at once; beyond, theme by theme."""
OURS: ColumnElement[bool] = and_(Objective.person_id.is_(None), Objective.unit_id.is_(None))
"""The company's own."""
LASTS = (Kind.YEAR, Kind.HALF, Kind.QUARTER, Kind.MONTH)
"""From the longest on."""


@dataclass(frozen=True)
class Shelf:
    """A theme with its objectives; `theme` None = without one. `count` is how many there are in all."""

    theme: Theme | None
    cards: tuple[Card, ...]
    count: int


@dataclass(frozen=True)
class Library:
    """What stands in a period, by perspective in their order; `more` is the objective after which a theme's list goes on."""

    shelves: tuple[Shelf, ...]
    more: int | None
    drafts: int  # that are not in force yet
    cut: bool  # more than are shown

    @property
    def count(self) -> int:
        """Company objectives in all."""
        return sum(shelf.count for shelf in self.shelves)

    def of(self, perspective: Perspective) -> list[Shelf]:
        """The themes of one perspective."""
        return [shelf for shelf in self.shelves if shelf.theme and shelf.theme.perspective is perspective]

    @property
    def loose(self) -> Shelf | None:
        """What stands under no theme."""
        return next((shelf for shelf in self.shelves if shelf.theme is None and shelf.count), None)


def chosen(wished: int | None) -> tuple[Period, list[Period]]:
    """The period asked for, else the longest that runs today; 404 for an unknown one or none at all."""
    every, today = periods.everything(), clock.today()
    if wished:
        found = [period for period in every if period.id == wished]
    else:
        found = sorted((one for one in every if one.holds(today)), key=lambda one: LASTS.index(one.kind)) or every
    return (found[0] if found else abort(404)), every


def before(period: Period, every: Sequence[Period]) -> Period | None:
    """The last period of the same length that ended when this one began, or earlier."""
    earlier = [one for one in every if one.kind is period.kind and one.ends <= period.begins]
    return max(earlier, key=lambda one: one.ends, default=None)


def inside(period: Period, every: Sequence[Period]) -> list[int]:
    """This period and those that lie in it."""
    return [one.id for one in every if period.begins <= one.begins and one.ends <= period.ends]


def themes(period_id: int) -> Sequence[Theme]:
    """Every theme of a period in its order, the retired ones too."""
    return db.session.scalars(select(Theme).where(Theme.period_id == period_id).order_by(Theme.position, Theme.id)).all()


def library(viewer: Viewer, period_id: int, theme_id: int | None = None, after: int = 0) -> Library:
    """A period's library, or one theme of it by keyset (`theme_id` 0 = what has none). Three statements."""
    all_themes, counted = themes(period_id), _counted(period_id)
    found = ours(viewer).where(Objective.period_id == period_id, Objective.id > after)
    if theme_id is not None:
        found = found.where(Objective.theme_id == theme_id if theme_id else Objective.theme_id.is_(None))
    limit = MOST if theme_id is None else PAGE
    page = with_measures(measured(viewer, found, [Objective.id], limit + 1))
    under: dict[int | None, list[Card]] = defaultdict(list)
    for card in page[:limit]:
        under[card.theme_id].append(card)
    known = {theme.id for theme in all_themes}
    shelves = [Shelf(theme, tuple(under[theme.id]), counted.get(theme.id, (0, 0))[0]) for theme in all_themes]
    rest = [card for key, several in under.items() if key not in known for card in several]
    shelves.append(Shelf(None, tuple(rest), sum(n for key, (n, _) in counted.items() if key not in known)))
    cut = len(page) > limit
    more = page[limit - 1].id if cut and theme_id is not None else None
    return Library(tuple(shelves), more, sum(waiting for _, waiting in counted.values()), cut)


def ours(viewer: Viewer) -> Select[Any]:
    """The company's own objectives that this viewer may see, as columns of a card."""
    return rows(viewer).where(OURS)


def _counted(period_id: int) -> dict[int | None, tuple[int, int]]:
    """{theme: (objectives, those of them not in force)}."""
    waiting = func.count().filter(Objective.state.in_((State.DRAFT, State.PROPOSED)))
    found = select(Objective.theme_id, func.count(), waiting).where(OURS, Objective.period_id == period_id)
    found = found.where(Objective.state != State.WITHDRAWN).group_by(Objective.theme_id)
    return {theme: (n, drafts) for theme, n, drafts in db.session.execute(found)}


def theme_or_404(theme_id: int) -> Theme:
    """One theme, locked where one writes."""
    asked = select(Theme).where(Theme.id == theme_id)
    found: Theme = db.one_or_404(asked if reading.get() else asked.with_for_update(of=Theme, key_share=True))
    return found


def copyable(period: Period, every: Sequence[Period]) -> tuple[Period | None, int]:
    """The period whose library could be copied into this one, and how many of its objectives were not copied yet."""
    source = before(period, every)
    if source is None or period.closed:
        return None, 0
    return source, len(uncopied(source.id, period.id))


def uncopied(source_id: int, period_id: int) -> Sequence[int]:
    """Company objectives of a period that another one has no copy of; as many as are copied at once."""
    known = select(LibraryCopy.source_id).where(LibraryCopy.source_id == Objective.id, LibraryCopy.period_id == period_id)
    found = select(Objective.id).where(OURS, Objective.period_id == source_id, Objective.state != State.WITHDRAWN)
    return db.session.scalars(found.where(~known.exists()).order_by(Objective.id).limit(MOST * 10)).all()
