"""The strategy map on paper: exactly what its reader may see on screen, as plain values. Its number is that of the period."""

import hashlib
import json
from dataclasses import dataclass
from decimal import Decimal

from flask import abort
from sqlalchemy import select

from portal import formats
from portal.access import Act, Viewer
from portal.db import db
from portal.goals import names
from portal.goals.cards import Card
from portal.goals.models import Objective, Theme
from portal.goals.states import State
from portal.i18n import gettext as _
from portal.periods import queries as periods
from portal.periods.models import Period
from portal.printing import Kind, Paper, document
from portal.strategy import picture, shelf


@dataclass(frozen=True)
class Line:
    """One company objective; a theme without any is a line without a title."""

    theme: str
    first: bool  # of its theme
    title: str
    owner: str
    weight: int
    progress: str
    confidence: str
    health: str


@dataclass(frozen=True)
class Band:
    """One perspective with its lines; without any it is said to be bare."""

    title: str
    result: str
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class Sheet:
    """The whole map."""

    period: str
    count: int
    bare: str
    cut: bool
    bands: tuple[Band, ...]


def register() -> None:
    """Called once by create_app."""
    document(Kind("strategy_map", "SM", load, fingerprint, Act.KEEP_STRATEGY, "goals"))


def load(viewer: Viewer, period_id: int) -> Paper:
    """The map of a period for one reader; 404 for a period that is not there."""
    period = db.session.get(Period, period_id) or abort(404)
    found = picture.of(viewer, period, periods.everything())
    bands = [_band(_(names.PERSPECTIVE[band.perspective]), band.share, _themed(band)) for band in found.bands]
    if found.loose:
        bands.append(_band(_("Without a theme"), None, _lines("", found.loose)))
    name = formats.period_name(period.name)
    sheet = Sheet(name, found.count, found.bare_names, found.cut, tuple(bands))
    told = (_("Strategy map"), name, _("For use in the company"), period.begins.year)
    return Paper("strategy/map_print.html", sheet, *told, about=period)


def _band(title: str, share: Decimal | None, lines: tuple[Line, ...]) -> Band:
    return Band(title, "" if share is None else formats.percent(share), lines)


def _themed(band: picture.Band) -> tuple[Line, ...]:
    return tuple(line for branch in band.branches for line in _lines(branch.name, branch.nodes))


def _lines(theme: str, nodes: tuple[Card, ...]) -> tuple[Line, ...]:
    if not nodes:
        return (Line(theme, True, "", "", 0, "", "", ""),) if theme else ()
    return tuple(_line(theme, n == 0, node) for n, node in enumerate(nodes))


def _line(theme: str, first: bool, node: Card) -> Line:
    share = _("No data yet") if node.share is None else formats.percent(node.share)
    confidence = "—" if node.confidence is None else str(node.confidence)
    return Line(theme, first, node.title, node.owner, node.weight, share, confidence, _(names.HEALTH[node.health]))


def fingerprint(period_id: int) -> str:
    """Digest of the company's objectives in force and their themes, for every reader alike; drafts leave no trace."""
    period, every = db.session.get_one(Period, period_id), periods.everything()
    o = Objective
    found = select(o.id, o.title, o.theme_id, o.weight, o.rolled_progress, o.confidence, o.state)
    found = found.where(shelf.OURS, o.period_id.in_(shelf.inside(period, every)), o.state.in_((State.AGREED, State.CLOSED)))
    themes = select(Theme.id, Theme.name, Theme.perspective).where(Theme.period_id == period_id)
    told = [
        [str(each) for each in row]
        for asked in (found.order_by(o.id), themes.order_by(Theme.id))
        for row in db.session.execute(asked)
    ]
    return hashlib.sha256(json.dumps(told).encode()).hexdigest()
