"""The demo's directory and the demo's year agree: the sync that follows the loading changes nobody."""

import pytest
from sqlalchemy import select

from portal import clock
from portal.db import db
from portal.demo.company import company as demo_company
from portal.demo.ldif import HR_ADMINS, SERVICE_PASSWORD, SYSTEM_ADMINS, ldif
from portal.demo.load import load
from portal.demo.slapd import Slapd
from portal.directory.ldap import Directory, Settings
from portal.sync.models import SyncLine
from portal.sync.operations import Wish, run
from tests.slapd import skip_without_slapd


@pytest.fixture
def demo(app, tmp_path):
    skip_without_slapd()
    server = Slapd(tmp_path, fast=True).start()
    server.load(ldif(demo_company(clock.today())))
    yield Directory(Settings.from_config({**server.settings(SERVICE_PASSWORD), "LDAP_GROUP_HR_ADMIN": HR_ADMINS, "LDAP_GROUP_SYSTEM": SYSTEM_ADMINS}))
    server.stop()


def test_the_sync_after_the_loading_changes_nobody(demo):
    first = run(demo, Wish())
    db.session.commit()
    assert first.joined == first.found > 50
    load(1)
    db.session.expire_all()
    again = run(demo, Wish())
    db.session.commit()
    assert db.session.scalars(select(SyncLine.kind).where(SyncLine.run_id == again.id)).all() == []
    assert (again.joined, again.changed, again.left) == (0, 0, 0)
