"""`flask check`: what is missing or dangerous in this installation, in plain words."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import click
from flask import current_app
from flask.cli import with_appcontext

from portal import health, journal
from portal.accounts import break_glass
from portal.db import db
from portal.directory.connected import connected
from portal.printing import pdf

MARKS = {True: "stop", False: "note"}


@dataclass(frozen=True)
class Found:
    """One sentence; `stops` = the portal must not serve people like this."""

    sentence: str
    stops: bool = True


def _start() -> Iterator[Found]:
    config = current_app.config
    if current_app.debug or current_app.testing:
        yield Found("The portal runs in debug or test mode: anybody can run code through it.")
    if config["SECRET_KEY_FALLBACKS"]:
        yield Found("An old secret key is still believed. Remove it from the key file a month after the change.", stops=False)


def _address() -> Iterator[Found]:
    config = current_app.config
    public = config["PUBLIC_URL"]
    if not public:
        yield Found("PUBLIC_URL is not set: links in mails cannot be made, and any host name is believed.")
    elif not public.startswith("https://"):
        yield Found("PUBLIC_URL is not https: passwords travel in clear through the network.", stops=False)
    elif not config["PROXIES"]:
        yield Found(
            "PUBLIC_URL is https and PROXIES is 0: if a proxy ends the TLS, set PROXIES=1, or every form is refused.",
            stops=False,
        )


def _work() -> Iterator[Found]:
    yield from map(Found, health.troubles())


def _journal() -> Iterator[Found]:
    yield from (Found(f"The journal is not what was written: {sentence}.") for sentence in journal.check())


def _directory() -> Iterator[Found]:
    directory = connected()
    if directory is None:
        yield Found("LDAP_URL is not set: nobody can sign in.")
        return
    for step in directory.probe():
        if not step.ok:
            yield Found(f"The directory test stops at “{step.name}”: {step.seen}.")


def _local() -> Iterator[Found]:
    for row in break_glass.all_on():
        yield Found(f"The local administrator {row.name} is switched on.", stops=False)


def _printing() -> Iterator[Found]:
    if sentence := pdf.problem():
        yield Found(sentence, stops=False)


CHECKS: list[Callable[[], Iterator[Found]]] = [_start, _address, _work, _journal, _directory, _printing, _local]
"""Each package's look at itself; one that fails says so and the rest goes on."""


def run() -> list[Found]:
    """Everything that was found."""
    found: list[Found] = []
    for look in CHECKS:
        try:
            found.extend(look())
        except Exception as error:
            db.session.rollback()
            found.append(Found(f"The check of {look.__name__.strip('_')} could not be made: {type(error).__name__}."))
    return found


@click.command("check")
@with_appcontext
def command() -> None:
    """Say what is missing or dangerous; fails when the portal must not serve people like this."""
    found = run()
    for one in found:
        click.echo(f"{MARKS[one.stops]}: {one.sentence}")
    if any(one.stops for one in found):
        raise SystemExit(1)
    click.echo("The portal can serve." if not found else "Nothing of this stops the portal.")
