"""Questions that HR wrote before they had a column a language are still asked, and one can go back."""

import pytest
from flask_migrate import downgrade, upgrade
from sqlalchemy import text

from portal.cli import bring_up_to_date
from portal.db import db
from tests.conftest import DATABASES, make_app
from tests.databases import fresh_url


@pytest.mark.parametrize("database", DATABASES)
def test_what_was_written_stays_in_its_language(request, tmp_path, database):
    app = make_app(fresh_url(request, database, tmp_path))
    with app.app_context():
        bring_up_to_date()
        downgrade(revision="039")
        add = text("INSERT INTO prompt (kind, voice, text, version) VALUES (:kind, :voice, :text, 3)")
        for kind, words in (("check_in", "哪里卡住了？ OK?"), ("career", "What next?")):
            db.session.execute(add, {"kind": kind, "voice": "manager", "text": words})
        db.session.commit()
        db.session.remove()
        upgrade()
        found = db.session.execute(text("SELECT kind, zh, en, version FROM prompt ORDER BY kind")).all()
        assert found == [("career", "", "What next?", 3), ("check_in", "哪里卡住了？ OK?", "", 3)]
        db.session.execute(text("UPDATE prompt SET zh = '', en = '' WHERE kind = 'career'"))
        db.session.commit()
        db.session.remove()
        downgrade(revision="039")
        assert db.session.execute(text("SELECT kind, text FROM prompt")).all() == [("check_in", "哪里卡住了？ OK?")]
        db.session.remove()
        db.engine.dispose()
