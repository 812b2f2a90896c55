"""A run: read the directory, compare, write what changed or nothing at all. And what people may do about it."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import current_app
from sqlalchemy import delete, insert, select

from portal import clock, jobs, journal, settings
from portal.access import Act, Held, Viewer
from portal.access.models import Role
from portal.db import UNSYNCED, db
from portal.directory import lines
from portal.directory.entry import Entry
from portal.directory.ldap import Directory, DirectoryIncomplete, DirectoryUnreachable
from portal.directory.models import Person, Status
from portal.sync import queries
from portal.sync.applying import apply
from portal.sync.lines import MEANINGS, Group, Kind, Line, Who
from portal.sync.mirror import GONE
from portal.sync.models import State, SyncLine, SyncRun
from portal.sync.plan import Brake, Plan, make
from portal.sync.queries import JOB
from portal.words import N_
from portal.workflow import NotHeld, Refused

KEEP = timedelta(days=90)
"""How long runs that changed nobody, and what runs noticed, are kept. What was changed is kept for good."""

BEAT = 2000  # entries: seconds, even on a slow machine

ROLES = {"HR_ADMIN": Role.HR_ADMIN, "SYSTEM": Role.SYSTEM_ADMIN, "EXECUTIVE": Role.EXECUTIVE, "AUDITOR": Role.AUDITOR}

Groups = Mapping[str, set[str] | None]


@dataclass(frozen=True)
class Wish:
    """How a run was asked for: `confirms` is the id of a held run that two administrators agreed to."""

    dry: bool = False
    by: int | None = None
    confirms: int | None = None


def run(directory: Directory, wish: Wish, beat: Callable[[int], None] = lambda _: None) -> SyncRun:
    """One whole run in one transaction, which the caller commits. Without a complete answer nobody is changed.

    `beat` is told now and then how many entries were read: a job renews its lease with it, or is cancelled.
    """
    db.session.rollback()  # nothing is held open while the directory is asked
    began = clock.now()
    try:
        entries, groups = _read(directory, beat)
    except (DirectoryUnreachable, DirectoryIncomplete) as why:
        current_app.logger.warning("directory sync: %s", why)
        return _failed(began, wish, str(why))
    lines.alone(patient=True)  # two runs at once would both insert the same people
    settings.refresh()
    if db.session.scalar(select(SyncRun.id).where(SyncRun.began > began, SyncRun.state == State.APPLIED).limit(1)):
        return _failed(began, wish, "another run, begun later, was faster")
    limits, mirror = directory.settings, queries.mirror(clock.today())
    brake = Brake(limits.guard_percent, limits.guard_people)
    plan = make(mirror, entries, groups, brake, queries.agreed(wish.confirms))
    joined: Mapping[str, int] = {}
    if not wish.dry and not plan.braked:
        joined = apply(plan, mirror, clock.today(), clock.now())
    return _record(plan, wish, began, len(entries), joined)


def ask(wish: Wish) -> None:
    """Want a run soon; while one like it waits nothing is added."""
    key = f"{JOB}:{'dry' if wish.dry else wish.confirms or 'real'}"
    jobs.ask(JOB, {"dry": wish.dry, "confirms": wish.confirms}, key=key, by=wish.by)


def confirm(held: SyncRun, viewer: Viewer) -> None:
    """Say that it is true what the brake held. Nothing follows from it until another administrator releases it."""
    _must_be_held(held)
    if held.confirmed_at is not None:
        raise Refused(N_("Somebody has confirmed it already: another administrator releases it."))
    held.confirmed_by_id, held.confirmed_at = viewer.id, clock.now()
    journal.write("sync.confirmed", held, viewer, words={"left": held.left, "active": held.active})


def release(held: SyncRun, viewer: Viewer, acts: Held) -> None:
    """Let happen what another administrator confirmed: a run follows that may switch off these people, and nobody else.

    Raises NotHeld for whoever confirmed it, Refused for what nobody has confirmed or what a newer run has replaced.
    """
    if Act.RELEASE_SYNC not in acts:
        raise NotHeld(
            Act.RELEASE_SYNC, N_("Two people stand behind a stopped sync: you confirmed it, so somebody else releases it.")
        )
    _must_be_held(held)
    if held.confirmed_at is None:
        raise Refused(N_("Nobody has confirmed this run: one administrator confirms, another one releases."))
    held.released_by_id, held.released_at = viewer.id, clock.now()
    journal.write("sync.released", held, viewer, words={"left": held.left, "active": held.active})
    ask(Wish(by=viewer.id, confirms=held.id))


def _must_be_held(run: SyncRun) -> None:
    if run.released_at is not None:
        raise Refused(N_("Somebody was faster: it is released already."))
    if run != queries.held():
        raise Refused(N_("A newer run has ended since: look at that one."))


def join(run: SyncRun, line: SyncLine, viewer: Viewer) -> None:
    """The same person as before: the new account is theirs, and the next run brings them back with their history."""
    taken = db.session.scalar(select(Person.id).where(Person.directory_key == line.key))
    if line.kind is not Kind.REHIRED or line.person_id is None or taken is not None:
        raise Refused(N_("This account belongs to somebody already."))
    person = db.session.get_one(Person, line.person_id, with_for_update=True)
    was, person.directory_key = person.directory_key, line.key
    if person.status is Status.LEFT:
        person.fingerprint = GONE  # whoever had switched them off, the next run may bring them back
    journal.write("sync.joined", run, viewer, was=was, now=line.key, words={"person": person.id})
    ask(Wish(by=viewer.id))


def _read(directory: Directory, beat: Callable[[int], None]) -> tuple[list[Entry], Groups]:
    entries = []
    for entry in directory.people():
        entries.append(entry)
        if len(entries) % BEAT == 0:
            beat(len(entries))
    wanted = {ROLES[name].value: dn for name, dn in directory.settings.groups.items()}
    found = directory.groups(wanted.values()) if wanted else {}
    return entries, {role: found.get(dn) for role, dn in wanted.items()}


def _failed(began: datetime, wish: Wish, why: str) -> SyncRun:
    failed = SyncRun(began=began, ended=clock.now(), state=State.FAILED, asked_by_id=wish.by, why=why or "no answer")
    db.session.add(failed)
    return failed


def _record(plan: Plan, wish: Wish, began: datetime, found: int, joined: Mapping[str, int]) -> SyncRun:
    kinds = Counter(line.kind for line in plan.lines)
    groups = Counter({group: sum(n for kind, n in kinds.items() if MEANINGS[kind].group is group) for group in Group})
    state = State.TRIED if wish.dry else State.BRAKED if plan.braked else State.APPLIED
    moves = kinds[Kind.LEFT] + kinds[Kind.JOINED]
    made = SyncRun(began=began, ended=clock.now(), state=state, braked=plan.braked, asked_by_id=wish.by, found=found)
    if state is State.BRAKED and (before := queries.held()) and plan.matched.leavers.keys() <= queries.leaving(before.id):
        # The clock stops anew every hour: who was confirmed stays confirmed, as long as nobody is added.
        made.confirmed_by_id, made.confirmed_at = before.confirmed_by_id, before.confirmed_at
    made.active, made.left, made.joined = plan.matched.active, kinds[Kind.LEFT], kinds[Kind.JOINED]
    made.changed, made.refused, made.noticed = groups[Group.CHANGE] - moves, groups[Group.REFUSED], groups[Group.NOTICE]
    db.session.add(made)
    db.session.flush()
    rows = [_row(made.id, n, line, joined) for n, line in enumerate(plan.lines, 1)]
    if rows:
        db.session.execute(insert(SyncLine.metadata.tables["sync_line"]), rows)
    if state is State.APPLIED:
        _forget(made)
        if groups[Group.CHANGE]:
            counts = {"joined": made.joined, "changed": made.changed, "left": made.left, "refused": made.refused}
            journal.write("sync.applied", made, None, words=counts)
    return made


def _row(run_id: int, n: int, line: Line, joined: Mapping[str, int]) -> dict[str, object]:
    told = dict(vars(line))
    who: Who | None = told.pop("who")
    return {**told, "run_id": run_id, "n": n, "person_id": joined.get(who) if isinstance(who, str) else who}


def _forget(made: SyncRun) -> None:
    """Every hour the same notices would fill the table: old ones go, with old runs that changed nobody."""
    old = select(SyncRun.id).where(SyncRun.began < made.began - KEEP)
    passing: Sequence[Kind] = [kind for kind, meaning in MEANINGS.items() if meaning.group is not Group.CHANGE]
    quiet = SyncRun.joined + SyncRun.changed + SyncRun.left == 0
    lines = delete(SyncLine).where(SyncLine.run_id.in_(old), SyncLine.kind.in_(passing))
    db.session.execute(lines, execution_options=UNSYNCED)
    changing = old.where(quiet | (SyncRun.state != State.APPLIED))
    db.session.execute(delete(SyncLine).where(SyncLine.run_id.in_(changing)), execution_options=UNSYNCED)
    db.session.execute(delete(SyncRun).where(SyncRun.id.in_(changing)), execution_options=UNSYNCED)
