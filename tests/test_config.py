"""What the machine decides: every wrong value is told in one sentence, nothing is guessed."""

import stat
import subprocess
import sys

import pytest

from portal import config
from portal.application import create_app

KEY = {"SECRET_KEY": "x" * 40}


def test_the_defaults(tmp_path):
    found = config.read({**KEY, "DATA_DIR": str(tmp_path)})
    assert found["SQLALCHEMY_DATABASE_URI"] == f"sqlite:///{tmp_path}/portal.db"
    assert (found["ORIGINS"], found["TRUSTED_HOSTS"], found["PROXIES"], found["DIRECTORY_LOCKOUT"]) == ((), None, 0, 5)


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("PROXIES", "many", "PROXIES is 'many': it must be a whole number between 0 and 5."),
        ("PROXIES", "-1", "between 0 and 5"),
        ("REQUIRE_HTTPS", "perhaps", "REQUIRE_HTTPS is 'perhaps': it can be 1 or 0."),
        ("REQUIRE_HTTPS", "1", "REQUIRE_HTTPS is on, but PUBLIC_URL does not begin with https://."),
        ("PUBLIC_URL", "portal.example", "PUBLIC_URL is 'portal.example': it must look like https://portal.company.example."),
        ("PUBLIC_URL", "https://a@b.example", "must look like"),
        ("PUBLIC_URL", "https://portal.example:99999", "PUBLIC_URL is"),
        ("ORIGINS", "https://a.example, b", "ORIGINS is"),
        ("TRUSTED_HOSTS", "http://a", "without http://"),
        ("PASSWORD_URL", "javascript:alert(1)", "it must begin with https:// or http://"),
        ("DATABASE_URL", "mysql://root:secret@host/db", "DATABASE_URL: it can be SQLite or PostgreSQL."),
        ("DATABASE_URL", "nonsense", "DATABASE_URL: it must look like"),
        ("SECRET_KEY", "dev", "The secret key is shorter than 32 characters"),
        ("LANGUAGE", "fr", "LANGUAGE is 'fr': it can be zh or en."),
        ("JOBS", "celery", "JOBS is 'celery': it can be procrastinate, or empty."),
        ("DIRECTORY_LOCKOUT_MINUTES", "0", "between 1 and 1440"),
        ("SETTINGS_FILE", "/nowhere/portal.env", "SETTINGS_FILE /nowhere/portal.env cannot be read"),
    ],
)
def test_a_wrong_value_gives_one_clear_sentence(name, value, says):
    with pytest.raises(config.Wrong) as told:
        config.read({**KEY, name: value})
    assert len(told.value.sentences) == 1 and says in str(told.value)
    assert "secret@" not in str(told.value)


def test_all_wrong_values_are_told_at_once():
    with pytest.raises(config.Wrong) as told:
        config.read({**KEY, "PROXIES": "x", "LANGUAGE": "y"})
    assert len(told.value.sentences) == 2


@pytest.mark.parametrize(
    ("address", "origin"),
    [
        ("https://Portal.Example/", "https://portal.example"),
        ("https://portal.example:443/path/", "https://portal.example"),
        ("http://portal.example:80", "http://portal.example"),
        ("http://portal.example:8080", "http://portal.example:8080"),
        ("http://[::1]:8000", "http://[::1]:8000"),
        ("https://绩效.example", "https://xn--m5t85d.example"),
    ],
)
def test_origins_are_spelt_as_browsers_spell_them(address, origin):
    if "绩" in address:
        origin = f"https://{'绩效'.encode('idna').decode()}.example"
    assert config.origin(address) == origin


def test_hosts_follow_from_the_addresses():
    found = config.read({**KEY, "PUBLIC_URL": "https://a.example", "ORIGINS": "http://b.example:8000, https://a.example", "TRUSTED_HOSTS": "c.example"})
    assert found["ORIGINS"] == ("https://a.example", "http://b.example:8000")
    assert found["TRUSTED_HOSTS"] == ["a.example", "b.example", "c.example", "127.0.0.1", "localhost"]


def test_postgresql_is_reached_by_its_current_driver():
    found = config.read({**KEY, "DATABASE_URL": "postgresql://u:p@host/db"})
    assert found["SQLALCHEMY_DATABASE_URI"] == "postgresql+psycopg://u:p@host/db"


def test_the_file_and_above_it_the_environment(tmp_path):
    file = tmp_path / "portal.env"
    file.write_text("# ours\nPROXIES=1\nLANGUAGE='en'\nLDAP_URL=ldaps://d.example\n\n")
    found = config.read({**KEY, "SETTINGS_FILE": str(file), "PROXIES": "2"})
    assert (found["PROXIES"], found["LANGUAGE"], found["LDAP_URL"]) == (2, "en", "ldaps://d.example")
    file.write_text("PROXYS=1\n")
    with pytest.raises(config.Wrong, match="line 1: PROXYS is not a setting of the portal"):
        config.read({**KEY, "SETTINGS_FILE": str(file)})


def test_the_key_is_made_once_for_its_owner_alone(tmp_path):
    file = tmp_path / "data" / "secret.key"
    assert config.make_key(file) and stat.S_IMODE(file.stat().st_mode) == 0o600
    key = file.read_text().strip()
    assert len(key) >= 64 and not config.make_key(file) and file.read_text().strip() == key
    assert config.read({"DATA_DIR": str(file.parent)})["SECRET_KEY"] == key
    assert [p.name for p in file.parent.iterdir()] == ["secret.key"]


def test_a_new_key_still_believes_the_old_one(tmp_path):
    file = tmp_path / "secret.key"
    config.make_key(file)
    old = config.read({"DATA_DIR": str(tmp_path)})["SECRET_KEY"]
    assert config.make_key(file, keep=False)
    found = config.read({"DATA_DIR": str(tmp_path)})
    assert found["SECRET_KEY"] != old and found["SECRET_KEY_FALLBACKS"] == [old]


@pytest.mark.parametrize(
    ("content", "mode", "says"),
    [(None, 0, "cannot be read"), ("", 0o600, "is empty"), ("x" * 64, 0o644, "chmod 600"), ("short", 0o600, "shorter than 32")],
)
def test_a_key_that_is_none(tmp_path, content, mode, says):
    file = tmp_path / "secret.key"
    if content is not None:
        file.write_text(content)
        file.chmod(mode)
    with pytest.raises(config.Wrong, match=says) as told:
        config.read({"DATA_DIR": str(tmp_path)})
    assert len(told.value.sentences) == 1


def test_no_application_without_a_key():
    with pytest.raises(config.Wrong, match="SECRET_KEY is missing"):
        create_app({"SQLALCHEMY_DATABASE_URI": "sqlite://"})


def test_the_command_makes_the_key_and_shows_no_secret(tmp_path):
    def run(*words):
        env = {"DATA_DIR": str(tmp_path), "PATH": "/usr/bin:/bin", "LDAP_BIND_PASSWORD": "hidden-one"}
        return subprocess.run([sys.executable, "-m", "portal.config", *words], env=env, capture_output=True, text=True, check=False)

    told = run()
    assert told.stderr == ""
    key = (tmp_path / "secret.key").read_text().strip()
    assert told.returncode == 0 and "SECRET_KEY=(set)" in told.stdout and key not in told.stdout and "hidden-one" not in told.stdout
    assert run("rotate").returncode == 0 and (tmp_path / "secret.key").read_text().split()[1] == key


def test_a_folder_that_cannot_be_made_gives_one_sentence(tmp_path):
    (tmp_path / "file").touch()
    env = {"DATA_DIR": str(tmp_path / "file"), "PATH": "/usr/bin:/bin"}
    told = subprocess.run([sys.executable, "-m", "portal.config"], env=env, capture_output=True, text=True, check=False)
    assert (told.returncode, told.stderr) == (1, f"{tmp_path / 'file'} cannot be written: File exists.\n")


@pytest.mark.parametrize(
    ("address", "why"),
    [("postgresql://portal@127.0.0.1:1/portal", "Connection refused"), ("sqlite:////proc/portal.db", "unable to open database file")],
)
def test_a_database_that_cannot_be_used_gives_one_sentence(tmp_path, address, why):
    env = {"DATA_DIR": str(tmp_path), "PATH": "/usr/bin:/bin", "SECRET_KEY": "k" * 40, "DATABASE_URL": address}
    command = [sys.executable, "-m", "flask", "--app", "commands", "upgrade"]
    told = subprocess.run(command, env=env, capture_output=True, text=True, check=False)
    assert (told.returncode, told.stdout, len(told.stderr.splitlines())) == (1, "", 1)
    assert told.stderr.startswith("Error: The database cannot be used: ") and why in told.stderr


def test_the_server_says_what_is_wrong_and_no_traceback(tmp_path):
    env = {"DATA_DIR": str(tmp_path), "PATH": "/usr/bin:/bin", "PROXIES": "x"}
    told = subprocess.run([sys.executable, "-c", "import wsgi"], env=env, capture_output=True, text=True, check=False)
    assert told.returncode == 2 and "PROXIES is 'x'" in told.stderr and "Traceback" not in told.stderr
