"""The demo company in an SQLite file: made once a day and state of the sources, copied for whoever needs a portal full of life."""

import fcntl
from pathlib import Path

from portal import clock
from portal.application import create_app
from portal.db import db
from portal.demo.load import load
from tests.tables import bring_tables, sources

PROJECT = Path(__file__).parent.parent
CACHE = PROJECT / ".cache" / "demo"


def template() -> Path:
    """A loaded file that nobody writes to; several processes may ask at once."""
    CACHE.mkdir(parents=True, exist_ok=True)
    whole = CACHE / f"{clock.today()}-{sources()}.db"
    with (CACHE / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not whole.exists():
            for old in CACHE.glob("*.db*"):
                old.unlink()
            _make(whole.with_suffix(".new"))
            whole.with_suffix(".new").rename(whole)
    return whole


def _make(file: Path) -> None:
    app = create_app({"SECRET_KEY": "for a template", "SQLALCHEMY_DATABASE_URI": f"sqlite:///{file}"})
    with app.app_context():
        bring_tables()
        load()
        db.session.remove()
        db.engine.dispose()
    # The last connection to close has written the log back into the file.
    assert not Path(f"{file}-wal").exists()
    Path(f"{file}.lock").unlink(missing_ok=True)  # where the tables had to be made
