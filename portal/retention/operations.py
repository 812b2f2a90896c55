"""What HR decides about retention, and what the night and an erasure do: removing in batches, each noted, each in the journal.

An entry says which kind, how many and before which day; never what was removed.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select

from portal import clock, jobs, journal
from portal.access import Viewer
from portal.db import db
from portal.directory.models import Person, Status
from portal.jobs import Context
from portal.retention import erasing, queries
from portal.retention.kept import KINDS
from portal.retention.models import Erasure, Hold, RetentionRule, RetentionRun
from portal.retention.queries import ERASE, Rule
from portal.words import N_
from portal.workflow import Refused

AT_ONCE = 100
"""Rows of one transaction: nobody who writes waits longer for it than for another form."""
HELD = N_("This person's data is on hold: nothing of it is removed.")
HERE = N_("Only the content of people who have left is erased. Of whoever works here it is needed.")
OWN = N_("Another HR administrator decides about the data that is about you.")
RUNNING = N_("This person's content is being erased already.")


def change_rule(rule: Rule, by: Viewer) -> None:
    """Put a rule in force. The form has shown what is due by it."""
    was = queries.rule_of(rule.kind)
    row = db.session.get(RetentionRule, rule.kind.name) or RetentionRule(kind=rule.kind.name)
    row.event, row.keep, row.by_id, row.at = rule.event, rule.keep, by.id, clock.now()
    db.session.add(row)
    told = {"name": rule.kind.name, "before": _told(was), "after": _told(rule)}
    journal.write_about("retention_rule.changed", "retention_rule", by, words=told)


def hold(person: Person, reason: str, by: Viewer) -> None:
    """Nothing of this person is removed from now on. Raises Refused when it is held already, and to the person."""
    _must_be_another(person, by)
    queries.lock(person.id)
    if queries.held(person.id):
        raise Refused(HELD)
    row = Hold(person_id=person.id, reason=reason, by_id=by.id, at=clock.now())
    db.session.add(row)
    db.session.flush()
    journal.write("hold.placed", row, by, words={"reason": reason})


def lift(person: Person, by: Viewer) -> None:
    """The rules count again. Raises Refused when nothing is held, and to the person: the hold may be against them."""
    _must_be_another(person, by)
    queries.lock(person.id)
    row = queries.held(person.id)
    if row is None:
        raise Refused(N_("This person's data is not on hold."))
    row.lifted_by_id, row.lifted_at = by.id, clock.now()
    journal.write("hold.lifted", row, by)


def _must_be_another(person: Person, by: Viewer) -> None:
    if person.id == by.id:
        raise Refused(OWN)


def ask_erasure(person: Person, reason: str, by: Viewer) -> Erasure:
    """Want somebody's content erased. Raises Refused while it is held or needed."""
    _must_be_erasable(person)
    if queries.being_erased(person.id):
        raise Refused(RUNNING)
    row = Erasure(person_id=person.id, reason=reason, asked_by_id=by.id, asked_at=clock.now(), counts={})
    db.session.add(row)
    db.session.flush()
    journal.write("erasure.asked", row, by, words={"reason": reason})
    jobs.ask(ERASE, {"erasure_id": row.id}, key=queries.job_key(person.id), by=by.id)
    return row


def apply(context: Context) -> None:
    """The night's job: of every kind what is due today. It can be stopped after any batch and goes on from there."""
    every = queries.rules().values()
    done, total = context.done, context.done + sum(queries.count(rule) for rule in every)
    for rule in every:
        done = _apply_one(rule, context, done, total)
    erasing.sweep()


def _apply_one(rule: Rule, context: Context, done: int, total: int) -> int:
    run: RetentionRun | None = None
    try:
        while keys := queries.batch(rule, AT_ONCE):
            run = run or _run(rule, context.job_id)
            rule.kind.erase(keys)
            run.rows, done = run.rows + len(keys), done + len(keys)
            context.step(done, max(total, done))
    except jobs.Cancelled:
        _ended(rule, context.job_id)
        db.session.commit()
        raise
    _ended(rule, context.job_id)
    db.session.commit()
    return done


def _run(rule: Rule, job_id: int) -> RetentionRun:
    """The run of this job that is under way: an attempt before may have begun it."""
    if run := _begun(rule, job_id):
        return run
    run = RetentionRun(kind=rule.kind.name, job_id=job_id, boundary=rule.boundary, rows=0, began=clock.now())
    db.session.add(run)
    return run


def _begun(rule: Rule, job_id: int) -> RetentionRun | None:
    mine = (RetentionRun.job_id == job_id, RetentionRun.kind == rule.kind.name, RetentionRun.ended.is_(None))
    return db.session.scalar(select(RetentionRun).where(*mine))


def _ended(rule: Rule, job_id: int) -> None:
    if run := _begun(rule, job_id):
        run.ended = clock.now()
        told = {"name": run.kind, "rows": run.rows, "boundary": run.boundary.isoformat()}
        journal.write("retention_run.applied", run, None, words=told)


def erase(context: Context) -> None:
    """One person's content, kind by kind; who it was goes last, in one commit with the word that it is done."""
    row = db.session.get(Erasure, context.args["erasure_id"])
    if row is None or row.ended_at is not None:
        return
    person_id, done = row.person_id, context.done
    for name, kind in KINDS.items():
        if kind.about is None or name == "people":
            continue
        found = select(kind.key).where(queries.of(kind, person_id)).limit(AT_ONCE)
        while keys := _due(person_id, found):
            done = _cleared(row, name, keys, done)
            context.step(done)
    _must_be_erasable(queries.person_or_404(person_id))
    for name, keys in (
        ("private_notes", erasing.notes_by(person_id)),
        ("delegations", erasing.handed_on(person_id)),
        ("people", [person_id]),
    ):
        done = _cleared(row, name, keys, done) if keys else done
    row.ended_at = clock.now()
    journal.write("erasure.done", row, None, words={"rows": done})
    db.session.commit()


def _due(person_id: int, found: Any) -> Sequence[Any]:
    """The next rows; asked anew before each batch, for somebody may be held, or work here again, since the last one."""
    _must_be_erasable(queries.person_or_404(person_id))
    return db.session.scalars(found).all()


def _must_be_erasable(person: Person) -> None:
    """Held back until this transaction ends: whoever holds, erases or takes on the same person comes after it."""
    queries.lock(person.id)
    if queries.held(person.id):
        raise Refused(HELD)
    if person.status is not Status.LEFT:
        raise Refused(HERE)


def _cleared(row: Erasure, name: str, keys: Sequence[Any], done: int) -> int:
    KINDS[name].erase(keys)
    row.counts = {**row.counts, name: row.counts.get(name, 0) + len(keys)}
    return done + len(keys)


def _told(rule: Rule) -> str:
    return f"{rule.event} {rule.keep} {rule.kind.unit}" if rule.keep else "for ever"
