"""Whether the process serves, and whether it can work. Both answer everybody, without session and database noise."""

import shutil

from flask import Flask, current_app
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from portal.db import db
from portal.web import Answer

NEEDED = 500_000_000
"""Bytes that must be free where the data lies."""


def init_app(app: Flask) -> None:
    """Two addresses of no blueprint: no capability switches them off."""
    app.add_url_rule("/healthz", "healthz", healthz)
    app.add_url_rule("/readyz", "readyz", readyz)


def healthz() -> Answer:
    """200 as soon as the process serves; the database is not asked."""
    return _said("ok", 200)


def readyz() -> Answer:
    """200 when a page could be answered, else 503. What is wrong tells `flask check`, not the whole network."""
    wrong = troubles()
    return _said("not ok", 503) if wrong else _said("ok", 200)


def troubles() -> list[str]:
    """What keeps the portal from working, in plain words."""
    found = []
    try:
        db.session.execute(text("SELECT n FROM journal_tip"))
    except SQLAlchemyError as error:
        db.session.rollback()
        found.append(f"The database does not answer, or `flask upgrade` has not run: {type(error).__name__}.")
    return [*found, *disk()]


def disk() -> list[str]:
    """Whether there is room where the data lies."""
    folder = current_app.config["DATA_DIR"]
    try:
        free = shutil.disk_usage(folder).free
    except OSError:
        return [f"The folder {folder} is missing: create it, or correct DATA_DIR."]
    if free < NEEDED:
        return [f"Only {free // 1_000_000} MB are free in {folder}: below {NEEDED // 1_000_000} MB nothing is saved safely."]
    return []


def _said(words: str, status: int) -> Answer:
    return current_app.response_class(words + "\n", status, mimetype="text/plain")
