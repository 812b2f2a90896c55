"""Companies to measure on: made once a day by the demo's generator and kept, copied for whoever writes to them."""

import hashlib
import shutil
from pathlib import Path

from flask import Flask

from portal import clock
from portal.application import create_app
from portal.cli import bring_up_to_date
from portal.db import db
from portal.demo.load import load_many

PROJECT = Path(__file__).parent.parent.parent
CACHE = PROJECT / ".cache" / "bench"
KEY = "for measuring only, and long enough for a server"
SEED = 1


def portal(url: str, **more: object) -> Flask:
    """The portal as it serves, in Chinese, on this database."""
    return create_app({"SECRET_KEY": KEY, "SQLALCHEMY_DATABASE_URI": url, "DATA_DIR": str(CACHE), "SEARCHES": "1000000/second", **more})


def copied(people: int, folder: Path) -> str:
    """The address of a fresh SQLite copy in `folder`."""
    whole = CACHE / f"{people}-{SEED}-{clock.today()}-{_state()}.db"
    if not whole.exists():
        CACHE.mkdir(parents=True, exist_ok=True)
        for old in CACHE.glob(f"{people}-*"):
            old.unlink()
        fresh = whole.with_suffix(".new")
        _close(filled(f"sqlite:///{fresh}", people))
        fresh.rename(whole)
        Path(f"{fresh}.lock").unlink(missing_ok=True)
    return f"sqlite:///{shutil.copy(whole, folder / f'{people}.db')}"


def filled(url: str, people: int) -> Flask:
    """A portal on an empty database with so many people in it."""
    app = portal(url)
    with app.app_context():
        bring_up_to_date()
        load_many(people, SEED)
        db.session.remove()
    return app


def _close(app: Flask) -> None:
    with app.app_context():
        db.engine.dispose()  # the last connection writes the log back into the file


def _state() -> str:
    """Changes with the migrations, and with the generator and the words it draws from."""
    files = [*PROJECT.glob("portal/demo/**/*.py"), *PROJECT.glob("migrations/versions/*.py"), *PROJECT.glob("portal/*/models.py")]
    return hashlib.sha256(b"".join(file.read_bytes() for file in sorted(files))).hexdigest()[:12]
