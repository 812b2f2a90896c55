"""Asks an application as a server would, without a socket; reads and fills in its forms."""

from dataclasses import dataclass, field
from html.parser import HTMLParser
from io import BytesIO
from typing import Any
from urllib.parse import urlencode

from flask import Flask

from portal import clock
from portal.accounts.models import LoginSession
from portal.db import db

HOST = "localhost"
Environ = dict[str, Any]


@dataclass(frozen=True)
class Said:
    """An answer."""

    status: int
    body: bytes
    headers: dict[str, str]


@dataclass(frozen=True)
class Caller:
    """One browser: its application and its cookies."""

    app: Flask
    cookies: str = ""

    def asking(self, path: str, target: str = "", fields: list[tuple[str, str]] | None = None) -> Environ:
        """A request, ready to be sent once: GET, or POST with fields; `target` is what htmx names."""
        path, _, query = path.partition("?")
        body = b"" if fields is None else urlencode(fields).encode()
        htmx = {"HTTP_HX_REQUEST": "true", "HTTP_HX_TARGET": target} if target else {}
        return {
            "REQUEST_METHOD": "GET" if fields is None else "POST", "SCRIPT_NAME": "", "PATH_INFO": path, "QUERY_STRING": query,
            "SERVER_NAME": HOST, "SERVER_PORT": "80", "SERVER_PROTOCOL": "HTTP/1.1", "REMOTE_ADDR": "127.0.0.1", "HTTP_HOST": HOST,
            "HTTP_COOKIE": self.cookies, "HTTP_ORIGIN": f"http://{HOST}", "HTTP_ACCEPT_LANGUAGE": "zh-CN,zh;q=0.9", **htmx,
            "CONTENT_TYPE": "" if fields is None else "application/x-www-form-urlencoded", "CONTENT_LENGTH": str(len(body)),
            "wsgi.version": (1, 0), "wsgi.url_scheme": "http", "wsgi.input": BytesIO(body), "wsgi.errors": BytesIO(),
            "wsgi.multithread": True, "wsgi.multiprocess": True, "wsgi.run_once": False,
        }  # fmt: skip

    def send(self, environ: Environ) -> Said:
        """The whole answer, read and closed."""
        told: list[Any] = []
        parts = self.app.wsgi_app(environ, lambda status, headers, _error=None: told.append((status, headers)))
        try:
            body = b"".join(parts)
        finally:
            getattr(parts, "close", lambda: None)()
        status, headers = told[0]
        return Said(int(status[:3]), body, dict(headers))

    def get(self, path: str, target: str = "") -> Said:
        return self.send(self.asking(path, target))


def signed_in(app: Flask, person: int) -> Caller:
    """Somebody with a session of their own."""
    with app.app_context():
        row = LoginSession.begin(person, clock.now())
        db.session.add(row)
        db.session.commit()
        token = row.token
    serializer = app.session_interface.get_signing_serializer(app)
    return Caller(app, f"portal={serializer.dumps({'_user_id': token})}")


@dataclass
class Form:
    """A form of a page: where it goes, and its fields as they stand."""

    action: str
    fields: list[tuple[str, str]] = field(default_factory=list)


class Forms(HTMLParser):
    """The POST forms of a page, in their order, with what a browser would send of them."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[Form] = []
        self._inside = False
        self._text: str | None = None
        self._select: tuple[str, list[tuple[str, bool]]] | None = None
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        known = dict(attrs)
        name, value = known.get("name"), known.get("value") or ""
        if tag == "form":
            self._inside = known.get("method") == "post"
            if self._inside:
                self.found.append(Form(known.get("action") or ""))
        elif not self._inside:
            return
        elif tag == "input" and name and known.get("type") not in ("submit", "image", "button"):
            if known.get("type") not in ("checkbox", "radio") or "checked" in known:
                self.found[-1].fields.append((name, value))
        elif tag == "textarea" and name:
            self.found[-1].fields.append((name, ""))
            self._text = ""
        elif tag == "select" and name:
            self._select = (name, [])
        elif tag == "option" and self._select:
            self._select[1].append((value, "selected" in known))

    def handle_data(self, data: str) -> None:
        if self._text is not None:
            self._text += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._inside = False
        elif tag == "textarea" and self._text is not None:
            self.found[-1].fields[-1] = (self.found[-1].fields[-1][0], self._text)
            self._text = None
        elif tag == "select" and self._select:
            name, options = self._select
            chosen = [value for value, selected in options if selected] or [value for value, _ in options[:1]]
            self.found[-1].fields += [(name, value) for value in chosen]
            self._select = None


def form_of(html: str, action: str = "") -> Form:
    """The first form that goes to `action` (any, when it is empty). Raises LookupError."""
    for form in Forms(html).found:
        if not action or form.action.partition("?")[0] == action:
            return form
    raise LookupError(f"no form for {action}")
