"""Every page that a person can reach by following links, one address for each route."""

import re
from collections import Counter, deque
from html import unescape
from urllib.parse import urljoin, urlsplit

from playwright.sync_api import BrowserContext
from werkzeug.exceptions import HTTPException
from werkzeug.routing import MapAdapter

TRIED = 4
"""Addresses of a route that are opened: a later one may lead where the first does not."""
LIMIT = 400


def reachable(context: BrowserContext, routes: MapAdapter, start: str = "/") -> dict[str, str]:
    """{endpoint: address} of the pages that answer 200 as HTML, found without a browser's engine."""
    found: dict[str, str] = {}
    seen, waiting, taken = {start}, deque([start]), Counter[str]()
    for _ in range(LIMIT):
        if not waiting:
            break
        answer = context.request.get(address := waiting.popleft())
        if answer.status != 200 or not answer.headers.get("content-type", "").startswith("text/html"):
            continue
        if endpoint := _endpoint(routes, answer.url):
            found.setdefault(endpoint, address)
        for link in _links(answer.text(), answer.url):
            endpoint = _endpoint(routes, link)
            if endpoint and link not in seen and taken[endpoint] < TRIED:
                taken[endpoint] += 1
                seen.add(link)
                waiting.append(link)
    return found


def _links(html: str, base: str) -> list[str]:
    host = urlsplit(base).netloc
    whole = [urljoin(base, unescape(link)) for link in re.findall(r'<a\b[^>]*?\shref="([^"#]+)', html)]
    return [parts.path + (f"?{parts.query}" if parts.query else "") for parts in map(urlsplit, whole) if parts.netloc == host]


def _endpoint(routes: MapAdapter, address: str) -> str | None:
    try:
        return str(routes.match(urlsplit(address).path, method="GET")[0])
    except HTTPException:
        return None
