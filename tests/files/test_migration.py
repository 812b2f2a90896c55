"""What was uploaded before files had random ids is found again, and one can go back."""

from uuid import UUID

import pytest
from flask_migrate import downgrade, upgrade
from sqlalchemy import select, text

from portal.clock import now
from portal.db import db
from portal.files.models import StoredFile
from tests.build import a_check_in
from tests.company import found
from tests.conftest import DATABASES, make_app
from tests.databases import fresh_url
from tests.tables import bring_tables

NAME = UUID("0f9c2c4e-5a5f-4c6e-9d61-3c6f9b9d2f10")


@pytest.mark.parametrize("database", DATABASES)
def test_a_file_keeps_its_bytes_down_and_up_again(request, tmp_path, database):
    app = make_app(fresh_url(request, database, tmp_path))
    with app.app_context():
        bring_tables()
        company = found()
        talk = a_check_in(company.li, company.wang)
        told = {"name": "a.pdf", "kind": "application/pdf", "size": 9, "sha256": "0" * 64, "at": now()}
        db.session.add(StoredFile(id=NAME, object_type="check_in", object_id=talk.id, person_id=company.li, by_id=company.wang, **told))
        db.session.commit()
        db.session.remove()
        downgrade(revision="017")
        assert db.session.execute(text("SELECT id, stored, name FROM stored_file")).all() == [(1, NAME.hex, "a.pdf")]
        db.session.remove()
        upgrade()
        file = db.session.scalars(select(StoredFile)).one()
        assert (file.id, file.person_id, file.by_id, file.at) == (NAME, company.li, company.wang, told["at"])
        db.session.remove()
        db.engine.dispose()
