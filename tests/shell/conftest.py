"""A portal on a port and a Chromium, for what only a browser can tell."""

import threading
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import BrowserContext
from werkzeug.serving import make_server

from portal.db import db
from tests.browser import Noise
from tests.visitor import Visitor


@pytest.fixture
def served(app) -> Iterator[str]:
    server = make_server("127.0.0.1", 0, app, threaded=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.fixture
def surf(app, served, browser) -> Iterator[Callable[..., tuple[BrowserContext, Noise]]]:
    """A browser in which somebody is signed in, and what it complained about."""
    opened = []

    def surf(person=None, **options):
        context = browser.new_context(base_url=served, **{"locale": "en-GB", **options})
        opened.append(context)
        if person is not None:
            visitor = Visitor(app, person)
            cookie = visitor.client.get_cookie("portal")
            context.add_cookies([{"name": "portal", "value": cookie.value, "url": served}])
            context.token_hash = visitor.token_hash
        db.session.rollback()  # the server's threads write too
        return context, Noise(context)

    yield surf
    for context in opened:
        context.close()
