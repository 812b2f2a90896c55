"""Addresses of static files: each carries a digest of its content, so that browsers may keep it for a year."""

import hashlib
from pathlib import Path

from flask import Flask, url_for


def init_app(app: Flask) -> None:
    """Templates write `asset("css/base.css")`, and `sprite` is the file of icons."""
    folder = Path(app.static_folder or "")
    known: dict[str, tuple[float, str]] = {}

    def asset(name: str) -> str:
        stamp = (folder / name).stat().st_mtime
        if known.get(name, (0, ""))[0] != stamp:
            known[name] = stamp, hashlib.sha256((folder / name).read_bytes()).hexdigest()[:12]
        return url_for("static", filename=name, v=known[name][1])

    app.jinja_env.globals["asset"] = asset
