"""The company in a real directory, synced, then its year: the next sync finds nothing to change."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

from portal import clock
from portal.access.models import Role, RoleGrant
from portal.db import db
from portal.demo import ldif
from portal.demo.company import NAMED, PASSWORD, company
from portal.demo.load import load
from portal.demo.slapd import Slapd
from portal.directory.ldap import Answer, Directory, Settings
from portal.directory.models import Assignment, Person, Status, Unit
from portal.sync.models import SyncLine
from portal.sync.operations import Wish, run
from tests.slapd import skip_without_slapd


@pytest.fixture(scope="module")
def hengyu() -> Iterator[Directory]:
    skip_without_slapd()
    folder = Path(tempfile.mkdtemp(prefix="hengyu-"))
    server = Slapd(folder, ldif.BASE, fast=True)
    server.start()
    server.load(ldif.ldif(company(clock.today())))
    groups = {"LDAP_GROUP_HR_ADMIN": ldif.HR_ADMINS, "LDAP_GROUP_SYSTEM": ldif.SYSTEM_ADMINS}
    yield Directory(Settings.from_config({**server.settings(ldif.SERVICE_PASSWORD), **groups}))
    server.stop()
    shutil.rmtree(folder, ignore_errors=True)


def test_the_named_accounts_can_sign_in(hengyu: Directory) -> None:
    assert {login: hengyu.check(login, PASSWORD)[0] for login in NAMED} == dict.fromkeys(NAMED, Answer.OK)
    assert hengyu.check("zhou.xiaolan", "portal")[0] is Answer.REFUSED


def test_sync_then_load_then_sync_changes_nobody(hengyu: Directory, app: Flask) -> None:
    first = run(hengyu, Wish())
    db.session.commit()
    assert (first.joined, first.refused) == (56, 0)
    load()
    db.session.expire_all()
    second = run(hengyu, Wish())
    db.session.commit()
    assert (second.state.value, second.joined, second.left, second.changed, second.refused) == ("applied", 0, 0, 0, 0)
    assert db.session.scalars(select(SyncLine.kind).where(SyncLine.run_id == second.id)).all() == []
    assert db.session.scalar(select(func.count()).select_from(Person)) == 62
    assert db.session.scalar(select(func.count()).select_from(Unit)) == 11
    keyed = select(func.count()).select_from(Person).where(Person.directory_key.is_not(None), Person.status != Status.LEFT)
    assert db.session.scalar(keyed) == 56
    twice = select(Assignment.person_id).where(Assignment.primary, Assignment.until.is_(None)).group_by(Assignment.person_id)
    assert db.session.scalars(twice.having(func.count() > 1)).all() == []
    roles = select(Person.login).join(RoleGrant, RoleGrant.person_id == Person.id)
    assert db.session.scalars(roles.where(RoleGrant.role == Role.HR_ADMIN, RoleGrant.until.is_(None))).all() == ["shen.jiahe"]
