"""JOBS=procrastinate: on several machines procrastinate tells the workers that a row is due, and hands it to one of them.

The rows stay the truth. Whatever makes one wait, be it a request, a retry or a restore, a trigger of PostgreSQL defers its
id in the same transaction, by procrastinate's own function; whatever takes one away from waiting takes that back. So nothing
of the portal has to think of it, and a carried id that is lost or comes twice harms nothing: it is claimed by the lease as
ever, and what waits with nothing to carry it is found by a look each minute.

All of it lies in a schema of its own. It holds nothing that the rows do not say: instead of being migrated it is made anew.
"""

import hashlib
from importlib import resources
from importlib.util import find_spec
from typing import Any

from flask import current_app
from sqlalchemy import Connection, select, text, update

from portal import clock
from portal.db import UNSYNCED, db
from portal.jobs.models import Job, State

NAME = "procrastinate"
"""As JOBS says it, and as the package is called."""
SCHEMA, QUEUE, TASK = "portal_carrier", "portal", "work"
"""Where procrastinate's tables lie; what it calls the way to our workers, and what they do with an id. All stand in `CARRY`."""
SILENT = 30
"""Seconds until procrastinate takes a worker for dead; each says every ten that it lives. Our leases do not depend on it."""

CARRY = """
CREATE FUNCTION portal_carrier.carry() RETURNS trigger LANGUAGE plpgsql
    SET search_path = portal_carrier, pg_temp SET enable_seqscan = off AS $$
DECLARE
    waiting procrastinate_job_to_defer_v1[];
BEGIN
    DELETE FROM procrastinate_jobs WHERE status = 'todo' AND queueing_lock = ANY (ARRAY(SELECT id::text FROM changed));
    SELECT array_agg(
        ROW('portal', 'work', 0, NULL, id::text, jsonb_build_object('job_id', id),
            CASE WHEN run_at > clock_timestamp() THEN run_at END)::procrastinate_job_to_defer_v1 ORDER BY run_at, id)
        INTO waiting FROM changed WHERE state = 'waiting' AND TG_OP <> 'DELETE';
    IF waiting IS NOT NULL THEN
        PERFORM procrastinate_defer_jobs_v1(waiting);
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER carry_new AFTER INSERT ON job REFERENCING NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION portal_carrier.carry();
CREATE TRIGGER carry_changed AFTER UPDATE ON job REFERENCING NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION portal_carrier.carry();
CREATE TRIGGER carry_no_more AFTER DELETE ON job REFERENCING OLD TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION portal_carrier.carry();
"""
"""One id of a row is carried at most once at a time (`queueing_lock`): whoever changes the row holds its lock. No plan may
be kept from the time when the table was empty, so none reads all of it."""


def chosen() -> bool:
    """Whether this machine's workers are told what is due, instead of looking by themselves."""
    return bool(current_app.config["JOBS"] == NAME)


def problem() -> str:
    """Why this machine's worker cannot work as JOBS says, with the cure; empty = it can, or is not asked to."""
    if not chosen():
        return ""
    if db.engine.dialect.name != "postgresql":
        return f"JOBS={NAME} needs PostgreSQL: take JOBS away, or move there with `flask move-database`."
    if find_spec(NAME) is None:
        return f"JOBS={NAME} needs a package that is missing: install requirements-{NAME}.txt, or take JOBS away."
    with db.engine.connect() as connection:
        if _made(connection) != _wanted():
            return f"What JOBS={NAME} needs in the database is missing or of another version: run `flask upgrade`."
    return ""


def bring() -> None:
    """Make of the schema what JOBS says: there, of this version and with all that waits in it, or not there."""
    if db.engine.dialect.name != "postgresql" or (chosen() and find_spec(NAME) is None):
        return
    with db.engine.begin() as connection:
        wanted = _wanted() if chosen() else ""
        if _made(connection) == wanted:
            return
        drop(connection)
        if wanted:
            connection.execute(text("CREATE SCHEMA portal_carrier"))
            _execute(connection, f"SET LOCAL search_path TO portal_carrier;\n{_tables()}\n;SET LOCAL search_path TO DEFAULT")
            _execute(connection, f"{CARRY};\nCOMMENT ON SCHEMA portal_carrier IS '{wanted}'")
            connection.execute(update(Job).where(Job.state == State.WAITING).values(run_at=Job.run_at))


def drop(connection: Connection) -> None:
    """Take it all away, the triggers too: `bring` makes it anew."""
    connection.execute(text("DROP SCHEMA IF EXISTS portal_carrier CASCADE"))


def _tables() -> str:
    return (resources.files(f"{NAME}.sql") / "schema.sql").read_text(encoding="utf-8")


def _wanted() -> str:
    return hashlib.sha256(f"{_tables()}{CARRY}".encode()).hexdigest()


def _made(connection: Connection) -> str:
    said = connection.scalar(text("SELECT obj_description(to_regnamespace('portal_carrier'), 'pg_namespace')"))
    return str(said or "")


def _execute(connection: Connection, statements: str) -> None:
    """Several statements as they stand; such a text cannot be prepared."""
    cursor: Any = connection.connection.cursor()
    with cursor:
        cursor.execute(statements, prepare=False)


def sweep() -> None:
    """Carry what is due and not carried: it waited before JOBS was set, or its worker died between hearing and claiming.
    And forget what dead workers were handed: what they had claimed is carried again when its lease has ended.
    """
    carried = text("SELECT 1 FROM portal_carrier.procrastinate_jobs WHERE status = 'todo' AND queueing_lock = job.id::text")
    due = select(Job.id).where(Job.state == State.WAITING, Job.run_at <= clock.now(), text(f"NOT EXISTS ({carried})"))
    left = db.session.scalars(due.with_for_update(skip_locked=True)).all()
    if left:
        again = update(Job).where(Job.id.in_(left)).values(run_at=Job.run_at)
        db.session.execute(again, execution_options=UNSYNCED)
    db.session.commit()
    db.session.execute(text("SET LOCAL search_path TO portal_carrier"))
    db.session.execute(text("SELECT procrastinate_prune_stalled_workers_v1(:silent)"), {"silent": SILENT})
    db.session.execute(text("DELETE FROM procrastinate_jobs WHERE status <> 'todo' AND worker_id IS NULL"))
    db.session.commit()
