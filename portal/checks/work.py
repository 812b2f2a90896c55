"""The background: a worker that looks, schedules that run, jobs that wait for a person, the sync, the backups."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

from flask import current_app
from sqlalchemy import func, select

from portal import clock, settings
from portal.backup import making
from portal.checks.found import Found, note, warn
from portal.db import db
from portal.directory.connected import SYNC
from portal.jobs import carrier, queries, registry, schedules
from portal.jobs.models import Job, State
from portal.notifications.models import Message
from portal.notifications.models import State as Mailed
from portal.running.volumes import is_remote, same, volume
from portal.sync import jobs as sync_jobs
from portal.sync.models import State as Run
from portal.sync.models import SyncRun

SILENT = timedelta(minutes=10)
OLD = timedelta(days=2)


def worker() -> Iterator[Found]:
    """Whether anybody looks at the jobs: a worker says so every minute, or holds one."""
    now, cure = clock.now(), "Start it (`flask work`), and look into its log."
    if db.session.scalar(select(Job.id).where(Job.state == State.RUNNING, Job.lease_until > now).limit(1)):
        return
    seen = schedules.seen()
    if seen is None:
        yield warn(f"No worker has ever run: nothing is synced, saved or drawn in the background. {cure}")
    elif now - seen > SILENT:
        yield warn(f"No worker has looked for jobs since {_said(seen)}: nothing happens in the background. {cure}")


def carried() -> Iterator[Found]:
    """Whether a worker of this machine could work at all, as JOBS says."""
    if sentence := carrier.problem():
        yield warn(sentence)


def jobs() -> Iterator[Found]:
    """What waits for a person, and what waits for nobody."""
    counts = queries.counts()
    if counts.failed:
        kinds = select(Job.kind, func.count()).where(Job.state == State.FAILED).group_by(Job.kind).order_by(Job.kind)
        told = ", ".join(f"{registry.word(kind).lower()} ({n})" for kind, n in db.session.execute(kinds))
        yield warn(f"{counts.failed} jobs have failed: {told}. The page of background jobs says why; retry or give up each.")
    if counts.due_since and counts.due_since < clock.now() - SILENT:
        yield warn(f"Jobs have been waiting since {_said(counts.due_since)}: no worker is free. Start another `flask work`.")


def clockwork() -> Iterator[Found]:
    """What the clock does not do by itself."""
    for line in queries.lines():
        if line.next is None and (line.schedule.kind != SYNC or sync_jobs.adapter()):
            yield note(f"“{line.name}” does not run by itself. The page of background jobs says when it could.")


def sync() -> Iterator[Found]:
    """The last run that was to change something."""
    if not sync_jobs.adapter():
        return
    last = db.session.scalar(select(SyncRun).where(SyncRun.state != Run.TRIED).order_by(SyncRun.id.desc()).limit(1))
    if last is None:
        yield warn("The directory was never synced: a system administrator runs it on the page of the directory.")
    elif last.state is Run.FAILED:
        yield warn(
            f"The last sync failed at {_said(last.ended)}: {last.why.rstrip('.')}. The page of the directory tries again."
        )
    elif last.state is Run.BRAKED and last.waits:
        waits = "one administrator confirms it on the page of the directory, another one releases it"
        yield warn(f"The last sync would have switched off many people and waits: {waits}.")
    elif (every := sync_jobs.minutes()) and clock.now() - last.ended > max(timedelta(days=1), timedelta(minutes=3 * every)):
        yield warn(f"The last sync was at {_said(last.ended)}: who joined or left since is not known. Look at the worker.")


def backups() -> Iterator[Found]:
    """Whether what is lost can be had again."""
    data, place = Path(current_app.config["DATA_DIR"]), making.folder()
    newest = making.newest(place)
    if newest is None:
        yield warn(f"There is no backup in {place}: run `flask backup`, and let the worker make one every day.")
    elif clock.now() - making.made_at(newest) > OLD:
        yield warn(f"The newest backup is of {_said(making.made_at(newest))}: look why, on the page of background jobs.")
    if not current_app.config["BACKUP_KEYS"]:
        yield warn("Backups are not encrypted: whoever gets one reads every grade and every talk. Set BACKUP_KEYS.")
    if current_app.config["BACKUP_COMMAND"]:
        return
    if place.exists() and data.exists() and same(place, data) and not is_remote(volume(place).kind):
        yield warn(
            f"The backups lie on the disk they are to replace ({place}): name another one in BACKUP_DIR, or a BACKUP_COMMAND."
        )


def mail() -> Iterator[Found]:
    """Whether people are told what waits for them."""
    config = current_app.config
    if not config["MAIL_HOST"]:
        yield note("MAIL_HOST is not set: nobody is told by mail what waits for them. Name the company's mail server.")
        return
    if config["MAIL_TLS"] == "none" and config["MAIL_HOST"] not in ("127.0.0.1", "localhost", "::1"):
        yield warn("MAIL_TLS is none: mails travel in clear through the network. Set it to starttls or tls.")
    if config["MAIL_PASSWORD_FILE"] and not Path(config["MAIL_PASSWORD_FILE"]).is_file():
        yield warn(f"{config['MAIL_PASSWORD_FILE']} is missing: no mail can be sent. Put the mail account's password there.")
    if not settings.value("mail_open"):
        yield warn("No mail is sent since a backup was restored or somebody switched it off. The page of mail opens it.")
    old = clock.now() - timedelta(hours=2)
    waits = select(Message.why).where(Message.state == Mailed.WAITING, Message.attempts > 0, Message.made_at < old).limit(1)
    if why := db.session.scalar(waits):
        yield warn(f"Mail has been waiting for more than two hours: {why} Look at MAIL_HOST and at the mail server.")


def _said(moment: datetime) -> str:
    return f"{moment.astimezone(clock.zone()):%Y-%m-%d %H:%M}"
