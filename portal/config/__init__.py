"""What the machine decides: read from the environment and, if named, a file. Every wrong value gives one sentence.

`python -m portal.config` makes the secret key and prints the settings in force; `rotate` makes a new key.
"""

import os
import re
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pyrage
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

SHORTEST_KEY = 32
LOOPBACK = ("127.0.0.1", "localhost")
SECRET = ("SECRET_KEY", "DATABASE_URL", "BACKUP_KEYS")  # may hold a password, or the wrong half of a key
ROBOTS = ("qyapi.weixin.qq.com", "oapi.dingtalk.com", "open.feishu.cn", "open.larksuite.com")
FREE = "LDAP_"  # read by the directory's own settings, which know their meaning


class Wrong(Exception):
    """The portal cannot start like this; the text is one sentence for each setting, ready to be printed."""

    def __init__(self, sentences: list[str]) -> None:
        super().__init__("\n".join(sentences))
        self.sentences = sentences


def _text(value: str) -> str:
    return value


def _flag(value: str) -> bool:
    if value.lower() not in {"1", "0", "true", "false", "yes", "no", "on", "off"}:
        raise ValueError("it can be 1 or 0")
    return value.lower() in {"1", "true", "yes", "on"}


def _language(value: str) -> str:
    if value not in ("zh", "en"):
        raise ValueError("it can be zh or en")
    return value


def _tls(value: str) -> str:
    if value not in ("starttls", "tls", "none"):
        raise ValueError("it can be starttls, tls or none")
    return value


def _carrier(value: str) -> str:
    if value != "procrastinate":
        raise ValueError("it can be procrastinate, or empty")
    return value


def _sender(value: str) -> str:
    if not re.fullmatch(r"[!-~]+@[!-~]+", value) or set(value) & set('<>,;:"\\'):
        raise ValueError("it must be one e-mail address, such as portal@company.example")
    return value


def _whole(low: int, high: int) -> Callable[[str], int]:
    def parse(value: str) -> int:
        if not (value.isascii() and value.isdigit() and low <= int(value) <= high):
            raise ValueError(f"it must be a whole number between {low} and {high}")
        return int(value)

    return parse


def _address(value: str) -> str:
    """A base address of http or https, without a slash at its end."""
    parts = urlsplit(value)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment or parts.username:
        raise ValueError("it must look like https://portal.company.example")
    return f"{origin(value)}{parts.path.rstrip('/')}"


def _page(value: str) -> str:
    if urlsplit(value).scheme not in ("http", "https") or not urlsplit(value).hostname:
        raise ValueError("it must begin with https:// or http://")
    return value


def _list(one: Callable[[str], str]) -> Callable[[str], tuple[str, ...]]:
    return lambda value: tuple(one(part.strip()) for part in value.split(",") if part.strip())


def _host(value: str) -> str:
    if "/" in value or " " in value:
        raise ValueError("it must be host names, separated by commas, without http://")
    return value.lower()


def _database(value: str) -> str:
    try:
        url = make_url(value)
    except ArgumentError:
        raise ValueError("it must look like sqlite:////var/lib/portal/portal.db or postgresql://user@host/portal") from None
    if url.get_backend_name() not in ("sqlite", "postgresql"):
        raise ValueError("it can be SQLite or PostgreSQL")
    driver = "sqlite" if url.get_backend_name() == "sqlite" else "postgresql+psycopg"
    return url.set(drivername=driver).render_as_string(hide_password=False)


def _age_key(value: str) -> str:
    try:
        pyrage.x25519.Recipient.from_str(value)
    except pyrage.RecipientError:
        raise ValueError("it must be public keys as `age-keygen` writes them, age1…, separated by commas") from None
    return value


def origin(address: str) -> str:
    """As a browser writes it in `Origin`: lower case, no port where it is the usual one."""
    parts = urlsplit(address)
    host = (parts.hostname or "").encode("idna").decode()
    usual = {"http": 80, "https": 443}[parts.scheme]
    port = f":{parts.port}" if parts.port not in (None, usual) else ""
    return f"{parts.scheme}://{f'[{host}]' if ':' in host else host}{port}"


@dataclass(frozen=True)
class Known:
    """One setting: how its text is read, the value when nothing is set, and what it is for."""

    parse: Callable[[str], Any]
    default: Any
    meaning: str


SETTINGS = {
    "DATA_DIR": Known(_text, "data", "folder of the SQLite database, the secret key and the files"),
    "DATABASE_URL": Known(_database, "", "empty = SQLite in DATA_DIR"),
    "SECRET_KEY": Known(_text, "", "empty = read from SECRET_KEY_FILE"),
    "SECRET_KEY_FILE": Known(_text, "", "empty = secret.key in DATA_DIR; `python -m portal.config` makes it"),
    "PUBLIC_URL": Known(_address, "", "the address people type; needed in production"),
    "ORIGINS": Known(_list(_address), (), "further addresses of this portal, separated by commas"),
    "TRUSTED_HOSTS": Known(_list(_host), (), "further host names; those of PUBLIC_URL and ORIGINS are known"),
    "PROXIES": Known(_whole(0, 5), 0, "how many proxies of yours stand in front; their X-Forwarded headers are believed"),
    "REQUIRE_HTTPS": Known(_flag, False, "refuse to start or to answer without https"),
    "PASSWORD_URL": Known(_page, "", "the company's page where a password is changed or recovered"),
    "DIRECTORY_LOCKOUT": Known(_whole(0, 100), 5, "wrong passwords that lock an account in the directory; 0 = it never locks"),
    "DIRECTORY_LOCKOUT_MINUTES": Known(_whole(1, 1440), 30, "after how many minutes the directory forgets wrong passwords"),
    "LOGIN_ADDRESS_LIMIT": Known(_whole(5, 10_000), 30, "attempts from one address in 15 minutes; raise it behind one NAT"),
    "FILE_SCANNER": Known(_text, "", "a command that checks uploaded files, such as clamdscan --no-summary; the file is added"),
    "JOBS": Known(_carrier, "", "procrastinate = workers are told what is due; empty = they look"),
    "JOB_LEASE": Known(_whole(5, 3_600), 120, "after so many seconds of silence a worker's job is taken over by another"),
    "BACKUP_DIR": Known(_text, "", "where backups are kept, best on another disk; empty = backups in DATA_DIR"),
    "BACKUP_KEYS": Known(_list(_age_key), (), "public keys (age1…), separated by commas, that backups are encrypted to"),
    "BACKUP_COMMAND": Known(_text, "", "a command that brings a backup to another machine; the file is added"),
    "MAIL_HOST": Known(_text, "", "the company's mail server; empty = no mail is sent"),
    "MAIL_PORT": Known(_whole(0, 65_535), 0, "0 = 587 with STARTTLS, 465 with TLS, 25 without"),
    "MAIL_TLS": Known(_tls, "starttls", "starttls, tls, or none inside one machine"),
    "MAIL_CA": Known(_text, "", "certificate of the company's own authority, if the mail server's is signed by it"),
    "MAIL_USER": Known(_text, "", "account at the mail server; empty = none is needed"),
    "MAIL_PASSWORD_FILE": Known(_text, "", "file with its password, readable by the portal's account alone"),
    "MAIL_FROM": Known(_sender, "", "the address mail comes from"),
    "ROBOT_HOSTS": Known(_list(_host), ROBOTS, "hosts that robots of groups may be at, separated by commas"),
    "ROBOT_KEY_FILE": Known(_text, "", "key that their addresses are sealed with; empty = robot.key in DATA_DIR"),
    "LANGUAGE": Known(_language, "zh", "zh or en, for whoever has not chosen"),
    "WEB_BIND": Known(_text, "127.0.0.1:8000", "where the web process listens, unless systemd hands it a socket"),
    "WEB_WORKERS": Known(_whole(1, 64), 2, "web processes; about one for each core"),
    "WEB_THREADS": Known(_whole(1, 64), 4, "requests that each of them answers at once"),
    "WEB_CERTIFICATE": Known(_text, "", "certificate of the web process, where the proxy is on another machine"),
    "WEB_KEY": Known(_text, "", "the key of that certificate"),
}


def read(environ: Mapping[str, str]) -> dict[str, Any]:
    """The settings for `create_app`. The environment goes before the file named in SETTINGS_FILE. Raises Wrong."""
    wrong: list[str] = []
    given = {**_file(environ.get("SETTINGS_FILE", ""), wrong), **environ}
    found: dict[str, Any] = {name: value for name, value in given.items() if name.startswith(FREE)}
    for name, known in SETTINGS.items():
        text = given.get(name, "").strip()
        try:
            found[name] = known.parse(text) if text else known.default
        except ValueError as why:
            shown = (
                "" if name in ("DATABASE_URL", "BACKUP_KEYS") else f" is {text!r}"
            )  # it may hold a password, or the wrong key
            wrong.append(f"{name}{shown}: {why}.")
    if not wrong:
        _complete(found, wrong)
    if wrong:
        raise Wrong(wrong)
    return found


def _complete(found: dict[str, Any], wrong: list[str]) -> None:
    """What follows from several settings together."""
    data = Path(found["DATA_DIR"]).absolute()
    found["DATA_DIR"] = str(data)
    found["SQLALCHEMY_DATABASE_URI"] = found.pop("DATABASE_URL") or f"sqlite:///{data / 'portal.db'}"
    public = found["PUBLIC_URL"]
    if found["REQUIRE_HTTPS"] and not public.startswith("https://"):
        wrong.append("REQUIRE_HTTPS is on, but PUBLIC_URL does not begin with https://.")
    if bool(found["WEB_CERTIFICATE"]) != bool(found["WEB_KEY"]):
        wrong.append("WEB_CERTIFICATE and WEB_KEY belong together: set both or none.")
    ours = [address for address in (public, *found["ORIGINS"]) if address]
    found["ORIGINS"] = tuple(dict.fromkeys(origin(address) for address in ours))
    hosts = [*(urlsplit(address).hostname or "" for address in found["ORIGINS"]), *found["TRUSTED_HOSTS"]]
    found["TRUSTED_HOSTS"] = [*dict.fromkeys([*hosts, *LOOPBACK])] if hosts else None
    _mail(found, wrong)
    _keys(found, data, wrong)


def _mail(found: Mapping[str, Any], wrong: list[str]) -> None:
    if found["MAIL_HOST"] and not found["MAIL_FROM"]:
        wrong.append("MAIL_HOST is set, but MAIL_FROM is not: say which address mail comes from.")
    if found["MAIL_HOST"] and not found["PUBLIC_URL"]:
        wrong.append("MAIL_HOST is set, but PUBLIC_URL is not: links in mails need the address people type.")
    if bool(found["MAIL_USER"]) != bool(found["MAIL_PASSWORD_FILE"]):
        wrong.append("MAIL_USER and MAIL_PASSWORD_FILE belong together: set both or none.")
    if found["MAIL_USER"] and found["MAIL_TLS"] == "none":
        wrong.append("MAIL_TLS is none, but MAIL_USER is set: a password is not sent without encryption.")


def _keys(found: dict[str, Any], data: Path, wrong: list[str]) -> None:
    file = Path(found.pop("SECRET_KEY_FILE") or data / "secret.key")
    keys = [found["SECRET_KEY"]] if found["SECRET_KEY"] else _from_file(file, wrong)
    if keys and min(map(len, keys)) < SHORTEST_KEY:
        wrong.append(f"The secret key is shorter than {SHORTEST_KEY} characters: let `python -m portal.config` make one.")
    if keys:
        found["SECRET_KEY"], found["SECRET_KEY_FALLBACKS"] = keys[0], keys[1:]


def _from_file(file: Path, wrong: list[str]) -> list[str]:
    try:
        keys = file.read_text().split()
        open_to_others = file.stat().st_mode & 0o077
    except OSError as why:
        wrong.append(f"The secret key cannot be read from {file} ({why.strerror}): `python -m portal.config` makes it.")
        return []
    if open_to_others:
        wrong.append(f"{file} can be read by others: run `chmod 600 {file}`.")
    if not keys:
        wrong.append(f"{file} is empty: remove it and run `python -m portal.config`.")
    return keys


def _file(path: str, wrong: list[str]) -> dict[str, str]:
    """Lines of NAME=value, as systemd's EnvironmentFile."""
    if not path:
        return {}
    try:
        lines = Path(path).read_text().splitlines()
    except OSError as why:
        wrong.append(f"SETTINGS_FILE {path} cannot be read: {why.strerror}.")
        return {}
    found: dict[str, str] = {}
    for n, line in enumerate(lines, 1):
        name, equals, value = line.partition("=")
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        if not equals or (name.strip() not in SETTINGS and not name.strip().startswith(FREE)):
            wrong.append(f"{path}, line {n}: {name.strip()} is not a setting of the portal.")
        found[name.strip()] = value.strip().strip("\"'")
    return found


def make_key(file: Path, *, keep: bool = True) -> bool:
    """Write a new secret key, readable by its owner alone; with `keep` an existing one stays. Whether one was made."""
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    old = file.read_text().split()[:1] if file.exists() else []
    if old and keep:
        return False
    fresh = file.with_name(f"{file.name}.{os.getpid()}")
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as made:
        made.write("\n".join([secrets.token_urlsafe(48), *old]) + "\n")
    try:
        if keep:
            os.link(fresh, file)  # fails when somebody else was first: then theirs stays
        else:
            fresh.replace(file)
    except FileExistsError:
        return False
    finally:
        fresh.unlink(missing_ok=True)
    return True


def prepare(environ: Mapping[str, str], *, rotate: bool = False) -> dict[str, Any]:
    """`read`, with a secret key made where there is none. Raises Wrong."""
    wrong: list[str] = []
    given = {**_file(environ.get("SETTINGS_FILE", ""), wrong), **environ}
    data = Path(given.get("DATA_DIR") or SETTINGS["DATA_DIR"].default).absolute()
    if not given.get("SECRET_KEY"):
        make_key(Path(given.get("SECRET_KEY_FILE") or data / "secret.key"), keep=not rotate)
    return read(environ)


def main(arguments: list[str]) -> str:
    """`python -m portal.config [rotate]`: the key, then the settings in force. What to print."""
    found = prepare(os.environ, rotate=arguments == ["rotate"])
    hidden = {"SECRET_KEY", "SECRET_KEY_FALLBACKS", "LDAP_BIND_PASSWORD", "SQLALCHEMY_DATABASE_URI"}
    return "\n".join(f"{name}={'(set)' if name in hidden and value else value}" for name, value in sorted(found.items()))
