"""Asking for a job, claiming one by a lease, working it, and taking over what a dead worker held.

Any number of workers on any number of machines share the rows: PostgreSQL's SKIP LOCKED gives each its own, SQLite lets
one write at a time. A job's last effects and the word that it is done are one commit; whoever lost the lease cannot
commit any more. So each effect in the database happens once.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask import current_app
from sqlalchemy import ColumnElement, and_, case, func, literal, null, or_, select, update

from portal import clock, settings
from portal.db import UNSYNCED, db, insert_into
from portal.jobs import registry
from portal.jobs.context import ME, Cancelled, Context, Lost, lease, ours
from portal.jobs.models import WANTED, Job, State

ATTEMPTS = 3
BATCH = 100
"""So many quick jobs are claimed at once and done in one transaction."""
COLUMNS = (Job.id, Job.kind, Job.args, Job.asked_by_id, Job.done)
"""Of a row: what a worker knows of it (`Claimed`)."""

held: set[int] = set()
"""What this worker has claimed and not finished: its leases are renewed by `worker.Beat`."""


@dataclass(frozen=True)
class Claimed:
    """A job as its worker holds it."""

    id: int
    kind: str
    args: dict[str, Any]
    asked_by_id: int | None
    done: int

    @property
    def quick(self) -> bool:
        """Whether it may share a transaction."""
        return self.kind in registry.kinds() and registry.kinds()[self.kind].quick

    def run(self) -> None:
        """Do it; raises whatever it raises."""
        registry.kinds()[self.kind].run(Context(self.id, self.args, self.asked_by_id, self.done))


def ask(
    kind: str, args: dict[str, Any] | None = None, *, key: str | None = None, at: datetime | None = None, by: int | None = None
) -> bool:
    """Want a job, in the caller's transaction; with a `key` that is already wanted nothing is added. Whether it was."""
    now = clock.now()
    row = {"kind": kind, "args": args or {}, "key": key, "run_at": at or now, "asked_by_id": by, "asked_at": now}
    defaults = {"state": State.WAITING, "attempts": 0, "done": 0, "cancel": False, "why": ""}
    wanted = insert_into(Job).values(**row, **defaults).on_conflict_do_nothing(index_elements=["key"], index_where=WANTED)
    return db.session.scalar(wanted.returning(Job.id)) is not None


def work_one() -> bool:
    """Claim and run one job; whether there was one. Never raises: a failure is kept in words and retried later."""
    take_over()
    return bool(work(1))


def work(most: int) -> Sequence[Claimed]:
    """The same with up to `most`: those that are quick together, any other one alone. What was claimed."""
    return _work(claim(most))


def work_carried(job_id: int) -> Sequence[Claimed]:
    """The same with the row that `portal.jobs.carrier` has handed to this worker; a quick one takes others along."""
    return _work(claim_carried(job_id))


def _work(found: Sequence[Claimed]) -> Sequence[Claimed]:
    held.update(job.id for job in found)
    try:
        if len(found) == 1 or not _together(found):
            for job in found:
                _alone(job)
    finally:
        held.clear()
    return found


def claim(most: int = 1) -> Sequence[Claimed]:
    """The next jobs that are due, leased to us and committed: one, or up to `most` while they are quick."""
    found = _next(most)
    quick = next((n for n, job in enumerate(found) if not job.quick), len(found))
    return _lease(found[: max(quick, 1)])


def claim_carried(job_id: int) -> Sequence[Claimed]:
    """One row by its id, leased to us and committed; a quick one with others that are quick and due. None, when it is not
    due any more: somebody else has it, or it was stopped or put off.

    It is due by the database's clock, as it was handed to us by that one, and waited for: whoever looks at it lets go soon.
    """
    due = select(*COLUMNS).where(Job.id == job_id, Job.state == State.WAITING, Job.run_at <= func.now())
    found = [Claimed(*row) for row in db.session.execute(due.with_for_update())]
    if found and found[0].quick:
        found += _next(BATCH - 1, Job.id != job_id, Job.kind.in_(registry.quick()))
    return _lease(found)


def _next(most: int, *which: ColumnElement[bool]) -> list[Claimed]:
    due = select(*COLUMNS).where(Job.state == State.WAITING, Job.run_at <= clock.now(), *which)
    found = db.session.execute(due.order_by(Job.run_at, Job.id).limit(most).with_for_update(skip_locked=True))
    return [Claimed(*row) for row in found]


def _lease(found: Sequence[Claimed]) -> Sequence[Claimed]:
    now = clock.now()
    if found:
        taken = {"state": State.RUNNING, "taken_by": ME, "began_at": now, "lease_until": now + lease()}
        mine = update(Job).where(Job.id.in_([job.id for job in found])).values(**taken, attempts=Job.attempts + 1)
        db.session.execute(mine, execution_options=UNSYNCED)
    db.session.commit()
    return found


def take_over() -> None:
    """Free what a worker held that is silent for longer than its lease."""
    now = clock.now()
    silent = select(Job.id).where(Job.state == State.RUNNING, Job.lease_until < now).limit(BATCH)
    ids = db.session.scalars(silent.with_for_update(skip_locked=True)).all()
    if not ids:
        db.session.rollback()
        return
    spent = Job.attempts >= ATTEMPTS
    ended = {State.CANCELLED: Job.cancel, State.FAILED: and_(~Job.cancel, spent)}
    state = case(
        *((when, literal(to, Job.state.type)) for to, when in ended.items()), else_=literal(State.WAITING, Job.state.type)
    )
    at = case((or_(Job.cancel, spent), literal(now, Job.ended_at.type)), else_=null())
    why = case((ended[State.FAILED], registry.DIED), else_=Job.why)
    freed = {"state": state, "ended_at": at, "why": why, "taken_by": None, "lease_until": None}
    db.session.execute(update(Job).where(Job.id.in_(ids)).values(freed), execution_options=UNSYNCED)
    db.session.commit()


def heed_clock(now: datetime) -> None:
    """Where the clock was set back, in the caller's transaction: what an hour ahead has written must not wait that hour.

    What was wanted at once is due at once, and nobody's lease lasts longer than one from now.
    """
    longest = now + lease()
    running = update(Job).where(Job.state == State.RUNNING, Job.lease_until > longest).values(lease_until=longest)
    at_once = (Job.run_at == Job.asked_at, Job.asked_at > now)
    waiting = update(Job).where(Job.state == State.WAITING, *at_once).values(run_at=now, asked_at=now)
    for change in (running, waiting):
        db.session.execute(change, execution_options=UNSYNCED)


def _together(found: Sequence[Claimed]) -> bool:
    """All of them in one transaction; False when one of them does not work: nothing of it has happened then."""
    try:
        settings.refresh()
        for job in found:
            job.run()
        _end([job.id for job in found], State.DONE)
        db.session.commit()
    except Exception:
        db.session.rollback()
        return False
    return True


def _alone(job: Claimed) -> None:
    try:
        settings.refresh()
        db.session.rollback()
        job.run()
        _end([job.id], State.DONE)  # with its last effects, or neither
        db.session.commit()
    except Lost:
        db.session.rollback()
        current_app.logger.warning("job %s was taken over by somebody else", job.id)
    except Cancelled:
        db.session.rollback()
        _settle(job.id, State.CANCELLED)
    except Exception as error:
        db.session.rollback()
        current_app.logger.exception("job %s failed", job.id)
        _retry(job.id, registry.reason(job.kind, error))


def _settle(job_id: int, state: State, why: str = "") -> None:
    try:
        _end([job_id], state, why)
    except Lost:
        db.session.rollback()
    db.session.commit()


def _retry(job_id: int, why: str) -> None:
    """Later, and each time later still; after the last attempt a person is asked."""
    attempts = db.session.scalar(select(Job.attempts).where(*ours([job_id])))
    if attempts is None or attempts >= ATTEMPTS:
        _settle(job_id, State.FAILED, why)
        return
    again = {"state": State.WAITING, "why": why, "taken_by": None, "lease_until": None}
    at = clock.now() + timedelta(seconds=30 * 2**attempts)
    db.session.execute(update(Job).where(*ours([job_id])).values(**again, run_at=at))
    db.session.commit()


def _end(ids: Sequence[int], state: State, why: str = "") -> None:
    """Raises Lost when one of them is no longer ours."""
    ended = {"state": state, "why": why, "ended_at": clock.now(), "taken_by": None, "lease_until": None}
    mine = update(Job).where(*ours(ids)).values(ended).returning(Job.id)
    if len(db.session.scalars(mine, execution_options=UNSYNCED).all()) != len(ids):
        raise Lost
