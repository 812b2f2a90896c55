"""The macros of `templates/ui/macros.html` as globals of every template, and what they need from Python.

As globals they work inside a block that is rendered alone; an import at the top of a page would not. The smallest ones,
which a page calls a hundred times, are functions here: a macro costs several times as much to call.
"""

import re
from decimal import Decimal
from functools import lru_cache
from typing import Any

from flask import Flask
from jinja2.runtime import Macro
from markupsafe import Markup, escape
from wtforms import Field, Form

from portal.formats import percent, short_name
from portal.i18n import gettext, language
from portal.shell.differences import marked
from portal.words import N_

SPRITE = "icons.svg"
TONES = 5  # quiet colours of avatars
KEPT = 4000
"""Drawn parts that a process keeps: the same titles, colleagues and figures come again with every look at a page."""
TOGETHER = re.compile(r"([\d.,%]+ ?(?:分钟|小时|万元|以上|以内|[人个天次周月年秒件份]|)|「[^」]{1,8}」|[\u4e00-\u9fff]{2}$)")


def init_app(app: Flask) -> None:
    """Read the macros once."""
    env = app.jinja_env
    env.filters.update(glue=glue, tone=tone, width=width)
    asset: Any = env.globals["asset"]

    def icon(name: str, label: str | None = None) -> Markup:
        """A picture of the sprite; with a label only when no word stands beside it."""
        return _icon(asset("icons.svg"), name, label)

    def chip(text: str, tone: str = "", glyph: str | None = None) -> Markup:
        """A word with a state's colour, and perhaps a picture."""
        return CHIP.format(f" {tone}" if tone else "", icon(glyph) if glyph else "", text)

    def health(state: str, word: str | None = None) -> Markup:
        """How a goal stands: picture, word and colour."""
        return _health(asset("icons.svg"), state, word, language())

    small = {"avatar": avatar, "bar": bar, "chip": chip, "gauge": gauge, "health": health, "icon": icon, "signal": signal}
    env.globals.update(small, N_=N_, HEALTH=HEALTH, errors_of=errors_of, marked=marked, who=who, tag=tag)
    with app.app_context():
        module = env.get_template("ui/macros.html").module
    env.globals.update({name: part for name, part in vars(module).items() if isinstance(part, Macro)})


def glue(text: str) -> Markup:
    """Keep together what reads as one word: a figure with its unit, a short 「…」, the last two characters."""
    return _glued(str(text))  # of a lazy sentence, the words it has now


@lru_cache(maxsize=KEPT)
def _glued(text: str) -> Markup:
    parts = TOGETHER.split(text)
    held = (Markup('<span class="nowrap">{}</span>').format(part) if n % 2 else escape(part) for n, part in enumerate(parts))
    return Markup().join(held)


HEALTH = {
    "good": ("circle-check", N_("On track")),
    "warn": ("triangle-alert", N_("At risk")),
    "bad": ("octagon-alert", N_("Off track")),
    "stale": ("circle-dashed", N_("Update due")),
    "closed": ("check", N_("Closed")),
    "new": ("circle-dashed", N_("Not started")),
}
"""Picture and word of each state of health."""


@lru_cache(maxsize=1000, typed=True)
def _health(sprite: str, state: str, word: str | None, _language: str) -> Markup:
    glyph, usual = HEALTH[state]
    return CHIP.format(f" {state}", _icon(sprite, glyph, None), word or gettext(usual))


BAR = Markup('<svg class="bar %s" role="img" aria-label="%s"><rect class="fill" width="%s" height="100%%"/>%s</svg>')
PACE = Markup('<rect class="pace" x="%s" width="1.5" height="100%%"/>')
GAUGE, UNKNOWN = (
    Markup('<span class="gauge">%s<b>%s</b></span>'),
    Markup('<span class="gauge">%s<b aria-hidden="true">–</b></span>'),
)


def bar(share: Decimal | None, state: str = "plain", pace: Decimal | None = None, label: str | None = None) -> Markup:
    """Progress: its width is an attribute. The tick is the share of the period that has passed."""
    return _bar(share, state, pace, label, language())


def gauge(share: Decimal | None, state: str = "plain", pace: Decimal | None = None) -> Markup:
    """The bar and its figure; no data is a dash, never 0."""
    return _gauge(share, state, pace, language())


@lru_cache(maxsize=KEPT)
def _bar(share: Decimal | None, state: str, pace: Decimal | None, label: str | None, _language: str) -> Markup:
    told = f"{label or gettext('Progress')} {percent(share)}"
    if pace is None:
        return BAR % (state, told, width(share), "")
    told += gettext(", %(pace)s of the time has passed", pace=percent(pace))
    return BAR % (state, told, width(share), PACE % width(pace))


@lru_cache(maxsize=KEPT)
def _gauge(share: Decimal | None, state: str, pace: Decimal | None, _language: str) -> Markup:
    drawn = bar(share, state, pace)
    return UNKNOWN % drawn if share is None else GAUGE % (drawn, percent(share))


SIGNAL = Markup(
    '<span class="signal"><svg width="13" height="12" aria-hidden="true"><rect class="on" y="8" width="3" height="4" rx="1"/>'
    '<rect %sx="5" y="4" width="3" height="8" rx="1"/><rect %sx="10" width="3" height="12" rx="1"/></svg>'
    '<span class="vh">%s </span>%s</span>'
)
SILENT = Markup('<span class="signal"><span class="vh">%s </span>–</span>')


def signal(level: int | None) -> Markup:
    """Confidence from 0 to 10, shown: one to three columns, and the figure."""
    return _signal(level, language())


@lru_cache(maxsize=100)
def _signal(level: int | None, _language: str) -> Markup:
    word = gettext("Confidence")
    if level is None:
        return SILENT % word
    lit = Markup('class="on" ')
    return SIGNAL % (lit if level >= 4 else "", lit if level >= 7 else "", word, level)


CHIP = Markup('<span class="chip{}">{}{}</span>')


@lru_cache(maxsize=1000, typed=True)  # text and markup can be equal and are not the same
def _icon(sprite: str, name: str, label: str | None) -> Markup:
    told = Markup('role="img" aria-label="{}"').format(label) if label else Markup('aria-hidden="true"')
    return Markup('<svg class="i" {}><use href="{}#i-{}"/></svg>').format(told, sprite, name)


@lru_cache(maxsize=KEPT, typed=True)
def avatar(name: str, id: int | None = None, size: str = "") -> Markup:  # noqa: A002 - as templates write it
    """The disc with the short name."""
    disc = Markup('<span class="avatar c{}{}" aria-hidden="true">{}</span>')
    return disc.format(tone(id), f" {size}" if size else "", short_name(name))


@lru_cache(maxsize=KEPT, typed=True)
def who(name: str, id: int | None = None) -> Markup:  # noqa: A002 - as templates write it
    """Disc and name."""
    return Markup('<span class="who">{}{}</span>').format(avatar(name, id, "s"), name)


@lru_cache(maxsize=1000, typed=True)
def tag(text: str) -> Markup:
    """A kind, in small."""
    return Markup('<span class="tag">{}</span>').format(text)


def tone(key: int | None) -> int:
    """The quiet colour of somebody's disc: always the same for one id."""
    return (key or 0) % TONES + 1


@lru_cache(maxsize=KEPT)
def width(share: Decimal | float | None, scale: float = 1) -> str:
    """A share of one as the width of an SVG part: never outside its frame."""
    return f"{max(0.0, min(100.0, float(share or 0) * 100 * scale)):.4g}%"


def errors_of(form: Form) -> list[tuple[str, str, str]]:
    """What has to be cured: (id of the control, label, sentence), in the order of the form."""
    return [found for field in form for found in _errors(field)]


def _errors(field: Field) -> list[tuple[str, str, str]]:
    inner: Any = getattr(field, "entries", None)
    if inner is None and hasattr(field, "form"):
        inner = list(field.form)
    if inner is not None:
        return [found for part in inner for found in _errors(part)]
    target = f"{field.id}-0" if field.type == "RadioField" else field.id
    return [(target, str(field.label.text), str(sentence)) for sentence in field.errors]
