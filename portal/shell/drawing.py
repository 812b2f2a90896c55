"""What many pages have alike is drawn once: the navigation, the bar, the head.

A part that is drawn gets what it shows as plain values (`given`) and nothing of the request. Those values, the language and
the root we are served at are its key: it cannot show one person what was drawn for another who is shown something else.
"""

from collections.abc import Hashable
from functools import lru_cache, partial

from flask import Flask, has_request_context, request
from markupsafe import Markup

from portal.i18n import language

KEPT = 2_000
"""Parts kept by each process, most of them below 2 kB: those of the shell, and the goals that are looked at these days."""


def init_app(app: Flask) -> None:
    """Templates write `drawn_once("shell/_groups.html", navigation())`."""
    draw = partial(_draw, app)
    kept = lru_cache(maxsize=KEPT)(draw)

    def drawn_once(template: str, given: Hashable = ()) -> Markup:
        root = request.script_root if has_request_context() else ""
        return (draw if app.debug else kept)(template, language(), root, given)  # who develops sees each change at once

    app.jinja_env.globals["drawn_once"] = drawn_once


def _draw(app: Flask, template: str, _language: str, _root: str, given: Hashable) -> Markup:
    part = app.jinja_env.get_template(template)
    return Markup(part.render(given=given))  # noqa: S704 - a template of ours has escaped it
