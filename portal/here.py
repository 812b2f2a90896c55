"""What Flask's proxies stand for, itself: a page looks some hundred times, and the way through a proxy takes most of it."""

from typing import Any, cast

from flask.globals import app_ctx, request_ctx


def kept() -> Any:
    """What `g` stands for. Raises RuntimeError outside an application's context."""
    return cast(Any, app_ctx)._get_current_object().g


def root() -> str:
    """Below which path the portal is served, as this request says; empty without one."""
    try:
        return str(cast(Any, request_ctx)._get_current_object().request.script_root)
    except RuntimeError:
        return ""
