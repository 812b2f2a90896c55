"""The database: whether it answers, is this version's, can be saved; whether its clock, and the journal's, are ours."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

from flask import current_app
from sqlalchemy import func, select, text
from sqlalchemy.exc import SQLAlchemyError

from portal import clock, journal
from portal.backup import databases
from portal.backup.versions import head, version, versions
from portal.checks.found import Found, note, stop, warn
from portal.db import db
from portal.demo.company import NAMED
from portal.directory.models import Person
from portal.jobs.models import Job, State
from portal.journal.models import Entry

SKEW = timedelta(minutes=5)
"""Clocks that differ more than that are not set by the same time server."""
NEWEST = 1_000
"""Entries of the journal that are looked at every time; all of them with --deep, and every night."""


def answers() -> Iterator[Found]:
    """Everything else here is only asked when this says nothing."""
    file = db.engine.url.database
    if db.engine.dialect.name == "sqlite" and file and not Path(file).exists():  # asking would make an empty one
        yield stop(f"There is no database {file}: run `flask upgrade`, restore a backup, or correct DATA_DIR.")
        return
    try:
        db.session.execute(text("SELECT 1"))
    except SQLAlchemyError as problem:
        db.session.rollback()
        why = str(getattr(problem, "orig", problem)).strip().splitlines()[0]
        yield stop(f"The database does not answer ({why}): start it, or correct DATABASE_URL.")
        return
    found = version()
    if found is None:
        yield stop("The database is empty: run `flask upgrade`.")
    elif found not in versions():
        yield stop(
            f"The database is newer ({found}) than this portal ({head()}): install the newer portal, or restore a backup."
        )
    elif found != head():
        yield stop(f"The database is older ({found}) than this portal ({head()}): stop the servers and run `flask upgrade`.")


def tools() -> Iterator[Found]:
    """PostgreSQL is saved by its own programs, which must not be older than the server."""
    if db.engine.dialect.name != "postgresql":
        return
    served = int(str(db.session.scalar(text("SHOW server_version_num")))) // 10_000
    for program in ("pg_dump", "pg_restore"):
        try:
            ours = databases.major(program)
        except databases.Failed as why:
            yield warn(f"No backup can be made or put back. {why}")
            return
        if ours < served:
            yield warn(
                f"{program} is of PostgreSQL {ours}, the server of {served}: no backup can be made. "
                f"Install the package postgresql-client-{served}."
            )
            return


def machines() -> Iterator[Found]:
    """SQLite is for one machine."""
    if db.engine.dialect.name != "sqlite":
        return
    live = (Job.state == State.RUNNING, Job.lease_until > clock.now())
    hosts = {str(name).rpartition(":")[0] for name in db.session.scalars(select(Job.taken_by).where(*live).distinct())}
    if len(hosts) > 1:
        yield stop(
            f"{len(hosts)} machines work on one SQLite database ({', '.join(sorted(hosts))}): it will break. "
            "Stop all but one, or move to PostgreSQL with `flask move-database`."
        )


def clocks() -> Iterator[Found]:
    """Leases, sessions and deadlines go by the clock of this machine."""
    ours = clock.now()
    if db.engine.dialect.name == "postgresql":
        theirs = db.session.scalar(select(func.clock_timestamp()))
        if isinstance(theirs, datetime) and abs(theirs - ours) > SKEW:
            yield warn(
                f"The clocks of this machine and of the database differ by {_minutes(theirs - ours)}: let both follow the same "
                "time server (`timedatectl set-ntp true`)."
            )
    newest = db.session.scalar(select(Entry.at).order_by(Entry.n.desc()).limit(1))
    if newest and newest - ours > SKEW:
        yield warn(
            f"The newest entry of the journal is {_minutes(newest - ours)} in the future: this machine's clock was set back, "
            "or had run ahead. Look at `timedatectl`; the journal's order does not depend on it."
        )


def chain() -> Iterator[Found]:
    """The newest entries of the journal."""
    yield from _broken(journal.check(NEWEST))


def whole_chain() -> Iterator[Found]:
    """Every entry of the journal, with its words."""
    yield from _broken(journal.check())


def demo() -> Iterator[Found]:
    """The demo's people have a password that everybody can read."""
    there = select(func.count()).select_from(Person).where(Person.login.in_(NAMED))
    if db.session.scalar(there) == len(NAMED) and current_app.config["PUBLIC_URL"].startswith("https://"):
        yield warn("The demo company is in this database. Begin with an empty one: another DATA_DIR or DATABASE_URL.")
    elif db.session.scalar(there) == len(NAMED):
        yield note("The demo company is in this database: it is for looking round only.")


def _broken(sentences: list[str]) -> Iterator[Found]:
    for sentence in sentences:
        yield stop(
            f"The journal is not what was written: {sentence}. Keep a copy of the database as it is now, then restore a backup "
            "from before, or find out who changed it."
        )


def _minutes(apart: timedelta) -> str:
    minutes = round(abs(apart).total_seconds() / 60)
    return f"{minutes} minutes" if minutes < 120 else f"{minutes // 60} hours"
