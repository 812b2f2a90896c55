"""The job and the command that run a sync."""

from datetime import timedelta

import click
from flask import Flask, current_app

from portal.db import db
from portal.directory.ldap import Directory
from portal.jobs import Context, worker
from portal.jobs import register as register_job
from portal.settings.queries import number
from portal.sync import queries
from portal.sync.models import State, SyncRun
from portal.sync.operations import Wish, run
from portal.sync.queries import JOB
from portal.words import N_


def register(app: Flask) -> None:
    """Add the job with its schedule, and `flask sync`."""
    register_job(JOB, _work, N_("Sync with the company directory"))
    worker.every(JOB, _interval, "sync_minutes")
    app.cli.add_command(sync)


@click.command()
@click.option("--dry-run", is_flag=True, help="Only say what would change.")
def sync(dry_run: bool) -> None:
    """Bring people and units up to date with the company directory."""
    directory = adapter()
    if directory is None:
        raise click.ClickException("no directory is set up: LDAP_URL is missing")
    made = run(directory, Wish(dry=dry_run))
    db.session.commit()
    click.echo(_said(made))
    if made.state in (State.FAILED, State.BRAKED):
        raise SystemExit(1)


def _work(context: Context) -> None:
    directory = adapter()
    if directory is None:
        return
    wish = Wish(bool(context.args.get("dry")), context.asked_by_id, context.args.get("confirms"))
    run(directory, wish, context.step)


def minutes() -> int | None:
    """How many minutes lie between two runs; 0 = only when somebody asks, None = no directory is set up."""
    return number("sync_minutes") if adapter() else None


def _interval() -> timedelta:
    """By the clock only after somebody let the first run happen: an empty portal reads nobody by itself."""
    return timedelta(minutes=(minutes() or 0) if queries.began() else 0)


def adapter() -> Directory | None:
    """The company directory, when one is set up."""
    found = current_app.extensions.get("directory")
    return found if isinstance(found, Directory) else None


def _said(made: SyncRun) -> str:
    took = (made.ended - made.began).total_seconds()
    if made.state is State.FAILED:
        return f"Nothing was changed: {made.why}"
    counts = f"{made.joined} new, {made.changed} changed, {made.left} switched off, {made.refused} not taken"
    told = f"{made.found} entries in {took:.1f} s: {counts}, {made.noticed} to look at."
    before = {
        State.APPLIED: "",
        State.TRIED: "Dry run, nothing was changed. ",
        State.BRAKED: "The brake holds, nothing was changed; an administrator can confirm it. ",
    }[made.state]
    return before + told
