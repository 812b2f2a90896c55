"""The macros of `templates/ui/macros.html` as globals of every template, and what they need from Python.

As globals they work inside a block that is rendered alone; an import at the top of a page would not.
"""

import re
from decimal import Decimal
from functools import lru_cache
from typing import Any

from flask import Flask
from jinja2.runtime import Macro
from markupsafe import Markup, escape
from wtforms import Field, Form

from portal.shell.differences import marked
from portal.words import N_

SPRITE = "icons.svg"
TONES = 5  # quiet colours of avatars
TOGETHER = re.compile(r"([\d.,%]+ ?(?:分钟|小时|万元|以上|以内|[人个天次周月年秒件份]|)|「[^」]{1,8}」|[\u4e00-\u9fff]{2}$)")


def init_app(app: Flask) -> None:
    """Read the macros once."""
    env = app.jinja_env
    env.filters.update(glue=glue, tone=tone, width=width)
    env.globals.update(N_=N_, errors_of=errors_of, marked=marked)
    with app.app_context():
        module = env.get_template("ui/macros.html").module
    env.globals.update({name: part for name, part in vars(module).items() if isinstance(part, Macro)})


def glue(text: str) -> Markup:
    """Keep together what reads as one word: a figure with its unit, a short 「…」, the last two characters."""
    return _glued(str(text))  # of a lazy sentence, the words it has now


@lru_cache(maxsize=4000)  # titles come again and again
def _glued(text: str) -> Markup:
    parts = TOGETHER.split(text)
    held = (Markup('<span class="nowrap">{}</span>').format(part) if n % 2 else escape(part) for n, part in enumerate(parts))
    return Markup().join(held)


def tone(key: int | None) -> int:
    """The quiet colour of somebody's disc: always the same for one id."""
    return (key or 0) % TONES + 1


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
