"""The strategy map: perspectives, their themes, the company's objectives in them, and what is missing."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from portal.access import Viewer
from portal.formats import listed
from portal.goals import progress
from portal.goals.cards import Card, cards
from portal.goals.kinds import Health, Perspective
from portal.goals.models import Objective
from portal.goals.names import PERSPECTIVE
from portal.goals.tree import Branch, themes_of
from portal.i18n import gettext as _
from portal.numbers import half_up
from portal.periods.models import Period
from portal.strategy import shelf


@dataclass(frozen=True)
class Band:
    """One perspective with its themes."""

    perspective: Perspective
    branches: tuple[Branch, ...]

    @property
    def nodes(self) -> list[Card]:
        """Every objective in it."""
        return [node for branch in self.branches for node in branch.nodes]

    @property
    def share(self) -> Decimal | None:
        """Progress of those that have any, by their weights."""
        return progress.weighted_mean((node.weight, node.share) for node in self.nodes)

    @property
    def health(self) -> Health:
        """By the mean of what their owners expect."""
        views = ((node.weight, None if node.confidence is None else Decimal(node.confidence)) for node in self.nodes)
        mean = progress.weighted_mean(views)
        return progress.of_confidence(None if mean is None else int(half_up(mean, 0)))


@dataclass(frozen=True)
class Map:
    """The whole picture; `loose` stands under no theme, `cut` says that there are more objectives than are read."""

    bands: tuple[Band, ...]
    loose: tuple[Card, ...]
    cut: bool

    @property
    def bare(self) -> list[Perspective]:
        """Perspectives in which the company has no goal."""
        return [band.perspective for band in self.bands if not band.nodes]

    @property
    def bare_names(self) -> str:
        """The same in words."""
        return listed(_(PERSPECTIVE[one]) for one in self.bare)

    @property
    def count(self) -> int:
        """Company objectives that are drawn."""
        return len(self.loose) + sum(len(band.nodes) for band in self.bands)

    @property
    def empty(self) -> bool:
        """Nobody has begun."""
        return not self.loose and not any(band.branches for band in self.bands)


def of(viewer: Viewer, period: Period, every: Sequence[Period]) -> Map:
    """The map of a period and of the shorter ones in it. Two statements."""
    spans = shelf.inside(period, every)
    found = shelf.ours(viewer).where(Objective.period_id.in_(spans)).order_by(Objective.weight.desc(), Objective.id)
    several = cards(found.limit(shelf.MOST + 1))
    under: dict[int | None, list[Card]] = defaultdict(list)
    for card in several[: shelf.MOST]:
        under[card.theme_id].append(card)
    themes = [one for one in themes_of(period.id) if one.retired_at is None or one.id in under]
    branches = [Branch(one.id, one.name, one.perspective, tuple(under.pop(one.id, ()))) for one in themes]
    bands = tuple(Band(one, tuple(each for each in branches if each.perspective is one)) for one in Perspective)
    return Map(bands, tuple(card for rest in under.values() for card in rest), len(several) > shelf.MOST)
