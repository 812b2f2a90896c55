"""Addresses of static files: each carries a digest of its content, so that browsers may keep it for a year."""

import hashlib
from pathlib import Path

from flask import Flask

from portal import here


def init_app(app: Flask) -> None:
    """Templates write `asset("css/base.css")`, and `sprite` is the file of icons."""
    folder, path = Path(app.static_folder or ""), app.static_url_path
    known: dict[str, str] = {}

    def asset(name: str) -> str:
        if name not in known or app.debug:
            known[name] = f"{path}/{name}?v={hashlib.sha256((folder / name).read_bytes()).hexdigest()[:12]}"
        return here.root() + known[name]  # not by url_for: each icon asks

    app.jinja_env.globals["asset"] = asset
