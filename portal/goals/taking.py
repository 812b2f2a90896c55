"""The tree to be taken along: as boxes of a picture, and as rows of a workbook. Only what its reader may see."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import aliased

from portal import access, formats
from portal.access import Act, Viewer
from portal.db import db
from portal.goals import names, narrowing, tree
from portal.goals.cards import Card
from portal.goals.drawing import Box
from portal.goals.models import Objective, ObjectiveParent, Theme
from portal.goals.narrowing import Wish
from portal.i18n import gettext as _
from portal.i18n import ngettext
from portal.words import N_

DRAWN, ROWS = 60, 5_000
"""Goals in a picture, so that it can be read on a slide; rows of a workbook."""
DEPTHS = (1, 2, 3, 4)
HEAD = (
    N_("Code"),
    N_("Objective"),
    N_("Whose"),
    N_("Owner"),
    N_("Department"),
    N_("Goal period"),
    N_("Kind"),
    N_("State"),
    N_("Theme"),
    N_("Perspective"),
    N_("Weight, %"),
    N_("Progress, %"),
    N_("Confidence"),
    N_("Health"),
    N_("Updated on"),
    N_("Supports"),
)


@dataclass(frozen=True)
class Picture:
    """What is drawn; `more`: something was left out because a picture holds no more."""

    boxes: tuple[Box, ...]
    shown: int
    more: bool


class _Drafting:
    """Boxes of goals with what is below them, until the picture is full."""

    def __init__(self, inside: tree.Subtree, most: int) -> None:
        self.inside, self.left, self.more = inside, most, inside.more

    def boxes(self, nodes: Sequence[Card], depth: int) -> tuple[Box, ...]:
        """So many levels of them."""
        made = []
        for node in nodes:
            if not self.left:
                self.more = True
                break
            self.left -= 1
            below = self.inside.below.get(node.id, ()) if depth > 1 else ()
            made.append(_box(node, self.boxes(below, depth - 1)))
        return tuple(made)


def picture(viewer: Viewer, period_id: int, opened: int | None, wish: Wish, depth: int) -> Picture | None:
    """A goal with what is below it, or the themes with the company's goals; None where the goal may not be seen."""
    if opened:
        path, _below = tree.family(viewer, opened)
        if path is None:
            return None
        drafting = _Drafting(tree.subtree(viewer, period_id, [opened]), DRAWN)
        return _picture(drafting.boxes(path.steps[-1:], depth + 1), drafting)
    branches = tree.roots(viewer, period_id, tree.themes_of(period_id), wish)
    tops = [node.id for branch in branches for node in branch.nodes]
    drafting = _Drafting(tree.subtree(viewer, period_id, tops) if depth > 1 else tree.Subtree({}), DRAWN)
    return _picture(tuple(_branch(branch, drafting.boxes(branch.nodes, depth)) for branch in branches), drafting)


def _picture(boxes: tuple[Box, ...], drafting: _Drafting) -> Picture:
    return Picture(boxes, DRAWN - drafting.left, drafting.more)


def _branch(branch: tree.Branch, below: tuple[Box, ...]) -> Box:
    head = _(names.PERSPECTIVE[branch.perspective]) if branch.perspective else ""
    told, word = formats.percent(branch.share), _(names.HEALTH[branch.health])
    many = ngettext("%(num)d company goal", "%(num)d company goals", len(branch.nodes))
    return Box(branch.name or _("Without a theme"), head, many, branch.share, told, branch.health, word, below)


def _box(node: Card, below: tuple[Box, ...]) -> Box:
    head = f"{_(names.PLACE[node.place])} · {_(names.SHORT[node.kind])}"
    told, word = formats.percent(node.share), _(names.HEALTH[node.health])
    return Box(node.title, head, node.owner or _("Company"), node.share, told, node.health, word, below)


def sheets(
    viewer: Viewer, period_id: int, together: Sequence[int], opened: int | None, wish: Wish
) -> tuple[list[tuple[int, Card]], bool] | None:
    """(level, goal) of every row, and whether there is more; None where the goal opened may not be seen.

    Filters make a list, of the periods that are read `together`: then every level is 0.
    """
    if opened:
        path, _below = tree.family(viewer, opened)
        return None if path is None else _lines(viewer, period_id, path.steps[-1:])
    if wish:
        found = narrowing.matching(viewer, together, wish, limit=ROWS + 1)
        return [(0, each) for each in found[:ROWS]], len(found) > ROWS
    branches = tree.roots(viewer, period_id, tree.themes_of(period_id), wish)
    return _lines(viewer, period_id, [node for branch in branches for node in branch.nodes])


def _lines(viewer: Viewer, period_id: int, tops: Sequence[Card]) -> tuple[list[tuple[int, Card]], bool]:
    inside = tree.subtree(viewer, period_id, [node.id for node in tops], ROWS)

    def walk(nodes: Sequence[Card], level: int) -> Iterator[tuple[int, Card]]:
        for node in nodes:
            yield level, node
            yield from walk(inside.below.get(node.id, ()), level + 1)

    lines: list[tuple[int, Card]] = []
    for line in walk(tops, 0):
        if len(lines) == ROWS:
            return lines, True
        lines.append(line)
    return lines, inside.more


def rows(viewer: Viewer, lines: Sequence[tuple[int, Card]]) -> Iterator[list[Any]]:
    """The cells of each line: its level first, then as `HEAD` says. Two statements."""
    ids = list({node.id for _level, node in lines})
    above, strategy = _above(viewer, ids), _strategy(ids)
    for level, node in lines:
        theme, perspective = strategy.get(node.id, ("", None))
        yield [
            level,
            node.code,
            node.title,
            _(names.PLACE[node.place]),
            node.owner,
            node.unit,
            formats.period_name(node.period),
            _(names.KIND[node.kind]),
            _(names.STATE[node.state]),
            theme,
            _(names.PERSPECTIVE[perspective]) if perspective else "",
            _hundredth(Decimal(node.weight) / 10_000) if node.weight else None,
            _hundredth(node.share),
            node.confidence,
            _(names.HEALTH[node.health]),
            formats.local(node.reported_at) if node.reported_at else None,
            "; ".join(above.get(node.id, ())),
        ]


def _hundredth(share: Decimal | None) -> Decimal | None:
    return None if share is None else (share * 100).quantize(Decimal("0.01"))


def _above(viewer: Viewer, ids: Sequence[int]) -> dict[int, list[str]]:
    """The codes of what each supports, of those the viewer may see."""
    tie, seen = ObjectiveParent, access.rows(Act.SEE_OBJECTIVE, viewer, Objective)
    found = select(tie.child_id, Objective.code, tie.share).join(Objective, Objective.id == tie.parent_id)
    told: dict[int, list[str]] = {}
    for row in db.session.execute(
        found.where(tie.child_id.in_(ids), seen).order_by(tie.child_id, tie.share.desc(), tie.parent_id)
    ):
        part = "" if row.share == 10_000 else f" {formats.percent(Decimal(row.share) / 10_000)}"
        told.setdefault(row.child_id, []).append(f"{row.code}{part}")
    return told


def _strategy(ids: Sequence[int]) -> dict[int, tuple[str, Any]]:
    """The theme each leads up to."""
    top = aliased(Objective)
    found = select(Objective.id, Theme.name, Theme.perspective).outerjoin(top, top.id == Objective.root_id)
    found = found.join(Theme, Theme.id == func.coalesce(Objective.theme_id, top.theme_id)).where(Objective.id.in_(ids))
    return {row.id: (row.name, row.perspective) for row in db.session.execute(found)}
