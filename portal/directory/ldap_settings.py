"""How to reach and read the company directory: read from the environment, with a preset for each kind of server."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import ip_address
from pathlib import Path
from typing import Any

ROLES = ("HR_ADMIN", "SYSTEM", "EXECUTIVE", "AUDITOR")
FIELDS = ("name", "mail", "number", "department", "title", "mobile", "manager", "hired_on")

_NAMES = {"number": "EMPLOYEE_NO"}  # the setting says what the field is called in the company
_PRESETS: dict[str, dict[str, str]] = {
    "openldap": {
        "filter": "(objectClass=inetOrgPerson)",
        "key": "entryUUID",
        "login": "uid",
        "name": "displayName",
        "mail": "mail",
        "number": "employeeNumber",
        "department": "departmentNumber",
        "title": "title",
        "mobile": "mobile",
        "manager": "manager",
        "hired_on": "",
    },
    "ad": {
        "filter": "(&(objectCategory=person)(objectClass=user))",
        "key": "objectGUID",
        "login": "sAMAccountName",
        "name": "displayName",
        "mail": "mail",
        "number": "employeeID",
        "department": "department",
        "title": "title",
        "mobile": "mobile",
        "manager": "manager",
        "hired_on": "",
    },
}
KNOWN = frozenset(
    {f"LDAP_MAP_{_NAMES.get(name, name.upper())}" for name in FIELDS}
    | {f"LDAP_GROUP_{role}" for role in ROLES}
    | {
        f"LDAP_{name}"
        for name in (
            *("URL", "START_TLS", "CA_FILE", "ALLOW_PLAIN", "KIND", "BASE", "BIND_DN", "BIND_PASSWORD", "BIND_PASSWORD_FILE"),
            *("PERSON_FILTER", "KEY", "LOGIN", "DEPARTMENT_FROM", "DEPARTMENT_GROUPS", "TIMEOUT", "PAGE_SIZE"),
            *("SYNC_TIMEOUT", "SYNC_GUARD_PERCENT", "SYNC_GUARD_PEOPLE"),
        )
    }
)
"""Every setting there is: a misspelt one would be ignored in silence."""
_URL = re.compile(r"(ldaps?)://(\[[0-9A-Fa-f:.]+\]|[^:/\[\]\s]+)(?::(\d{1,5}))?/?")
_YES = {"1", "true", "yes", "on"}
_NO = {"", "0", "false", "no", "off"}


class SettingsWrong(ValueError):
    """The settings cannot be used; the text names the setting and says why."""


@dataclass(frozen=True)
class Url:
    """One server."""

    secure: bool
    host: str
    port: int

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{'ldaps' if self.secure else 'ldap'}://{host}:{self.port}"

    @property
    def is_loopback(self) -> bool:
        """Whether nothing of it can leave this machine."""
        try:
            return ip_address(self.host).is_loopback
        except ValueError:
            return self.host == "localhost"


@dataclass(frozen=True)
class Settings:
    """Everything the adapter needs; `timeout` is the one deadline of a login in seconds, all servers together."""

    urls: tuple[Url, ...]
    base: str
    bind_dn: str
    bind_password: str = field(repr=False)
    start_tls: bool = False
    ca_file: str | None = None
    kind: str = "openldap"
    person_filter: str = _PRESETS["openldap"]["filter"]
    key: str = "entryUUID"
    login: str = "uid"
    names: Mapping[str, str] = field(default_factory=lambda: {name: _PRESETS["openldap"][name] for name in FIELDS})
    department_from: str = "attribute"
    department_groups: str = ""  # with "group": every group below this DN is a department
    groups: Mapping[str, str] = field(default_factory=dict)
    timeout: float = 5.0
    page_size: int = 500
    sync_timeout: float = 600.0
    guard_percent: int = 10
    guard_people: int = 3

    @classmethod
    def from_config(cls, config: Mapping[str, Any]) -> "Settings":
        """Read the LDAP_* settings. Raises SettingsWrong with a sentence that names the setting."""
        if unknown := sorted(name for name in config if name.startswith("LDAP_") and name not in KNOWN):
            raise SettingsWrong(f"{unknown[0]} is not a setting of the portal")
        kind = _text(config, "LDAP_KIND", "openldap").lower()
        if kind not in _PRESETS:
            raise SettingsWrong(f"LDAP_KIND is {kind!r}: it can be openldap or ad")
        preset = _PRESETS[kind]
        source = _text(config, "LDAP_DEPARTMENT_FROM", "attribute").lower()
        if source not in ("attribute", "ou", "group"):
            raise SettingsWrong(f"LDAP_DEPARTMENT_FROM is {source!r}: it can be attribute, ou or group")
        if source == "group":
            _needed(config, "LDAP_DEPARTMENT_GROUPS")
        found = cls(
            urls=_urls(_needed(config, "LDAP_URL")),
            base=_needed(config, "LDAP_BASE"),
            bind_dn=_needed(config, "LDAP_BIND_DN"),
            bind_password=_password(config),
            start_tls=_flag(config, "LDAP_START_TLS"),
            ca_file=_file(config, "LDAP_CA_FILE"),
            kind=kind,
            person_filter=_text(config, "LDAP_PERSON_FILTER", preset["filter"]),
            key=_text(config, "LDAP_KEY", preset["key"]),
            login=_text(config, "LDAP_LOGIN", preset["login"]),
            names={name: _text(config, f"LDAP_MAP_{_NAMES.get(name, name.upper())}", preset[name]) for name in FIELDS},
            department_from=source,
            department_groups=_text(config, "LDAP_DEPARTMENT_GROUPS"),
            groups={role: dn for role in ROLES if (dn := _text(config, f"LDAP_GROUP_{role}"))},
            timeout=_number(config, "LDAP_TIMEOUT", 5, 0.1, 60),
            page_size=int(_number(config, "LDAP_PAGE_SIZE", 500, 1, 1000)),
            sync_timeout=_number(config, "LDAP_SYNC_TIMEOUT", 600, 1, 7200),
            guard_percent=int(_number(config, "LDAP_SYNC_GUARD_PERCENT", 10, 0, 100)),
            guard_people=int(_number(config, "LDAP_SYNC_GUARD_PEOPLE", 3, 0, 1_000_000)),
        )
        found._refuse_plain(_flag(config, "LDAP_ALLOW_PLAIN"))
        return found

    def _refuse_plain(self, allowed: bool) -> None:
        for url in self.urls:
            if self.start_tls and url.secure:
                raise SettingsWrong(f"LDAP_START_TLS is on, but {url} is encrypted from its first byte: use one of the two")
            if not (url.secure or self.start_tls or allowed or url.is_loopback):
                raise SettingsWrong(
                    f"LDAP_URL {url} would send passwords in the open: use ldaps://, LDAP_START_TLS=1, or LDAP_ALLOW_PLAIN=1"
                )


def _urls(text: str) -> tuple[Url, ...]:
    found = []
    for one in filter(None, map(str.strip, text.split(","))):
        match = _URL.fullmatch(one)
        if not match or int(match[3] or 1) > 65535:
            raise SettingsWrong(f"LDAP_URL has {one!r}: it must look like ldaps://directory.company.example or ldap://host:389")
        secure = match[1] == "ldaps"
        found.append(Url(secure, match[2].strip("[]"), int(match[3] or (636 if secure else 389))))
    if not found:
        raise SettingsWrong("LDAP_URL names no server")
    return tuple(found)


def _text(config: Mapping[str, Any], name: str, default: str = "") -> str:
    return str(config.get(name) or "").strip() or default


def _needed(config: Mapping[str, Any], name: str) -> str:
    if found := _text(config, name):
        return found
    raise SettingsWrong(f"{name} is not set")


def _file(config: Mapping[str, Any], name: str) -> str | None:
    path = _text(config, name)
    if path and not Path(path).is_file():
        raise SettingsWrong(f"{name}: there is no file {path}")
    return path or None


def _password(config: Mapping[str, Any]) -> str:
    if path := _file(config, "LDAP_BIND_PASSWORD_FILE"):
        found = Path(path).read_text().strip("\r\n")
    else:
        found = str(config.get("LDAP_BIND_PASSWORD") or "")
    if not found:
        raise SettingsWrong("LDAP_BIND_PASSWORD is not set, nor LDAP_BIND_PASSWORD_FILE")
    return found


def _flag(config: Mapping[str, Any], name: str) -> bool:
    text = _text(config, name).lower()
    if text not in _YES | _NO and text != "none":
        raise SettingsWrong(f"{name} is {text!r}: it can be on or off")
    return text in _YES


def _number(config: Mapping[str, Any], name: str, default: float, least: float, most: float) -> float:
    text = _text(config, name, str(default))
    try:
        found = float(text)
    except ValueError:
        raise SettingsWrong(f"{name} is {text!r}: a number is needed") from None
    if not least <= found <= most:
        raise SettingsWrong(f"{name} is {text}: it must lie between {least:g} and {most:g}")
    return found
