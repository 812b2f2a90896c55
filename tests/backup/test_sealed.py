"""Backups that only the holder of a key can read, brought to another machine, made by the clock; and what is told when not."""

import gzip
import subprocess
import tarfile

import psycopg
import pyrage
import pytest
from sqlalchemy import select

from portal import jobs
from portal.backup import making, sealing
from portal.backup.jobs import FAILS, JOB
from portal.config import SETTINGS
from portal.db import db
from portal.directory.models import Person
from portal.jobs.models import Job, State
from tests.backup.test_backup import backed_up, data_of, portal, run

__all__ = ["portal"]  # the fixture


@pytest.fixture
def key(portal, tmp_path, monkeypatch):
    """A pair made elsewhere: its public half is in the settings, the private one in a file."""
    pair = pyrage.x25519.Identity.generate()
    (tmp_path / "key.txt").write_text(f"# made elsewhere\n{pair}\n")
    monkeypatch.setitem(portal.config, "BACKUP_KEYS", (str(pair.to_public()),))
    return tmp_path / "key.txt"


def test_only_the_key_opens_it_and_everything_comes_back(portal, key, tmp_path):
    made = backed_up(portal)
    assert made.name.endswith(".tar.gz.age") and made.read_bytes().startswith(b"age-encryption.org/v1")
    subprocess.run(["sha256sum", "--check", "--strict", "--quiet", making.LIST], cwd=made.parent, check=True)
    assert {path.name for path in made.parent.iterdir()} == {made.name, making.LIST}
    code, said = run(portal, "restore", str(made), "--check")
    assert (code, "It is the file that was written. Whether it opens, only its key tells" in said) == (0, True)
    assert "encrypted: give the file of the private key" in run(portal, "restore", str(made))[1]
    (tmp_path / "other.txt").write_text(str(pyrage.x25519.Identity.generate()))
    assert "cannot be unpacked: No matching keys" in run(portal, "restore", str(made), "--identity", str(tmp_path / "other.txt"))[1]
    (tmp_path / "none.txt").write_text("nothing")
    assert "holds no private key" in run(portal, "restore", str(made), "--identity", str(tmp_path / "none.txt"))[1]
    db.session.scalars(select(Person).where(Person.name == "li")).one().name = "changed"
    db.session.commit()
    code, said = run(portal, "restore", str(made), "--identity", str(key))
    assert code == 0 and db.session.scalar(select(Person.id).where(Person.name == "li")), said
    assert (data_of(portal) / "archive/2025/JX-1.pdf").read_bytes() == b"%PDF paper"


@pytest.mark.parametrize("listed", [True, False])
def test_a_changed_or_cut_one_is_refused(portal, key, listed):
    made = backed_up(portal)
    if not listed:
        (made.parent / making.LIST).unlink()
    content = made.read_bytes()
    for wrong in (content[:-40], content[:3_000] + bytes([content[3_000] ^ 1]) + content[3_001:]):
        made.write_bytes(wrong)
        code, said = run(portal, "restore", str(made), "--check", "--identity", str(key))
        assert (code, "is not the file that was written" in said, "cannot be unpacked" in said) == (1, listed, not listed), said


def test_age_itself_would_open_it(portal, key, tmp_path):
    """No portal is needed: the format is age's, inside is a plain tar."""
    made = backed_up(portal)
    plain = pyrage.decrypt(made.read_bytes(), [pyrage.x25519.Identity.from_str(key.read_text().splitlines()[1])])
    (tmp_path / "plain.tar").write_bytes(gzip.decompress(plain))
    with tarfile.open(tmp_path / "plain.tar") as packed:
        assert {"manifest.json", "archive/2025/JX-1.pdf", "files/ab12"} < set(packed.getnames())


def test_nothing_readable_is_laid_where_backups_are_kept(portal, key, monkeypatch):
    """Not even for a moment: that folder may be another machine's."""
    seen = set()
    pack = making._pack

    def looking(*given):
        pack(*given)
        seen.update(path.name for path in making.folder().rglob("*"))

    monkeypatch.setattr(making, "_pack", looking)
    made = backed_up(portal)
    assert seen == {f".{made.name}.part"}


def test_a_full_disk_in_the_middle_leaves_nothing(portal, key, monkeypatch):
    monkeypatch.setattr(sealing.Path, "open", lambda path, mode="r", *more: open("/dev/full" if path.name.endswith(".age.part") else path, mode, *more))  # noqa: PTH123, SIM115
    code, said = run(portal, "backup")
    assert (code, "was not made: " in said and "No space left on device" in said) == (1, True), said
    assert list(making.folder().iterdir()) == []


def test_it_is_brought_away_or_that_is_told(portal, tmp_path, monkeypatch):
    (tmp_path / "away").mkdir()
    monkeypatch.setitem(portal.config, "BACKUP_COMMAND", f"cp -t {tmp_path / 'away'}")
    made = backed_up(portal)
    assert (tmp_path / "away" / made.name).read_bytes() == made.read_bytes()
    for command, why in ((f"cp -t {tmp_path / 'gone'}", "No such file or directory"), ("no-such-program", "FileNotFoundError")):
        monkeypatch.setitem(portal.config, "BACKUP_COMMAND", command)
        code, said = run(portal, "backup")
        assert (code, "was made, but" in said and why in said) == (1, True), said


def worked():
    jobs.ask(JOB)
    db.session.commit()
    jobs.work_one()
    return db.session.execute(select(Job.state, Job.why).order_by(Job.id.desc()).limit(1)).one()


def test_the_clock_makes_one_and_its_failure_is_told_in_words(portal, monkeypatch):
    assert worked() == (State.DONE, "")
    assert making.newest(making.folder())
    monkeypatch.setitem(portal.config, "BACKUP_COMMAND", "false")
    assert worked() == (State.WAITING, FAILS[making.NotBrought]), "it is tried again, then a person is asked"
    db.session.execute(Job.__table__.delete())
    db.session.commit()
    monkeypatch.setattr(making, "SPARE", 10**18)
    assert worked() == (State.WAITING, FAILS[making.NoRoom])


def test_a_key_is_a_public_one():
    parse = SETTINGS["BACKUP_KEYS"].parse
    pair = pyrage.x25519.Identity.generate()
    assert parse(f" {pair.to_public()}, {pair.to_public()}") == (str(pair.to_public()),) * 2
    for wrong in (str(pair), "age1xyz"):
        with pytest.raises(ValueError, match="public keys as `age-keygen` writes them") as why:
            parse(wrong)
        assert wrong not in str(why.value)


def test_a_postgresql_that_others_use_is_not_replaced(portal):
    if db.engine.dialect.name != "postgresql":
        pytest.skip("SQLite's own lock says it")
    made = backed_up(portal)
    with psycopg.connect(db.engine.url.set(drivername="postgresql").render_as_string(hide_password=False)):
        code, said = run(portal, "restore", str(made))
    assert (code, "1 others are connected to this database: stop" in said) == (1, True), said
