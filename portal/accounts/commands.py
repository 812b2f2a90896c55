"""`flask break-glass`: the local administrator is made and switched off at the machine, never in the browser.
`flask sign-out`: somebody's sessions are ended for them, when a phone was lost.
"""

import re

import click
from flask.cli import AppGroup, with_appcontext
from sqlalchemy import select

from portal import journal, settings
from portal.access.models import Role
from portal.accounts import break_glass as local
from portal.accounts import operations
from portal.accounts.models import Why
from portal.accounts.queries import roles_held
from portal.accounts.signing_in import Account
from portal.db import db
from portal.directory.models import Person

FIRST = "setup"
"""The local administrator of an empty portal."""

break_glass = AppGroup("break-glass", help="The local administrator for when the directory is down.")


@break_glass.command("create")
@click.argument("name")
def create(name: str) -> None:
    """Switch on the local administrator NAME and show the password, once. Made again, it gets a new one."""
    if not re.fullmatch(r"[a-z0-9][a-z0-9._-]{2,31}", name):
        raise click.ClickException("NAME needs 3 to 32 small letters, digits, dots or dashes.")
    password = local.create(name)
    db.session.commit()
    click.echo(f"Sign in at /login/local as {name} with this password; it is shown only now:\n\n    {password}\n")
    click.echo(f"Every use is journalled. Switch it off when it is no longer needed: flask break-glass disable {name}")


@click.command("first-run")
@with_appcontext
def first_run() -> None:
    """On a portal that is not open yet: make the local administrator who begins, once, and say how. Open: say nothing."""
    if settings.value("open"):
        return
    if known := local.all_on():
        names = ", ".join(row.name for row in known)
        click.echo(f"The first run waits at /setup: sign in at /login/local as {names}, or as HR administrator.")
        click.echo(f"Password lost? `flask break-glass create {known[0].name}` makes a new one.")
        return
    password = local.create(FIRST)
    db.session.commit()
    click.echo(f"The portal is empty. Whoever sets it up signs in at /login/local as {FIRST}; the password is shown only now:")
    click.echo(f"\n    {password}\n")
    click.echo(f"Lost? `flask break-glass create {FIRST}` makes a new one. Over? `flask break-glass disable {FIRST}`.")


@break_glass.command("disable")
@click.argument("name")
def disable(name: str) -> None:
    """Switch the local administrator NAME off and end its sessions."""
    known = local.find(name)
    if known is None:
        raise click.ClickException(f"There is no local administrator {name} that is switched on.")
    local.disable(name)
    operations.end_sessions(known.person_id, Why.ADMIN)
    db.session.commit()
    click.echo(f"{name} is switched off.")
    if Role.SYSTEM_ADMIN not in roles_held():
        click.echo(
            "Nobody is system administrator now: name a group in LDAP_GROUP_SYSTEM, or give the role on the page of roles."
        )


@break_glass.command("list")
def show() -> None:
    """Who is switched on, and when each was used last."""
    for row in local.all_on():
        click.echo(f"{row.name}  used {row.used_at or 'never'}")


@click.command("sign-out")
@click.argument("login")
def sign_out(login: str) -> None:
    """End every session of the person LOGIN, on all devices. They can sign in again."""
    person = db.session.scalar(select(Person.id).where(Person.login == login))
    if person is None:
        raise click.ClickException(f"Nobody has the account {login}.")
    ended = operations.end_sessions(person, Why.ADMIN)
    journal.write("account.sessions_ended", Account(person, person), None)
    db.session.commit()
    click.echo(f"{ended} session(s) of {login} ended.")
