"""What is measured against something else than the ceiling page: a login against a bare bind. (PDF and sync bring their own.)"""

import ssl
import statistics
import time
from collections.abc import Callable
from pathlib import Path

import ldap3
from flask import Flask
from sqlalchemy import update

from portal.db import db
from portal.demo.slapd import Slapd
from portal.directory.models import Person
from tests.bench import companies
from tests.bench.caller import Caller
from tests.bench.inside import Figures, listening
from tests.slapd import BASE, PASSWORD, PEOPLE, SERVICE, head, person

ROUNDS, EACH = 10, 3
LOGIN = "lin.zhiyuan"


def login(url: str, folder: Path) -> Figures:
    """Signing in on a real directory over TLS, to connecting and binding bare as the same person. In CPU of this process."""
    server = Slapd(folder / "slapd", BASE, fast=True)
    server.load_bulk(head() + person(LOGIN, "林知远"))
    server.start()
    try:
        app = companies.portal(url, LOGIN_ADDRESS_LIMIT=10_000, **server.settings(SERVICE))
        _introduce(app)
        return _measured(Caller(app), server)
    finally:
        server.stop()


def _introduce(app: Flask) -> None:
    """The portal knows the person by the directory's key."""
    _, entry = app.extensions["directory"].check(LOGIN, PASSWORD)
    with app.app_context():
        db.session.execute(update(Person).where(Person.login == LOGIN).values(directory_key=entry.key))
        db.session.commit()


def _measured(caller: Caller, server: Slapd) -> Figures:
    tls = ldap3.Tls(validate=ssl.CERT_REQUIRED, ca_certs_file=str(server.folder / "ca.pem"))
    known = ldap3.Server("localhost", server.tls_port, use_ssl=True, tls=tls, get_info=ldap3.NONE)

    def bare() -> None:
        connection = ldap3.Connection(known, f"uid={LOGIN},{PEOPLE}", PASSWORD)
        assert connection.bind()
        connection.unbind()

    def ours() -> None:
        said = caller.send(caller.asking("/login", "", [("login", LOGIN), ("password", PASSWORD), ("next", "/")]))
        assert said.status == 303, said.body.decode()

    bare(), ours()
    with listening(caller.app) as traffic:
        ours()
    ratios = []
    for _ in range(ROUNDS):
        one = _seconds(bare)
        ratios.append(_seconds(ours) / one)
    return Figures(statistics.median(ratios), len(traffic.sent), traffic.commits, 0, 0, [])


def _seconds(work: Callable[[], None]) -> float:
    began = time.process_time()
    for _ in range(EACH):
        work()
    return time.process_time() - began
