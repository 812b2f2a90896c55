"""The migrations make exactly the tables that the models describe, on both databases, and can be taken back."""

import os
import subprocess
import sys
import uuid
from pathlib import Path

import pytest
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from click import ClickException
from flask_migrate import downgrade
from sqlalchemy import create_engine, inspect, text

from portal.cli import bring_up_to_date, migrate
from portal.db import db
from tests.conftest import DATABASES, make_app

SCRIPTS = ScriptDirectory(migrate.directory)
REVISIONS = [script.revision for script in reversed(list(SCRIPTS.walk_revisions()))]


@pytest.fixture(params=DATABASES)
def bare(request, tmp_path):
    """Two applications, each on an empty database of its own."""
    urls = [f"sqlite:///{tmp_path / name}.db" for name in ("one", "two")]
    if request.param == "postgresql":
        urls = [request.getfixturevalue("postgres").fresh(f"bare_{uuid.uuid4().hex[:12]}") for _ in urls]
    apps = [make_app(url) for url in urls]
    yield apps
    for app in apps:
        with app.app_context():
            db.engine.dispose()


def tables() -> dict[str, dict[str, object]]:
    """What the database itself says of each table, in words that can be compared."""
    look = inspect(db.engine)
    found = {}
    for name in sorted(set(look.get_table_names()) - {"alembic_version"}):
        found[name] = {
            "columns": {c["name"]: (str(c["type"]), c["nullable"], c["default"]) for c in look.get_columns(name)},
            "key": look.get_pk_constraint(name)["constrained_columns"],
            "references": sorted(
                (f["name"] or "", f["constrained_columns"], f["referred_table"], f["referred_columns"], sorted(f["options"].items()))
                for f in look.get_foreign_keys(name)
            ),
            "unique": sorted((u["name"] or "", u["column_names"]) for u in look.get_unique_constraints(name)),
            "checks": sorted((c["name"] or "", " ".join(c["sqltext"].split())) for c in look.get_check_constraints(name)),
            "indexes": sorted(
                (i["name"], [str(part) for part in i.get("expressions", i["column_names"])], i["unique"], {name: str(said) for name, said in i.get("dialect_options", {}).items()})
                for i in look.get_indexes(name)
            ),
        }
    return found


def test_models_and_migrations_agree(bare):
    migrated, made = bare
    with migrated.app_context():
        bring_up_to_date()
        ours = tables()
    with made.app_context():
        db.create_all()
        wanted = tables()
    assert ours.keys() == wanted.keys()
    assert {name: table for name, table in ours.items() if table != wanted[name]} == {
        name: wanted[name] for name, table in ours.items() if table != wanted[name]
    }


def test_up_down_up(bare):
    app, _ = bare
    with app.app_context():
        bring_up_to_date()
        first = tables()
        for below in [*reversed(REVISIONS[:-1]), "base"]:
            downgrade(revision=below)
        assert tables() == {}
        bring_up_to_date()
        assert tables() == first


def test_the_file_is_its_owners_alone(tmp_path):
    file = tmp_path / "portal.db"
    for mode in (None, 0o644):
        if mode:
            file.chmod(mode)
        app = make_app(f"sqlite:///{file}")
        with app.app_context():
            bring_up_to_date()
            files = [one for one in tmp_path.glob("portal.db*") if one.suffix != ".lock"]
            assert {oct(one.stat().st_mode & 0o777) for one in files} == {"0o600"}
            db.engine.dispose()


def test_a_database_from_the_future_is_refused(bare):
    app, _ = bare
    with app.app_context():
        bring_up_to_date()
        with db.engine.begin() as connection:
            connection.execute(text("UPDATE alembic_version SET version_num = '999'"))
        with pytest.raises(ClickException, match=r"999.*install the newer portal"):
            bring_up_to_date()


def test_revisions_are_numbered_one_after_the_other():
    assert [f"{n:03}" for n in range(1, len(REVISIONS) + 1)] == REVISIONS
    assert Path(migrate.directory, ".current-head").read_text().split() == [REVISIONS[-1]]
    assert [path.name[:3] for path in sorted(Path(migrate.directory, "versions").glob("*.py"))] == REVISIONS


def test_the_boot_race(bare, tmp_path):
    """Several machines start at once: one migrates, the others wait, none fails."""
    app, _ = bare
    script = "import sys; from tests.conftest import make_app; from portal.cli import bring_up_to_date\nwith make_app(sys.argv[1]).app_context(): bring_up_to_date()"
    url = app.config["SQLALCHEMY_DATABASE_URI"]
    root = Path(__file__).parent.parent.parent
    racing = [
        subprocess.Popen([sys.executable, "-c", script, url], cwd=root, env={**os.environ, "PYTHONPATH": str(root)}, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        for _ in range(4)
    ]
    said = [process.communicate(timeout=60)[0].decode() for process in racing]
    assert [process.returncode for process in racing] == [0] * 4, said
    engine = create_engine(url)
    with engine.connect() as connection:
        assert MigrationContext.configure(connection).get_current_revision() == REVISIONS[-1]
    engine.dispose()
