"""The two cookies: the session's, and the one by which a device is known. Over https only this very host can set them."""

import hashlib
import hmac
import secrets

from flask import Flask, current_app, request
from flask.sessions import SecureCookieSessionInterface
from itsdangerous import BadSignature, URLSafeTimedSerializer
from werkzeug.wrappers import Response

from portal.directory.entry import account_name
from portal.web import signer

KNOWN_FOR = 180 * 24 * 3600
ACCOUNTS = 5
"""How many accounts one device can be known for: a shared computer, not a list to collect."""


def name_of(cookie: str) -> str:
    """`__Host-` over https: Secure, this host alone, and no other application of the same domain can plant it."""
    return f"__Host-{cookie}" if request.is_secure else cookie


class Cookies(SecureCookieSessionInterface):
    """Flask's signed cookie, named and marked by how the request came in."""

    def get_cookie_name(self, app: Flask) -> str:
        return name_of("portal")

    def get_cookie_secure(self, app: Flask) -> bool:
        return request.is_secure

    def get_cookie_path(self, app: Flask) -> str:
        return "/"

    def get_cookie_domain(self, app: Flask) -> str | None:
        return None


def known_device(name: str) -> str | None:
    """This device's id, if somebody signed in to that account on it before."""
    device, accounts = _read()
    return device if device and _mark(name) in accounts else None


def remember_device(answer: Response, name: str) -> None:
    """After a login: this device is known for this account. `HttpOnly`, half a year."""
    device, accounts = _read()
    kept = [_mark(name), *(other for other in accounts if other != _mark(name))][:ACCOUNTS]
    value = _signer().dumps([device or secrets.token_urlsafe(16), kept])
    answer.set_cookie(
        name_of("device"), value, max_age=KNOWN_FOR, path="/", httponly=True, samesite="Lax", secure=request.is_secure
    )


def _read() -> tuple[str, list[str]]:
    try:
        device, accounts = _signer().loads(request.cookies.get(name_of("device"), ""), max_age=KNOWN_FOR)
    except BadSignature:
        return "", []
    return device, accounts


def _mark(name: str) -> str:
    """An account, without telling the next person at this device whose."""
    secret = str(current_app.secret_key).encode()
    return hmac.new(secret, account_name(name).encode(), hashlib.sha256).hexdigest()[:16]


def _signer() -> URLSafeTimedSerializer:
    return signer("device")
