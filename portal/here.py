"""What Flask's proxies stand for, itself: a page looks some hundred times, and the way through a proxy takes most of it."""

from typing import Any

from flask.globals import _cv_app, _cv_request


def kept() -> Any:
    """What `g` stands for. Raises RuntimeError outside an application's context."""
    try:
        return _cv_app.get().g
    except LookupError:
        raise RuntimeError("outside an application's context") from None


def root() -> str:
    """Below which path the portal is served, as this request says; empty without one."""
    request = _cv_request.get(None)
    return request.request.script_root if request else ""
