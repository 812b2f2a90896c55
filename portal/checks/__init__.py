"""`flask check`: what is missing or dangerous in this installation, in plain words, each with its cure."""

from collections.abc import Iterable, Sequence

import click
from flask.cli import with_appcontext

from portal.checks import database, machine, people, work
from portal.checks.found import Found, Level, Look, warn
from portal.db import db, reading

__all__ = ["Found", "Level", "command", "run"]

MACHINE: Sequence[Look] = (
    machine.start,
    machine.address,
    machine.modes,
    machine.room,
    machine.programs,
    machine.fonts,
    machine.plain_directory,
    people.directory,
)
"""What can be asked without the database."""
DATABASE: Sequence[Look] = (
    machine.zones,
    database.tools,
    database.machines,
    database.clocks,
    database.chain,
    database.demo,
    work.worker,
    work.carried,
    work.jobs,
    work.clockwork,
    work.sync,
    work.backups,
    work.mail,
    people.local,
    people.roles,
)
"""What is asked of one that answers and is this version's."""
DEEP: Sequence[Look] = (machine.drawing, database.whole_chain)
"""What takes longer than a monitoring system waits."""

SUMMARY = {
    Level.NOTE: "Nothing of this stops the portal.",
    Level.WARN: "The portal serves; somebody should look at this.",
    Level.STOP: "The portal must not serve people like this.",
}


def run(*, deep: bool = False) -> list[Found]:
    """Everything that was found, as a reader: nobody waits for it."""
    token = reading.set(True)
    try:
        away = _looked([database.answers])
        return [*_looked(MACHINE), *(away or _looked([*DATABASE, *(DEEP if deep else ())]))]
    finally:
        db.session.rollback()
        reading.reset(token)


def _looked(looks: Iterable[Look]) -> list[Found]:
    """Each look by itself: one that fails says so and the rest goes on."""
    found: list[Found] = []
    for look in looks:
        try:
            found.extend(look())
        except Exception as error:
            db.session.rollback()
            name = look.__name__.replace("_", " ")
            found.append(warn(f"The check of {name} could not be made: {type(error).__name__}."))
    return found


@click.command("check")
@click.option("--deep", is_flag=True, help="Also draw a page and check every entry of the journal.")
@with_appcontext
def command(deep: bool) -> None:
    """Say what is missing or dangerous. Returns 0 = all is well, 1 = somebody should look, 2 = people must not be served."""
    found = sorted(run(deep=deep), key=lambda one: -one.level)
    for one in found:
        click.echo(f"{one.level.name.lower()}: {one.sentence}")
    worst = max((one.level for one in found), default=Level.NOTE)
    click.echo(SUMMARY[worst] if found else "The portal can serve.")
    raise SystemExit(int(worst))
